"""For GitHub Actions: one annotation per finding on the lines of the pull request, worst first, then the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity
from playbookctl.report import escape, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.finding import Finding
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MESSAGE = 4000  # characters; GitHub cuts an annotation at 64 kB, and refuses a step's log line beyond that
_PER_STEP = 10  # annotations of each kind that GitHub shows of one step


def render(report: Report, _: Options) -> str:
    """Return workflow commands, one on each line."""
    findings = sorted(report.findings, key=lambda finding: (finding.severity.rank, finding.order))
    lines = [_finding(finding) for finding in findings]
    lines += _plan(report)
    lines += _totals(report)
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding) -> str:
    span = finding.location.span
    # an annotation of several lines is shown below the last of them, which need not be part of the change
    one_line = span.end_line == span.start_line and span.end_column > span.start_column
    ends = {"endColumn": str(span.end_column - 1)} if one_line else {}
    parts = {"file": finding.location.file, "line": str(span.start_line), "col": str(span.start_column), **ends}
    message = escape.clip(escape.visible(finding.message), _MESSAGE)
    if finding.fix is not None:
        message += f"\nfix: {escape.clip(escape.visible(finding.fix.title), _MESSAGE)}"
    return command(_COMMANDS[finding.severity], f"{finding.code} {finding.rule}", message, **parts)


def command(name: str, title: str, message: str, **properties: str) -> str:
    """Return one workflow command; `message` is visible text, with line breaks only of ours."""
    said = ",".join(
        f"{key}={escape.github_property(escape.visible(value))}"
        for key, value in {**properties, "title": title}.items()
    )
    return f"::{name} {said}::{escape.github(message)}"


def _plan(report: Report) -> Iterator[str]:
    if report.outcomes is not None or report.plan is not None:
        from playbookctl.report import plan_github

        yield from plan_github.lines(report)


def _totals(report: Report) -> Iterator[str]:
    totals = report.totals
    if report.findings or (report.plan is None and report.outcomes is None):
        hidden = max(totals.errors, totals.warnings, totals.notes) > _PER_STEP
        more = f" (GitHub shows {_PER_STEP} annotations of each kind; the log has them all)" if hidden else ""
        yield command("notice", f"playbookctl {report.command}", summary.findings(totals) + more)
    if report.plan_totals is not None:
        yield command(
            "notice", f"playbookctl {'drift' if report.command == 'drift' else 'plan'}", summary.of_plan(report)
        )
    if report.outcome_totals is not None:
        yield command("notice", f"playbookctl {report.command}", summary.outcomes(report.outcome_totals))
