"""Connectors, persons, soft deletion, clones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ConfigError
from support.server import CONNECTORS, PERSONS, PLAYBOOKS, created

if TYPE_CHECKING:
    import httpx

    from playbookctl.server.embedded import EmbeddedServer

HEALTH = {
    "sync_status": "failing",
    "last_sync_at": "2026-01-02T03:04:05Z",
    "consecutive_errors": 3,
    "last_error": "401",
    "oauth_refresh_needed": True,
    "oauth_token_expires_at": "2026-01-02T03:04:05+02:00",
}


def test_a_connector_lives_from_creation_to_deletion(client: httpx.Client) -> None:
    answer = client.post(
        CONNECTORS, json={"name": "Jira", "provider": "jira", "config": {"url": "https://jira.invalid"}}
    )
    path = answer.headers["Location"]
    assert (answer.status_code, answer.json()["scope"], answer.json()["enabled"]) == (201, "org", True)
    assert {name: client.patch(path, json=HEALTH).json()[name] for name in HEALTH} == HEALTH
    assert client.delete(path).status_code == 204
    deleted = client.get(path).json()
    assert (deleted["is_deleted"], deleted["deleted_by"]) == (True, deleted["updated_by"])
    assert deleted["deleted_at"] == deleted["updated_at"]
    assert client.delete(path).status_code == 404
    assert client.patch(path, json={"name": "back"}).status_code == 409
    assert [row["name"] for row in client.get(CONNECTORS).json()["data"]].count("Jira") == 0
    assert client.get(CONNECTORS, params={"include_deleted": "true", "name": "Jira"}).json()["data"] == [deleted]


@pytest.mark.parametrize("moment", ["yesterday", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", 5])
def test_a_moment_has_a_zone(client: httpx.Client, moment: object) -> None:
    answer = client.post(CONNECTORS, json={"name": "x", "provider": "x", "last_sync_at": moment})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/last_sync_at")


def test_the_e_mail_of_an_active_person_is_taken(client: httpx.Client) -> None:
    person = {"display_name": "Ada", "email": "ada@example.invalid"}
    first = client.post(PERSONS, json=person)
    assert (first.status_code, first.json()["status"]) == (201, "active")
    taken = client.post(PERSONS, json=person)
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/email")
    other = client.post(PERSONS, json={"display_name": "Ada"}).headers["Location"]
    assert client.patch(other, json={"email": person["email"]}).status_code == 409
    assert client.post(f"{first.headers['Location']}/deactivate").json()["status"] == "inactive"
    assert client.patch(other, json={"email": person["email"]}).status_code == 200
    assert client.delete(other).status_code == 204
    assert client.post(PERSONS, json=person).status_code == 201


def test_an_operator_deletes_and_the_api_hides(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    document = created(client, tags=["x"])
    server.delete(document["id"], tenant=tenant)
    assert client.get(PLAYBOOKS, params={"tags": "x"}).json() == {"data": [], "next_cursor": None, "total": 0}
    shown = client.get(PLAYBOOKS, params={"tags": "x", "include_deleted": "true"}).json()
    assert [row["is_deleted"] for row in shown["data"]] == [True]
    assert client.request("DELETE", f"{PLAYBOOKS}/{document['id']}").status_code == 405
    for wrong in (document["id"], "ply_x"):
        with pytest.raises(ConfigError):
            server.delete(wrong, tenant=tenant)


def test_a_clone_keeps_the_tags_under_an_id_of_its_own(
    server: EmbeddedServer, tenant: str, client: httpx.Client
) -> None:
    document = created(client, tags=["playbookctl:key=soc/phishing"], steps=[{"id": "a"}])
    copy = client.get(f"{PLAYBOOKS}/{server.clone(document['id'], tenant=tenant)}").json()
    differing = {name for name in document if document[name] != copy[name]}
    assert differing == {"id", "created_at", "updated_at", "source_type"}
    assert copy["source_type"] == "frontend"
