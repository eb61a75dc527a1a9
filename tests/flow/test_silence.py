from __future__ import annotations

from typing import Any

import pytest

from playbookctl.flow.graph import Flow
from playbookctl.flow.silence import silent_steps
from playbookctl.model.playbook import Playbook

WIPE = {"id": "wipe", "action": "wipe-host"}
ON = {**WIPE, "on_error": "continue"}
LOOK = {"id": "look", "action": "get-host"}
TELL = {"id": "tell", "action": "send-message"}
ASK = {"id": "ask", "type": "manual", "message": "Did it work?"}
DECIDE = {"id": "decide", "type": "decision", "branches": [{"name": "y", "when": {"expr": "?"}, "next": "end"}]}
HEADING = {"id": "heading", "type": "section"}
LOOP = {"id": "loop", "type": "section", "for_each": "{{ inputs.hosts }}"}


def goes(target: str) -> dict[str, Any]:
    return {**WIPE, "on_error": {"next": target}}


TABLE: list[tuple[str, list[dict[str, Any]], list[tuple[str, str]]]] = [
    ("an error stops the run by default", [WIPE, TELL], []),
    ("goes on to the next", [ON, TELL], [("wipe", "on_error")]),
    ("goes on and ends", [ON], [("wipe", "on_error")]),
    ("ends the path", [goes("end"), TELL], [("wipe", "on_error")]),
    ("names the step that follows anyway", [goes("tell"), TELL], [("wipe", "on_error")]),
    ("passes over a step of the good way", [goes("tell"), LOOK, TELL], [("wipe", "on_error")]),
    ("has a step of its own", [goes("tell"), {**LOOK, "next": "end"}, TELL], []),
    ("has a step of its own that does nothing", [goes("heading"), {**LOOK, "next": "end"}, HEADING], [("wipe", "on_error")]),
    ("leads to nothing: said by PB102", [goes("nowhere"), TELL], []),
    ("a person comes next", [ON, ASK], []),
    ("a person comes next by name", [goes("ask"), LOOK, ASK], []),
    ("a person comes after a reading step", [ON, LOOK, ASK], []),
    ("a person comes after a message", [ON, TELL, ASK], [("wipe", "on_error")]),
    ("somebody must agree to what comes next", [ON, {**TELL, "approval": True}], []),
    ("a question comes next", [ON, DECIDE, TELL], []),
    ("an action that answers comes next", [ON, {**LOOK, "branches": [{"name": "no", "next": "end"}]}, TELL], []),
    ("a question comes after reading and waiting", [ON, {"id": "w", "type": "wait", "delay": "5s"}, LOOK, DECIDE, TELL], []),
    ("it waits until something holds", [ON, {"id": "w", "type": "wait", "until": {"expr": "?"}}, TELL], []),
    ("a question comes after a heading", [ON, HEADING, DECIDE, TELL], []),
    ("a question comes after a meeting point", [DECIDE | {"branches": [{"name": "y", "next": "heading"}], "else": "wipe"}, ON, HEADING, {**DECIDE, "id": "again"}, TELL], [("wipe", "on_error")]),
    ("one of two ways is seen by nobody", [{**ON, "next": ["ask", "tell"]}, ASK, TELL], [("wipe", "on_error")]),
    ("a condition anywhere reads it", [ON, TELL, {**LOOK, "if": {"field": "steps.wipe.status", "op": "exists"}}], []),
    ("a template reads it", [ON, {**TELL, "with": {"x": "{{ steps.wipe.output }}"}}], [("wipe", "on_error")]),
    ("left out", [{**WIPE, "optional": True}, TELL], [("wipe", "optional")]),
    ("left out, and asked about", [{**WIPE, "optional": True}, DECIDE, TELL], []),
    ("errors lead to a person, but it can be left out", [{**goes("ask"), "optional": True}, {**TELL, "next": "end"}, ASK], [("wipe", "optional")]),
    ("a call", [{"id": "c", "type": "playbook", "playbook": "x", "on_error": "continue"}, TELL], [("c", "on_error")]),
    ("a call that is left out: one of several products", [{"id": "c", "type": "playbook", "playbook": "x", "optional": True}, TELL], []),
    ("neither acts nor calls", [{**DECIDE, "on_error": "continue"}, TELL], []),
    ("the next round", [{**LOOP, "steps": [ON]}, TELL], [("wipe", "on_error")]),
    ("a round that looks", [{**LOOP, "steps": [ON, DECIDE]}, TELL], []),
]  # fmt: skip


@pytest.mark.parametrize("steps, expected", [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_follows_an_error_in_silence(steps: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    flow = Flow(Playbook({"name": "test", "steps": steps}))
    assert [(silent.step.id, silent.field) for silent in silent_steps(flow)] == expected
