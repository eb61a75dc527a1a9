"""Gate dominance: a table of workspaces, and who is asked before the one action `wipe` in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbookctl.flow.graph import ERROR, OUT, PASSING_BY, TIMEOUT, Flow
from playbookctl.flow.reach import Reach
from playbookctl.flow.zones import zone_facts
from playbookctl.model.playbook import Playbook

Steps = list[dict[str, Any]]

ASK = {"id": "ask", "type": "manual", "message": "?"}
ASK_OR_GO_ON = {**ASK, "timeout": "1h", "on_timeout": "continue"}
WIPE = {"id": "wipe", "action": "wipe"}
LOOK = {"id": "look", "action": "look"}
YES = {"field": "alert.x", "op": "exists"}


def asked(value: object = "lead", **more: Any) -> dict[str, Any]:
    return {**WIPE, "approval": value, **more}


def branch(step: str, when: dict[str, Any], yes: str, no: str) -> dict[str, Any]:
    return {"id": step, "type": "decision", "branches": [{"name": "yes", "when": when, "next": yes}], "else": no}


def call(step: str, key: str, **given: Any) -> dict[str, Any]:
    return {"id": step, "type": "playbook", "playbook": key, "with": given}


def on(name: str, value: object) -> dict[str, Any]:
    return {"field": f"inputs.{name}", "op": "equals", "value": value}


def reach(playbooks: dict[str, Any], entry: str = "main") -> dict[str, list[str]]:
    """Return the steps that may ask before `wipe`, by the step that wipes; '-' is a path on which nobody does."""
    facts = {}
    for key, content in playbooks.items():
        data = {"key": key, "name": key, **(content if isinstance(content, dict) else {"steps": content})}
        facts[key] = json.loads(json.dumps(zone_facts(Flow(Playbook(data)))))
    names = {(key, _path(at)): step["id"] for key, each in playbooks.items() for at, step in _walk(_steps(each))}
    found = {}
    for action in Reach(facts).from_entry(entry):
        if action.action == "wipe":
            gates = [names[gate.site.key, gate.site.path] for gate in action.gates]
            found[names[action.site.key, action.site.path]] = ["-", *gates] if action.is_ungated else gates
    return found


def _steps(content: Any) -> Steps:
    return content["steps"] if isinstance(content, dict) else content


def _walk(steps: Steps, before: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], dict[str, Any]]]:
    rows = [((*before, at), step) for at, step in enumerate(steps)]
    return rows + [row for at, step in rows for row in _walk(step.get("steps", []), at)]


def _path(at: tuple[int, ...]) -> tuple[str | int, ...]:
    return tuple(part for index in at for part in ("steps", index))


ONE: list[tuple[str, Steps, dict[str, list[str]]]] = [
    ("nobody asks", [LOOK, WIPE], {"wipe": ["-"]}),
    ("a step before asks", [ASK, WIPE], {"wipe": ["ask"]}),
    ("its own approval asks", [asked()], {"wipe": ["wipe"]}),
    ("the last gate is named", [ASK, asked()], {"wipe": ["wipe"]}),
    ("a gate after it is none", [WIPE, ASK], {"wipe": ["-"]}),
    ("a gate on another branch is none", [branch("d", YES, "ask", "wipe"), {**ASK, "next": "end"}, WIPE], {"wipe": ["-"]}),
    ("a gate on one of two branches is not enough", [branch("d", YES, "ask", "wipe"), ASK, WIPE], {"wipe": ["-", "ask"]}),
    ("a gate on each of two branches is", [branch("d", YES, "ask", "b"), {**ASK, "next": "wipe"}, {**ASK, "id": "b"}, WIPE], {"wipe": ["ask", "b"]}),
    ("unreachable is not reached", [{**LOOK, "next": "end"}, WIPE], {}),
    ("a gate that goes on if nobody answers is none", [ASK_OR_GO_ON, WIPE], {"wipe": ["-", "ask"]}),
    ("one that stops then is one", [{**ASK, "timeout": "1h", "on_timeout": "stop"}, WIPE], {"wipe": ["ask"]}),
    ("a refused approval never runs its step", [asked({"on_refused": "continue"})], {"wipe": ["wipe"]}),
    ("but it goes on to the next", [{**LOOK, "approval": {"on_refused": "continue"}}, WIPE], {"wipe": ["-", "look"]}),
    ("an expired approval goes where it says", [{**LOOK, "approval": {"expires": "1h", "on_expired": {"next": "wipe"}}, "next": "end"}, WIPE], {"wipe": ["-"]}),
    ("a refused approval that stops guards what follows", [{**LOOK, "approval": True}, WIPE], {"wipe": ["look"]}),
    ("an approval that `if` passes by is none", [{**LOOK, "approval": True, "if": YES}, WIPE], {"wipe": ["-", "look"]}),
    ("nor one of an optional step", [{**LOOK, "approval": True, "optional": True}, WIPE], {"wipe": ["-", "look"]}),
    ("but its own approval holds, whatever `if` says", [asked(**{"if": YES})], {"wipe": ["wipe"]}),
    ("the way of an error counts", [{**LOOK, "on_error": {"next": "wipe"}, "next": "end"}, WIPE], {"wipe": ["-"]}),
    ("an error after the yes comes after the yes", [{**LOOK, "approval": True, "on_error": {"next": "wipe"}, "next": "end"}, WIPE], {"wipe": ["look"]}),
    ("parallel paths are looked at one by one", [{**LOOK, "next": ["ask", "wipe"]}, {**ASK, "next": "end"}, WIPE], {"wipe": ["-"]}),
    ("a loop may have nothing to ask", [{"id": "l", "type": "section", "for_each": "{{ x }}", "steps": [ASK]}, WIPE], {"wipe": ["-", "ask"]}),
    ("one that asks at least once does ask", [{"id": "l", "type": "section", "repeat": {"max": 3}, "steps": [ASK]}, WIPE], {"wipe": ["ask"]}),
    ("an approval of a loop guards its body", [{"id": "l", "type": "section", "for_each": "{{ x }}", "approval": True, "steps": [WIPE]}], {"wipe": ["l"]}),
    ("a gate in the body guards what follows there", [{"id": "l", "type": "section", "for_each": "{{ x }}", "steps": [ASK, WIPE]}], {"wipe": ["ask"]}),
    ("on the second round too", [{"id": "l", "type": "section", "for_each": "{{ x }}", "steps": [WIPE, ASK]}], {"wipe": ["-", "ask"]}),
]  # fmt: skip


@pytest.mark.parametrize("steps, expected", [row[1:] for row in ONE], ids=[row[0] for row in ONE])
def test_who_is_asked_in_one_playbook(steps: Steps, expected: dict[str, list[str]]) -> None:
    assert reach({"main": steps}) == expected


AUTO = {
    "inputs": {"auto": {"default": "no"}},
    "steps": [branch("d", on("auto", "yes"), "wipe", "ask"), {**WIPE, "next": "end"}, {**ASK, "next": "wipe"}],
}
NO_DEFAULT = {**AUTO, "inputs": {"auto": {}}}
PASSED = {"inputs": {"auto": {"default": "no"}}, "steps": [call("c", "sub", auto="{{ inputs.auto }}")]}
GATE = [{**ASK, "id": "gate"}]
MAYBE = {
    "inputs": {"silent": {"default": False}},
    "steps": [branch("d", on("silent", True), "end", "gate"), {**ASK, "id": "gate"}],
}

MANY: list[tuple[str, dict[str, Any], dict[str, list[str]]]] = [
    ("a call reaches what is called", {"main": [call("c", "sub")], "sub": [WIPE]}, {"wipe": ["-"]}),
    ("a gate before the call guards it", {"main": [ASK, call("c", "sub")], "sub": [WIPE]}, {"wipe": ["ask"]}),
    ("an approval of the call guards it", {"main": [{**call("c", "sub"), "approval": True}], "sub": [WIPE]}, {"wipe": ["c"]}),
    ("a gate in the callee guards it", {"main": [call("c", "sub")], "sub": [ASK, WIPE]}, {"wipe": ["ask"]}),
    ("a callee that always asks guards what follows the call", {"main": [call("c", "sub"), WIPE], "sub": GATE}, {"wipe": ["gate"]}),
    ("one that asks on one branch only does not", {"main": [call("c", "sub"), WIPE], "sub": [branch("d", YES, "gate", "end"), *GATE]}, {"wipe": ["-", "gate"]}),
    ("a call that fails goes by what the callee would ask", {"main": [{**call("c", "sub"), "on_error": "continue"}, WIPE], "sub": GATE}, {"wipe": ["-", "gate"]}),
    ("seven calls deep", {"main": [call("c", "p1")], **{f"p{i}": [call("c", f"p{i + 1}")] for i in range(1, 7)}, "p7": [WIPE]}, {"wipe": ["-"]}),
    ("an unknown callee does nothing and asks nobody", {"main": [call("c", "nothing"), WIPE]}, {"wipe": ["-"]}),
    ("a default closes the branch that skips the gate", {"main": [call("c", "sub")], "sub": AUTO}, {"wipe": ["ask"]}),
    ("a constant handed over opens it", {"main": [call("c", "sub", auto="yes")], "sub": AUTO}, {"wipe": ["-"]}),
    ("and closes it", {"main": [call("c", "sub", auto="never")], "sub": AUTO}, {"wipe": ["ask"]}),
    ("values are typed", {"main": [call("c", "sub", auto=True)], "sub": AUTO}, {"wipe": ["ask"]}),
    ("what cannot be known may go either way", {"main": [call("c", "sub", auto="{{ alert.x }}")], "sub": AUTO}, {"wipe": ["-", "ask"]}),
    ("an input that nobody gives is missing", {"main": [call("c", "sub")], "sub": NO_DEFAULT}, {"wipe": ["ask"]}),
    ("an input is handed on", {"main": PASSED, "sub": AUTO}, {"wipe": ["ask"]}),
    ("from the caller's caller", {"main": [call("c", "mid", auto="yes")], "mid": PASSED, "sub": AUTO}, {"wipe": ["-"]}),
    ("each call is looked at with its own inputs", {"main": [call("c", "sub", auto="yes"), call("d", "sub")], "sub": AUTO}, {"wipe": ["-", "ask"]}),
    ("a call that asks guards the next call", {"main": [call("c", "sub"), call("d", "sub", auto="yes")], "sub": AUTO}, {"wipe": ["ask"]}),
    ("a callee asks unless it is told not to", {"main": [call("c", "sub"), WIPE], "sub": MAYBE}, {"wipe": ["gate"]}),
    ("and is told not to", {"main": [call("c", "sub", silent=True), WIPE], "sub": MAYBE}, {"wipe": ["-"]}),
    ("the gate of one call does not guard another", {"main": [branch("d", YES, "a", "b"), {**call("a", "sub"), "approval": True, "next": "end"}, call("b", "sub")], "sub": [WIPE]}, {"wipe": ["-", "a"]}),
    ("a circle ends", {"main": [call("c", "sub")], "sub": [call("c", "main"), WIPE]}, {"wipe": ["-"]}),
    ("a playbook that calls itself ends", {"main": [WIPE, call("c", "main")]}, {"wipe": ["-"]}),
]  # fmt: skip


@pytest.mark.parametrize("playbooks, expected", [row[1:] for row in MANY], ids=[row[0] for row in MANY])
def test_who_is_asked_across_calls(playbooks: dict[str, Any], expected: dict[str, list[str]]) -> None:
    assert reach(playbooks) == expected


CONDITIONS: list[tuple[dict[str, Any], object, bool]] = [
    (on("x", "on"), "on", True),
    (on("x", "on"), "off", False),
    ({"not": on("x", "on")}, "off", True),
    ({"not": on("x", "on")}, "on", False),
    ({"all": [on("x", "on"), YES]}, "on", True),
    ({"all": [on("x", "on"), YES]}, "off", False),
    ({"any": [on("x", "on"), YES]}, "off", True),
    ({"all": [YES, {"expr": "?"}]}, "off", True),
    ({"field": "inputs.x", "op": "exists"}, "off", True),
    ({"field": "inputs.x", "op": "not_exists"}, "off", False),
    ({"field": "inputs.other", "op": "exists"}, "off", True),
    ({"field": "inputs.x", "op": "equals", "value": "{{ alert.x }}"}, "off", True),
    ({"field": "inputs.x", "op": "in", "value": ["on", "auto"]}, "auto", True),
]


@pytest.mark.parametrize("condition, value, passes", CONDITIONS)
def test_a_branch_is_closed_only_if_its_condition_cannot_hold(
    condition: dict[str, Any], value: object, passes: bool
) -> None:
    content = {"inputs": {"x": {"default": value}}, "steps": [branch("d", condition, "wipe", "end"), WIPE]}
    assert bool(reach({"main": content})) is passes
    content["steps"] = [{**WIPE, "if": condition}]
    assert bool(reach({"main": content})) is passes


def test_else_and_later_branches_are_closed_if_an_earlier_one_must_hold() -> None:
    decision = branch("d", on("x", "on"), "end", "wipe")
    assert reach({"main": {"inputs": {"x": {"default": "on"}}, "steps": [decision, WIPE]}}) == {}
    decision["branches"].append({"name": "second", "when": YES, "next": "wipe"})
    decision["else"] = "end"
    assert reach({"main": {"inputs": {"x": {"default": "on"}}, "steps": [decision, WIPE]}}) == {}
    decision["match"] = "all"
    assert reach({"main": {"inputs": {"x": {"default": "on"}}, "steps": [decision, WIPE]}}) == {"wipe": ["-"]}


def test_an_entry_point_may_be_handed_anything_where_it_has_no_default() -> None:
    assert reach({"main": NO_DEFAULT}) == {"wipe": ["-", "ask"]}
    assert reach({"main": AUTO}) == {"wipe": ["ask"]}


def test_the_calls_on_the_way_are_told() -> None:
    facts = {
        key: zone_facts(Flow(Playbook({"key": key, "name": key, "steps": steps})))
        for key, steps in {
            "main": [LOOK, call("c", "sub")],
            "sub": [call("d", "deep")],
            "deep": [{**WIPE, "connector": "edr"}],
        }.items()
    }
    (found,) = [each for each in Reach(facts).from_entry("main") if each.action == "wipe"]
    assert [tuple(site) for site in found.calls] == [("main", ("steps", 1)), ("sub", ("steps", 0))]
    assert (found.connector, tuple(found.site)) == ("edr", ("deep", ("steps", 0)))


def test_a_gate_says_who_is_asked() -> None:
    steps = [
        asked({"by": ["b", "a"], "min": 2}),
        {**WIPE, "id": "w2", "approval": "lead"},
        {**ASK, "assignee": "tier-2"},
        {**WIPE, "id": "w3"},
    ]
    facts = {"main": zone_facts(Flow(Playbook({"name": "main", "steps": steps})))}
    gates = [each.gates[0] for each in Reach(facts).from_entry("main")]
    assert [(gate.kind, gate.by, gate.minimum) for gate in gates] == [
        ("approval", ("a", "b"), 2),
        ("approval", ("lead",), 1),
        ("manual", ("tier-2",), 1),
    ]


def test_the_circle_of_one_entry_point_hides_nothing_from_another() -> None:
    playbooks = {"main": [WIPE, call("c", "sub")], "sub": [call("c", "main")]}
    facts = {
        key: zone_facts(Flow(Playbook({"key": key, "name": key, "steps": steps}))) for key, steps in playbooks.items()
    }
    both = Reach(facts)
    assert [each.site.key for each in both.from_entry("main")] == ["main"]
    assert [each.site.key for each in both.from_entry("sub")] == ["main"]


NAMES = ["a", "b", "c", "d", "e"]
TARGETS = st.sampled_from([*NAMES, "end"])
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "next": TARGETS | st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True),
        "if": st.just(YES),
        "optional": st.just(True),
        "on_error": st.just("continue") | st.builds(lambda target: {"next": target}, TARGETS),
        "branches": st.lists(
            st.builds(lambda target: {"name": "x", "when": YES, "next": target}, TARGETS), min_size=1, max_size=2
        ),
        "else": TARGETS,
    },
)
OUTCOMES = st.sampled_from(["stop", "continue", "end"]) | st.builds(lambda target: {"next": target}, TARGETS)
KINDS = st.one_of(
    st.just({"action": "wipe"}),
    st.just({"action": "look"}),
    st.builds(lambda outcome: {"action": "wipe", "approval": {"by": ["x"], "on_refused": outcome}}, OUTCOMES),
    st.builds(lambda outcome: {"type": "manual", "message": "?", "timeout": "1h", "on_timeout": outcome}, OUTCOMES),
)


def by_hand(flow: Flow) -> dict[str, set[str | None]]:
    """The same answer, found by walking step by step with the last gate in hand."""
    found: dict[str, set[str | None]] = {}
    todo: list[tuple[int, str | None]] = [(0, None)]
    for at, last in todo:
        step = flow.steps[at]
        asks = step.type == "manual" or "approval" in step.data
        after = step.id if asks else last
        if step.action == "wipe":
            found.setdefault(step.id, set()).add(after)
        for edge in flow.edges[at]:
            passes_by = edge.kind in PASSING_BY or (edge.kind == TIMEOUT and step.type == "manual")
            state = (edge.target, last if passes_by else after)
            if edge.target != OUT and state not in todo:
                todo.append(state)
    assert ERROR not in PASSING_BY
    return found


@pytest.mark.unmeasured
@settings(max_examples=500, deadline=None)
@given(st.lists(st.builds(lambda kind, extra: {**kind, **extra}, KINDS, EXTRAS), min_size=1, max_size=5))
def test_zones_say_what_walking_step_by_step_says(parts: list[dict[str, Any]]) -> None:
    steps = [{"id": name, **part} for name, part in zip(NAMES, parts, strict=False)]
    walked = by_hand(Flow(Playbook({"name": "main", "steps": steps})))
    expected = {step: sorted("-" if gate is None else gate for gate in gates) for step, gates in walked.items()}
    facts = {"main": json.loads(json.dumps(zone_facts(Flow(Playbook({"name": "main", "steps": steps})))))}
    names = {("steps", at): step["id"] for at, step in enumerate(steps)}
    found = {
        names[action.site.path]: sorted([names[gate.site.path] for gate in action.gates] + ["-"] * action.is_ungated)
        for action in Reach(facts).from_entry("main")
        if action.action == "wipe"
    }
    assert found == expected


HANDED: list[tuple[Any, Any]] = [
    ("x" * 100, ["x" * 100]),
    ("x" * 101, None),
    (True, [True]),
    (1.5, [1.5]),
    (None, []),
    ([1], None),
    ({"a": 1}, None),
    ("{{ inputs.host }}", "host"),
    ("{{ alert.host }}", None),
    ("see {{ inputs.host }}", None),
]


@pytest.mark.parametrize(("given", "fact"), HANDED)
def test_of_what_a_call_hands_over_constants_and_inputs_are_known(given: Any, fact: Any) -> None:
    step = {"id": "c", "type": "playbook", "playbook": "other", "with": {"x": given}}
    facts = zone_facts(Flow(Playbook({"name": "t", "steps": [step]})))
    assert facts["calls"] == [[[0], "other", {"x": fact}]]


DEFAULTS: list[tuple[dict[str, Any], Any]] = [
    ({}, []),
    ({"default": "full"}, ["full"]),
    ({"default": None}, []),
    ({"default": [1]}, None),
    ({"default": "{{ inputs.other }}"}, None),
]


@pytest.mark.parametrize(("declared", "fact"), DEFAULTS)
def test_of_defaults_only_constants_are_known(declared: dict[str, Any], fact: Any) -> None:
    steps = [{"id": "a", "action": "look"}]
    facts = zone_facts(Flow(Playbook({"name": "t", "inputs": {"x": declared}, "steps": steps})))
    assert facts["inputs"] == {"x": fact}
