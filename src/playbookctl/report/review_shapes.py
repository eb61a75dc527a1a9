"""The JSON of a review, declared once: what `playbookctl schema review` publishes."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

Kind = Literal["added", "removed", "renamed", "moved", "changed", "rewritten"]
Level = Literal["high", "medium", "low"]


class Tool(TypedDict):
    """Who wrote it."""

    name: Literal["playbookctl"]
    version: str


class Commit(TypedDict):
    """One side: what was asked for, and the commit that was looked at."""

    ref: str
    commit: str


class FindingTotals(TypedDict):
    """New findings, those of them that a comment of the change switches off, and fixed ones."""

    new: int
    silenced: int
    fixed: int


class Totals(TypedDict):
    """The numbers that every format says."""

    playbooks: dict[Kind, int]
    risks: dict[Level, int]
    findings: FindingTotals


class Numbers(TypedDict):
    """All playbooks of one side."""

    playbooks: int
    gates: int
    """Places where a person is asked."""
    automatic: int
    """Playbooks that start by themselves."""
    ungated: int
    """Steps that take something away, reached by those with nobody asked."""
    techniques: int
    """ATT&CK techniques that at least one playbook names."""


class Risk(TypedDict):
    """What became riskier: how it was, how it is, and what takes it back."""

    level: Level
    kinds: list[str]
    """Several, where changes have a joint effect."""
    key: str
    """The playbook's; empty for the repository's own files."""
    file: str
    sentence: str
    """Reads on after the playbook's name, or after 'The configuration'."""
    before: str
    now: str
    undo: str
    steps: list[str]
    owners: list[str]


class Exchange(TypedDict):
    """What a set of names gained and lost."""

    gained: list[str]
    lost: list[str]


class Step(TypedDict):
    """What became of a step."""

    kind: Literal["added", "removed", "changed", "renamed", "rewired", "moved"]
    id: str
    before_id: str
    """Another id that it had, if it is renamed."""
    name: str
    details: list[str]


class Caller(TypedDict):
    """Who calls a playbook, directly or through others."""

    key: str
    through: list[str]


class Diagrams(TypedDict):
    """The changed part as Mermaid; empty where there is nothing to show, or too much."""

    before: str
    now: str


class Playbook(TypedDict):
    """One playbook of which something changed."""

    kind: Kind
    key: str
    name: str
    file: str
    before_key: str
    before_file: str
    owners: list[str]
    digest_before: str
    """Of what the playbook says, whatever it looks like; empty on a side that lacks it."""
    digest_now: str
    said: list[str]
    steps: list[Step]
    connectors: Exchange
    actions: Exchange
    tactics: Exchange
    techniques: Exchange
    inputs: Exchange
    outputs: Exchange
    callers: list[Caller]
    diagrams: Diagrams


class Finding(TypedDict):
    """A finding that only one side has."""

    code: str
    severity: Literal["error", "warning", "note"]
    key: str
    file: str
    line: int
    message: str
    silenced: str | None
    """The reason given by a comment of the change that switches it off."""


class Firing(TypedDict):
    """How many alerts start a playbook, and some of those that make the difference."""

    key: str
    before: int
    after: int
    unclear: int
    gained: list[str]
    lost: list[str]


class Alerts(TypedDict):
    """Which alerts of a file start which changed playbooks."""

    file: str
    alerts: int
    firings: list[Firing]
    notes: list[str]


class TargetRow(TypedDict):
    """What a plan would do to one playbook."""

    key: str
    group: str
    fields: list[str]
    reason: str


class Target(TypedDict):
    """What a plan would do on its target."""

    environment: str
    tenant_id: str
    commit: str
    totals: dict[str, int]
    rows: list[TargetRow]
    notes: list[str]


class Review(TypedDict):
    """What a pull request changes."""

    format: Literal["playbookctl/review"]
    version: Literal[1]
    tool: Tool
    base: Commit
    head: Commit
    totals: Totals
    must_look: list[str]
    """The owners of the playbooks with the worst risks."""
    before: Numbers
    now: Numbers
    risks: list[Risk]
    playbooks: list[Playbook]
    new_findings: list[Finding]
    fixed_findings: list[Finding]
    files: list[str]
    """Changed files that judge: config, connectors, baseline."""
    not_checked: list[str]
    uncovered: list[str]
    """Techniques that a playbook of the base names, and none of the head."""
    attack: dict[str, str]
    """What the techniques and tactics are called that are told here, by id."""
    alerts: Alerts | None
    target: Target | None
