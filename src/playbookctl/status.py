"""One row per playbook: where the plan sees it, and what the server says of the live one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.health import connector_warnings, unwell
from playbookctl.model.plan_totals import Group, group_of
from playbookctl.model.status import Runs, Status, StatusRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from playbookctl.model.plan import Change, Plan
    from playbookctl.model.status import ConnectorWarning
    from playbookctl.plan.lookups import Lookups
    from playbookctl.survey import Survey

VITALS = ("last_run_at", "last_run_id", "run_stats", "owner_id")


class Vitals:
    """What `survey` is to keep of each live playbook beside its digests: give `look` to it as `on_row`."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}

    def look(self, row: Mapping[str, Any]) -> None:
        """Take in an object of the API."""
        self._rows[str(row["id"])] = {name: row.get(name) for name in VITALS}

    def of(self, live_id: str) -> Mapping[str, Any]:
        """Return what is known of a live playbook, nothing for one that was not seen."""
        return self._rows.get(live_id, {})


def status_of(found: Survey, plan: Plan, lookups: Lookups, vitals: Vitals, now: datetime) -> Status:
    """Return the status of every playbook that has a file or is ours."""
    people = _people(found, lookups)
    return Status(
        environment=plan.environment,
        namespace=plan.namespace,
        tenant_id=plan.tenant_id,
        now=now.isoformat(timespec="seconds"),
        rows=tuple(_row(change, found, vitals, people) for change in plan.changes),
        warnings=warnings_of(found, lookups, now),
        not_ours=plan.counts.unmanaged + plan.counts.foreign + plan.counts.copies,
    )


def warnings_of(found: Survey, lookups: Lookups, now: datetime) -> tuple[ConnectorWarning, ...]:
    """Return what the connectors suffer from that the repository's playbooks use here."""
    ill = unwell(found.connectors or (), now)
    users: dict[str, list[str]] = {}
    for key, loaded in found.gathered.playbooks.items() if ill else ():
        for kind, name in loaded.names:
            connector_id = lookups.connector(name) if kind == "connector" else None
            if isinstance(connector_id, str):
                users.setdefault(connector_id, []).append(key)
    return connector_warnings(ill, users)


def _row(change: Change, found: Survey, vitals: Vitals, people: Mapping[str, str]) -> StatusRow:
    live, said = found.rows.by_id.get(change.live_id), vitals.of(change.live_id)
    owner_id = str(said.get("owner_id") or "")
    wanted = _owner_of_file(found, change.key)
    stats = said.get("run_stats")
    return StatusRow(
        key=change.key,
        name=change.name,
        standing=_standing(change),
        file=change.file,
        live_id=change.live_id,
        enabled=live.enabled if live is not None else None,
        auto_execute=live.auto_execute if live is not None else None,
        owner=people.get(owner_id, owner_id) if owner_id else wanted if live is None else "",
        last_run_at=str(said.get("last_run_at") or ""),
        last_status=str(stats.get("last_status") or "") if isinstance(stats, dict) else "",
        runs=_runs(stats),
    )


def _standing(change: Change) -> str:
    group = group_of(change)
    return "in sync" if group is Group.UNCHANGED else group.value


def _runs(stats: object) -> Runs | None:
    """Return the counts that a server gives; one that it leaves out, or that is no number, counts as none."""
    if not isinstance(stats, dict) or not stats.get("total"):
        return None
    numbers = (stats.get(name) for name in ("total", "succeeded", "failed", "skipped"))
    return Runs(*(number if isinstance(number, int) else 0 for number in numbers))


def _owner_of_file(found: Survey, key: str) -> str:
    loaded = found.gathered.playbooks.get(key)
    return loaded.about.owner if loaded is not None else ""


def _people(found: Survey, lookups: Lookups) -> dict[str, str]:
    """Return {id: name} of persons: as the files call them, else as the server does."""
    listed = {str(row["id"]): str(row.get("display_name") or row["id"]) for row in found.persons or ()}
    return {**listed, **lookups.names("owner", found.gathered.owners)}
