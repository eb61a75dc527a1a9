"""What became of a plan, for a pull request's comment: failures first, successes folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.outcome import OutcomeKind
from playbookctl.report import escape, summary
from playbookctl.report.formats.markdown import folded
from playbookctl.report.outcome_text import details, drifted, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playbookctl.model.outcome import Outcome
    from playbookctl.model.report import Report
    from playbookctl.report.bounded import Bounded

_LINE = 300  # characters of a hint
_SOME = 12_000  # characters for each table
_TABLE = "| playbook | result | |\n|---|---|---|"


def add(page: Bounded, report: Report, title: str) -> None:
    """Add the outcomes of a report that has them."""
    if report.outcomes is None or report.outcome_totals is None:
        return
    page.add(f"**playbookctl {title}**: {summary.outcomes(report.outcome_totals)}\n")
    if kept := drifted(report):
        page.add("".join(f"- {escape.markdown(text)}\n" for text in kept))
    failed = [_row(outcome) for outcome in report.outcomes if outcome.failed]
    held = [_row(outcome) for outcome in report.outcomes if outcome.kind is OutcomeKind.HELD]
    done = [_row(outcome) for outcome in report.outcomes if not outcome.failed and outcome.kind is not OutcomeKind.HELD]
    page.add_rows(f"#### Not as planned\n\n{_TABLE}", failed, "", _left_out(failed), at_most=_SOME)
    page.add_rows(f"\n#### Held\n\n{_TABLE}", held, "", _left_out(held), at_most=_SOME)
    page.add_rows(folded(f"{len(done):,} as planned", _TABLE), done, "\n</details>\n", _left_out(done), at_most=_SOME)


def _left_out(rows: Sequence[str]) -> Callable[[int], str]:
    return lambda shown: f"… {summary.count(len(rows) - shown, 'more playbook')} not shown here."


def _row(outcome: Outcome) -> str:
    said = [escape.markdown(text) for text in details(outcome)]
    if outcome.hint:
        said.append(f"→ {escape.code(outcome.hint, _LINE)}")
    return f"| {escape.code(outcome.key)} | {phrase(outcome)} | {'<br>'.join(said)} |"
