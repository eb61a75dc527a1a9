from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.seed import Seed
from playbookctl.server.tenants import tenant_id_of
from support.server import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

SEED = Seed({"okta": "okta", "SOC Slack": "slack"}, ("soc-lead", "tier-2"))
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server for all tests; each test has a tenant of its own on it."""
    with EmbeddedServer(tmp_path_factory.mktemp("server") / "server.db") as running:
        yield running


@pytest.fixture
def tenant(server: EmbeddedServer) -> str:
    tenant_id = tenant_id_of(f"test {next(NUMBERS)}")
    server.seed(SEED, tenant=tenant_id)
    return tenant_id


@pytest.fixture
def client(server: EmbeddedServer, tenant: str) -> Iterator[httpx.Client]:
    with client_of(server, tenant=tenant) as bearing:
        yield bearing
