from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.server.embedded import EmbeddedServer
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("apply") / "server.db") as running:
        yield running


@pytest.fixture
def world(server: EmbeddedServer) -> Iterator[World]:
    """A new tenant; faults that a test armed end with it."""
    made = World(server)
    server.faults.counts.clear()
    yield made
    server.faults.clear()
    made.close()
