from __future__ import annotations

from typing import Any

import pytest

from playbookctl.flow.graph import Flow
from playbookctl.flow.references import conditions_of, uses
from playbookctl.model.playbook import Playbook


def read(step: dict[str, Any], **top: Any) -> list[str]:
    """What a step reads, as `root.name/rest`, with `!` where it is read after the step has acted."""
    playbook = Playbook({"name": "test", "steps": [{"id": "a", "action": "look", **step}], **top})
    return [f"{use.root}.{'/'.join((use.name, *use.rest))}{'!' if use.afterwards else ''}" for use in uses(playbook)]


WHEN = {"field": "steps.a.output.x", "op": "equals", "value": "{{ inputs.y }}"}


@pytest.mark.parametrize(
    "step, expected",
    [
        ({"with": {"x": "{{ alert.user }}"}}, ["alert.user"]),
        ({"with": {"x": "{{alert.user}} and {{ steps.b.output.id }}"}}, ["alert.user", "steps.b/output/id"]),
        ({"with": {"x": {"y": ["{{ inputs.host }}", 1, None]}}}, ["inputs.host"]),
        ({"with": {"x": "{{ inputs.Search Type | upper }}"}}, ["inputs.Search Type"]),
        ({"with": {"x": "{{ inputs.File.EntryID }}"}}, ["inputs.File/EntryID"]),
        ({"with": {"x": "{{ inputs.hostname }}"}}, ["inputs.hostname"]),
        (
            {"with": {"x": "{{ inputs.host if inputs.y else steps.b.output.id }}"}},
            ["inputs.host", "inputs.y", "steps.b/output/id"],
        ),
        ({"with": {"x": "{{ alert.user or alert.host }}"}}, ["alert.user", "alert.host"]),
        ({"with": {"x": "{{ steps.b.output.id + steps.c.output.id }}"}}, ["steps.b/output/id", "steps.c/output/id"]),
        ({"with": {"x": "{{ inputs.Some Name }}"}}, ["inputs.Some Name"]),
        ({"with": {"x": "{{ inputs.Some Name or inputs.host }}"}}, ["inputs.Some Name", "inputs.host"]),
        ({"with": {"x": "{{ inputs.nothing not in inputs.host }}"}}, ["inputs.nothing", "inputs.host"]),
        (
            {"with": {"x": "{{ inputs.Search Type or inputs.Search Typo }}"}},
            ["inputs.Search Type", "inputs.Search Typo"],
        ),
        ({"with": {"x": "{{ f(alert.user, steps.b) + inputs.host }}"}}, ["alert.user", "steps.b", "inputs.host"]),
        ({"with": {"x": '{{ default(alert.user, "alert.host") }}'}}, ["alert.user"]),
        ({"with": {"x": "{{ my.alert.user }} {{ myalert.user }} {{ x/alert.user }}"}}, []),
        ({"with": {"x": "alert.user without a template"}}, []),
        ({"with": {"x": "{{ item }} {{ alert }} {{ alert. }}"}}, []),
        ({"with": {"x": "{{ alert.user\n| upper }}"}}, ["alert.user"]),
        ({"with": {"alert.user": 1}}, []),
        ({"for_each": "{{ steps.b.output.hosts }}"}, ["steps.b/output/hosts"]),
        ({"approval": {"by": ["{{ alert.user }}"]}}, ["alert.user"]),
        ({"message": "{{ alert.title }}"}, ["alert.title"]),
        ({"timeout": "{{ inputs.wait }}"}, ["inputs.wait"]),
        ({"if": WHEN}, ["steps.a/output/x", "inputs.y"]),
        ({"branches": [{"name": "y", "when": WHEN}]}, ["steps.a/output/x!", "inputs.y!"]),
        ({"repeat": {"until": WHEN}}, ["steps.a/output/x!", "inputs.y!"]),
        ({"type": "wait", "until": WHEN}, ["steps.a/output/x!", "inputs.y!"]),
        ({"if": {"any": [{"not": WHEN}, {"expr": "alert.user == 1"}]}}, ["steps.a/output/x", "inputs.y"]),
        ({"if": {"field": "inputs.host | where(x)", "op": "exists"}}, ["inputs.host"]),
        ({"if": {"connector_available": "alert.user"}}, []),
        ({"description": "{{ alert.user }}", "name": "{{ alert.user }}", "x-vendor": "{{ alert.user }}"}, []),
    ],
)
def test_what_a_step_reads(step: dict[str, Any], expected: list[str]) -> None:
    inputs = {"host": {}, "Search Type": {}, "File": {}, "wait": {}, "y": {}}
    assert read(step, inputs=inputs) == expected


def test_triggers_and_defaults_of_inputs_are_read_before_any_step() -> None:
    data = {
        "name": "test",
        "trigger_conditions": [{"field": "alert.severity", "op": "exists"}],
        "inputs": {"host": {"default": "{{ alert.host }}"}},
        "steps": [{"id": "a", "action": "look"}],
    }
    assert [(use.step, use.path, use.name) for use in uses(Playbook(data))] == [
        (None, ("trigger_conditions", 0, "field"), "severity"),
        (None, ("inputs", "host", "default"), "host"),
    ]


def test_a_use_knows_its_place() -> None:
    steps = [{"id": "a", "action": "x", "branches": [{"name": "n", "when": {"all": [WHEN]}}]}]
    (field, value) = Flow(Playbook({"name": "test", "steps": steps})).uses
    assert field.path == ("steps", 0, "branches", 0, "when", "all", 0, "field")
    assert value.path == ("steps", 0, "branches", 0, "when", "all", 0, "value")


def test_every_condition_is_found_with_its_path() -> None:
    step = {
        "id": "a",
        "if": {"expr": "1"},
        "until": {"expr": "2"},
        "branches": [{"name": "x"}, {"name": "y", "when": {"expr": "3"}}],
    }
    loop = {"id": "b", "repeat": {"while": {"expr": "4"}}, "steps": [{"id": "c", "if": {"expr": "5"}}]}
    playbook = Playbook({"name": "test", "trigger_conditions": [{"expr": "0"}], "steps": [step, loop]})
    assert [(path, condition["expr"]) for path, condition in conditions_of(playbook)] == [
        (("trigger_conditions", 0), "0"),
        (("steps", 0, "if"), "1"),
        (("steps", 0, "until"), "2"),
        (("steps", 0, "branches", 1, "when"), "3"),
        (("steps", 1, "repeat", "while"), "4"),
        (("steps", 1, "steps", 0, "if"), "5"),
    ]


def test_of_two_inputs_that_begin_alike_the_longer_one_is_meant() -> None:
    inputs = {"host": {}, "host name": {}, "ho": {}}
    assert read({"with": {"x": "{{ inputs.host name }} {{ inputs.host }}"}}, inputs=inputs) == [
        "inputs.host name",
        "inputs.host",
    ]
