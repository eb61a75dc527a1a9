from __future__ import annotations

from typing import Any

import pytest

from playbookctl.flow.graph import Flow
from playbookctl.flow.loops import open_loops
from playbookctl.model.playbook import Playbook

A, B = {"id": "a", "action": "look"}, {"id": "b", "action": "wipe-host"}
ASK = {"id": "ask", "type": "manual", "message": "Go on?"}
CALL = {"id": "call", "type": "playbook", "playbook": "x"}


def loop(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "loop", "type": "section", "for_each": "{{ inputs.hosts }}", "steps": list(steps), **more}


def found(*steps: dict[str, Any]) -> list[tuple[str, list[str]]]:
    flow = Flow(Playbook({"name": "test", "steps": list(steps)}))
    return [(each.loop.id, [step.id for step in each.doing]) for each in open_loops(flow)]


@pytest.mark.parametrize(
    "step, expected",
    [
        ({**B, "for_each": "x"}, [("b", ["b"])]),
        ({**CALL, "for_each": "x"}, [("call", ["call"])]),
        ({**B, "for_each": "x", "approval": "lead"}, [("b", ["b"])]),
        ({**B, "for_each": "x", "max_targets": 5}, []),
        ({**B, "repeat": {"max": 3}}, []),
        (loop(A, B, CALL), [("loop", ["a", "b", "call"])]),
        (loop(A, B, max_targets=5), []),
        (loop({**A, "approval": True}), []),
        (loop(ASK, B), []),
        (loop(A, ASK, B), [("loop", ["a"])]),
        (loop({**A, "if": {"expr": "?"}, "next": "b"}, ASK, B), [("loop", ["a", "b"])]),
        (loop({**A, "next": "end"}, B), [("loop", ["a"])]),
        (loop(A, loop(B, id="inner")), [("loop", ["a"]), ("inner", ["b"])]),
        (loop(loop(B, id="inner", max_targets=5), A), [("loop", ["b", "a"])]),
        (loop(loop(B, id="inner"), A), [("loop", ["a"]), ("inner", ["b"])]),
    ],
)
def test_what_is_done_for_each_element_without_a_limit(
    step: dict[str, Any], expected: list[tuple[str, list[str]]]
) -> None:
    assert found(step, {"id": "after", "action": "wipe-host"}) == expected
