"""uvicorn, quiet, saying when it answers and stopping without waiting for its next tick."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope

KEEP_ALIVE_S = 75
GRACE_S = 2
BACKLOG = 2048
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address (port 0: a free one); raise OSError if it is taken.

    The protocol is named because asyncio turns Nagle's algorithm off only then: 40 ms an answer otherwise.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)  # until somebody listens, another process may bind the same port
    except OSError:
        listening.close()
        raise
    return listening


class QuietServer(uvicorn.Server):
    """A server for one socket. `answering` is set once it answers; `stop` may be called from any thread, at any time."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level="error",
                access_log=False,
                lifespan="off",
                loop="asyncio",
                http=_Protocol,
                ws="none",
                backlog=BACKLOG,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self.answering = threading.Event()
        self._wanted = True
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs this."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.answering.set()

    async def main_loop(self) -> None:
        """Run until `stop`."""
        if not self._wanted:
            return
        ticking = asyncio.create_task(super().main_loop())
        stopping = asyncio.create_task(self._stopped.wait())
        await asyncio.wait({ticking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (ticking, stopping):
            task.cancel()

    def stop(self) -> None:
        """Stop answering new requests and let those under way end, for at most `GRACE_S` seconds.

        Also from a handler of signals, and before the server has started: it ends at once then.
        """
        self._wanted = False
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)


async def reset_connection(scope: Scope, receive: Receive) -> None:
    """Reset the connection a request came over, without an answer."""
    transport = _transports[_ends(scope)]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
    await _disconnected(receive)


async def close_connection(scope: Scope, receive: Receive) -> None:
    """Close the connection a request came over, after what was sent so far."""
    _transports[_ends(scope)].close()
    await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Protocol(H11Protocol):
    """uvicorn's, remembering which transport belongs to which request, since ASGI has no word for a reset."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _transports[self.client, self.server] = transport


def _ends(scope: Scope) -> tuple[object, object]:
    return scope["client"], scope["server"]


_transports: WeakValueDictionary[tuple[object, object], asyncio.Transport] = WeakValueDictionary()
