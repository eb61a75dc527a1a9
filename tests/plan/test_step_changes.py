from __future__ import annotations

from typing import Any

import pytest

from playbookctl.model.plan import StepChange, StepKind, ValueChange
from playbookctl.plan.step_changes import step_changes

ADDED, REMOVED, CHANGED, MOVED = StepKind.ADDED, StepKind.REMOVED, StepKind.CHANGED, StepKind.MOVED
A: dict[str, Any] = {"id": "a", "name": "Look", "action": "get", "with": {"user": "x", "n": 1}}
B: dict[str, Any] = {"id": "b", "action": "reset"}
C: dict[str, Any] = {"id": "c", "type": "manual", "message": "Ask."}


@pytest.mark.parametrize(
    "live, desired, expected",
    [
        ([A, B], [A, B], ()),
        ([A], [A, B], (StepChange("b", ADDED),)),
        ([A, B], [B], (StepChange("a", REMOVED, "Look"),)),
        ([A, B, C], [C, A, B], (StepChange("c", MOVED),)),
        ([A, B, C], [B, C], (StepChange("a", REMOVED, "Look"),)),
        ([A], [{**A, "with": {"user": "y", "n": 1}}], (StepChange("a", CHANGED, "Look", (ValueChange("with.user", '"x"', '"y"'),)),)),
        ([A], [{**A, "with": {"user": "x", "n": True}}], (StepChange("a", CHANGED, "Look", (ValueChange("with.n", "1", "true"),)),)),
        ([A], [{**A, "with": {"user": "x", "n": 1.0}}], ()),
        ([A], [{"id": "a", "name": "Look", "action": "get"}], (StepChange("a", CHANGED, "Look", (ValueChange("with", '{"n":1,"user":"x"}', ""),)),)),
        ([B], [{**B, "approval": "lead"}], (StepChange("b", CHANGED, "", (ValueChange("approval", "", '"lead"'),)),)),
        ([B], [{**B, "type": "action"}], ()),
        (
            [{"id": "d", "branches": [{"name": "yes", "next": "a"}]}],
            [{"id": "d", "branches": [{"name": "yes", "next": "b"}, {"name": "no"}]}],
            (StepChange("d", CHANGED, "", (ValueChange("branches[0].next", '"a"', '"b"'), ValueChange("branches[1]", "", '{"name":"no"}'))),),
        ),
        (
            [{"id": "s", "type": "section", "steps": [A]}],
            [{"id": "s", "type": "section", "steps": [{**A, "action": "put"}, B]}],
            (StepChange("a", CHANGED, "Look", (ValueChange("action", '"get"', '"put"'),)), StepChange("b", ADDED)),
        ),
        (None, [B], (StepChange("b", ADDED),)),
        ("broken", [B], (StepChange("b", ADDED),)),
    ],
)  # fmt: skip
def test_what_becomes_of_each_step(live: Any, desired: Any, expected: tuple[StepChange, ...]) -> None:
    assert step_changes(live, desired, {}) == expected


def test_a_vendors_keys_are_named_where_a_removed_step_drops_them() -> None:
    vendor = {"a": {"layout": 1, "color": 2}, "b": {"layout": 1}}
    assert step_changes([A, B], [B], vendor) == (StepChange("a", REMOVED, "Look", dropped=("color", "layout")),)


def test_a_name_that_is_no_text_is_no_name() -> None:
    assert step_changes([{"id": "a", "name": 7}], [], {}) == (StepChange("a", REMOVED),)
