"""What the rules about connectors say beyond their pages: the sentence, the place, the fix, and where they keep silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.model.playbook import Playbook
from playbookctl.model.source import Key
from playbookctl.model.workspace import Connector, Connectors, Settings

if TYPE_CHECKING:
    from playbookctl.model.finding import Problem

RULES = all_rules()
OKTA = Connector(
    "okta",
    {
        "actions": {
            "reset-password": {"required": ["user", "reason"], "optional": ["notify"]},
            "get-user": {"required": ["user"]},
        }
    },
)
LISTED = Connectors({"okta": OKTA, "slack": Connector("slack", {})}, "connectors.yaml")
NONE = Connectors({}, None)
RESET = {"id": "r", "connector": "okta", "action": "reset-password", "with": {"user": "x", "reason": "y"}}
SEND = {"id": "s", "connector": "slack", "action": "anything"}


def problems(
    code: str, top: dict[str, Any], connectors: Connectors = LISTED, environments: dict[str, Any] | None = None
) -> list[Problem]:
    settings = Settings({"environments": environments or {}}, "/", None)
    context = Context(settings, connectors, AttackIndex.of(settings))
    return list(RULES[code].check(Playbook({"name": "test", "steps": [SEND], **top}), context))


def said(found: list[Problem]) -> list[tuple[str, str]]:
    return [("/".join(map(str, each.path)), each.message) for each in found]


def using(name: str, **more: Any) -> dict[str, Any]:
    return {"id": "u", "connector": name, "action": "go", **more}


CALL = {"id": "c", "type": "playbook", "playbook": "other"}
TABLE: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("PB201", {"steps": [using("okat")]}, [("steps/0/connector", "no connector is called 'okat' in connectors.yaml; did you mean 'okta'?")]),
    ("PB201", {"steps": [using("cnn_123"), using("{{ inputs.c }}"), SEND], "required_connectors": ["cnn_1"]}, []),
    ("PB201", {"required_connectors": ["slack", "jira"]}, [("required_connectors/1", "no connector is called 'jira' in connectors.yaml")]),
    ("PB201", {"steps": [{**SEND, "if": {"connector_available": "jira"}}]}, [("steps/0/if/connector_available", "no connector is called 'jira' in connectors.yaml")]),
    ("PB201", {"steps": [{**SEND, "if": {"any": [{"connector_available": "slack"}, {"not": {"connector_available": "slak"}}]}}]}, [("steps/0/if/any/1/not/connector_available", "no connector is called 'slak' in connectors.yaml; did you mean 'slack'?")]),
    ("PB201", {"steps": [{**SEND, "if": {"any": [{"expr": "x"}, {"field": "alert.host", "op": "exists"}]}}, {**SEND, "if": {"field": "alert.host", "op": "exists"}}]}, []),
    ("PB202", {"steps": [RESET, {**RESET, "id": "again"}, SEND], "required_connectors": ["slack"]}, [("steps/0/connector", "'okta' is used here but is not among required_connectors")]),
    ("PB202", {"steps": [{**RESET, "optional": True}, using("{{ x }}"), using("jira")]}, []),
    ("PB203", {"steps": [SEND], "required_connectors": ["okta", "slack"]}, [("required_connectors/0", "'okta' is required, but no step uses it")]),
    ("PB203", {"steps": [SEND, CALL], "required_connectors": ["okta"]}, []),
    ("PB203", {"steps": [SEND, using("{{ x }}")], "required_connectors": ["okta", "jira"]}, []),
    ("PB203", {"steps": [SEND], "required_connectors": ["okta", "jira"]}, [
        ("required_connectors/0", "'okta' is required, but no step uses it"), ("required_connectors/1", "'jira' is required, but no step uses it"),
    ]),
    ("PB204", {"steps": [{**RESET, "action": "reset-pasword"}]}, [("steps/0/action", "'okta' has no action 'reset-pasword'; did you mean 'reset-password'?")]),
    ("PB204", {"steps": [RESET, SEND, using("jira"), {**RESET, "action": "{{ x }}"}, {"id": "n", "connector": "okta", "type": "wait"}]}, []),
    ("PB205", {"steps": [{**RESET, "with": {"reason": "y"}}]}, [("steps/0/action", "'reset-password' needs 'user', which 'with' does not give")]),
    ("PB205", {"steps": [{**RESET, "with": {}}]}, [("steps/0/action", "'reset-password' needs 'user', 'reason', which 'with' does not give")]),
    ("PB205", {"steps": [{**RESET, "with": {**RESET["with"], "notify": 1, "resaon": 2}}]}, [("steps/0/with/resaon", "'reset-password' knows no input 'resaon'; did you mean 'reason'?")]),
    ("PB205", {"steps": [{**RESET, "action": "get-user", "with": {"user": 1, "other": 2}}, {**RESET, "action": "unknown"}, {**SEND, "with": {"a": 1}}, using("jira", **{"with": {"a": 1}})]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("code", "top", "expected"), TABLE)
def test_a_rule_says_what_is_wrong_and_where(code: str, top: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert said(problems(code, top)) == expected


@pytest.mark.parametrize("code", ["PB201", "PB204", "PB205"])
def test_without_a_connectors_file_any_name_is_accepted(code: str) -> None:
    assert problems(code, {"steps": [using("okat"), RESET], "required_connectors": ["x"]}, NONE) == []


def test_without_a_connectors_file_what_is_used_has_still_to_be_required() -> None:
    assert said(problems("PB202", {"steps": [using("jira")]}, NONE)) == [
        ("steps/0/connector", "'jira' is used here but is not among required_connectors")
    ]


FIXES = [
    ("PB202", {"steps": [RESET]}, "require 'okta'", (("required_connectors",), "[okta]", "insert")),
    ("PB202", {"steps": [RESET], "required_connectors": []}, "require 'okta'", (("required_connectors", 0), "okta", "insert")),
    ("PB202", {"steps": [RESET], "required_connectors": ["slack", "jira"]}, "require 'okta'", (("required_connectors", 2), "okta", "insert")),
    ("PB203", {"required_connectors": ["slack", "okta"]}, "remove 'okta'", (("required_connectors", 1), "", "delete")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "top", "title", "edit"), FIXES)
def test_a_fix_writes_what_is_missing_or_takes_what_is_too_much(
    code: str, top: dict[str, Any], title: str, edit: tuple[tuple[Any, ...], str, str]
) -> None:
    (found,) = problems(code, top)
    assert found.fix is not None
    assert (found.fix.title, found.fix.safe) == (title, True)
    assert [(each.path, each.text, each.mode) for each in found.fix.edits] == [edit]


def test_an_unknown_input_is_said_at_its_name_not_at_its_value() -> None:
    (found,) = problems("PB205", {"steps": [{**RESET, "with": {**RESET["with"], "colour": 2}}]})
    assert isinstance(found.path[-1], Key)
    assert found.message == "'reset-password' knows no input 'colour'"


BOTH = {
    "prod": {"connectors": {"okta": "cnn_1"}},
    "lab": {"connectors": {"slack": "cnn_2"}},
    "local": {"url": "embedded"},
}
MAPPED: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    ({"steps": [RESET]}, {"local": {"url": "embedded"}}, []),
    ({"steps": [RESET]}, BOTH, [("steps/0/connector", "'okta' is not mapped in the environment 'lab'")]),
    ({"steps": [RESET], "required_connectors": ["slack", "okta"]}, BOTH, [
        ("required_connectors/0", "'slack' is not mapped in the environment 'prod'"),
        ("required_connectors/1", "'okta' is not mapped in the environment 'lab'"),
    ]),
    ({"steps": [using("cnn_7"), using("{{ x }}"), using("jira")]}, BOTH, []),
    ({"steps": [SEND]}, {"b": {"connectors": {"okta": "1"}}, "a": {"connectors": {"okta": "2"}}}, [("steps/0/connector", "'slack' is not mapped in the environment 'a', 'b'")]),
]  # fmt: skip


@pytest.mark.parametrize(("top", "environments", "expected"), MAPPED)
def test_each_environment_that_maps_any_has_to_map_all(
    top: dict[str, Any], environments: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert said(problems("PB206", top, environments=environments)) == expected


def test_an_environment_has_to_map_what_no_file_lists() -> None:
    found = problems("PB206", {"steps": [using("jira")]}, NONE, {"prod": {"connectors": {"okta": "cnn_1"}}})
    assert said(found) == [("steps/0/connector", "'jira' is not mapped in the environment 'prod'")]
