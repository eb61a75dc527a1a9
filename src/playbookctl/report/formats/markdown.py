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
_PATH = 100  # characters of a path
_MANY, _FEW, _SOME = 48_000, 20_000, 5_000  # characters for the findings alone or beside a plan, for each smaller table


def render(report: Report, _: Options) -> str:
    """Return the report as Markdown of at most 65,000 characters."""
    page = Bounded(LIMIT)
    page.add(marker(report))
    if report.findings or (report.plan is None and report.outcomes is None):
        page.add(f"**playbookctl {_word(report.command)}**: {summary.findings(report.totals)}\n")
        _findings(page, report)
        _rules(page, report)
    _suppressed(page, report.suppressed)
    _add_plan(page, report)
    _notes(page, report)
    return page.text()


def marker(report: Report) -> str:
    """Return the hidden first line by which a later run finds its own comment again, one per environment."""
    environment = f":{_word(report.plan.environment)}" if report.plan else ""
    return f"<!-- playbookctl:{_word(report.command)}{environment} -->"


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:64]


def _add_plan(page: Bounded, report: Report) -> None:
    if report.outcomes is not None:
        from playbookctl.report import outcome_markdown

        outcome_markdown.add(page, report, _word(report.command))
    if report.plan is not None:
        from playbookctl.report import plan_markdown

        plan_markdown.add(page, report, "plan" if report.outcomes is not None else _word(report.command))


def _findings(page: Bounded, report: Report) -> None:
    findings = sorted(report.findings, key=lambda finding: (finding.severity.rank, finding.order))
    rows = [_row(finding, f"**{finding.severity.value}**") for finding in findings]

    def left_out(shown: int) -> str:
        return f"{_left_out(findings[shown:])} Run `playbookctl validate` to see them all."

    page.add_rows(
        "| | where | what |\n|---|---|---|", rows, "", left_out, at_most=_MANY if report.plan is None else _FEW
    )


def _row(finding: Finding, first: str) -> str:
    span = finding.location.span
    where = escape.code(f"{escape.clip(finding.location.file, _PATH)}:{span.start_line}:{span.start_column}", 2 * _PATH)
    fix = f"<br>fix: {escape.markdown(finding.fix.title)}" if finding.fix else ""
    return f"| {first} | {where} | {escape.markdown(finding.code)} {escape.markdown(finding.message)}{fix} |"


def _left_out(findings: Sequence[Finding]) -> str:
    words = [finding.severity.value for finding in findings]
    counted = [summary.count(words.count(word), word) for word in ("error", "warning", "note") if word in words]
    return f"… {summary.count(len(findings), 'more finding')} not shown here: {', '.join(counted)}."


def _rules(page: Bounded, report: Report) -> None:
    codes = [finding.code for finding in report.findings]
    titles = {code: escape.markdown(report.rules[code].title) for code in set(codes) & set(report.rules)}
    rows = [f"| {code} | {codes.count(code):,} | {titles.get(code, '')} |" for code in sorted(set(codes))]
    page.add_rows(
        folded(summary.count(len(rows), "rule"), "| code | findings | what it finds |\n|---|---|---|"),
        rows,
        "\n`playbookctl explain CODE` says why, and how to fix or suppress it.\n\n</details>",
        lambda shown: f"… {summary.count(len(rows) - shown, 'more rule')} not shown here.",
        at_most=_SOME,
    )


def _suppressed(page: Bounded, findings: Sequence[Finding]) -> None:
    rows = [
        _row(finding, escape.markdown(finding.suppression.reason if finding.suppression else ""))
        for finding in findings
    ]
    page.add_rows(
        folded(f"{len(rows):,} suppressed", "| reason | where | what |\n|---|---|---|"),
        rows,
        "\n</details>",
        lambda shown: f"… {len(rows) - shown:,} more suppressed, not shown here.",
        at_most=_SOME,
    )


def _notes(page: Bounded, report: Report) -> None:
    rows = [f"- skipped {escape.code(skipped.path)}: {escape.markdown(skipped.reason)}" for skipped in report.skipped]
    rows += [f"- {escape.markdown(message)}" for message in report.messages]
    rows += [f"- {escape.markdown(name)} {escape.markdown(version)}" for name, version in report.data]
    page.add_rows(
        "",
        rows,
        "",
        lambda shown: f"… {summary.count(len(rows) - shown, 'more note')} not shown here.",
        at_most=_SOME,
    )


def folded(title: str, text: str) -> str:
    """Return the beginning of a folded section; `title` is harmless already, `</details>` ends it."""
    return f"\n<details><summary>{title}</summary>\n\n{text}"
