"""When a run has ended, and how: servers say it in different ways, and at different times."""

from __future__ import annotations

from typing import Any

import pytest

from playbookctl.model.run import RunEnd
from playbookctl.running import Target, ended

ONCE: dict[str, Any] = {"total": 1, "succeeded": 1, "failed": 0, "skipped": 0, "last_status": "succeeded"}
NEVER: dict[str, Any] = {"total": 0, "succeeded": 0, "failed": 0, "skipped": 0, "last_status": None}

# run_stats before, last_run_id and run_stats now, how it ended
ENDS: list[tuple[dict[str, Any], str | None, Any, RunEnd]] = [
    (NEVER, None, NEVER, RunEnd.GOING),
    (NEVER, "run_1", ONCE, RunEnd.SUCCEEDED),
    (NEVER, "run_0", ONCE, RunEnd.GOING),  # somebody else's
    (ONCE, "run_1", ONCE, RunEnd.GOING),  # named at its beginning, not counted yet
    (ONCE, "run_1", {**ONCE, "total": 2, "failed": 1, "last_status": "failed"}, RunEnd.FAILED),
    (ONCE, "run_1", {**ONCE, "total": 2, "skipped": 1, "last_status": "skipped"}, RunEnd.SKIPPED),
    (ONCE, "run_1", {**ONCE, "total": 2, "last_status": "Completed"}, RunEnd.SUCCEEDED),
    (ONCE, "run_1", {**ONCE, "total": 2, "last_status": "running"}, RunEnd.GOING),
    (ONCE, "run_1", {**ONCE, "total": 2, "failed": 1, "last_status": "oops"}, RunEnd.FAILED),
    (ONCE, "run_1", {"total": 2, "succeeded": 2, "failed": 0}, RunEnd.SUCCEEDED),
    (ONCE, "run_1", {"total": 2}, RunEnd.UNKNOWN),
    ({}, "run_1", {"last_status": "failed"}, RunEnd.FAILED),  # a server that does not count
    ({}, "run_1", None, RunEnd.UNKNOWN),
    ({}, "run_1", "fine", RunEnd.UNKNOWN),
]


@pytest.mark.parametrize(("before", "last_run_id", "stats", "end"), ENDS)
def test_a_run_has_ended_once_the_playbook_says_so(
    before: dict[str, Any], last_run_id: str | None, stats: Any, end: RunEnd
) -> None:
    row = {"last_run_id": last_run_id, "run_stats": stats}
    assert ended(row, Target("a", "ply_1", "run_0", before), "run_1") is end
