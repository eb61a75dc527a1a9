"""The totals as sentences; every format that speaks to people says them in these words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playbookctl.model.report import Report, Totals


def count(number: int, word: str, plural: str = "") -> str:
    """Return '1 file', '2 files', '1,204 files'."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def findings(totals: Totals) -> str:
    """Return '2 errors and 1 warning in 2 of 14 files, 3 suppressed', or '14 files checked, no findings'."""
    quiet = f", {totals.suppressed:,} suppressed" if totals.suppressed else ""
    if not totals.findings:
        return f"{count(totals.files, 'file')} checked, no findings{quiet}"
    parts = [count(number, word) for number, word in by_severity(totals) if number]
    last = parts.pop()
    listed = f"{', '.join(parts)} and {last}" if parts else last
    files = max(totals.files, totals.files_with_findings)
    return f"{listed} in {totals.files_with_findings:,} of {count(files, 'file')}{quiet}"


def by_severity(totals: Totals) -> tuple[tuple[int, str], ...]:
    """Pair the numbers with their words, worst first."""
    return (totals.errors, "error"), (totals.warnings, "warning"), (totals.notes, "note")


def remedies(report: Report) -> list[tuple[str, str]]:
    """Pair commands that help with what they do, the most useful first."""
    lines = []
    if report.findings:
        worst = min(report.findings, key=lambda finding: finding.severity.rank)
        lines.append((f"playbookctl explain {worst.code}", "why it matters, how to fix or suppress it"))
    if report.totals.fixable:
        lines.append(("playbookctl validate --fix", f"repairs {report.totals.fixable:,} of them"))
    return lines
