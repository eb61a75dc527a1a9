"""The JSON of a report, declared once: mypy holds the renderer to it, pydantic derives the published schema from it.

Nothing here is imported while a report is rendered. A field may be added within a version, none may go or change.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import NotRequired, TypedDict

from playbookctl.report.plan_shapes import Outcome, OutcomeTotals, Plan  # noqa: TC001 - pydantic reads the annotations

Severity = Literal["error", "warning", "note"]


class Tool(TypedDict):
    """Which tool wrote the report."""

    name: Literal["playbookctl"]
    version: str


class Totals(TypedDict):
    """The numbers of the report; suppressed findings count nowhere but in `suppressed`."""

    errors: int
    warnings: int
    notes: int
    suppressed: int
    files: int
    files_with_findings: int
    skipped: int
    fixable: int


class Place(TypedDict):
    """A place in a file. Lines and columns count from one, columns in Unicode characters, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    pointer: str
    """JSON Pointer (RFC 6901) of the value in the document."""


class Related(TypedDict):
    """Another place that belongs to a finding."""

    message: str
    place: Place


class Fix(TypedDict):
    """A remedy that `validate --fix` can apply; a safe one cannot change what the playbook does."""

    title: str
    safe: bool


class Suppression(TypedDict):
    """Why a finding is not counted."""

    kind: str
    reason: str


class Finding(TypedDict):
    """A mistake in a file."""

    code: str
    rule: str
    severity: Severity
    message: str
    place: Place
    source: str
    """The text of the first line, at most 400 characters."""
    related: list[Related]
    fix: Fix | None
    suppression: Suppression | None
    fingerprint: str
    """Stays the same when lines above are added or removed."""


class Rule(TypedDict):
    """What is known of a rule that was met."""

    name: str
    severity: Severity
    title: str


class Skipped(TypedDict):
    """A path that was not looked at."""

    path: str
    reason: str


class Report(TypedDict):
    """What one run of playbookctl has to say."""

    format: Literal["playbookctl/report"]
    version: Literal[1]
    tool: Tool
    command: str
    data: dict[str, str]
    """Versions of the data sets that the rules used."""
    totals: Totals
    findings: list[Finding]
    suppressed: list[Finding]
    rules: dict[str, Rule]
    skipped: list[Skipped]
    messages: list[str]
    plan: NotRequired[Plan]
    """Of a command that makes a plan."""
    outcome_totals: NotRequired[OutcomeTotals]
    outcomes: NotRequired[list[Outcome]]
    """Of a command that carries a plan out."""
