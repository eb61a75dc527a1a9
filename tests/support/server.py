"""Talking to a running reference server the plain way: httpx and a token."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.server.embedded import EmbeddedServer

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: httpx would read all root certificates for every client
PLAYBOOKS = "/api/v1/soc/playbooks"
CONNECTORS = "/api/v1/integration/connectors"
PERSONS = "/api/v1/people/persons"
ALERTS = "/api/v1/soc/alerts"


@contextmanager
def client_of(server: EmbeddedServer, **token: Any) -> Iterator[httpx.Client]:
    """Give a client that bears a token of `server.token(**token)`."""
    headers = {"Authorization": f"Bearer {server.token(**token)}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30, verify=NO_TLS, trust_env=False) as client:
        yield client


def playbook(**fields: Any) -> dict[str, Any]:
    """Return a body that creates a playbook."""
    return {"name": "Phishing triage", **fields}


def created(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    """Create a playbook and return it."""
    answer = client.post(PLAYBOOKS, json=playbook(**fields))
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


def pages(client: httpx.Client, path: str = PLAYBOOKS, **parameters: Any) -> Iterator[dict[str, Any]]:
    """Yield every page of a list, following the cursors."""
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get(path, params={**parameters, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page
        cursor = page["next_cursor"]
