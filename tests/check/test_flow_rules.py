"""What the rules about structure say beyond their pages: the sentence, the place, and where they keep silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.check.facts import facts_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.model.playbook import Playbook
from playbookctl.model.workspace import Connector, Connectors, Settings, Summary, Workspace

if TYPE_CHECKING:
    from playbookctl.model.finding import Problem

RULES = all_rules()
SETTINGS = Settings({}, "/", None)
CATALOGUE = Connectors(
    {"jira": Connector("jira", {"actions": {"create": {"effect": "notify", "outputs": ["id", "url"]}, "close": {}}})},
    None,
)

Steps = list[dict[str, Any]]
YES = {"field": "alert.user", "op": "exists"}
A, B, C = ({"id": name, "action": "look"} for name in "abc")
WIPE = {"id": "wipe", "action": "wipe-host"}


def problems(code: str, *steps: dict[str, Any], **top: Any) -> list[Problem]:
    context = Context(SETTINGS, CATALOGUE, AttackIndex.of(SETTINGS))
    return list(RULES[code].check(Playbook({"name": "test", "steps": list(steps), **top}), context))


def said(code: str, *steps: dict[str, Any], **top: Any) -> list[tuple[str, str]]:
    return [("/".join(map(str, each.path)), each.message) for each in problems(code, *steps, **top)]


def branch(step: str, *names: str, **more: Any) -> dict[str, Any]:
    return {
        "id": step,
        "type": "decision",
        "branches": [{"name": name, "when": YES, "next": name} for name in names],
        **more,
    }


def ask(step: str, *choices: str, **more: Any) -> dict[str, Any]:
    return {"id": step, "type": "manual", "message": "?", "choices": list(choices), **more}


TABLE: list[tuple[str, Steps, list[tuple[str, str]]]] = [
    ("PB101", [{**A, "next": "c"}, B, C], [("steps/1/id", "nothing leads to 'b': 'a' before it goes to 'c', and no step names it")]),
    ("PB101", [{**A, "next": "end"}, B, C], [("steps/1/id", "nothing leads to 'b', nor to 1 step reached only from it: 'a' before it ends the path, and no step names it")]),
    ("PB101", [{"id": "a", "type": "end"}, B], [("steps/1/id", "nothing leads to 'b': 'a' before it ends the path, and no step names it")]),
    ("PB101", [{**A, "next": ["c", "d"]}, B, {**C, "next": "end"}, {**A, "id": "d"}], [("steps/1/id", "nothing leads to 'b': 'a' before it goes to 'c' and 'd', and no step names it")]),
    ("PB101", [{**A, "next": "end"}, {**B, "next": "end"}, C], [
        ("steps/1/id", "nothing leads to 'b': 'a' before it ends the path, and no step names it"),
        ("steps/2/id", "nothing leads to 'c': 'b' before it ends the path, and no step names it"),
    ]),
    ("PB101", [{**A, "next": "end"}, {**B, "next": "c"}, {**C, "next": "b"}], [("steps/1/id", "nothing leads to 'b', nor to 1 step reached only from it: 'a' before it ends the path, and only steps that are cut off with it name it")]),
    ("PB101", [{**A, "next": "end"}, {"id": "l", "type": "section", "for_each": "x", "steps": [B, C]}], [("steps/1/id", "nothing leads to 'l', nor to 2 steps reached only from it: 'a' before it ends the path, and no step names it")]),
    ("PB101", [{"id": "l", "type": "section", "for_each": "x", "steps": [{**A, "next": "end"}, B]}], [("steps/0/steps/1/id", "nothing leads to 'b': 'a' before it ends the path, and no step names it")]),
    ("PB101", [{**A, "on_error": {"next": "b"}, "next": "end"}, B], []),
    ("PB101", [{**A, "approval": {"on_refused": {"next": "b"}}, "next": "end"}, B], []),
    ("PB101", [{**A, "next": "cc"}, B, {"id": "ccc", "action": "x"}], [("steps/1/id", "nothing leads to 'b', nor to 1 step reached only from it: 'a' before it goes to 'cc', and no step names it")]),
    ("PB101", [{**A, "next": "notfy"}, {"id": "notify", "action": "x"}], []),
    ("PB101", [{**A, "next": "end"}, A], []),
    ("PB103", [A, B, A, A], [("steps/2/id", "the id 'a' is taken by another step"), ("steps/3/id", "the id 'a' is taken by another step")]),
    ("PB103", [{"id": "l", "type": "section", "for_each": "x", "steps": [A]}, {**B, "id": "l"}], [("steps/1/id", "the id 'l' is taken by another step")]),
    ("PB104", [A, {**B, "next": "a"}], [("steps/1/next", "this leads back to 'a' ('a' → 'b' → 'a'), and no path leads out")]),
    ("PB104", [{**A, "next": "a"}], [("steps/0/next", "this leads back to 'a' ('a' → 'a'), and no path leads out")]),
    ("PB104", [A, branch("d", "a", **{"else": "end"})], [("steps/1/branches/0/next", "this leads back to 'a' ('a' → 'd' → 'a'), and nothing limits the rounds")]),
    ("PB104", [A, {**B, "on_error": {"next": "a"}}], [("steps/1/on_error/next", "this leads back to 'a' ('a' → 'b' → 'a'), and nothing limits the rounds")]),
    ("PB104", [A, ask("m", "again", branches=[{"name": "again", "next": "a"}])], []),
    ("PB104", [{"id": "l", "type": "section", "for_each": "x", "steps": [A, {**B, "next": "l"}]}], []),
    ("PB104", [{"id": "l", "type": "section", "for_each": "x", "steps": [A, {**B, "next": "a"}, C]}], []),
    ("PB104", [{"id": "l", "type": "section", "for_each": "x", "steps": [A, B, {**C, "next": "b"}]}], [("steps/0/steps/2/next", "this leads back to 'b' ('b' → 'c' → 'b'), and no path leads out")]),
    ("PB104", [{**A, "next": "end"}, B, {**C, "next": "b"}], []),
    ("PB105", [branch("d", "a", "wipe", **{"else": "end"}), {**A, "action": "send-mail"}, WIPE], [("steps/1/id", "'a' has no 'next' and falls into 'wipe' (wipe-host), where the branch 'wipe' of 'd' begins")]),
    ("PB105", [branch("d", "a", "b", **{"else": "wipe"}), {**A, "next": "end"}, {**B, "action": "send-mail"}, WIPE], [("steps/2/id", "'b' has no 'next' and falls into 'wipe' (wipe-host), where 'else' of 'd' begins")]),
    ("PB105", [branch("d", "m", "wipe", **{"else": "end"}), {"id": "m", "type": "manual", "message": "!"}, WIPE], [("steps/1/id", "'m' has no 'next' and falls into 'wipe' (wipe-host), where the branch 'wipe' of 'd' begins")]),
    ("PB105", [branch("d", "a", **{"else": "wipe"}), {**A, "action": "send-mail"}, WIPE], []),
    ("PB105", [branch("d", "a", "wipe", **{"else": "end"}), A, WIPE], []),
    ("PB105", [branch("d", "a", "b", **{"else": "end"}), {**A, "action": "send-mail"}, B], []),
    ("PB105", [branch("d", "a", "wipe", **{"else": "end"}), {**A, "action": "send-mail", "next": "wipe"}, WIPE], []),
    ("PB105", [branch("d", "a", "b", **{"else": "end"}), {**A, "action": "send-mail", "next": "end"}, {**B, "on_error": {"next": "wipe"}}, {**C, "action": "send-mail"}, WIPE], []),
    ("PB106", [ask("m", "Yes", "No", branches=[{"name": "YES", "next": "end"}, {"name": "No", "next": "end"}])], [("steps/0/branches/0/name", "no answer is 'YES', so this branch is never taken; did you mean 'Yes'?")]),
    ("PB106", [ask("m", "Keep", "Drop", branches=[{"name": "Keep", "next": "end"}])], [("steps/0/choices/1", "the answer 'Drop' has no branch and there is no 'else': the path ends there")]),
    ("PB106", [ask("m", "Keep", "Drop", branches=[{"name": "Keep", "next": "end"}, {"name": "x", "when": YES}])], []),
    ("PB106", [ask("m", "Keep", branches=[{"name": "Keep", "next": "end"}, {"name": "Keep", "next": "end"}])], [("steps/0/branches/1/name", "a branch above is taken for the answer 'Keep', so this one never is")]),
    ("PB106", [ask("m", "Keep", "Drop")], []),
    ("PB106", [ask("m", "Keep", match="all", branches=[{"name": "Keep", "next": "end"}, {"name": "Keep", "next": "end"}])], []),
    ("PB106", [{"id": "d", "type": "decision", "assignee": "lead", "branches": [{"name": "y", "next": "end"}, {"name": "y", "next": "end"}]}], []),
    ("PB106", [ask("m", "Keep", branches=[{"name": "Keep", "when": YES, "next": "end"}, {"name": "Keep", "next": "end"}])], []),
    ("PB106", [{"id": "d", "type": "decision", "assignee": "lead", "branches": [{"name": "y", "next": "end"}]}], []),
    ("PB106", [{**A, "branches": [{"name": "malicious", "next": "end"}]}], []),
    ("PB107", [branch("d", "a"), A], [("steps/0/type", "'d' has no 'else': if 'a' does not hold, the path ends there in silence")]),
    ("PB107", [{"id": "d", "type": "decision", "branches": [{"name": "y", "when": YES, "next": "end"}, {"name": "n", "when": {**YES, "op": "not_exists"}, "next": "end"}]}], []),
    ("PB107", [{"id": "d", "type": "decision", "branches": [{"name": "y", "when": YES, "next": "end"}, {"name": "n", "when": {"not": YES}, "next": "end"}]}], []),
    ("PB107", [{**A, "branches": [{"name": "y", "when": YES, "next": "end"}]}], [("steps/0/branches", "'a' has no 'else': if 'y' does not hold, the path ends there in silence")]),
    ("PB107", [{**A, "branches": [{"name": "malicious", "next": "end"}]}], []),
    ("PB107", [ask("m", "a", branches=[{"name": "a", "next": "end"}])], []),
    ("PB108", [{**A, "repeat": {"while": YES}}], [("steps/0/repeat", "'a' has no 'max': it repeats until 'while' no longer holds, without limit")]),
    ("PB108", [{**A, "repeat": {"delay": "1m"}}], [("steps/0/repeat", "'a' has no 'max': it repeats until stopped, without limit")]),
    ("PB108", [{**A, "repeat": {"max": 3}}], []),
    ("PB113", [{**A, "join": "any"}], [("steps/0/join", "'a' has nothing to join: no step leads here")]),
    ("PB113", [branch("d", "b", **{"else": "b"}), {**B, "join": "all"}], [("steps/1/join", "'b' has nothing to join: only 'd' leads here")]),
    ("PB113", [{**A, "next": ["b", "c"]}, {**B, "next": "c"}, {**C, "join": "all"}], []),
]  # fmt: skip


@pytest.mark.parametrize("code, steps, expected", TABLE)
def test_a_rule_says_what_is_wrong_and_where(code: str, steps: Steps, expected: list[tuple[str, str]]) -> None:
    assert said(code, *steps) == expected


def ring(steps: int) -> Steps:
    """Return a cycle of so many steps and a way out of it."""
    path = [{"id": f"s{at}", "action": "look"} for at in range(steps - 1)]
    return [*path, branch("d", "s0", **{"else": "end"})]


@pytest.mark.parametrize(
    "steps, way",
    [
        (12, " → ".join(f"'{name}'" for name in [*(f"s{at}" for at in range(11)), "d"])),
        (13, "'s0' → 's1' → 's2' → 's3' → 's4' → 's5' → … 1 more → 's7' → 's8' → 's9' → 's10' → 's11' → 'd'"),
        (20, "'s0' → 's1' → 's2' → 's3' → 's4' → 's5' → … 8 more → 's14' → 's15' → 's16' → 's17' → 's18' → 'd'"),
    ],
)
def test_of_a_long_way_back_the_ends_are_named(steps: int, way: str) -> None:
    ((_, message),) = said("PB104", *ring(steps))
    assert message == f"this leads back to 's0' ({way} → 's0'), and nothing limits the rounds"


def uses(text: str) -> dict[str, Any]:
    return {"with": {"x": f"{{{{ {text} }}}}"}}


READS: list[tuple[str, Steps, list[str]]] = [
    ("an earlier step", [A, {**B, **uses("steps.a.output.x")}], []),
    ("a later step", [{**A, **uses("steps.b.output.x")}, B], ["'b' cannot have run before 'a': no path leads from it to here"]),
    ("a step of another branch", [branch("d", "a", **{"else": "b"}), {**A, "next": "end"}, {**B, **uses("steps.a.output.x")}], ["'a' cannot have run before 'b': no path leads from it to here"]),
    ("a step of a branch that comes together again", [branch("d", "a", **{"else": "b"}), A, {**B, **uses("steps.a.output.x")}], []),
    ("a step of a parallel path", [{**A, "next": ["b", "c"]}, {**B, "next": "end"}, {**C, **uses("steps.b.output.x")}], ["'b' cannot have run before 'c': no path leads from it to here"]),
    ("its own output, before it acts", [{**A, **uses("steps.a.output.x")}], ["'a' has given nothing yet when it reads its own output here"]),
    ("its own output, in a branch", [{**A, "branches": [{"name": "y", "when": {"field": "steps.a.output.x", "op": "exists"}}]}], []),
    ("its own output, in a loop", [{"id": "l", "type": "section", "for_each": "x", "steps": [{**A, **uses("steps.a.output.x")}]}], []),
    ("the body, when it asks whether to go on", [{"id": "l", "type": "section", "repeat": {"until": {"field": "steps.a.output.x", "op": "exists"}}, "steps": [A]}], []),
    ("an unknown step", [A, {**B, **uses("steps.aa.output.x")}], ["no step is called 'aa'; did you mean 'a'?"]),
    ("a step that is never reached", [{**A, "next": "c"}, B, {**C, **uses("steps.b.output.x")}], []),
    ("a step that is never reached and leads elsewhere", [{**A, "next": "c"}, {**B, "next": "end"}, {**C, **uses("steps.b.output.x")}], []),
    ("an answer the form asks for", [ask("m", form=[{"name": "why"}]), {**B, **uses("steps.m.output.why")}], []),
    ("an answer it does not", [ask("m", form=[{"name": "why"}]), {**B, **uses("steps.m.output.who")}], ["'m' has no output 'who'; did you mean 'why'?"]),
    ("a declared output", [{"id": "t", "connector": "jira", "action": "create"}, {**B, **uses("steps.t.output.url")}], []),
    ("one that is not declared", [{"id": "t", "connector": "jira", "action": "create"}, {**B, **uses("steps.t.output.ticket")}], ["'t' has no output 'ticket'; it has 'id', 'url'"]),
    ("outputs that nobody declares", [{"id": "t", "connector": "jira", "action": "close"}, {**B, **uses("steps.t.output.ticket")}], []),
    ("a status instead of an output", [{"id": "t", "connector": "jira", "action": "create"}, {**B, **uses("steps.t.status")}], []),
    ("a declared input", [{**A, **uses("inputs.host")}], []),
    ("another", [{**A, **uses("inputs.hots")}], ["no input is called 'hots'; did you mean 'host'?"]),
    ("a field of the alert", [{**A, **uses("alert.indicators.0.value")}], []),
    ("another", [{**A, **uses("alert.usr")}], ["no alert has a field 'usr'; did you mean 'user'?"]),
]  # fmt: skip


@pytest.mark.parametrize("steps, expected", [row[1:] for row in READS], ids=[row[0] for row in READS])
def test_a_step_reads_only_what_is_there(steps: Steps, expected: list[str]) -> None:
    assert [message for _, message in said("PB111", *steps, inputs={"host": {}})] == expected


def test_a_playbook_without_inputs_says_so() -> None:
    assert said("PB111", {**A, **uses("inputs.host")}) == [
        ("steps/0/with/x", "no input is called 'host'; this playbook declares no inputs")
    ]


def test_a_trigger_and_a_default_come_before_all_steps() -> None:
    trigger = [
        {"field": "steps.a.output.x", "op": "exists"},
        {"field": "inputs.host", "op": "exists"},
        {"field": "alert.x", "op": "exists"},
    ]
    inputs = {"host": {"default": "{{ steps.a.output.x }}"}}
    assert said("PB111", A, trigger_conditions=trigger, inputs=inputs) == [
        ("trigger_conditions/0/field", "a trigger knows only the alert, not 'steps.a'"),
        ("trigger_conditions/1/field", "a trigger knows only the alert, not 'inputs.host'"),
        ("inputs/host/default", "the default of an input is set before any step runs, 'a' too"),
    ]


def test_unused_inputs_are_said_once() -> None:
    (problem,) = problems("PB112", {**A, **uses("inputs.b")}, inputs={"a": {}, "b": {}, "c": {}})
    assert (problem.path, problem.message) == (("inputs", "a"), "no step reads the inputs 'a', 'c'")
    assert [each.path for each in problem.related] == [("inputs", "c")]


def test_an_input_is_not_used_because_something_else_of_its_name_is() -> None:
    assert said("PB112", {**A, **uses("alert.user")}, inputs={"user": {}}) == [
        ("inputs/user", "no step reads the input 'user'")
    ]


@pytest.mark.parametrize(
    "step",
    [
        {"with": {"x": "[Input.host]"}},
        {"if": {"expr": "inputs.host == 1"}},
        {"playbook": "x", "type": "playbook", "shared_context": True},
    ],
)
def test_an_input_that_a_platform_reads_in_its_own_way_is_used(step: dict[str, Any]) -> None:
    assert said("PB112", {**A, **step}, inputs={"host": {}}) == []


def workspace(**calls: list[str]) -> Workspace:
    """A workspace of playbooks that call others by key, in files of their names."""
    context = Context(SETTINGS, CATALOGUE, AttackIndex.of(SETTINGS))
    summaries = []
    for key, callees in calls.items():
        steps = [{"id": f"s{at}", "type": "playbook", "playbook": callee} for at, callee in enumerate(callees)] or [A]
        playbook = Playbook({"key": key, "name": f"The {key}", "steps": steps})
        summaries.append(Summary(f"{key}.yaml", key, playbook.name, facts_of(playbook, context), has_key=True))
    return Workspace(tuple(summaries))


def across(code: str, **calls: list[str]) -> list[tuple[str, str, str]]:
    context = Context(SETTINGS, CATALOGUE, AttackIndex.of(SETTINGS))
    found = RULES[code].check(workspace(**calls), context)
    return [(each.file, "/".join(map(str, each.path)), each.message) for each in found]


@pytest.mark.parametrize(
    "target, hint",
    [
        ("enrihc", "; did you mean 'enrich'?"),
        ("The enrich", "; it is the name of the playbook with the key 'enrich'"),
        ("other", ""),
    ],
)
def test_a_call_of_an_unknown_playbook_is_said_with_what_may_be_meant(target: str, hint: str) -> None:
    assert across("PB109", enrich=[], main=["enrich", target]) == [
        ("main.yaml", "steps/1/playbook", f"no playbook has the key '{target}'{hint}")
    ]


def test_a_circle_of_calls_is_said_once_with_its_chain() -> None:
    assert across("PB110", a=["x", "b"], b=["c"], c=["a"], x=[]) == [
        ("c.yaml", "steps/0/playbook", "this call closes a circle: 'a' → 'b' → 'c' → 'a'")
    ]
    assert [message for _, _, message in across("PB110", a=["b"], b=["a", "b"], c=["c"])] == [
        "this call closes a circle: 'a' → 'b' → 'a'",
        "'c' calls itself",
    ]


def test_a_circle_is_told_with_the_calls_it_consists_of() -> None:
    context = Context(SETTINGS, CATALOGUE, AttackIndex.of(SETTINGS))
    (found,) = RULES["PB110"].check(workspace(a=["x", "b"], b=["x", "c"], c=["x", "x", "a"], x=[]), context)
    assert (found.file, found.path) == ("c.yaml", ("steps", 2, "playbook"))
    assert [(each.file, each.path, each.message) for each in found.related] == [
        ("a.yaml", ("steps", 1, "playbook"), "calls 'b'"),
        ("b.yaml", ("steps", 1, "playbook"), "calls 'c'"),
    ]


def test_calls_that_meet_are_no_circle() -> None:
    assert across("PB110", a=["b", "c"], b=["d"], c=["d"], d=[]) == []


def test_rules_keep_their_word_on_a_playbook_that_is_wrong_everywhere() -> None:
    broken = [
        {**A, "next": "nowhere"},
        {**A, "next": ["a", "nowhere"]},
        {"id": "l", "type": "section", "for_each": "x", "steps": [A]},
    ]
    for rule in RULES.values():
        if rule.kind == "playbook":
            assert all(each.message and each.path is not None for each in problems(rule.code, *broken))
