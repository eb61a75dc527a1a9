"""For reviewdog, which brings findings as review comments to GitHub, GitLab, Gitea and Bitbucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.finding import Severity
from playbookctl.report import escape
from playbookctl.report.dump import dump

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding, Fix, Location
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}
_MESSAGE = 4000  # characters


def render(report: Report, _: Options) -> str:
    """Return a DiagnosticResult of the Reviewdog Diagnostic Format; suppressed findings are left out."""
    worst = min((finding.severity for finding in report.findings), key=lambda severity: severity.rank, default=None)
    return dump(
        {
            "source": {"name": "playbookctl"},
            **({"severity": _SEVERITIES[worst]} if worst else {}),
            "diagnostics": [_diagnostic(finding) for finding in report.findings],
        }
    )


def _diagnostic(finding: Finding) -> dict[str, Any]:
    diagnostic: dict[str, Any] = {
        "message": escape.clip(escape.visible(finding.message), _MESSAGE),
        "location": _location(finding.location),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
    }
    if (suggestion := _suggestion(finding.fix)) is not None:
        diagnostic["suggestions"] = [suggestion]
    if finding.related:
        diagnostic["relatedLocations"] = [
            {"message": escape.clip(escape.visible(message), _MESSAGE), "location": _location(location)}
            for location, message in finding.related
        ]
    return diagnostic


def _suggestion(fix: Fix | None) -> dict[str, Any] | None:
    """Return the change of one place; what has to be changed in two cannot be said there."""
    if fix is None or len(fix.replacements) != 1:
        return None
    location, text = fix.replacements[0]
    span = location.span
    start = _position(location.line_text, span.start_line, span.start_column)
    same_line = span.end_line == span.start_line
    end = _position(location.line_text if same_line else "", span.end_line, span.end_column)
    return {"range": {"start": start, "end": end}, "text": text} if "column" in start and "column" in end else None


def _location(location: Location) -> dict[str, Any]:
    span = location.span
    start = _position(location.line_text, span.start_line, span.start_column)
    end = _position(location.line_text, span.end_line, span.end_column)
    one_line = span.start_line == span.end_line and "column" in start and "column" in end
    return {"path": location.file, "range": {"start": start, **({"end": end} if one_line else {})}}


def _position(line_text: str, line: int, column: int) -> dict[str, int]:
    """Columns are bytes of UTF-8 there; of a line that we do not have to that point only its number is said."""
    if column > len(line_text) + 1:
        return {"line": line, **({"column": 1} if column == 1 else {})}
    return {"line": line, "column": len(line_text[: column - 1].encode("utf-8", "surrogatepass")) + 1}
