"""The playbook collection, as a client sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.ids import derived_id
from playbookctl.server.seed import Seed
from support.server import CONNECTORS, PERSONS, PLAYBOOKS, client_of, created, pages

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

SEED = Seed({"okta": "okta", "SOC Slack": "slack"}, ("soc-lead", "tier-2"))
PUBLISHED = [
    "id",
    "tenant_id",
    "app_id",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "source",
    "source_type",
    "is_deleted",
    "deleted_at",
    "deleted_by",
    "schema_version",
    "name",
    "description",
    "category",
    "trigger_conditions",
    "auto_execute",
    "mitre_tactics",
    "mitre_techniques",
    "steps",
    "required_connector_ids",
    "owner_id",
    "enabled",
    "last_run_at",
    "last_run_id",
    "run_stats",
    "tags",
]
STAMPED = [*PUBLISHED[:13], "last_run_at", "last_run_id", "run_stats"]
FULL: dict[str, Any] = {
    "name": "Phishing triage",
    "description": "Quarantine first.",
    "category": "containment",
    "trigger_conditions": [{"any": [{"field": "alert.severity", "op": "in", "value": ["high"]}]}, {"expr": "x > 1"}],
    "auto_execute": True,
    "mitre_tactics": ["TA0001"],
    "mitre_techniques": ["T1566.001"],
    "steps": [{"id": "fetch", "action": "get-message", "x-layout": {"x": 1.5}}],
    "required_connector_ids": ["cnn_any"],
    "owner_id": "per_any",
    "enabled": False,
    "tags": ["email", "email", "playbookctl:key=soc/phishing"],
}


def test_an_object_has_the_28_published_fields_and_no_other(client: httpx.Client) -> None:
    assert list(created(client)) == PUBLISHED
    assert len(PUBLISHED) == 28


def test_what_is_created_is_what_is_read(client: httpx.Client) -> None:
    answer = client.post(PLAYBOOKS, json=FULL)
    document = answer.json()
    assert {name: document[name] for name in FULL} == FULL
    assert answer.headers["Location"] == f"{PLAYBOOKS}/{document['id']}"
    assert client.get(answer.headers["Location"]).json() == document
    assert client.get(PLAYBOOKS).json() == {"data": [document], "next_cursor": None, "total": 1}


def test_a_patch_merges_the_top_level_and_replaces_lists_whole(client: httpx.Client) -> None:
    document = client.post(PLAYBOOKS, json=FULL).json()
    change = {"tags": ["new"], "description": None, "steps": None, "enabled": True}
    answer = client.patch(f"{PLAYBOOKS}/{document['id']}", json=change)
    merged = {**document, "tags": ["new"], "description": None, "steps": [], "enabled": True}
    moved = {"updated_at": answer.json()["updated_at"]}
    assert answer.json() == {**merged, **moved}
    assert client.get(f"{PLAYBOOKS}/{document['id']}").json() == {**merged, **moved}


def test_every_patch_moves_updated_at_even_an_empty_one(client: httpx.Client) -> None:
    document = created(client)
    moments = [document["updated_at"]]
    moments += [client.patch(f"{PLAYBOOKS}/{document['id']}", json={}).json()["updated_at"] for _ in range(50)]
    assert moments == sorted(set(moments))


def test_updated_at_grows_when_the_clock_stands_still_or_steps_back(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = created(client)
    moments = [document["updated_at"]]
    for clock in (moments[0], moments[0], "2020-01-01T00:00:00.000000Z", "2020-01-01T00:00:00.000000Z"):
        monkeypatch.setattr("playbookctl.server.clock.now", lambda clock=clock: clock)
        monkeypatch.setattr("playbookctl.server.objects.now", lambda clock=clock: clock)
        moments.append(client.patch(f"{PLAYBOOKS}/{document['id']}", json={"name": "x"}).json()["updated_at"])
    assert moments == sorted(set(moments))


def test_writers_are_named_by_the_token(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    document = created(client)
    with client_of(server, tenant=tenant, sub="per_analyst") as analyst:
        changed = analyst.patch(f"{PLAYBOOKS}/{document['id']}", json={"name": "x"}).json()
    assert (document["created_by"], changed["created_by"]) == (derived_id("per", "operator"),) * 2
    assert (document["updated_by"], changed["updated_by"]) == (derived_id("per", "operator"), "per_analyst")
    assert (changed["source"], changed["source_type"]) == ("edm", "api")


@pytest.mark.parametrize("name", STAMPED)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_stamped_field_cannot_be_sent(client: httpx.Client, name: str, method: str) -> None:
    document = created(client)
    path = PLAYBOOKS if method == "POST" else f"{PLAYBOOKS}/{document['id']}"
    answer = client.request(method, path, json={"name": "forged", name: document[name]})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": f"/{name}", "detail": f"'{name}' is set by the server"}]
    assert client.get(PLAYBOOKS).json()["data"] == [document]


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ({}, {"/name": "'name' is required"}),
        ({"name": ""}, {"/name": "must not be empty"}),
        ({"name": None}, {"/name": "'name' cannot be null"}),
        ({"name": "n" * 256}, {"/name": "has 256 characters, more than 255"}),
        ({"name": 1, "enabled": "yes"}, {"/name": "must be a text", "/enabled": "must be true or false"}),
        ({"name": "x", "enabled": None}, {"/enabled": "'enabled' cannot be null"}),
        ({"name": "x", "tags": "a"}, {"/tags": "must be a list"}),
        ({"name": "x", "tags": ["a", 1, None]}, {"/tags/1": "must be a text", "/tags/2": "must be a text"}),
        ({"name": "x", "steps": ["a"]}, {"/steps/0": "must be an object"}),
        ({"name": "x", "nmae": "y"}, {"/nmae": "a playbook has no field 'nmae'"}),
        ({"name": "x", "a/b~": 1}, {"/a~1b~0": "a playbook has no field 'a/b~'"}),
        (
            {
                "name": "x",
                "trigger_conditions": [{"field": "alert.user", "op": "is", "value": 1}, {"all": [{"not": 1}]}],
            },
            {
                "/trigger_conditions/0": "must be {field, op, value}, {all}, {any}, {not}, {expr} or {connector_available}",
                "/trigger_conditions/1/all/0/not": "must be {field, op, value}, {all}, {any}, {not}, {expr} or {connector_available}",
            },
        ),
        (
            {"name": "x", "trigger_conditions": [{"field": "alert.user", "op": "equals"}]},
            {"/trigger_conditions/0": "'equals' takes field, op, value, and optionally ignore_case"},
        ),
    ],
)
def test_every_mistake_is_named_where_it_is(
    client: httpx.Client, body: dict[str, Any], mistakes: dict[str, str]
) -> None:
    answer = client.post(PLAYBOOKS, json=body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == mistakes


def test_pages_follow_each_other_by_id(client: httpx.Client) -> None:
    ids = [created(client, name=f"p{number}")["id"] for number in range(7)]
    seen = list(pages(client, limit=3))
    assert [[row["id"] for row in page["data"]] for page in seen] == [ids[:3], ids[3:6], ids[6:]]
    assert {page["total"] for page in seen} == {7}


def test_paging_is_stable_while_others_write(client: httpx.Client) -> None:
    ids = [created(client, name=f"p{number}")["id"] for number in range(6)]
    listed: list[str] = []
    for page in pages(client, limit=2):
        listed += [row["id"] for row in page["data"]]
        if len(listed) < 7:
            client.patch(f"{PLAYBOOKS}/{ids[0]}", json={"name": "a"})
            client.patch(f"{PLAYBOOKS}/{ids[5]}", json={"name": "z"})
            ids.append(created(client, name="b")["id"])
    assert listed == ids


FILTERS = [
    ({}, "abc"),
    ({"name": "a"}, "a"),
    ({"name": "A"}, ""),
    ({"enabled": "true"}, "ac"),
    ({"enabled": "false"}, "b"),
    ({"tags": "x"}, "ab"),
    ({"tags": ["x", "y"]}, "b"),
    ({"tags": ["x", "y"], "enabled": "true"}, ""),
    ({"mitre_techniques": "T1566"}, "c"),
    ({"owner_id": "per_1"}, "b"),
    ({"schema_version": "1"}, "abc"),
    ({"q": "STRASSE"}, "c"),
    ({"q": "%"}, ""),
    ({"is_deleted": "true"}, ""),
    ({"name": "' OR 1=1 --"}, ""),
    ({"limit": "2"}, "ab"),
]


@pytest.mark.parametrize(("parameters", "names"), FILTERS)
def test_a_list_is_filtered_by(client: httpx.Client, parameters: dict[str, Any], names: str) -> None:
    created(client, name="a", tags=["x"])
    created(client, name="b", tags=["y", "x"], enabled=False, owner_id="per_1")
    created(client, name="c", tags=[], mitre_techniques=["T1566"], description="Die Straße")
    page = client.get(PLAYBOOKS, params=parameters).json()
    assert "".join(row["name"] for row in page["data"]) == names
    assert page["total"] == (3 if "limit" in parameters else len(names))


def test_tags_are_found_as_they_are_now(client: httpx.Client) -> None:
    document = created(client, tags=["old", "kept"])
    client.patch(f"{PLAYBOOKS}/{document['id']}", json={"tags": ["kept", "new"]})
    found = {tag: client.get(PLAYBOOKS, params={"tags": tag}).json()["total"] for tag in ("old", "kept", "new")}
    assert found == {"old": 0, "kept": 1, "new": 1}


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("limit=0", 422, "/limit"),
        ("limit=501", 422, "/limit"),
        ("limit=1e1", 422, "/limit"),
        ("limit=٣", 422, "/limit"),
        ("limit=1&limit=2", 422, "/limit"),
        ("enabled=yes", 422, "/enabled"),
        ("schema_version=one", 422, "/schema_version"),
        ("steps=x", 422, "/steps"),
        ("nmae=x", 422, "/nmae"),
        ("tenant_id=a&tenant_id=b", 422, "/tenant_id"),
        ("include_deleted=1", 422, "/include_deleted"),
        ("cursor=", 400, "/cursor"),
        ("cursor=AAAA", 400, "/cursor"),
        ("cursor=' OR 1=1 --", 400, "/cursor"),
    ],
)
def test_a_query_that_means_nothing_is_refused(client: httpx.Client, query: str, status: int, pointer: str) -> None:
    answer = client.get(f"{PLAYBOOKS}?{query}")
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (status, [pointer])


def test_a_cursor_belongs_to_its_query(client: httpx.Client) -> None:
    for name in "abc":
        created(client, name=name, tags=["x"])
    cursor = client.get(PLAYBOOKS, params={"limit": 1, "tags": "x"}).json()["next_cursor"]
    assert client.get(PLAYBOOKS, params={"limit": 2, "tags": "x", "cursor": cursor}).status_code == 200
    assert client.get(PLAYBOOKS, params={"limit": 1, "cursor": cursor}).status_code == 400


def test_the_seed_is_planted_once_under_ids_that_follow_from_names(
    server: EmbeddedServer, tenant: str, client: httpx.Client
) -> None:
    connectors, persons = (client.get(path).json()["data"] for path in (CONNECTORS, PERSONS))
    assert {row["name"]: row["provider"] for row in connectors} == {"okta": "okta", "SOC Slack": "slack"}
    assert {row["display_name"] for row in persons} == {"soc-lead", "tier-2"}
    changed = client.patch(f"{CONNECTORS}/{connectors[0]['id']}", json={"enabled": False}).json()
    server.seed(SEED, tenant=tenant)
    assert client.get(CONNECTORS).json()["data"] == [changed, *connectors[1:]]


def test_objects_ids_and_tokens_survive_a_restart(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "s.db") as first, client_of(first) as client:
        token, document = first.token(), created(client)
    with EmbeddedServer(tmp_path / "s.db") as second, client_of(second) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get(PLAYBOOKS).json()["data"] == [document]
        assert created(client)["id"] > document["id"]
