"""What a plan and its outcomes mean for the exit code and for `--quiet`: in one place, so that all commands agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import ExitCode, worst
from playbookctl.model.choices import OnDrift
from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan import Action, Standing
from playbookctl.model.plan_totals import Group, group_of
from playbookctl.model.run import RunEnd

if TYPE_CHECKING:
    from playbookctl.apply.result import Applied
    from playbookctl.model.checkup import Checkup
    from playbookctl.model.plan import Plan
    from playbookctl.model.report import Report
    from playbookctl.model.run import Run


def detailed_exit_code(plan: Plan) -> ExitCode:
    """Return the code of `plan --detailed-exitcode`: a person is needed before both moved, before one side did.

    A mark that follows contents which agree already is neither: nobody moved.
    """
    standings = {change.standing for change in plan.changes}
    if standings & {Standing.NEEDS_HUMAN, Standing.CONFLICT}:
        return ExitCode.NEEDS_HUMAN
    ahead = Standing.REPO_AHEAD in standings
    drifted = Standing.SERVER_DRIFTED in standings or any(change.drifted for change in plan.changes)
    return {
        (False, False): ExitCode.DONE,
        (True, False): ExitCode.REPO_AHEAD,
        (False, True): ExitCode.SERVER_DRIFTED,
        (True, True): ExitCode.BOTH_MOVED,
    }[ahead, drifted]


def drift_exit_code(plan: Plan, *, fail: bool) -> ExitCode:
    """Return the code of a drift: 1 if it is to fail and something moved that nobody expects."""
    moved = any(change.drifted or change.action is Action.HOLD for change in plan.changes)
    return ExitCode.FINDINGS if fail and moved else ExitCode.DONE


def needs_no_word(report: Report) -> bool:
    """Tell whether there is nothing to say: what a plan would write or find, or of a sync what did not go as it was to.

    Notes, findings, drift and what is held are worth a word; a write that was carried out is not.
    """
    plan, outcomes = report.plan, report.outcomes
    if report.findings or report.messages or (plan is not None and (plan.refusals or plan.notes)):
        return False
    changes = plan.changes if plan is not None else ()
    if outcomes is not None:
        smooth = all(
            outcome.kind in (OutcomeKind.DONE, OutcomeKind.ALREADY) and not outcome.message for outcome in outcomes
        )
        return smooth and not any(change.drifted or change.action is Action.HOLD for change in changes)
    return all(group_of(change) is Group.UNCHANGED for change in changes)


def checkup_exit_code(checkup: Checkup) -> ExitCode:
    """Return the code of a checkup: 2 for a wrong configuration, since nothing else matters then; else the severest."""
    codes = {ExitCode(code) for code in checkup.codes}
    return ExitCode.USAGE if ExitCode.USAGE in codes else worst(codes)


def run_exit_code(run: Run) -> ExitCode:
    """Return the code of a run: a failed one 1, one that was let in and refused in the end 6, an unknown end 4."""
    return _RUN_CODES[run.end]


_RUN_CODES = {
    RunEnd.GOING: ExitCode.DONE,
    RunEnd.SUCCEEDED: ExitCode.DONE,
    RunEnd.FAILED: ExitCode.FINDINGS,
    RunEnd.SKIPPED: ExitCode.REFUSED,
    RunEnd.UNKNOWN: ExitCode.PARTLY_DONE,
}


def sync_exit_code(plan: Plan, applied: Applied) -> ExitCode:
    """Return the code of a sync: that of the run, and 6 for what is held or drifted where drift was to fail."""
    codes = {applied.exit_code}
    if any(change.action is Action.HOLD for change in plan.changes):
        codes.add(ExitCode.REFUSED)
    if plan.choices.on_drift is OnDrift.FAIL and any(change.drifted for change in plan.changes):
        codes.add(ExitCode.REFUSED)
    return worst(codes)
