"""Runs of playbooks: what stands in their way, the queue, and what a run leaves on its playbook.

The queue is the table `runs`. One thread takes what is queued, walks it and stores the outcome in one transaction, so a
killed server leaves a run either queued or ended. A run moves `last_run_*` and `run_stats`, never `updated_at`.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from playbookctl.server import objects
from playbookctl.server.auth import Caller
from playbookctl.server.clock import now
from playbookctl.server.fields import CONNECTOR, PLAYBOOK
from playbookctl.server.problems import ApiProblem
from playbookctl.server.runs import SKIPPED, walk

if TYPE_CHECKING:
    import sqlite3

    from playbookctl.server.problems import Mistake
    from playbookctl.server.runs import Trace
    from playbookctl.server.store import Store

POLL_S = 0.25  # how soon a run that another process queued is seen


def obstacles(connection: sqlite3.Connection, playbook: dict[str, Any]) -> list[Mistake]:
    """Return what keeps a playbook from running: deleted, disabled, a required connector missing or disabled."""
    reasons = []
    if playbook["is_deleted"]:
        reasons.append(("/is_deleted", "the playbook is deleted"))
    if not playbook["enabled"]:
        reasons.append(("/enabled", "the playbook is disabled"))
    for index, connector_id in enumerate(playbook["required_connector_ids"]):
        lacking = _lacking(connection, playbook["tenant_id"], connector_id)
        if lacking:
            reasons.append((f"/required_connector_ids/{index}", f"connector '{connector_id}' {lacking}"))
    return reasons


def queue_run(
    connection: sqlite3.Connection, playbook: dict[str, Any], run_id: str, alert_id: str | None, inputs: dict[str, Any]
) -> None:
    """Store a run that waits for its turn."""
    connection.execute(
        "INSERT INTO runs (id, tenant_id, playbook_id, alert_id, inputs, status, trace, queued_at)"
        " VALUES (?, ?, ?, ?, ?, 'queued', '[]', ?)",
        (run_id, playbook["tenant_id"], playbook["id"], alert_id, json.dumps(inputs), now()),
    )


def record_skipped(
    connection: sqlite3.Connection, playbook: dict[str, Any], run_id: str, alert_id: str, reasons: list[Mistake]
) -> None:
    """Store a run that an alert fired and that could not begin."""
    queue_run(connection, playbook, run_id, alert_id, {})
    _end(connection, playbook, run_id, SKIPPED, _said(reasons), 0.0)


def run_next(connection: sqlite3.Connection) -> bool:
    """Walk the first run of the queue and store what came of it; return False for an empty queue."""
    run = connection.execute("SELECT * FROM runs WHERE status = 'queued' ORDER BY id LIMIT 1").fetchone()
    if run is None:
        return False
    playbook = objects.get(connection, PLAYBOOK, _everything_of(run["tenant_id"]), run["playbook_id"])
    began = time.perf_counter()
    if reasons := obstacles(connection, playbook):  # it may have changed since it was queued
        status, trace = SKIPPED, _said(reasons)
    else:
        status, trace = walk(playbook["steps"], lambda connector: not _lacking(connection, run["tenant_id"], connector))
    _end(connection, playbook, run["id"], status, trace, (time.perf_counter() - began) * 1000)
    return True


def counted(stats: dict[str, Any], status: str, duration_ms: float) -> dict[str, Any]:
    """Return the statistics after one more run; the average is over the runs that were not skipped."""
    walked = stats["succeeded"] + stats["failed"]
    after = {**stats, "total": stats["total"] + 1, status: stats[status] + 1, "last_status": status}
    if status != SKIPPED:
        total_ms = (stats["average_duration_ms"] or 0.0) * walked + duration_ms
        after["average_duration_ms"] = round(total_ms / (walked + 1), 3)
    return after


class Runner(threading.Thread):
    """The thread that empties the queue. `wake`: something was queued; `stop`: end after the run at hand."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="runner", daemon=True)
        self._store = store
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Empty the queue, wait, look again."""
        while not self._stopping.is_set():
            self._woken.wait(POLL_S)
            self._woken.clear()
            while not self._stopping.is_set() and self._waiting():
                with self._store.writing() as connection:
                    run_next(connection)

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        self._woken.set()
        self.join()

    def _waiting(self) -> bool:
        with self._store.reading() as connection:
            return connection.execute("SELECT 1 FROM runs WHERE status = 'queued' LIMIT 1").fetchone() is not None


def _end(
    connection: sqlite3.Connection, playbook: dict[str, Any], run_id: str, status: str, trace: Trace, duration_ms: float
) -> None:
    ended = now()
    connection.execute(
        "UPDATE runs SET status = ?, trace = ?, ended_at = ? WHERE id = ?", (status, json.dumps(trace), ended, run_id)
    )
    stats = counted(playbook["run_stats"], status, duration_ms)
    objects.save(connection, PLAYBOOK, {**playbook, "last_run_at": ended, "last_run_id": run_id, "run_stats": stats})


def _said(reasons: list[Mistake]) -> Trace:
    return [{"step": pointer, "outcome": reason} for pointer, reason in reasons]


def _lacking(connection: sqlite3.Connection, tenant_id: str, connector_id: str) -> str:
    try:
        connector = objects.get(connection, CONNECTOR, _everything_of(tenant_id), connector_id)
    except ApiProblem:
        return "does not exist"
    if connector["is_deleted"]:
        return "is deleted"
    return "" if connector["enabled"] else "is disabled"


def _everything_of(tenant_id: str) -> Caller:
    return Caller(tenant_id, "", None, frozenset())
