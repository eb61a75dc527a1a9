"""A plan and its outcomes as test cases: what needs a person fails, what is as planned passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan_totals import Group, group_of
from playbookctl.report.formats.junit import Case
from playbookctl.report.outcome_text import details, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.outcome import Outcome
    from playbookctl.model.plan import Change
    from playbookctl.model.report import Report

_FAILING = (Group.CONFLICT, Group.HELD)


def suites(report: Report) -> Iterator[tuple[str, list[Case]]]:
    """Yield one suite for the outcomes and, of a command that carried nothing out, one for the plan."""
    if report.outcomes is not None:
        yield report.command, [_outcome(outcome) for outcome in report.outcomes]
    elif report.plan is not None:
        refusals = [
            Case(f"refusal {number}", "failure", "refused", refusal.message, f"{refusal.message}\n{refusal.hint}")
            for number, refusal in enumerate(report.plan.refusals, 1)
        ]
        yield f"plan {report.plan.environment}", [*refusals, *(_change(change) for change in report.plan.changes)]


def _change(change: Change) -> Case:
    group = group_of(change)
    fields = ", ".join(field.field for field in change.fields)
    said = (*change.riskier, change.reason or fields, change.hint)
    text = "\n".join(part.replace("\n", " ") for part in said if part)
    name = f"{group.value} {change.key or change.live_id}"
    return Case(name, "failure" if group in _FAILING else "passed", group.value, change.reason, text)


def _outcome(outcome: Outcome) -> Case:
    said = [phrase(outcome), *details(outcome), *([outcome.hint] if outcome.hint else [])]
    text = "\n".join(part.replace("\n", " ") for part in said)
    kind = "failure" if outcome.failed else "skipped" if outcome.kind is OutcomeKind.HELD else "passed"
    message = outcome.message or phrase(outcome)
    return Case(f"{outcome.action.value} {outcome.key}", kind, outcome.kind.value, message, text)
