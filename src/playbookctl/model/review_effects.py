"""What a change does outside the repository: to the alerts of the past, and on a target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firing:
    """How many alerts start a playbook before and after, with the ids (else lines) of some that differ.

    `unclear` counts alerts for which it cannot be told on at least one side.
    """

    key: str
    before: int
    after: int
    unclear: int = 0
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertsEffect:
    """Which alerts of a file fire which changed playbooks. `alerts` were read, `notes` say what was left out."""

    file: str
    alerts: int
    firings: tuple[Firing, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What a plan would do to one playbook: its group ('update', 'held', …), fields by the API's names, and why."""

    key: str
    group: str
    fields: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TargetEffect:
    """What a saved plan would do on its target. `totals` pairs groups with numbers."""

    environment: str
    tenant_id: str
    commit: str
    totals: tuple[tuple[str, int], ...] = ()
    rows: tuple[TargetRow, ...] = ()
    notes: tuple[str, ...] = ()
