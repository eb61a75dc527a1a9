"""A server between a client and the reference server that passes everything on and remembers what was asked."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from support.server import NO_TLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path
PATIENCE_S = 60
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Recorder:
    """Passes requests on to `url`. `asked` has (method, path) of each, `bodies` the JSON of writes.

    `most_at_once` counts writes that overlapped. Once `letting` writes went through (None: all do) each is kept until
    `gate` is set.

    `hold` is how many seconds a write is kept before it is passed on, so that those that can overlap do. `instead` has
    what is answered by the recorder itself: {path: (status, JSON value)}; `headers` are put on every answer. `token` takes
    the place of whatever token is sent, `issue` makes the answer to a token request. `statuses` has those of all answers.
    """

    def __init__(self, url: str, *, hold: float = 0.0) -> None:
        self.instead: dict[str, tuple[int, Any]] = {}
        self.headers: dict[str, str] = {}
        self.token = ""
        self.issue: Callable[[], dict[str, Any]] | None = None
        self.statuses: set[int] = set()
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[Any] = []
        self.most_at_once = 0
        self.hold = hold
        self.letting: int | None = None
        self.gate = threading.Event()
        self._at_once = 0
        self._lock = threading.Condition()
        self.http = httpx.Client(base_url=url, verify=NO_TLS, trust_env=False, timeout=30)
        self._server = _Server(("127.0.0.1", 0), _Passing)
        self._server.recorder = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Everything that was neither GET nor the token request."""
        return [asked for asked in self.asked if asked[0] != "GET" and asked != ("POST", TOKEN_PATH)]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.http.close()

    def begin(self, method: str, path: str, body: bytes) -> None:
        writes = method != "GET" and path != TOKEN_PATH
        with self._lock:
            self.asked.append((method, path))
            self._lock.notify_all()
            is_kept = writes and self.letting is not None and len(self.writes) > self.letting
            if writes:
                self.bodies.append(json.loads(body or b"null"))
            if method != "GET":
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
        if method != "GET":
            time.sleep(self.hold)
        if is_kept:
            self.gate.wait(PATIENCE_S)

    def wait_until(self, seen: Callable[[Recorder], bool]) -> None:
        """Wait until `seen` is true of what was asked; what was answered is another matter."""
        with self._lock:
            assert self._lock.wait_for(lambda: seen(self), PATIENCE_S), self.asked

    def end(self, method: str) -> None:
        with self._lock:
            self._at_once -= method != "GET"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorder: Recorder

    def handle_error(self, *_: object) -> None:
        """A client that went away is no matter of ours."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        """Pass one request on, or answer it."""
        recorder = self.server.recorder
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        recorder.begin(self.command, urlsplit(self.path).path, body)
        path = urlsplit(self.path).path
        issued = {TOKEN_PATH: (200, recorder.issue())} if recorder.issue is not None and path == TOKEN_PATH else {}
        if path in (own := recorder.instead | issued):
            status, value = own[path]
            recorder.end(self.command)
            return self.reply(status, {"content-type": "application/json"}, json.dumps(value).encode())
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", *_HOP_BY_HOP}}
        if recorder.token:
            headers["Authorization"] = f"Bearer {recorder.token}"
        try:
            answer = recorder.http.request(self.command, self.path, content=body, headers=headers)
        finally:
            recorder.end(self.command)
        return self.reply(answer.status_code, dict(answer.headers), answer.content)

    def reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.server.recorder.statuses.add(status)
        self.send_response_only(status)
        kept = {
            name.title(): value for name, value in headers.items() if name not in {*_HOP_BY_HOP, "content-encoding"}
        }
        for name, value in {"Date": self.date_time_string(), **kept, **self.server.recorder.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - the names http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""
