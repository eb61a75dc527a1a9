"""For programs: everything, versioned; the schema is published as `playbookctl schema report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.report.dump import dump
from playbookctl.report.fingerprint import fingerprints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.model import finding as model
    from playbookctl.model.report import Report, RuleInfo, Totals
    from playbookctl.model.source import NodePath
    from playbookctl.report import shapes
    from playbookctl.report.registry import Options


def render(report: Report, _: Options) -> str:
    """Return the report as JSON in ASCII, keys in the order of the schema."""
    return dump(shape(report))


def shape(report: Report) -> shapes.Report:
    """Return the report as plain JSON values."""
    whole: shapes.Report = {
        "format": "playbookctl/report",
        "version": 1,
        "tool": {"name": "playbookctl", "version": report.version},
        "command": report.command,
        "data": dict(report.data),
        "totals": _totals(report.totals),
        "findings": _findings(report.findings),
        "suppressed": _findings(report.suppressed),
        "rules": {code: _rule(report.rules[code]) for code in report.codes if code in report.rules},
        "skipped": [{"path": skipped.path, "reason": skipped.reason} for skipped in report.skipped],
        "messages": list(report.messages),
    }
    if report.plan is not None or report.outcomes is not None:
        _add_plan(whole, report)
    return whole


def _add_plan(whole: shapes.Report, report: Report) -> None:
    from playbookctl.report import plan_json

    if report.plan is not None and report.plan_totals is not None:
        whole["plan"] = plan_json.plan(report.plan, report.plan_totals)
    if report.outcomes is not None and report.outcome_totals is not None:
        whole["outcome_totals"] = plan_json.outcome_totals(report.outcome_totals)
        whole["outcomes"] = [plan_json.outcome(outcome) for outcome in report.outcomes]


def _totals(totals: Totals) -> shapes.Totals:
    return {
        "errors": totals.errors,
        "warnings": totals.warnings,
        "notes": totals.notes,
        "suppressed": totals.suppressed,
        "files": totals.files,
        "files_with_findings": totals.files_with_findings,
        "skipped": totals.skipped,
        "fixable": totals.fixable,
    }


def _findings(findings: Sequence[model.Finding]) -> list[shapes.Finding]:
    return [_finding(finding, mark) for finding, mark in zip(findings, fingerprints(findings), strict=True)]


def _finding(finding: model.Finding, fingerprint: str) -> shapes.Finding:
    fix, suppression = finding.fix, finding.suppression
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "place": _place(finding.location),
        "source": finding.location.line_text,
        "related": [{"message": message, "place": _place(location)} for location, message in finding.related],
        "fix": {"title": fix.title, "safe": fix.safe} if fix else None,
        "suppression": {"kind": suppression.kind, "reason": suppression.reason} if suppression else None,
        "fingerprint": fingerprint,
    }


def _place(location: model.Location) -> shapes.Place:
    span = location.span
    return {
        "file": location.file,
        "line": span.start_line,
        "column": span.start_column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "pointer": pointer(location.path),
    }


def pointer(path: NodePath) -> str:
    """Return a path in a document as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _rule(rule: RuleInfo) -> shapes.Rule:
    return {"name": rule.name, "severity": rule.severity.value, "title": rule.title}
