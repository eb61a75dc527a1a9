from __future__ import annotations

from typing import Any

import pytest

from playbookctl.canonical import digests
from playbookctl.model.plan import placeholder
from playbookctl.model.playbook import Playbook
from playbookctl.model.workspace import Connector, Connectors, Environment
from playbookctl.plan import Lookups, Missed, Unrendered, desire, names_in, render, unrender

CATALOGUE = Connectors(
    {"okta": Connector("okta", {}), "mail": Connector("mail", {"provider": "microsoft_365"})}, "connectors.yaml"
)
CONNECTORS = [
    {"id": "cnn_okta", "name": "Okta prod", "provider": "okta"},
    {"id": "cnn_mail", "name": "mail", "provider": "exchange"},
    {"id": "cnn_slack1", "name": "SOC Slack", "provider": "slack"},
    {"id": "cnn_slack2", "name": "IT Slack", "provider": "slack"},
    {"id": "cnn_old", "name": "old", "provider": "old", "is_deleted": True},
]
PERSONS = [
    {"id": "per_1", "display_name": "soc-lead", "email": "lead@example.com"},
    {"id": "per_2", "display_name": "twin", "email": "a@example.com"},
    {"id": "per_3", "display_name": "twin", "external_id": "soc-lead-2"},
]


def lookups(
    mapped: dict[str, Any] | None = None,
    owners: dict[str, str] | None = None,
    connectors: Any = CONNECTORS,
    persons: Any = PERSONS,
) -> Lookups:
    environment = Environment("prod", {"connectors": mapped or {}, "owners": owners or {}}, "soc")
    return Lookups(environment, CATALOGUE, connectors, persons, {"isolate": "ply_1"}, ["isolate", "reset"])


@pytest.mark.parametrize(
    "name, mapped, expected",
    [
        ("mail", {}, "cnn_mail"),
        ("okta", {}, "cnn_okta"),
        ("cnn_slack2", {}, "cnn_slack2"),
        ("chat", {"chat": "cnn_slack1"}, "cnn_slack1"),
        ("chat", {"chat": {"provider": "slack", "name": "IT Slack"}}, "cnn_slack2"),
        ("chat", {"chat": {"name": "SOC Slack"}}, "cnn_slack1"),
        ("mail", {"mail": "cnn_okta"}, "cnn_okta"),
    ],
)
def test_a_connector_is_found_by_map_id_name_or_provider(name: str, mapped: dict[str, Any], expected: str) -> None:
    assert lookups(mapped).connector(name) == expected


@pytest.mark.parametrize(
    "name, mapped, reason",
    [
        ("slack", {}, "the connector 'slack' is ambiguous: 2 connectors have provider 'slack' (cnn_slack1, cnn_slack2)"),
        ("chat", {"chat": {"provider": "slack"}}, "the connector 'chat' is ambiguous: 2 connectors have provider 'slack' (cnn_slack1, cnn_slack2)"),
        ("chat", {"chat": {"provider": "slack", "name": "x"}}, "the connector 'chat' has no id: no connectors have name 'x' and provider 'slack'"),
        ("jira", {}, "the connector 'jira' has no id: no connectors have provider 'jira'"),
        ("old", {}, "the connector 'old' has no id: no connectors have provider 'old'"),
        ("okta", {"okta": "cnn_gone"}, "the environment maps the connector 'okta' to 'cnn_gone', and the server has no such connector"),
        ("old", {"old": "cnn_old"}, "the environment maps the connector 'old' to 'cnn_old', and the server has no such connector"),
    ],
)  # fmt: skip
def test_a_connector_that_is_not_one_is_said(name: str, mapped: dict[str, Any], reason: str) -> None:
    missed = lookups(mapped).connector(name)
    assert isinstance(missed, Missed)
    assert missed.reason == reason
    assert f"environments.prod.connectors.{name}" in missed.hint


def test_without_a_list_of_connectors_only_ids_of_the_map_are_taken() -> None:
    blind = lookups({"okta": "cnn_any", "chat": {"provider": "slack"}}, connectors=None)
    assert blind.connector("okta") == "cnn_any"
    for name in ("chat", "mail"):
        missed = blind.connector(name)
        assert isinstance(missed, Missed)
        assert missed.reason == f"the connector '{name}' has no id, and the server's connectors could not be listed"
    assert blind.alive is None


@pytest.mark.parametrize(
    "name, owners, persons, expected",
    [
        ("soc-lead", {}, PERSONS, "per_1"),
        ("lead@example.com", {}, PERSONS, "per_1"),
        ("soc-lead-2", {}, PERSONS, "per_3"),
        ("boss", {"boss": "per_2"}, PERSONS, "per_2"),
        ("boss", {"boss": "per_9"}, None, "per_9"),
        (
            "boss",
            {"boss": "per_9"},
            PERSONS,
            "the environment maps the owner 'boss' to 'per_9', and there is no such person",
        ),
        ("twin", {}, PERSONS, "the owner 'twin' is ambiguous: 2 persons are called 'twin' (per_2, per_3)"),
        ("boss", {}, PERSONS, "the owner 'boss' has no id: no persons are called 'boss'"),
        ("boss", {}, None, "the owner 'boss' has no id, and persons could not be listed"),
    ],
)
def test_an_owner_is_one_person_or_it_is_said(name: str, owners: dict[str, str], persons: Any, expected: str) -> None:
    found = lookups(owners=owners, persons=persons).owner(name)
    assert (found.reason if isinstance(found, Missed) else found) == expected


def test_a_call_goes_to_an_id_or_waits_for_one() -> None:
    found = lookups()
    assert found.playbook("isolate") == "ply_1"
    assert found.playbook("ply_1") == "ply_1"
    assert found.playbook("reset") == placeholder("reset")
    missed = found.playbook("isolat")
    assert isinstance(missed, Missed)
    assert (
        missed.reason
        == "it calls 'isolat', and neither a file nor a live playbook has that key; did you mean 'isolate'?"
    )


DATA: dict[str, Any] = {
    "key": "phishing",
    "name": "Phishing",
    "owner": "soc-lead",
    "auto_execute": True,
    "required_connectors": ["okta", "mail"],
    "x-soar": {"id": 7},
    "inputs": {"host": {"required": True, "description": "Host"}, "why": None},
    "outputs": {"verdict": "what it is"},
    "steps": [
        {"id": "a", "connector": "okta", "action": "get", "x-ui": 1},
        {
            "id": "s",
            "type": "section",
            "for_each": "x",
            "steps": [{"id": "b", "type": "playbook", "playbook": "isolate"}],
        },
        {"id": "c", "type": "playbook", "playbook": "reset"},
    ],
}
BODY: dict[str, Any] = {
    "name": "Phishing",
    "description": "",
    "category": "",
    "trigger_conditions": [],
    "auto_execute": True,
    "mitre_tactics": [],
    "mitre_techniques": [],
    "steps": [
        {
            "id": "start",
            "type": "start",
            "inputs": [{"name": "host", "required": True, "description": "Host"}, {"name": "why"}],
            "outputs": {"verdict": "what it is"},
        },
        {"id": "a", "connector": "cnn_okta", "action": "get", "x-ui": 1},
        {
            "id": "s",
            "type": "section",
            "for_each": "x",
            "steps": [{"id": "b", "type": "playbook", "playbook": "ply_1"}],
        },
        {"id": "c", "type": "playbook", "playbook": placeholder("reset")},
    ],
    "required_connector_ids": ["cnn_okta", "cnn_mail"],
    "owner_id": "per_1",
    "enabled": True,
    "tags": [],
}


def test_a_playbook_is_rendered_whole() -> None:
    assert render(Playbook(DATA), lookups()) == BODY


def test_an_owners_id_is_taken_as_it_is() -> None:
    data = {**DATA, "owner_id": "per_any"}
    del data["owner"]
    assert render(Playbook(data), lookups(persons=None))["owner_id"] == "per_any"
    del data["owner_id"]
    assert render(Playbook(data), lookups())["owner_id"] is None


def test_every_name_without_an_id_is_told_at_once() -> None:
    data = {**DATA, "required_connectors": ["slack", "jira"], "owner": "twin"}
    with pytest.raises(Unrendered) as error:
        render(Playbook(data), lookups())
    assert [missed.reason.split("'")[1] for missed in error.value.missed] == ["slack", "jira", "twin"]


def test_what_a_plan_gets_of_a_playbook() -> None:
    desired = desire(Playbook(DATA), "playbooks/phishing.yaml", lookups(), ["PB402", "PB101", "PB402"])
    assert desired.digests == digests(BODY)
    assert (desired.key, desired.name, desired.file, desired.has_key) == (
        "phishing",
        "Phishing",
        "playbooks/phishing.yaml",
        True,
    )
    assert (desired.calls, desired.pending) == (("isolate", "reset"), ("reset",))
    assert desired.unset == (
        "description",
        "category",
        "trigger_conditions",
        "mitre_tactics",
        "mitre_techniques",
        "enabled",
        "tags",
    )
    assert desired.errors == ("PB101", "PB402")
    assert (desired.problem, desired.hint) == ("", "")


def test_what_cannot_be_rendered_rides_along() -> None:
    desired = desire(Playbook({**DATA, "required_connectors": ["slack", "jira"]}), "f", lookups())
    assert desired.problem.startswith("the connector 'slack' is ambiguous")
    assert desired.problem.endswith("(and 1 more)")
    assert desired.hint == "map it to one of these ids: environments.prod.connectors.slack"
    desired = desire(Playbook({**DATA, "steps": [{"id": "a", "action": "b", "with": {"n": 2**60}}]}), "f", lookups())
    assert "beyond 2^53" in desired.problem
    assert desired.hint == "write such a value as text, in quotes"


NAMES = {
    "connector": {"cnn_okta": "okta", "cnn_mail": "mail"},
    "owner": {"per_1": "soc-lead"},
    "playbook": {"ply_1": "isolate"},
}


def test_a_body_is_brought_back_into_the_shape_of_its_file() -> None:
    back = unrender(BODY, NAMES, with_start=False)
    assert back == {
        **{name: DATA[name] for name in ("name", "owner", "auto_execute", "required_connectors", "outputs")},
        "inputs": {"host": {"required": True, "description": "Host"}, "why": {}},
        "steps": [*DATA["steps"][:2], {"id": "c", "type": "playbook", "playbook": placeholder("reset")}],
    }


def test_a_file_that_has_a_start_step_keeps_it() -> None:
    back = unrender(BODY, NAMES, with_start=True)
    assert back["steps"][0] == BODY["steps"][0]
    assert "inputs" not in back


@pytest.mark.parametrize(
    "first",
    [{**BODY["steps"][0], "next": "a"}, {"id": "start", "type": "start"}, {"id": "x", "type": "start", "inputs": []}],
)
def test_a_start_step_that_says_more_than_inputs_is_not_lifted(first: dict[str, Any]) -> None:
    assert unrender({"steps": [first]}, {}, with_start=False) == {"steps": [first]}


@pytest.mark.parametrize(
    "found",
    [
        {"steps": 5},
        {"steps": {"a": 1}},
        {"steps": [{"id": "start", "type": "start", "inputs": {"host": {}}}]},
        {"steps": [{"id": "start", "type": "start", "inputs": [{"label": "host"}]}]},
        {"steps": [{"id": "a", "connector": {"id": "cnn_1"}}]},
        {"required_connectors": 5},
        {"required_connectors": [{"id": "cnn_1"}]},
        {"owner_id": {"id": "per_1"}},
    ],
)
def test_what_has_not_the_form_of_its_field_is_left_for_the_rules(found: dict[str, Any]) -> None:
    body = {{"required_connectors": "required_connector_ids"}.get(name, name): value for name, value in found.items()}
    assert unrender(body, NAMES, with_start=False) == found


def test_ids_without_a_name_and_a_vendors_keys() -> None:
    back = unrender(
        {
            "owner_id": "per_9",
            "required_connector_ids": ["cnn_9"],
            "steps": [{"id": "a", "connector": "cnn_9", "layout": 1}],
        },
        NAMES,
        with_start=False,
    )
    assert back == {"owner_id": "per_9", "required_connectors": ["cnn_9"], "steps": [{"id": "a", "connector": "cnn_9"}]}


def test_there_and_back_is_the_same_playbook() -> None:
    names = {**NAMES, "playbook": {"ply_1": "isolate", placeholder("reset"): "reset"}}
    back = unrender(BODY, names, with_start=False)
    assert render(Playbook({"key": "phishing", **back}), lookups()) == BODY


def test_names_are_listed_for_the_way_back() -> None:
    assert lookups().names("connector", ["okta", "mail", "jira", "slack"]) == {"cnn_okta": "okta", "cnn_mail": "mail"}
    assert lookups({"alias": "cnn_okta"}).names("connector", ["okta", "alias"]) == {"cnn_okta": "alias"}


def test_a_rendering_may_be_kept_while_the_ids_behind_its_names_stay() -> None:
    names = names_in(Playbook(DATA))
    assert names == (
        ("connector", "mail"), ("connector", "okta"), ("owner", "soc-lead"), ("playbook", "isolate"), ("playbook", "reset"),
    )  # fmt: skip
    flat = tuple(word for pair in names for word in pair)
    assert lookups().answers(flat) == lookups({"unused": "cnn_slack1"}).answers(flat)
    assert lookups().answers(flat) != lookups({"okta": "cnn_slack1"}).answers(flat)
    assert lookups().answers(flat) != lookups({"okta": "cnn_gone"}).answers(flat)
    assert lookups().alive == {row["id"] for row in (*CONNECTORS[:4], *PERSONS)}
