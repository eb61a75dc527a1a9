"""The JSON that `status`, `doctor` and `run` print, declared once; see shapes.py."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict


class Runs(TypedDict):
    """The runs of a live playbook as the server counts them."""

    total: int
    succeeded: int
    failed: int
    skipped: int


class StatusRow(TypedDict):
    """One playbook that has a file or is ours. What nobody knows is null or empty."""

    key: str
    name: str
    standing: Literal[
        "in sync", "create", "finish", "update", "revive", "adopt", "mark", "duplicate", "retire", "conflict", "held",
        "drift", "orphan",
    ]  # fmt: skip
    """Where the plan sees it: the group of its change, or 'in sync'."""
    file: str
    live_id: str
    enabled: bool | None
    """Of the live playbook; null where there is none."""
    auto_execute: bool | None
    owner: str
    last_run_at: str | None
    """As the server says it (RFC 3339)."""
    last_status: str | None
    runs: Runs | None


class ConnectorWarning(TypedDict):
    """A connector that playbooks use and that does not work, or soon will not."""

    connector: str
    connector_id: str
    reasons: list[str]
    playbooks: list[str]
    """The keys of those that use it."""


class StatusTotals(TypedDict):
    """The numbers of the status."""

    playbooks: int
    standings: dict[str, int]
    enabled: int
    automatic: int
    """Enabled, and started by alerts."""
    failed: int
    """Of those that failed when they ran last."""
    not_ours: int
    """Live playbooks of others, which are counted and never touched."""


class Status(TypedDict):
    """What `playbookctl status --format json` prints."""

    format: Literal["playbookctl/status"]
    version: Literal[1]
    environment: str
    namespace: str
    tenant_id: str
    now: str
    """The moment of looking (RFC 3339)."""
    totals: StatusTotals
    playbooks: list[StatusRow]
    warnings: list[ConnectorWarning]


class Check(TypedDict):
    """One check of a checkup."""

    topic: str
    verdict: Literal["ok", "warn", "fail", "not checked"]
    said: str
    remedy: str


class Checkup(TypedDict):
    """What `playbookctl doctor --format json` prints."""

    format: Literal["playbookctl/checkup"]
    version: Literal[1]
    code: int
    """The exit code: that of a sync with this set-up."""
    message: str
    """What is wrong first, empty where nothing is."""
    hint: str
    environment: str
    checks: list[Check]


class Run(TypedDict):
    """What `playbookctl run --format json` prints."""

    format: Literal["playbookctl/run"]
    version: Literal[1]
    key: str
    live_id: str
    run_id: str
    end: Literal["going", "succeeded", "failed", "skipped", "unknown"]
    """'going' where nobody waited for its end, 'unknown' where it was waited for in vain."""
    seconds: float
    run_stats: dict[str, Any]
    """The playbook's, as the server counts them."""
