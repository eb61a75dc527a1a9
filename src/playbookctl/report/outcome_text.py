"""What became of a plan, for a terminal: successes first, failures nearest to the prompt, totals last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan import Action
from playbookctl.report import summary
from playbookctl.report.page import Page
from playbookctl.report.plan_text import GROUPS
from playbookctl.report.style import BOLD, CYAN, GREEN, MAGENTA, RED, YELLOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from playbookctl.model.outcome import Outcome
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

# Mark, colour and words of each kind in the order of a terminal; {} is what was to be done.
_KINDS = {
    OutcomeKind.ALREADY: ("=", CYAN, "already so"),
    OutcomeKind.DONE: ("+", GREEN, "{}"),  # its mark and colour are those of the plan
    OutcomeKind.HELD: ("!", YELLOW, "held"),
    OutcomeKind.SKIPPED: ("!", RED, "not {}: skipped"),
    OutcomeKind.STALE: ("!", RED, "not {}: it is no longer what the plan saw"),
    OutcomeKind.ALTERED: ("!", RED, "{}, but altered by the server"),
    OutcomeKind.UNKNOWN: ("!", RED, "perhaps {}: no answer came"),
    OutcomeKind.FAILED: ("!", RED, "not {}"),
}
_PAST = {
    "create": "created", "finish": "finished", "update": "updated", "revive": "revived", "mark": "marked",
    "adopt": "adopted", "duplicate": "marked as duplicate", "retire": "retired",
}  # fmt: skip
_CROWD = 5  # playbooks that were skipped for one reason and are shown one by one
_AS_PLANNED = {group.value: (mark, color) for group, (mark, color, _) in GROUPS.items()}


def render(report: Report, options: Options) -> str:
    """Return the outcomes of a report that has them."""
    page = Page(options)
    outcomes = report.outcomes or ()
    crowds = {} if options.verbose else _crowds(outcomes)
    for kind in _KINDS:
        for outcome in outcomes:
            crowd = crowds.get((outcome.message, outcome.hint), ()) if kind is OutcomeKind.SKIPPED else ()
            if outcome.kind is kind and (not crowd or outcome is crowd[0]):
                _outcome(page, outcome, crowd)
    for text in drifted(report):
        page.add(0, "", text, MAGENTA)
    for note in report.plan.notes if report.plan is not None else ():
        page.add(0, "note: ", note)
    if report.outcome_totals is not None:
        page.add(0, "", f"{report.command}: {summary.outcomes(report.outcome_totals)}", BOLD)
    return page.text()


def drifted(report: Report) -> list[str]:
    """Return what a sync keeps of the server's edits, what made a playbook riskier first; nothing where nothing drifted."""
    if report.plan is None or report.command != "sync":
        return []
    rows = [change for change in report.plan.changes if change.drifted and change.action is not Action.HOLD]
    said = [f"made riskier on the server: {change.key}: {text}" for change in rows for text in change.riskier]
    return [*said, f"{len(rows):,} drifted and kept; playbookctl drift shows what moved"] if rows else said


def phrase(outcome: Outcome) -> str:
    """Return what became of the change in a few words."""
    return _KINDS[outcome.kind][2].format(_PAST.get(outcome.action.value, outcome.action.value))


def details(outcome: Outcome) -> list[str]:
    """Return what else is to be said of an outcome, the hint aside."""
    said = [outcome.message] if outcome.message else []
    if outcome.altered:
        said.append(f"read back different: {', '.join(outcome.altered)}")
    if outcome.failed and outcome.request_id:
        said.append(f"request {outcome.request_id}")
    if outcome.failed and outcome.backup:
        said.append(f"the body from before is kept in {outcome.backup}")
    return said


def _crowds(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """Return what was skipped, by why: where there are many, one line is to name them together."""
    found: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.kind is OutcomeKind.SKIPPED:
            found.setdefault((outcome.message, outcome.hint), []).append(outcome)
    return {why: skipped for why, skipped in found.items() if len(skipped) > _CROWD}


def _outcome(page: Page, outcome: Outcome, crowd: Sequence[Outcome] = ()) -> None:
    mark, color, _ = _KINDS[outcome.kind]
    if outcome.kind is OutcomeKind.DONE:
        mark, color = _AS_PLANNED.get(outcome.action.value, (mark, color))
    live = f"  {outcome.live_id}" if outcome.live_id else ""
    said = f"{outcome.key}  {phrase(outcome)}{live}"
    if crowd:
        named = ", ".join(one.key for one in crowd[:_CROWD])
        said = f"{len(crowd):,} skipped: {named} and {len(crowd) - _CROWD:,} more; -v names them"
    page.add(2, f"{mark} ", said, mark_paint=(BOLD, color))
    for text in details(outcome):
        page.add(4, "", text)
    if outcome.hint:
        page.command(4, outcome.hint, CYAN)
