"""The line to the API of every command that is not said to write: it is unable to."""

from __future__ import annotations

import httpx

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path


class WriteAttempted(RuntimeError):
    """A command that must only read tried to write. A mistake in this program, never the user's."""


class ReadOnly(httpx.BaseTransport):
    """A line that lets nothing through but GET and the token request. All that is sent goes by `handle_request`."""

    def __init__(self, line: httpx.BaseTransport) -> None:
        self._line = line

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a GET or the token request; raises WriteAttempted for anything else."""
        is_token_request = request.method == "POST" and request.url.path.endswith(TOKEN_PATH)
        if request.method != "GET" and not is_token_request:
            raise WriteAttempted(f"{request.method} {request.url.path} from a command that only reads")
        return self._line.handle_request(request)

    def close(self) -> None:
        """Close the line."""
        self._line.close()
