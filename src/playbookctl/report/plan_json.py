"""A plan and its outcomes as plain JSON values, in the shapes of plan_shapes.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.marker import NO_COMMIT
from playbookctl.model.plan_totals import group_of
from playbookctl.report.values import parse

if TYPE_CHECKING:
    from playbookctl.model import outcome as outcomes
    from playbookctl.model import plan as model
    from playbookctl.model import plan_totals
    from playbookctl.report import plan_shapes as shapes


def plan(value: model.Plan, totals: plan_totals.PlanTotals) -> shapes.Plan:
    """Return a plan as JSON values."""
    counts = value.counts
    return {
        "environment": value.environment,
        "namespace": value.namespace,
        "tenant_id": value.tenant_id,
        "app_id": value.app_id,
        "commit": None if value.commit == NO_COMMIT else value.commit,
        "totals": {
            "groups": {group.value: number for group, number in totals.groups},
            "writes": totals.writes,
            "also_drifted": totals.also_drifted,
            "expected": totals.expected,
            "riskier": totals.riskier,
            "refusals": totals.refusals,
        },
        "changes": [_change(change) for change in value.changes],
        "refusals": [{"message": refusal.message, "hint": refusal.hint} for refusal in value.refusals],
        "not_touched": {
            "unmanaged": counts.unmanaged,
            "foreign": counts.foreign,
            "copies": counts.copies,
            "duplicates": counts.duplicates,
            "retired": counts.retired,
            "deleted": counts.deleted,
        },
        "notes": list(value.notes),
    }


def outcome(value: outcomes.Outcome) -> shapes.Outcome:
    """Return an outcome as JSON values."""
    return {
        "key": value.key,
        "action": value.action.value,
        "kind": value.kind.value,
        "failed": value.failed,
        "live_id": value.live_id,
        "message": value.message,
        "hint": value.hint,
        "request_id": value.request_id,
        "altered": list(value.altered),
        "attempts": value.attempts,
        "backup": value.backup,
    }


def outcome_totals(value: plan_totals.OutcomeTotals) -> shapes.OutcomeTotals:
    """Return the totals of outcomes as JSON values."""
    return {"kinds": {kind.value: number for kind, number in value.kinds}, "failed": value.failed}


def _change(change: model.Change) -> shapes.Change:
    return {
        "key": change.key,
        "name": change.name,
        "group": group_of(change).value,
        "action": change.action.value,
        "standing": change.standing.value,
        "row": change.row,
        "file": change.file,
        "live_id": change.live_id,
        "live_hash": change.live_hash,
        "reason": change.reason,
        "hint": change.hint,
        "fields": [_field(field) for field in change.fields],
        "safer": list(change.safer),
        "riskier": list(change.riskier),
        "writer": _writer(change.writer) if change.writer else None,
        "touched": change.touched,
        "notes": list(change.notes),
    }


def _writer(writer: model.Writer) -> shapes.Writer:
    return {"updated_by": writer.updated_by, "updated_at": writer.updated_at, "source_type": writer.source_type}


def _field(field: model.FieldChange) -> shapes.FieldChange:
    return {
        "field": field.field,
        "moved_by": field.moved_by.value,
        "before": parse(field.before),
        "after": parse(field.after),
        "base": parse(field.base),
        "written": field.written,
        "brake": field.brake,
        "expected": field.expected,
        "steps": [_step(step) for step in field.steps],
        "by_live": [_step(step) for step in field.by_live],
        "by_repo": [_step(step) for step in field.by_repo],
    }


def _step(step: model.StepChange) -> shapes.StepChange:
    return {
        "id": step.id,
        "kind": step.kind.value,
        "name": step.name,
        "values": [
            {"path": value.path, "before": parse(value.before), "after": parse(value.after)} for value in step.values
        ],
        "dropped": list(step.dropped),
    }
