"""No report repeats a secret: the part of a source line that the rule about secrets points at is shown as stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.finding import SECRET, Finding, Location

if TYPE_CHECKING:
    from collections.abc import Sequence


def masked(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with every secret in their source lines masked, also where another rule shows the line."""
    secrets = [finding.location for finding in findings if finding.code == SECRET]
    if not secrets:
        return list(findings)
    files = {location.file for location in secrets}
    return [_finding(finding, secrets) if finding.location.file in files else finding for finding in findings]


def _finding(finding: Finding, secrets: Sequence[Location]) -> Finding:
    return Finding(
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        _location(finding.location, secrets),
        related=tuple((_location(location, secrets), message) for location, message in finding.related),
        fix=finding.fix,
        suppression=finding.suppression,
    )


def _location(location: Location, secrets: Sequence[Location]) -> Location:
    text, line = location.line_text, location.span.start_line
    for secret in secrets:
        span = secret.span
        if secret.file == location.file and span.start_line <= line <= span.end_line:
            start = span.start_column - 1 if line == span.start_line else 0
            end = span.end_column - 1 if line == span.end_line else len(text)
            text = text[:start] + "*" * len(text[start:end]) + text[end:]
    return Location(location.file, location.span, location.path, text)
