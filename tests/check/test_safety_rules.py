"""What the rules about safety say beyond their pages: the sentence, the place, and where they keep silent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.check.facts import facts_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.model.playbook import Playbook
from playbookctl.model.source import Document, Key, Source
from playbookctl.model.workspace import Connector, Connectors, Entry, Settings, Summary, Workspace

if TYPE_CHECKING:
    from playbookctl.model.finding import Problem

RULES = all_rules()
NO_SPANS: Any = None
CATALOGUE = Connectors(
    {"edr": Connector("edr", {"actions": {"tidy": {"effect": "irreversible"}, "isolate-host": {"effect": "notify"}}})},
    "connectors.yaml",
)
WIPE = {"id": "wipe", "action": "wipe-host"}
LOOK = {"id": "look", "action": "get-host"}
TRIGGER = [{"field": "alert.severity", "op": "equals", "value": "high"}]


def context(**settings: Any) -> Context:
    decided = Settings(settings, "/", None)
    return Context(decided, CATALOGUE, AttackIndex.of(decided))


def problems(code: str, *steps: dict[str, Any], **top: Any) -> list[Problem]:
    if RULES[code].kind == "workspace":
        return across(code, test={"steps": list(steps), **top})
    if RULES[code].kind == "entry":
        document = Document(Source("test.yaml", ""), {"name": "test", "steps": list(steps), **top}, NO_SPANS)
        return list(RULES[code].check(Entry(document.source, document, None), context()))
    return list(RULES[code].check(Playbook({"name": "test", "steps": list(steps), **top}), context()))


def said(code: str, *steps: dict[str, Any], **top: Any) -> list[tuple[str, str]]:
    return [("/".join(map(str, each.path)), each.message) for each in problems(code, *steps, **top)]


def workspace(**playbooks: dict[str, Any]) -> Workspace:
    summaries = []
    for key, content in playbooks.items():
        playbook = Playbook({"key": key, "name": key, **content})
        facts = json.loads(json.dumps(facts_of(playbook, context())))
        summaries.append(Summary(f"{key}.yaml", key, key, facts, has_key=True))
    return Workspace(tuple(summaries))


def across(code: str, entry_points: tuple[str, ...] = (), **playbooks: dict[str, Any]) -> list[Problem]:
    return list(RULES[code].check(workspace(**playbooks), context(entry_points=list(entry_points))))


def auto(*steps: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"auto_execute": True, "trigger_conditions": TRIGGER, "steps": list(steps), **top}


def call(key: str, **given: Any) -> dict[str, Any]:
    return {"id": f"call_{key}", "type": "playbook", "playbook": key, "with": given}


def test_an_action_is_found_through_calls_where_it_stands() -> None:
    (found,) = across(
        "PB402", main=auto(LOOK, call("middle")), middle={"steps": [call("deep")]}, deep={"steps": [LOOK, WIPE]}
    )
    assert (found.file, found.path) == ("deep.yaml", ("steps", 1, "action"))
    assert found.message == (
        "'wipe-host' runs without a person: 'main' starts by itself and reaches it through 'middle' → 'deep' with no gate "
        "on the way (irreversible, guessed from 'wipe')"
    )
    assert [(each.file, each.path, each.message) for each in found.related] == [
        ("main.yaml", ("auto_execute",), "'main' starts by itself"),
        ("main.yaml", ("steps", 1), "called from here by 'main'"),
        ("middle.yaml", ("steps", 0), "called from here by 'middle'"),
    ]


def test_one_action_is_one_finding_however_many_start_it() -> None:
    (found,) = across("PB402", a=auto(call("sub")), b=auto(call("sub")), c=auto(call("a")), sub={"steps": [WIPE]})
    assert found.message.startswith("'wipe-host' runs without a person: 'a' and 2 more starts by itself")


@pytest.mark.parametrize(
    "playbooks, number",
    [
        ({"main": {"steps": [WIPE]}}, 0),
        ({"main": auto(WIPE)}, 1),
        ({"main": auto(WIPE, enabled=False)}, 1),
        ({"main": auto({**WIPE, "approval": True})}, 0),
        ({"main": auto({**WIPE, "action": "get-host"})}, 0),
        ({"main": auto({"id": "a", "connector": "edr", "action": "tidy"})}, 1),
        ({"main": auto({"id": "a", "connector": "edr", "action": "isolate-host"})}, 0),
        ({"main": auto(WIPE, {**WIPE, "id": "again"})}, 2),
    ],
)
def test_what_counts_is_the_effect_and_the_gate(playbooks: dict[str, Any], number: int) -> None:
    assert len(across("PB402", **playbooks)) == number


def test_an_entry_point_of_the_config_starts_by_itself_too() -> None:
    (found,) = across("PB402", ("main",), main={"steps": [call("sub")]}, sub={"steps": [WIPE]})
    assert found.related[0].path == ()


def test_facts_are_small_json_and_follow_from_the_content_alone() -> None:
    (summary,) = workspace(
        main=auto({"id": "ask", "type": "manual", "message": "?", "assignee": "lead"}, WIPE)
    ).summaries
    assert summary.facts == {
        "auto": True,
        "trigger": "[{field:'alert.severity',op:'equals',value:'high'}]",
        "reach": {
            "inputs": {},
            "zones": [[[], [[1, 1, None, 0]], False], [[[[1], None, "wipe-host"]], [], True]],
            "gates": [[[0], "manual", ["lead"], 1]],
            "calls": [],
        },
    }


TABLE: list[tuple[str, list[dict[str, Any]], dict[str, Any], list[tuple[str, str]]]] = [
    ("PB401", [LOOK], {"auto_execute": True}, [("auto_execute", "it starts by itself on every alert: there are no trigger conditions")]),
    ("PB401", [LOOK], {"auto_execute": True, "trigger_conditions": [{"field": "alert.id", "op": "exists"}]}, [("auto_execute", "it starts by itself on every alert: its trigger condition holds for any")]),
    ("PB401", [LOOK], {"auto_execute": True, "trigger_conditions": [{"field": "alert.id", "op": "exists"}, *TRIGGER]}, []),
    ("PB401", [LOOK], {"auto_execute": True, "trigger_conditions": [{"expr": "x"}]}, []),
    ("PB401", [LOOK], {}, []),
    ("PB404", [{**WIPE, "on_error": "continue"}, {"id": "d", "type": "decision", "branches": [{"name": "y", "when": {"field": "steps.wipe.status", "op": "equals", "value": "failed"}}]}], {}, []),
    ("PB404", [{**WIPE, "on_error": "continue"}, {**LOOK, "with": {"x": "{{ steps.wipe.output }}"}}], {}, [("steps/0/on_error", "'wipe-host' can fail and the run goes on in silence (irreversible, guessed from 'wipe')")]),
    ("PB404", [{"id": "a", "connector": "edr", "action": "tidy", "optional": True}], {}, [("steps/0/optional", "'tidy' is left out in silence where its connector is not configured (irreversible, declared in connectors.yaml)")]),
    ("PB404", [{**WIPE, "optional": False}, {**LOOK, "on_error": "continue"}], {}, []),
    ("PB405", [{"id": "l", "type": "section", "for_each": "x", "steps": [LOOK, WIPE]}], {}, [("steps/0/for_each", "'wipe-host' runs for each element, however many there are (irreversible, guessed from 'wipe')")]),
    ("PB405", [{"id": "l", "type": "section", "for_each": "x", "max_targets": 5, "steps": [WIPE]}], {}, []),
    ("PB405", [{"id": "l", "type": "section", "for_each": "x", "steps": [{**WIPE, "for_each": "y"}]}], {}, [("steps/0/steps/0/for_each", "'wipe-host' runs for each element, however many there are (irreversible, guessed from 'wipe')")]),
    ("PB405", [{**LOOK, "for_each": "x"}, {**WIPE, "repeat": {"max": 3}}], {}, []),
    ("PB406", [LOOK], {"trigger_conditions": [{"any": [{"field": "alert.severty", "op": "exists"}, {"not": {"field": "user", "op": "exists"}}]}]}, [
        ("trigger_conditions/0/any/0/field", "no alert has a field 'severty'; did you mean 'severity'?"),
        ("trigger_conditions/0/any/1/not/field", "a trigger finds nothing under 'user'; did you mean 'alert.user'?"),
    ]),
    ("PB406", [LOOK], {"trigger_conditions": [{"field": "case.owner", "op": "exists"}]}, [("trigger_conditions/0/field", "a trigger finds nothing under 'case.owner': it knows only 'alert.…'")]),
    ("PB406", [LOOK], {"trigger_conditions": [{"field": "alert.indicators.0.value", "op": "exists"}, {"field": "[Event.x]", "op": "exists"}, {"field": "inputs.x", "op": "exists"}]}, []),
    ("PB407", [{**LOOK, "if": {"field": "alert.user", "op": "in", "value": []}}], {}, [("steps/0/if", "'in' with an empty list never holds")]),
    ("PB407", [{**LOOK, "branches": [{"name": "a", "when": TRIGGER[0]}, {"name": "b", "when": TRIGGER[0]}], "match": "all"}], {}, []),
    ("PB407", [LOOK], {"trigger_conditions": [{"any": [*TRIGGER, {"field": "alert.severity", "op": "equals", "value": "low"}]}]}, []),
    ("PB409", [{"id": "m", "type": "manual", "message": "?"}], {}, []),
    ("PB409", [{"id": "m", "type": "manual", "message": "?"}], {"auto_execute": True}, [("steps/0/type", "'m' waits for nobody in particular, without limit")]),
    ("PB409", [{"id": "m", "type": "manual", "message": "?", "assignee": "lead"}, {**WIPE, "approval": {"by": ["lead"]}}, {**LOOK, "approval": {"expires": "1h"}}], {"auto_execute": True}, []),
    ("PB409", [{**LOOK, "next": "end"}, {"id": "m", "type": "manual", "message": "?"}], {"auto_execute": True}, []),
    ("PB410", [{**LOOK, "if": {"field": "alert.title", "op": "matches", "value": "(a+)+b"}}], {}, [("steps/0/if/value", "a loop of this pattern reads the same text in two ways: a hostile text makes it run for hours")]),
    ("PB410", [{**LOOK, "if": {"field": "alert.title", "op": "matches", "value": "["}}], {}, [("steps/0/if/value", "this pattern cannot be used: it is no regular expression: unterminated character set at position 0")]),
    ("PB410", [{**LOOK, "if": {"field": "alert.title", "op": "matches", "value": "{{ inputs.pattern }}("}}, {**WIPE, "if": {"field": "alert.title", "op": "contains", "value": "["}}], {}, []),
]  # fmt: skip


@pytest.mark.parametrize("code, steps, top, expected", TABLE)
def test_a_rule_says_what_is_wrong_and_where(
    code: str, steps: list[dict[str, Any]], top: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert said(code, *steps, **top) == expected


def test_a_pattern_that_was_not_judged_is_only_noted() -> None:
    (found,) = problems("PB410", {**LOOK, "if": {"field": "alert.title", "op": "matches", "value": r"(a)\1"}})
    assert found.severity is not None
    assert found.severity.value == "note"


def test_playbooks_with_one_trigger_are_told_of_each_other() -> None:
    other_order = [{"value": "high", "op": "equals", "field": "alert.severity"}]
    found = across(
        "PB408",
        a=auto(LOOK),
        b=auto(LOOK, trigger_conditions=other_order),
        c=auto(LOOK, enabled=False),
        d=auto(LOOK, trigger_conditions=[]),
    )
    assert [(each.file, each.message) for each in found] == [
        ("b.yaml", "the same alerts start 'a' too, in no order that anybody has chosen")
    ]


PASSWORD = "Sommer" + "2026!"


@pytest.mark.parametrize(
    "step, path",
    [
        ({"with": {"password": PASSWORD}}, "steps/0/with/password"),
        ({"with": {"auth": {"headers": [{"apiKey": "9f8c7b6a5d4e3f2a1b0c"}]}}}, "steps/0/with/auth/headers/0/apiKey"),
        ({"with": {"url": "https://reader:" + "hunter22@intel.internal"}}, "steps/0/with/url"),
        ({"x-vendor": {"passwd": PASSWORD}}, "steps/0/x-vendor/passwd"),
        ({"description": "log in with ghp_" + "aB3d" * 9}, "steps/0/description"),
    ],
)
def test_a_secret_is_found_wherever_it_stands_and_never_repeated(step: dict[str, Any], path: str) -> None:
    ((where, message),) = said("PB403", {**LOOK, **step})
    assert where == path
    assert not any(secret in message for secret in (PASSWORD, "9f8c", "hunter", "aB3d"))


def test_a_default_goes_by_the_name_of_its_input() -> None:
    start = {"id": "start", "type": "start", "inputs": [{"name": "ZipPassword", "default": PASSWORD}]}
    assert [path for path, _ in said("PB403", start, LOOK)] == ["steps/0/inputs/0/default"]
    assert [path for path, _ in said("PB403", LOOK, inputs={"zip_password": {"default": PASSWORD}})] == [
        "inputs/zip_password/default"
    ]


def test_a_call_fails_in_silence_if_what_it_calls_is_destructive() -> None:
    sub = {"steps": [{**WIPE, "approval": "lead"}]}
    (found,) = across(
        "PB404", main={"steps": [{**call("sub"), "on_error": "continue"}, {**call("other"), "on_error": "continue"}]},
        sub=sub, other={"steps": [LOOK]},
    )  # fmt: skip
    assert (found.file, found.path) == ("main.yaml", ("steps", 0, "on_error"))
    assert found.message == (
        "'sub', which does 'wipe-host', can fail and the run goes on in silence (irreversible, guessed from 'wipe')"
    )


def test_a_loop_of_calls_does_what_they_do_without_asking() -> None:
    found = across(
        "PB405",
        main={"steps": [{**call("sub"), "for_each": "x"}, {**call("asks"), "for_each": "x"}, {**call("gone"), "for_each": "x"}]},
        sub={"steps": [LOOK, WIPE]},
        asks={"steps": [{**WIPE, "approval": "lead"}]},
    )  # fmt: skip
    assert [(each.path, each.message) for each in found] == [
        (("steps", 0, "for_each"), "'wipe-host' runs through 'sub' for each element, however many there are (irreversible, guessed from 'wipe')")
    ]  # fmt: skip


def test_an_action_is_destructive_if_it_is_told_to_be() -> None:
    suspend = {"id": "a", "action": "update-user", "with": {"status": "suspended"}}
    (found,) = across("PB402", main=auto(suspend))
    assert found.message.endswith("with no gate on the way (reversible, guessed from 'status: suspended')")
    assert not across("PB402", main=auto({**suspend, "with": {"status": "active"}}))


ASK = {"id": "ask", "type": "manual", "message": "?"}


def test_a_called_playbook_that_waits_for_nobody_is_told_who_starts_it() -> None:
    found = across(
        "PB409", a=auto(call("middle")), middle={"steps": [call("deep"), call("gone")]}, deep={"steps": [ASK, WIPE]}, lone={"steps": [ASK]}
    )  # fmt: skip
    assert [(each.file, each.message) for each in found] == [
        ("deep.yaml", "'ask' waits for nobody in particular, without limit; 'a' starts by itself and calls it")
    ]
    assert [(each.file, each.path) for each in found[0].related] == [("a.yaml", ("auto_execute",))]


def test_all_that_wait_in_a_playbook_are_one_finding() -> None:
    again = {**WIPE, "approval": True}
    (found,) = across("PB409", main=auto(ASK, {**ASK, "id": "more"}, again))
    assert found.message == "'ask' waits for nobody in particular, without limit, and so do 2 more of this playbook"
    assert found.path == ("steps", 0, "type")
    assert isinstance(found.path[-1], Key)
    assert [(each.path, each.message, type(each.path[-1])) for each in found.related] == [
        (("steps", 1, "type"), "'more' waits too", Key),
        (("steps", 2, "approval"), "'wipe' waits too", str),
    ]
    (found,) = across("PB409", main=auto(ASK, again))
    assert found.message.endswith(", and so does 1 more of this playbook")


def test_who_starts_it_is_told_before_what_else_waits() -> None:
    (found,) = across("PB409", a=auto(call("deep")), deep={"steps": [ASK, {**ASK, "id": "more"}]})
    assert [(each.file, each.message) for each in found.related] == [
        ("a.yaml", "'a' starts by itself"),
        ("", "'more' waits too"),
    ]


@pytest.mark.parametrize(
    "steps, number",
    [
        ([{**LOOK, "approval": True}], 0),
        ([{**WIPE, "approval": True}], 1),
        ([{**LOOK, "approval": True}, WIPE], 1),
        ([{"id": "a", "connector": "edr", "action": "tidy", "approval": True}], 1),
        ([{"id": "a", "connector": "edr", "action": "isolate-host", "approval": True}], 0),
        ([{"id": "a", "action": "update-user", "with": {"status": "suspended"}, "approval": True}], 1),
        ([{"id": "a", "action": "update-user", "with": {"status": "active"}, "approval": True}], 0),
        ([{**LOOK, "approval": True}, {"id": "s", "type": "section"}], 0),
    ],
)
def test_a_yes_behind_which_nothing_waits_may_take_its_time(steps: list[dict[str, Any]], number: int) -> None:
    assert len(across("PB409", main=auto(*steps))) == number
