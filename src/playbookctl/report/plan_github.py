"""A plan and its outcomes as annotations: what needs a person is an error, drift is a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.plan_totals import Group, group_of
from playbookctl.report import escape
from playbookctl.report.formats.github import command
from playbookctl.report.outcome_text import details, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.model.plan import Change
    from playbookctl.model.report import Report

_COMMANDS = {Group.CONFLICT: "error", Group.HELD: "error", Group.DRIFT: "warning"}
_MESSAGE = 4000


def lines(report: Report) -> Iterator[str]:
    """Yield annotations for refusals, conflicts, holds and drift, or for outcomes that are not as planned."""
    if report.outcomes is not None:
        for outcome in report.outcomes:
            if outcome.failed:
                said = _said((f"{outcome.key} {phrase(outcome)}", *details(outcome), outcome.hint))
                yield command("error", f"sync {outcome.key}", said)
    elif report.plan is not None:
        for refusal in report.plan.refusals:
            yield command("error", "sync refuses this plan", _said((refusal.message, refusal.hint)))
        for group, name in _COMMANDS.items():
            for change in report.plan.changes:
                if group_of(change) is group:
                    yield _change(change, name, group)


def _change(change: Change, name: str, group: Group) -> str:
    fields = ", ".join(field.field for field in change.fields)
    riskier = (f"riskier on the server: {text}" for text in change.riskier)
    said = _said((*riskier, change.reason or fields, change.hint))
    place = {"file": change.file} if change.file else {}
    return command(name, f"{group.value}: {change.key}", said, **place)


def _said(parts: Iterable[str]) -> str:
    return "\n".join(escape.clip(escape.visible(part), _MESSAGE) for part in parts if part)
