"""For GitLab: a code quality report, whose findings the merge request shows beside the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.finding import Severity
from playbookctl.report import escape
from playbookctl.report.dump import dump
from playbookctl.report.fingerprint import fingerprints

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
_DESCRIPTION = 1000  # characters


def render(report: Report, _: Options) -> str:
    """Return a list of findings as GitLab's documentation of the format has them; suppressed ones are left out."""
    return dump(
        [_finding(finding, mark) for finding, mark in zip(report.findings, fingerprints(report.findings), strict=True)]
    )


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    message = escape.clip(escape.visible(finding.message), _DESCRIPTION)
    return {
        "description": f"{finding.code} {message}",
        "check_name": f"{finding.code} {finding.rule}",
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": finding.location.file.removeprefix("./"),
            "lines": {"begin": finding.location.span.start_line},
        },
    }
