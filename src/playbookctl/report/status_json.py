"""The status of playbooks for programs, versioned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.report.dump import dump

if TYPE_CHECKING:
    from playbookctl.model.status import ConnectorWarning, Status, StatusRow
    from playbookctl.report import live_shapes as shapes


def render(status: Status) -> str:
    """Return the status as JSON in ASCII. A field may be added within a version, none may go or change."""
    said: shapes.Status = {
        "format": "playbookctl/status",
        "version": 1,
        "environment": status.environment,
        "namespace": status.namespace,
        "tenant_id": status.tenant_id,
        "now": status.now,
        "totals": {
            "playbooks": len(status.rows),
            "standings": dict(sorted(status.standings)),
            "enabled": status.enabled,
            "automatic": status.automatic,
            "failed": status.failed,
            "not_ours": status.not_ours,
        },
        "playbooks": [_row(row) for row in status.rows],
        "warnings": [_warning(warning) for warning in status.warnings],
    }
    return dump(said)


def _row(row: StatusRow) -> shapes.StatusRow:
    runs = row.runs
    return {
        "key": row.key,
        "name": row.name,
        "standing": row.standing,  # type: ignore[typeddict-item] # a group's value, or 'in sync'
        "file": row.file,
        "live_id": row.live_id,
        "enabled": row.enabled,
        "auto_execute": row.auto_execute,
        "owner": row.owner,
        "last_run_at": row.last_run_at or None,
        "last_status": row.last_status or None,
        "runs": None
        if runs is None
        else {"total": runs.total, "succeeded": runs.succeeded, "failed": runs.failed, "skipped": runs.skipped},
    }


def _warning(warning: ConnectorWarning) -> shapes.ConnectorWarning:
    return {
        "connector": warning.name,
        "connector_id": warning.connector_id,
        "reasons": list(warning.reasons),
        "playbooks": list(warning.keys),
    }
