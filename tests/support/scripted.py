"""A server on a real socket that plays scripted answers: what vendors and broken proxies say, and the reference server never would."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from typing_extensions import Self


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; `target` is the request line's second word."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer. `value` is sent as JSON unless it is bytes; `drops` closes the connection without a word."""

    value: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = "application/json"
    drops: bool = False
    waits_for: threading.Event | None = None

    @property
    def body(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else json.dumps(self.value).encode()


class Scripted:
    """Answers with `script`: replies in order (then 500 and a word), or a function from what was asked to a reply."""

    def __init__(self, script: Iterable[Reply] | Callable[[Asked], Reply], tls: ssl.SSLContext | None = None) -> None:
        replies = None if callable(script) else iter(script)
        self.asked: list[Asked] = []
        self._choose: Callable[[Asked], Reply] = (
            script if callable(script) else lambda _: next(replies, Reply({"detail": "the script is over"}, 418))  # type: ignore[arg-type]
        )
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Speaker)
        self._server.scripted = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply_to(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            return self._choose(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    scripted: Scripted

    def handle_error(self, *_: object) -> None:
        """A client that went away is part of many scripts."""


class _Speaker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(20)

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.scripted.reply_to(Asked(self.command, self.path, headers, self.rfile.read(length)))
        if reply.waits_for is not None:
            reply.waits_for.wait(20)
        if reply.drops:
            self.close_connection = True
            return
        if "Date" in reply.headers:
            self.send_response_only(reply.status)
        else:
            self.send_response(reply.status)
        fields = {"Content-Length": str(len(reply.body)), **reply.headers}
        if reply.content_type is not None:
            fields["Content-Type"] = reply.content_type
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PATCH = do_PUT = do_CONNECT = answer  # noqa: N815 - the names http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""
