"""The HTTP client of every command that is not said to write: it is unable to."""

from __future__ import annotations

from typing import Any

import httpx

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path


class WriteAttempted(RuntimeError):
    """A command that must only read tried to write. A mistake in this program, never the user's."""


class ReadOnlyHttp(httpx.Client):
    """An httpx client that lets nothing through but GET and the token request.

    Every way to send a request ends in `send`; a transport of our own would switch off the environment's proxies.
    """

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a GET or the token request; raises WriteAttempted for anything else."""
        is_token_request = request.method == "POST" and request.url.path.endswith(TOKEN_PATH)
        if request.method != "GET" and not is_token_request:
            raise WriteAttempted(f"{request.method} {request.url.path} from a command that only reads")
        return super().send(request, **options)
