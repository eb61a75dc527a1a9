from __future__ import annotations

from typing import Any

import pytest

from playbookctl.flow.graph import Flow
from playbookctl.flow.waits import waits
from playbookctl.model.playbook import Playbook

LOOK = {"id": "look", "action": "get-host"}
ASK = {"id": "ask", "type": "manual", "message": "?"}
YES = {"id": "yes", "action": "close-alert", "approval": True}


def found(*steps: dict[str, Any]) -> list[tuple[str, str, bool]]:
    flow = Flow(Playbook({"name": "test", "steps": list(steps)}))
    return [(wait.step.id, str(wait.place[-1]), wait.holds_up) for wait in waits(flow)]


@pytest.mark.parametrize(
    "steps, expected",
    [
        ([ASK], [("ask", "type", True)]),
        ([{**ASK, "assignee": "tier-2"}], []),
        ([{**ASK, "timeout": "1h"}], []),
        ([{**ASK, "notify": {"to": "soc"}}], []),
        ([YES], [("yes", "approval", False)]),
        ([YES, LOOK], [("yes", "approval", True)]),
        ([YES, {"id": "e", "type": "end"}], [("yes", "approval", False)]),
        ([{**YES, "approval": {"on_refused": {"next": "look"}}, "next": "end"}, LOOK], [("yes", "approval", True)]),
        ([{**YES, "approval": "lead"}, LOOK], []),
        ([{**YES, "approval": {"by": ["lead"]}}, LOOK], []),
        ([{**YES, "approval": {"expires": "1h"}}, LOOK], []),
        ([{**YES, "assignee": "lead"}, LOOK], []),
        ([{**LOOK, "next": "end"}, ASK, YES], []),
        ([ASK, YES, LOOK], [("ask", "type", True), ("yes", "approval", True)]),
    ],
)
def test_who_waits_for_nobody(steps: list[dict[str, Any]], expected: list[tuple[str, str, bool]]) -> None:
    assert found(*steps) == expected
