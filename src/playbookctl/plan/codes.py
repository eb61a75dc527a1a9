"""What a plan means for the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import ExitCode
from playbookctl.model.plan import Standing

if TYPE_CHECKING:
    from playbookctl.model.plan import Plan

_FOR_A_HUMAN = (Standing.CONFLICT, Standing.NEEDS_HUMAN)


def detailed_code(plan: Plan) -> ExitCode:
    """Return the code of `plan --detailed-exitcode`: 0, 20 to 23, for the run as a whole."""
    standings = {change.standing for change in plan.changes}
    if standings.intersection(_FOR_A_HUMAN):
        return ExitCode.NEEDS_HUMAN
    ahead = Standing.REPO_AHEAD in standings
    drifted = Standing.SERVER_DRIFTED in standings or any(change.drifted for change in plan.changes)
    if ahead:
        return ExitCode.BOTH_MOVED if drifted else ExitCode.REPO_AHEAD
    return ExitCode.SERVER_DRIFTED if drifted else ExitCode.DONE


def sync_code(plan: Plan) -> ExitCode:
    """Return what the plan alone adds to the code of a sync: 6 if it is refused or holds anything, else 0."""
    return ExitCode.REFUSED if plan.held or plan.refusals else ExitCode.DONE
