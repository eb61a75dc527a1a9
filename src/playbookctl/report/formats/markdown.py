"""For the comment of a pull request: the totals first, then tables, everything beyond the first look folded away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.report import escape, summary
from playbookctl.report.bounded import Bounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.model.finding import Finding
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

LIMIT = 65_000  # characters; GitHub refuses a comment of more than 65,536
_KEEP = 12_000  # characters kept for what stands below the findings


def render(report: Report, _: Options) -> str:
    """Return the report as Markdown of at most 65,000 characters."""
    page = Bounded(LIMIT)
    page.add(marker(report))
    page.add(f"**playbookctl {_word(report.command)}**: {summary.findings(report.totals)}\n")
    _findings(page, report)
    _rules(page, report)
    _suppressed(page, report.suppressed)
    _notes(page, report)
    return page.text()


def marker(report: Report) -> str:
    """Return the hidden first line by which a later run finds its own comment again."""
    return f"<!-- playbookctl:{_word(report.command)} -->"


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def _findings(page: Bounded, report: Report) -> None:
    if not report.findings:
        return
    findings = sorted(report.findings, key=lambda finding: (finding.severity.rank, finding.order))
    rows = [_row(finding, f"**{finding.severity.value}**") for finding in findings]

    def left_out(shown: int) -> str:
        return f"{_left_out(findings[shown:])} Run `playbookctl validate` to see them all."

    page.add_rows("| | where | what |\n|---|---|---|", rows, "", left_out, keep=_KEEP)


def _row(finding: Finding, first: str) -> str:
    span = finding.location.span
    where = escape.code(f"{finding.location.file}:{span.start_line}:{span.start_column}")
    return f"| {first} | {where} | {finding.code} {escape.markdown(finding.message)}{_fix(finding)} |"


def _fix(finding: Finding) -> str:
    return f"<br>fix: {escape.markdown(finding.fix.title)}" if finding.fix else ""


def _left_out(findings: Sequence[Finding]) -> str:
    words = [finding.severity.value for finding in findings]
    counted = [summary.count(words.count(word), word) for word in ("error", "warning", "note") if word in words]
    return f"… {summary.count(len(findings), 'more finding')} not shown here: {', '.join(counted)}."


def _rules(page: Bounded, report: Report) -> None:
    codes = [finding.code for finding in report.findings]
    titles = {code: escape.markdown(report.rules[code].title) for code in set(codes) & set(report.rules)}
    rows = [f"| {code} | {codes.count(code):,} | {titles.get(code, '')} |" for code in sorted(set(codes))]
    head = _folded(summary.count(len(rows), "rule"), "| code | findings | what it finds |\n|---|---|---|")
    foot = "\n`playbookctl explain CODE` says why, and how to fix or suppress it.\n\n</details>"
    if rows:
        page.add_rows(head, rows, foot, lambda shown: f"… {len(rows) - shown:,} more rules not shown here.", keep=4000)


def _suppressed(page: Bounded, findings: Sequence[Finding]) -> None:
    rows = [
        _row(finding, escape.markdown(finding.suppression.reason if finding.suppression else ""))
        for finding in findings
    ]
    head = _folded(f"{len(rows):,} suppressed", "| reason | where | what |\n|---|---|---|")
    if rows:
        page.add_rows(head, rows, "\n</details>", lambda shown: f"… {len(rows) - shown:,} more suppressed.", keep=2000)


def _notes(page: Bounded, report: Report) -> None:
    rows = [f"- skipped {escape.code(skipped.path)}: {escape.markdown(skipped.reason)}" for skipped in report.skipped]
    rows += [f"- {escape.markdown(message)}" for message in report.messages]
    rows += [f"- {escape.markdown(name)} {escape.markdown(version)}" for name, version in report.data]
    if rows:
        page.add_rows("", rows, "", lambda shown: f"… {len(rows) - shown:,} more notes.", keep=100)


def _folded(title: str, table: str) -> str:
    return f"\n<details><summary>{title}</summary>\n\n{table}"
