from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.api import BearerToken, Client, RetryPolicy
from support.scripted import Reply, Scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from support.scripted import Asked

FAST = RetryPolicy(4, wait_initial=0.001, wait_max=0.01, wait_jitter=0.001)
OPAQUE = BearerToken("opaque-key-1234")


@pytest.fixture
def playing() -> Iterator[Callable[..., tuple[Client, Scripted]]]:
    """Start a scripted server and a client that talks to it; both end with the test."""
    opened: list[Any] = []

    def start(script: Iterable[Reply] | Callable[[Asked], Reply], **options: Any) -> tuple[Client, Scripted]:
        server = Scripted(script).__enter__()
        opened.append(server)
        client = Client(server.url, options.pop("credentials", OPAQUE), **{"policy": FAST, **options})
        opened.append(client)
        return client, server

    yield start
    for thing in reversed(opened):
        thing.__exit__(None, None, None)
