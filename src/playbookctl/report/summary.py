"""The totals as sentences; every format that speaks to people says them in these words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playbookctl.model.plan_totals import OutcomeTotals, PlanTotals
    from playbookctl.model.report import Report, Totals

_EXPLAINED = 3  # codes that fit in a line


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
        lines.append(_explanation(report))
    if report.totals.fixable:
        lines.append(("playbookctl validate --fix", f"repairs {report.totals.fixable:,} of them"))
    return lines


def _explanation(report: Report) -> tuple[str, str]:
    worst: dict[str, int] = {}
    for finding in report.findings:
        worst[finding.code] = min(finding.severity.rank, worst.get(finding.code, finding.severity.rank))
    codes = sorted(worst, key=lambda code: (worst[code], code))
    more = f"; {count(len(codes) - _EXPLAINED, 'more code')} above" if len(codes) > _EXPLAINED else ""
    does = "why it matters, how to fix or suppress it" if len(codes) == 1 else "why, and how to fix or suppress"
    return f"playbookctl explain {' '.join(codes[:_EXPLAINED])}", does + more


GROUP_WORDS = {
    "create": "to create",
    "finish": "to finish",
    "update": "to update",
    "revive": "to revive",
    "adopt": "to adopt",
    "mark": "to mark",
    "duplicate": "to mark as duplicate",
    "retire": "to retire",
    "conflict": "in conflict",
    "held": "held",
    "drift": "drifted",
    "orphan": "orphaned",
    "unchanged": "unchanged",
}


def of_plan(report: Report) -> str:
    """Return the totals of a report's plan, in the words of its command."""
    totals = report.plan_totals
    if totals is None:
        return ""
    return drift(totals) if report.command == "drift" else plan(totals)


def drift(totals: PlanTotals) -> str:
    """Return '2 drifted, 1 held; 1 as expected, 598 as applied', or 'no drift; 612 as applied'."""
    numbers = {group.value: number for group, number in totals.groups}
    moved = [f"{numbers[name]:,} {word}" for name, word in _DRIFT_WORDS.items() if numbers[name]]
    rest = [f"{totals.expected:,} as expected"] if totals.expected else []
    rest.append(f"{numbers['unchanged'] - totals.expected:,} as applied")
    return f"{', '.join(moved) or 'no drift'}; {', '.join(rest)}"


_DRIFT_WORDS = {"drift": "drifted", "held": "lost or unclear"}


def plan(totals: PlanTotals) -> str:
    """Return '2 to create, 1 to mark; 1 in conflict, 2 held; 598 unchanged', or 'nothing to write; 612 unchanged'."""
    numbers = {group.value: number for group, number in totals.groups}
    said = {name: f"{numbers[name]:,} {word}" for name, word in GROUP_WORDS.items() if numbers[name]}
    human = [said.pop(name) for name in ("conflict", "held") if name in said]
    rest = [said.pop(name) for name in ("drift", "orphan", "unchanged") if name in said]
    parts = [", ".join(said.values()) or "nothing to write", ", ".join(human), ", ".join(rest)]
    return "; ".join(part for part in parts if part)


def outcomes(totals: OutcomeTotals) -> str:
    """Return '4 done, 2 held, 1 failed', or 'nothing was to be done'."""
    said = [f"{number:,} {kind.value}" for kind, number in totals.kinds if number]
    return ", ".join(said) or "nothing was to be done"
