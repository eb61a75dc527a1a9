from __future__ import annotations

from typing import Any

import pytest

from playbookctl.flow.graph import OUT, Flow
from playbookctl.model.playbook import Playbook


def flow(*steps: dict[str, Any]) -> Flow:
    return Flow(Playbook({"name": "test", "steps": [{"action": "look", **step} for step in steps]}))


def ways(graph: Flow, step: str) -> list[str]:
    """The edges of a step as text: kind, label if any, target."""
    targets = {OUT: "end", **{at: each.id for at, each in enumerate(graph.steps)}}
    edges = graph.edges[graph.position[step]]
    return [f"{edge.kind}{f'({edge.label})' if edge.label else ''} {targets[edge.target]}" for edge in edges]


YES = {"field": "alert.x", "op": "exists"}
A, B, C = {"id": "a"}, {"id": "b"}, {"id": "c"}

TABLE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a step falls to the one below", {}, ["falls b"]),
    ("next overrides", {"next": "c"}, ["next c"]),
    ("next may be a list", {"next": ["b", "c"]}, ["next b", "next c"]),
    ("end ends the path", {"next": "end"}, ["next end"]),
    ("an unknown name leads nowhere", {"next": "d"}, []),
    ("a step of type end ends the path", {"type": "end"}, ["falls end"]),
    ("a false if goes to the next", {"if": YES, "next": "c"}, ["skipped c", "next c"]),
    ("an optional step may be skipped", {"optional": True}, ["skipped b", "falls b"]),
    ("optional: false is nothing", {"optional": False}, ["falls b"]),
    (
        "no match and no else ends the path",
        {"branches": [{"name": "y", "when": YES, "next": "c"}]},
        ["branch(y) c", "else end"],
    ),
    (
        "a branch without next falls through",
        {"branches": [{"name": "y", "when": YES}], "else": "c"},
        ["branch(y) b", "else c"],
    ),
    (
        "a branch without next goes to the step's own next",
        {"branches": [{"name": "y"}, {"name": "n", "next": "end"}], "next": "c", "else": "b"},
        ["branch(y) c", "branch(n) end", "else b"],
    ),
    (
        "a branch may lead to several",
        {"branches": [{"name": "y", "next": ["b", "c"]}], "else": "end"},
        ["branch(y) b", "branch(y) c", "else end"],
    ),
    (
        "a false if on a branching step goes to its next, not into a branch",
        {"if": YES, "branches": [{"name": "y", "next": "c"}], "else": "end"},
        ["skipped b", "branch(y) c", "else end"],
    ),
    (
        "a person can only give the answers there are",
        {"type": "manual", "choices": ["y"], "branches": [{"name": "y", "next": "c"}]},
        ["branch(y) c"],
    ),
    (
        "an answer without a branch ends the path",
        {"type": "manual", "choices": ["y", "n"], "branches": [{"name": "y", "next": "c"}]},
        ["branch(y) c", "else end"],
    ),
    ("on_error stops by default", {"on_error": "stop"}, ["falls b"]),
    ("on_error: continue goes on", {"on_error": "continue", "next": "c"}, ["next c", "error c"]),
    ("on_error may lead elsewhere", {"on_error": {"next": "c"}}, ["falls b", "error c"]),
    ("a refused gate stops by default", {"approval": "lead"}, ["falls b"]),
    (
        "a refused or expired gate goes where it says",
        {"approval": {"by": ["lead"], "expires": "1m", "on_refused": "continue", "on_expired": {"next": "c"}}},
        ["refused b", "expired c", "falls b"],
    ),
    ("a refused gate may end the path", {"approval": {"on_refused": "end"}}, ["refused end", "falls b"]),
    (
        "an answer that does not come goes where it says",
        {"type": "manual", "timeout": "1m", "on_timeout": {"next": "c"}},
        ["falls b", "timeout c"],
    ),
    ("a step that repeats itself goes on like any other", {"for_each": "{{ alert.x }}"}, ["falls b"]),
]


@pytest.mark.parametrize("step, expected", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_step_leads_where_its_fields_say(step: dict[str, Any], expected: list[str]) -> None:
    assert ways(flow({**A, **step}, B, C), "a") == expected


def test_the_last_step_ends_the_path() -> None:
    assert ways(flow(A, B), "b") == ["falls end"]


LOOPS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("for_each may have nothing to do", {"for_each": "{{ x }}"}, ["body in1", "exit b"], ["again loop"]),
    ("while may be false at once", {"repeat": {"while": YES}}, ["body in1", "exit b"], ["again loop"]),
    ("until is asked after a round", {"repeat": {"until": YES}}, ["body in1"], ["again in1", "exit b"]),
    ("a number of rounds is at least one", {"repeat": {"max": 3}}, ["body in1"], ["again in1", "exit b"]),
    ("steps without a loop are taken once", {}, ["body in1"], ["exit b"]),
]


@pytest.mark.parametrize("loop, into, out", [row[1:] for row in LOOPS], ids=[row[0] for row in LOOPS])
def test_a_loop_goes_through_its_body(loop: dict[str, Any], into: list[str], out: list[str]) -> None:
    body = [{"id": "in1", "action": "look"}, {"id": "in2", "action": "look"}]
    graph = flow({"id": "loop", "type": "section", "steps": body, **loop}, B)
    assert ways(graph, "loop") == into
    assert ways(graph, "in1") == ["falls in2"]
    assert ways(graph, "in2") == out


def test_end_in_a_body_ends_the_round_only() -> None:
    body = [{"id": "in1", "action": "look", "next": "end"}, {"id": "in2", "action": "look", "next": "b"}]
    graph = flow({"id": "loop", "type": "section", "for_each": "{{ x }}", "steps": body}, B)
    assert ways(graph, "in1") == ["next loop"]
    assert ways(graph, "in2") == ["next b"]
    assert graph.is_round(1, 0)
    assert not graph.is_round(2, 3)


def test_branches_of_a_loop_are_asked_after_it() -> None:
    body = [{"id": "in1", "action": "look"}]
    loop = {
        "id": "loop",
        "type": "section",
        "for_each": "{{ x }}",
        "steps": body,
        "branches": [{"name": "y", "next": "c"}],
    }
    assert ways(flow(loop, B, C), "loop") == ["body in1", "exit(y) c", "exit end"]


def test_a_nested_loop_goes_back_to_the_loop_around_it() -> None:
    inner = {"id": "inner", "type": "section", "for_each": "{{ y }}", "steps": [{"id": "deep", "action": "look"}]}
    graph = flow({"id": "outer", "type": "section", "for_each": "{{ x }}", "steps": [inner]}, B)
    assert ways(graph, "deep") == ["again inner"]
    assert ways(graph, "inner") == ["body deep", "exit outer"]


def test_what_is_reached_follows_every_kind_of_edge() -> None:
    graph = flow({**A, "on_error": {"next": "c"}, "next": "end"}, B, C, {"id": "d"})
    assert [graph.steps[at].id for at in sorted(graph.reached)] == ["a", "c", "d"]


def test_one_step_comes_before_another_if_a_path_passes_both() -> None:
    graph = flow({**A, "branches": [{"name": "y", "next": "b"}], "else": "c"}, {**B, "next": "end"}, C)
    assert graph.comes_before(0, 1)
    assert graph.comes_before(0, 2)
    assert not graph.comes_before(1, 2)
    assert not graph.comes_before(0, 0), "not without a way back"


def test_a_step_of_a_loop_comes_before_itself() -> None:
    graph = flow({"id": "loop", "type": "section", "for_each": "{{ x }}", "steps": [{"id": "in", "action": "look"}]})
    assert graph.comes_before(1, 1)


def test_of_an_id_used_twice_the_first_step_is_meant() -> None:
    graph = flow({**A, "next": "b"}, B, {**B, "next": "end"})
    assert graph.edges[0][0].target == 1
    assert len(graph.edges) == 3


def test_arrivals_are_the_edges_turned_round() -> None:
    graph = flow({**A, "next": "c"}, B, C)
    assert [[(source, edge.kind) for source, edge in each] for each in graph.arrivals()] == [
        [],
        [],
        [(0, "next"), (1, "falls")],
    ]
