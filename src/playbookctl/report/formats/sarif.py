"""For code scanning: SARIF 2.1.0 with each rule's page as help, fixes, suppressions and stable fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.report import RuleInfo
from playbookctl.report import escape
from playbookctl.report.dump import dump
from playbookctl.report.fingerprint import fingerprints
from playbookctl.report.formats.json import pointer

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding, Fix, Location
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_MESSAGE = 4000  # characters
_WEIGHTS = {"error": "error", "warning": "warning", "note": "recommendation"}  # GitHub's words


def render(report: Report, _: Options) -> str:
    """Return one run with all findings; suppressed ones are results with a suppression, as SARIF has them."""
    codes = {code: index for index, code in enumerate(report.codes)}
    findings = sorted((*report.findings, *report.suppressed), key=lambda finding: finding.order)
    marks = fingerprints(findings)
    results = [_result(finding, codes[finding.code], mark) for finding, mark in zip(findings, marks, strict=True)]
    run = {
        "tool": {"driver": _driver(report)},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": f"playbookctl/{escape.visible(report.command)}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which playbookctl was run."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report)}],
        "results": results,
    }
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": "playbookctl",
        "version": report.version,
        "rules": [_rule(rule) for rule in _rules(report)],
        "properties": {"data": {escape.visible(name): escape.visible(version) for name, version in report.data}},
    }


def _rules(report: Report) -> list[RuleInfo]:
    """Return what is known of each rule that was met, in the order of `report.codes`."""
    met = {finding.code: finding for finding in (*report.findings, *report.suppressed)}
    return [report.rules.get(code) or RuleInfo(code, met[code].rule, met[code].severity) for code in report.codes]


def _rule(rule: RuleInfo) -> dict[str, Any]:
    title = rule.title or rule.name
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": rule.help or title, "markdown": rule.help or title},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"precision": "high", "problem.severity": _WEIGHTS[rule.severity.value]},
    }


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    result = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": _text(finding.message)},
        "locations": [_location(finding.location)],
        "partialFingerprints": {"playbookctl/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(location), "message": {"text": _text(message)}}
            for number, (location, message) in enumerate(finding.related, 1)
        ]
    if finding.fix is not None and finding.fix.replacements:
        result["fixes"] = [_fix(finding.fix, _artifact(finding.location))]
    if finding.suppression is not None:
        said = {"justification": _text(finding.suppression.reason)} if finding.suppression.reason else {}
        result["suppressions"] = [{"kind": finding.suppression.kind, **said}]
    return result


def _text(message: str) -> str:
    return escape.sarif(escape.clip(escape.visible(message), _MESSAGE)) or "(no message)"


def _location(location: Location) -> dict[str, Any]:
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(location), "region": _region(location)}}
    if location.path:
        place["logicalLocations"] = [{"fullyQualifiedName": escape.visible(pointer(location.path)), "kind": "value"}]
    return place


def _artifact(location: Location) -> dict[str, str]:
    address = escape.uri(location.file)
    return {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": _ROOT}


def _region(location: Location) -> dict[str, int]:
    span = location.span
    return {
        "startLine": span.start_line,
        "startColumn": span.start_column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix, artifact: dict[str, str]) -> dict[str, Any]:
    changes = [
        {"deletedRegion": _region(location), **({"insertedContent": {"text": text}} if text else {})}
        for location, text in fix.replacements
    ]
    said = fix.title if fix.safe else f"{fix.title}; this may change what is sent"
    return {
        "description": {"text": _text(said)},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": changes}],
    }


def _notifications(report: Report) -> list[dict[str, Any]]:
    skipped = [f"skipped {skipped.path}: {skipped.reason}" for skipped in report.skipped]
    return [{"level": "note", "message": {"text": _text(text)}} for text in (*skipped, *report.messages)]
