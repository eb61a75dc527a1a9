from __future__ import annotations

from typing import Any

import pytest

from playbookctl.plan.brakes import NEITHER, Judgement, judge

HIGH: dict[str, Any] = {"field": "alert.severity", "op": "in", "value": ["high", "critical"]}
CRITICAL: dict[str, Any] = {"field": "alert.severity", "op": "in", "value": ["critical"]}
HOST: dict[str, Any] = {"field": "alert.host", "op": "exists"}
USER: dict[str, Any] = {"op": "exists", "field": "alert.user"}

SAFER, RISKIER, NOTHING, BOTH = "safer", "riskier", "nothing", "both"


def direction(judgement: Judgement) -> str:
    return {(1, 0): SAFER, (0, 1): RISKIER, (0, 0): NOTHING, (1, 1): BOTH}[
        bool(judgement.safer), bool(judgement.riskier)
    ]


@pytest.mark.parametrize(
    "field, live, desired, expected",
    [
        ("enabled", False, True, Judgement(safer=("disabled",))),
        ("enabled", None, True, Judgement(safer=("disabled",))),
        ("enabled", True, False, Judgement(riskier=("enabled",))),
        ("auto_execute", False, True, Judgement(safer=("auto-execute turned off",))),
        ("auto_execute", True, False, Judgement(riskier=("auto-execute turned on",))),
        ("description", "a", "b", NEITHER),
        ("tags", [], ["a"], NEITHER),
    ],
)
def test_switches_and_fields_that_do_not_act(field: str, live: Any, desired: Any, expected: Judgement) -> None:
    assert judge(field, live, desired) == expected


@pytest.mark.parametrize(
    "live, desired, expected",
    [
        ([HIGH, HOST], [HIGH], SAFER),
        ([HIGH, HOST, USER], [HOST], SAFER),
        ([{"value": ["critical"], "op": "in", "field": "alert.severity"}, HOST], [HIGH], SAFER),
        ([CRITICAL], [HIGH], SAFER),
        ([{"any": [HOST]}], [{"any": [HOST, USER]}], SAFER),
        ([{"any": [HOST]}, CRITICAL], [HIGH, {"any": [USER, HOST]}], SAFER),
        ([HIGH], [HIGH, HOST], RISKIER),
        ([], [HIGH], RISKIER),
        ([HIGH], [CRITICAL], RISKIER),
        ([{"any": [HOST, USER]}], [{"any": [HOST]}], RISKIER),
        ([HOST], [USER], BOTH),
        ([CRITICAL], [HIGH, HOST], BOTH),
        ([{"any": []}], [{"any": [HOST]}], BOTH),
        ([{**CRITICAL, "field": "alert.status"}], [HIGH], BOTH),
        ([{**CRITICAL, "op": "not_in"}], [{**HIGH, "op": "not_in"}], BOTH),
        ([{**CRITICAL, "ignore_case": True}], [HIGH], BOTH),
        ([{"all": [HOST]}], [{"all": [HOST, USER]}], BOTH),
        ([{"field": "x", "op": "in", "value": "ab"}], [{"field": "x", "op": "in", "value": "abc"}], BOTH),
        ("broken", [HIGH], BOTH),
        (None, [HIGH], BOTH),
    ],
)
def test_a_trigger_is_narrower_wider_or_nobody_can_tell(live: Any, desired: Any, expected: str) -> None:
    assert direction(judge("trigger_conditions", live, desired)) == expected


def gated(approval: Any = None, **more: Any) -> list[Any]:
    step = {"id": "reset", "action": "reset", **more}
    return [step if approval is None else {**step, "approval": approval}]


@pytest.mark.parametrize(
    "live, desired, expected",
    [
        (gated("lead"), gated(), SAFER),
        (gated(True), gated(), SAFER),
        (gated(), gated("lead"), RISKIER),
        (gated("lead"), gated({"by": ["lead"]}), NOTHING),
        (gated({"by": ["a"]}), gated({"by": ["a", "b"]}), SAFER),
        (gated("lead"), gated(True), SAFER),
        (gated(True), gated("lead"), RISKIER),
        (gated({"by": ["a", "b"]}), gated({"by": ["a"]}), RISKIER),
        (gated({"by": ["a", "b"], "min": 2}), gated({"by": ["a", "b"]}), SAFER),
        (gated({"by": ["a"]}), gated({"by": ["a"], "not_author": True}), RISKIER),
        (gated({"by": ["a"]}), gated({"by": ["b"]}), BOTH),
        (gated({"by": ["a"]}), gated({"by": ["a", "b"], "min": 2}), BOTH),
        (gated({"by": ["a"], "expires": "1h"}), gated({"by": ["a"]}), BOTH),
        (gated({"by": ["a"], "on_expired": "continue"}), gated({"by": ["a"]}), BOTH),
        ([{"id": "m", "type": "manual"}, *gated()], gated(), SAFER),
        (gated(), [{"id": "m", "type": "manual"}, *gated()], RISKIER),
        ([{"id": "s", "steps": gated("lead")}], [{"id": "s", "steps": gated()}], SAFER),
        ([{"id": "other", "approval": "lead"}], gated("lead"), BOTH),
        (gated(action="wipe"), gated(), NOTHING),
        ("broken", gated("lead"), BOTH),
        (None, gated(), BOTH),
        ([*gated(), {"id": 5, "type": "manual"}], gated(), BOTH),
        ([*gated(), "step"], gated(), BOTH),
        ([{"id": "s", "steps": [{"type": "manual"}]}], [{"id": "s", "steps": []}], BOTH),
        (gated({"by": ["a"], "min": "2"}), gated({"by": ["a"]}), BOTH),
        (gated({"by": 7}), gated({"by": ["a"]}), BOTH),
    ],
)
def test_a_gate_is_added_removed_or_changed(live: Any, desired: Any, expected: str) -> None:
    assert direction(judge("steps", live, desired)) == expected


def test_every_gate_is_named_by_its_step() -> None:
    live = [{"id": "a", "approval": "x"}, {"id": "c", "approval": {"by": ["x"]}}]
    desired = [{"id": "b", "approval": "x"}, {"id": "c", "approval": {"by": ["x", "y"]}}]
    assert judge("steps", live, desired) == Judgement(
        safer=("gate added at step 'a'", "gate made stricter at step 'c'"), riskier=("gate removed at step 'b'",)
    )


def test_what_is_nested_too_deeply_to_be_compared_counts_as_both() -> None:
    value: Any = []
    for _ in range(5_000):
        value = [value]
    assert direction(judge("trigger_conditions", [{"field": "x", "op": "in", "value": value}], [HIGH])) == BOTH
    assert direction(judge("steps", [{"id": "a", "approval": {"by": value}}], gated("lead"))) == BOTH
