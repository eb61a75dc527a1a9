from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.seed import Seed
from support.server import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

SEED = Seed({"okta": "okta", "SOC Slack": "slack"}, ("soc-lead", "tier-2"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "server.db", seed=SEED) as running:
        yield running


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[httpx.Client]:
    with client_of(server) as bearing:
        yield bearing
