"""Alerts come in, and fire the enabled automatic playbooks whose trigger conditions they all meet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.server import objects
from playbookctl.server.fields import ALERT, CONNECTOR, PLAYBOOK
from playbookctl.server.runner import obstacles, queue_run, record_skipped
from playbookctl.server.runs import fires
from playbookctl.server.shapes import accepted

if TYPE_CHECKING:
    import sqlite3

    from playbookctl.server.auth import Caller
    from playbookctl.server.store import Store


@dataclass(frozen=True)
class Ingested:
    """An alert that came in, and the runs it queued; `skipped` counts playbooks that it fired but that cannot run."""

    alert_id: str
    run_ids: tuple[str, ...]
    skipped: int


def ingest(store: Store, caller: Caller, body: dict[str, Any]) -> Ingested:
    """Store an alert and queue the runs it fires, in one transaction; raise ApiProblem 422 for what is no alert."""
    values = accepted(ALERT, body, whole=True)
    with store.writing() as connection:
        alert = objects.insert(connection, ALERT, caller, store.ids.next(ALERT.prefix), values, source_type="system")
        run_ids, skipped = [], 0
        available = _available(connection, caller.tenant_id)
        for playbook in _automatic(connection, caller.tenant_id):
            if not fires(playbook, alert, available):
                continue
            run_id = store.ids.next("run")
            if reasons := obstacles(connection, playbook):
                record_skipped(connection, playbook, run_id, alert["id"], reasons)
                skipped += 1
            else:
                queue_run(connection, playbook, run_id, alert["id"], {})
                run_ids.append(run_id)
    return Ingested(alert["id"], tuple(run_ids), skipped)


def _automatic(connection: sqlite3.Connection, tenant_id: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        "SELECT doc FROM objects WHERE resource = ? AND tenant_id = ? AND is_deleted = 0"
        " AND json_extract(doc, '$.auto_execute') AND json_extract(doc, '$.enabled') ORDER BY id",
        (PLAYBOOK.name, tenant_id),
    )
    return [json.loads(row["doc"]) for row in rows]


def _available(connection: sqlite3.Connection, tenant_id: str) -> set[str]:
    rows = connection.execute(
        "SELECT id, json_extract(doc, '$.name') AS name FROM objects WHERE resource = ? AND tenant_id = ?"
        " AND is_deleted = 0 AND json_extract(doc, '$.enabled')",
        (CONNECTOR.name, tenant_id),
    )
    return {text for row in rows for text in (row["id"], row["name"])}
