"""For people: findings with their source line, the plan or its outcomes, totals and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity
from playbookctl.report import summary
from playbookctl.report.style import BOLD, DIM, GREEN, SEVERITY, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options


def render(report: Report, options: Options) -> str:
    """Return the report for a terminal or a log; a report without findings imports nothing to show them."""
    style = Style(options)
    ending = "".join(f"{line}\n" for line in [*_notes(report, style), *_totals(report, style)])
    sections = [*_findings(report, options, style), ending, _plan(report, options)]
    return "\n".join(section for section in sections if section)


def _findings(report: Report, options: Options, style: Style) -> list[str]:
    shown = (*report.findings, *(report.suppressed if options.verbose else ()))
    if not shown:
        return []
    from playbookctl.report import crowds, finding_text

    crowded = crowds.of_notes(shown, options)
    apart = [finding for finding in shown if finding.severity is not Severity.NOTE or finding.code not in crowded]
    lines = "".join(f"{style.say(line)}\n" for line in crowds.lines(crowded))
    return [*(finding_text.render(finding, style, options.width) for finding in apart), lines]


def _notes(report: Report, style: Style) -> Iterator[str]:
    for skipped in report.skipped:
        yield f"note: skipped {style.say(skipped.path)}: {style.say(skipped.reason)}"
    for message in report.messages:
        yield f"note: {style.say(message)}"


def _totals(report: Report, style: Style) -> Iterator[str]:
    if not report.findings and (report.plan is not None or report.outcomes is not None):
        return
    worst = min((finding.severity for finding in report.findings), key=lambda severity: severity.rank, default=None)
    yield style.paint(summary.findings(report.totals), BOLD, SEVERITY[worst] if worst else GREEN)
    remedies = summary.remedies(report)
    broad = max((len(command) for command, _ in remedies), default=0)
    for command, does in remedies:
        yield f"  {command:<{broad}}  {style.paint(does, DIM)}"


def _plan(report: Report, options: Options) -> str:
    """Return the outcomes if there are any, else the plan, else nothing."""
    if report.outcomes is not None:
        from playbookctl.report import outcome_text

        return outcome_text.render(report, options)
    if report.plan is not None:
        from playbookctl.report import plan_text

        return plan_text.render(report, options)
    return ""
