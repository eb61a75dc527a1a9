"""The JSON of a plan and of outcomes inside a report, declared once; see shapes.py."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

Group = Literal[
    "conflict", "held", "drift", "create", "finish", "update", "revive", "adopt", "mark", "duplicate", "retire",
    "orphan", "unchanged",
]  # fmt: skip


class ValueChange(TypedDict):
    """One value inside a step; null where it is absent."""

    path: str
    before: Any
    after: Any


class StepChange(TypedDict):
    """How a step differs between two versions, such as live (before) and the repo (after)."""

    id: str
    kind: Literal["added", "removed", "changed", "moved"]
    name: str
    values: list[ValueChange]
    dropped: list[str]
    """The vendor's own keys that go with a removed step."""


class FieldChange(TypedDict):
    """One field, by the API's name, in which live (before) and the repo (after) differ."""

    field: str
    moved_by: Literal["repo", "live", "both", "environment"]
    before: Any
    after: Any
    base: Any
    """The last applied value, where git knows it."""
    written: bool
    brake: bool
    """Live is safer, so that only `--release` undoes it."""
    expected: bool
    steps: list[StepChange]
    by_live: list[StepChange]
    """What live made of the last applied steps; empty unless both sides moved them and git knows those."""
    by_repo: list[StepChange]
    """What the repo made of the last applied steps; empty as above."""


class Writer(TypedDict):
    """Who wrote the live playbook last, as the server says it."""

    updated_by: str
    updated_at: str
    source_type: str


class Change(TypedDict):
    """What is to become of one playbook, and why."""

    key: str
    name: str
    group: Group
    action: str
    standing: Literal["in sync", "repo ahead", "server drifted", "conflict", "needs a human"]
    row: int
    """The row of the three-way table."""
    file: str
    live_id: str
    live_hash: str
    reason: str
    hint: str
    fields: list[FieldChange]
    safer: list[str]
    riskier: list[str]
    writer: Writer | None
    touched: bool | None
    """Whether this commit changes the file; null outside git."""
    notes: list[str]


class PlanTotals(TypedDict):
    """The changes by group; each of them is in exactly one."""

    groups: dict[Group, int]
    writes: int
    also_drifted: int
    expected: int
    riskier: int
    refusals: int


class Refusal(TypedDict):
    """Why sync refuses the plan as a whole."""

    message: str
    hint: str


class NotTouched(TypedDict):
    """Live playbooks that are none of ours, by class."""

    unmanaged: int
    foreign: int
    copies: int
    duplicates: int
    retired: int
    deleted: int


class Plan(TypedDict):
    """Everything that a sync would do."""

    environment: str
    namespace: str
    tenant_id: str
    app_id: str
    commit: str | None
    totals: PlanTotals
    changes: list[Change]
    refusals: list[Refusal]
    not_touched: NotTouched
    notes: list[str]


class Outcome(TypedDict):
    """What became of one change."""

    key: str
    action: str
    kind: Literal["done", "already so", "held", "stale", "altered", "failed", "unknown", "skipped"]
    failed: bool
    live_id: str
    message: str
    hint: str
    request_id: str
    altered: list[str]
    attempts: int
    backup: str


class OutcomeTotals(TypedDict):
    """The outcomes by kind, and how many of them make the run end with 4."""

    kinds: dict[str, int]
    failed: int
