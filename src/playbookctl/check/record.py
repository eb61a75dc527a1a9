"""Examined files as JSON and back, without loss: what the cache keeps and what worker processes hand over.

The file itself is left out: a record holds for any file with this content, wherever it is looked at from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.check.examined import Examined, Said
from playbookctl.check.suppress import Comment
from playbookctl.model.finding import Edit, Finding, Fix, Location, Severity, Suppression
from playbookctl.model.source import Key, Span
from playbookctl.model.workspace import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.source import NodePath

_NOTHING = '["",[],[]]'
_SEVERITIES = {severity.value: severity for severity in Severity}
_encode = json.JSONEncoder(separators=(",", ":")).encode


def write_found(examined: Examined) -> str:
    """Return what was said of a file, as one line of ASCII."""
    if not examined.said and not examined.comments:
        return _NOTHING
    said = [_said(said) for said in examined.said]
    comments = [
        [list(each.codes), each.until, each.reason, _span(each.span), each.start, each.end, each.text]
        for each in examined.comments
    ]
    return _encode([examined.playbook, said, comments])


def write_summary(summary: Summary) -> str:
    """Return a summary as one line of ASCII."""
    return _encode([summary.key, summary.name, summary.has_key, summary.facts])


def read_found(file: str, text: str, summary: Summary) -> Examined:
    """Return what `write_found` has written, for `file` as it is shown now."""
    if text == _NOTHING:
        return Examined(file, "", (), (), summary)
    playbook, said, comments = json.loads(text)
    return Examined(
        file,
        playbook,
        tuple(_read_said(file, row) for row in said),
        tuple(
            Comment(tuple(codes), until, reason, Span(*span), (start, end), text)
            for codes, until, reason, span, start, end, text in comments
        ),
        summary,
    )


def read_summaries(files: list[str], texts: list[str]) -> list[Summary]:
    """Return the summaries that `write_summary` has written, for `files` as they are shown now."""
    rows = json.loads(f"[{','.join(texts)}]")  # one call for all is three times as fast as one for each
    return [
        Summary(file, key, name, facts, has_key=has_key)
        for file, (key, name, has_key, facts) in zip(files, rows, strict=True)
    ]


def write_findings(findings: Iterable[Finding]) -> str:
    """Return findings in any files as one line of ASCII."""
    return _encode([_finding(finding) for finding in findings])


def read_findings(text: str) -> list[Finding]:
    """Return the findings that `write_findings` has written."""
    return [_read_finding(*row) for row in json.loads(text)]


def _finding(finding: Finding) -> list[Any]:
    suppression = finding.suppression
    return [
        [finding.code, finding.rule, finding.severity.value, finding.message, finding.location.file],
        _place(finding.location),
        [[place.file, _place(place), message] for place, message in finding.related],
        finding.fix and _fix(finding.fix),
        suppression and [suppression.kind, suppression.reason],
    ]


def _read_finding(words: list[str], place: Any, related: Any, fix: Any, suppression: Any) -> Finding:
    code, rule, severity, message, file = words
    return Finding(
        code,
        rule,
        _SEVERITIES[severity],
        message,
        _read_place(file, place),
        related=tuple((_read_place(other, there), words) for other, there, words in related),
        fix=fix and _read_fix(file, fix),
        suppression=suppression and Suppression(*suppression),
    )


def _said(said: Said) -> list[Any]:
    return [
        said.identity,
        said.message,
        _place(said.location),
        said.severity and said.severity.value,
        [[_place(place), message] for place, message in said.related],
        said.fix and _fix(said.fix),
    ]


def _read_said(file: str, row: list[Any]) -> Said:
    identity, message, place, severity, related, fix = row
    return Said(
        tuple(identity),
        message,
        _read_place(file, place),
        severity and _SEVERITIES[severity],
        tuple((_read_place(file, other), words) for other, words in related),
        fix and _read_fix(file, fix),
    )


def _fix(fix: Fix) -> list[Any]:
    edits = [[_path(edit.path), edit.text, edit.mode, edit.at] for edit in fix.edits]
    return [fix.title, fix.safe, edits, [[_place(place), text] for place, text in fix.replacements]]


def _read_fix(file: str, row: list[Any]) -> Fix:
    title, safe, edits, replacements = row
    return Fix(
        title,
        tuple(Edit(_read_path(path), text, mode, at=at) for path, text, mode, at in edits),
        safe=safe,
        replacements=tuple((_read_place(file, place), text) for place, text in replacements),
    )


def _place(location: Location) -> list[Any]:
    return [_span(location.span), _path(location.path), location.line_text]


def _read_place(file: str, row: list[Any]) -> Location:
    span, path, line_text = row
    return Location(file, Span(*span), _read_path(path), line_text)


def _span(span: Span) -> list[int]:
    return [span.start_line, span.start_column, span.end_line, span.end_column, span.start, span.end]


def _path(path: NodePath) -> list[Any]:
    return [[part] if isinstance(part, Key) else part for part in path]


def _read_path(path: list[Any]) -> NodePath:
    return tuple(Key(part[0]) if isinstance(part, list) else part for part in path)
