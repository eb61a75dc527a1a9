"""What holds for every request before a route sees it: the Host header, and an X-Request-Id on every answer."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from playbookctl.server.problems import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """Refuses foreign Host headers while `hosts` is not empty (a web page could rebind its name to the loopback)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = f"req_{secrets.token_hex(8)}"

        async def send_stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        host = _name(Headers(scope=scope).get("host", ""))
        if self._hosts and host not in self._hosts:
            refused = problem_response(HTTPStatus.BAD_REQUEST, "the Host header names no address of this server")
            await refused(scope, receive, send_stamped)
            return
        await self.app(scope, receive, send_stamped)


def _name(host: str) -> str:
    return host.rpartition(":")[0].lower() if ":" in host.rpartition("]")[2] else host.lower()
