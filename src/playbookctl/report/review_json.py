"""A review for programs: everything, versioned; the schema is published as `playbookctl schema review`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.review_totals import count_review
from playbookctl.report.dump import dump

if TYPE_CHECKING:
    from playbookctl.model import review as model
    from playbookctl.model import review_effects as effects
    from playbookctl.report import review_shapes as shapes
    from playbookctl.report.registry import Options


def render(review: model.Review, version: str, _: Options) -> str:
    """Return the review as JSON in ASCII, keys in the order of the schema."""
    return dump(shape(review, version))


def shape(review: model.Review, version: str) -> shapes.Review:
    """Return the review as plain JSON values."""
    totals = count_review(review)
    return {
        "format": "playbookctl/review",
        "version": 1,
        "tool": {"name": "playbookctl", "version": version},
        "base": {"ref": review.base.ref, "commit": review.base.id},
        "head": {"ref": review.head.ref, "commit": review.head.id},
        "totals": {
            "playbooks": {kind.value: number for kind, number in totals.kinds},
            "risks": {level.value: number for level, number in totals.levels},
            "findings": {"new": totals.new, "silenced": totals.silenced, "fixed": totals.fixed},
        },
        "must_look": list(totals.owners),
        "before": _numbers(review.before),
        "now": _numbers(review.now),
        "risks": [_risk(risk) for risk in review.risks],
        "playbooks": [_playbook(change) for change in review.playbooks],
        "new_findings": [_finding(finding) for finding in review.new_findings],
        "fixed_findings": [_finding(finding) for finding in review.fixed_findings],
        "files": list(review.files),
        "not_checked": list(review.not_checked),
        "uncovered": list(review.uncovered),
        "attack": dict(review.attack),
        "alerts": _alerts(review.alerts) if review.alerts is not None else None,
        "target": _target(review.target) if review.target is not None else None,
    }


def _numbers(numbers: model.Numbers) -> shapes.Numbers:
    return {
        "playbooks": numbers.playbooks,
        "gates": numbers.gates,
        "automatic": numbers.automatic,
        "ungated": numbers.ungated,
        "techniques": numbers.techniques,
    }


def _risk(risk: model.Risk) -> shapes.Risk:
    return {
        "level": risk.level.value,
        "kinds": [kind.value for kind in risk.kinds],
        "key": risk.key,
        "file": risk.file,
        "sentence": risk.sentence,
        "before": risk.before,
        "now": risk.now,
        "undo": risk.undo,
        "steps": list(risk.steps),
        "owners": list(risk.owners),
    }


def _playbook(change: model.PlaybookChange) -> shapes.Playbook:
    return {
        "kind": change.kind.value,
        "key": change.key,
        "name": change.name,
        "file": change.file,
        "before_key": change.before_key,
        "before_file": change.before_file,
        "owners": list(change.owners),
        "digest_before": change.digests[0],
        "digest_now": change.digests[1],
        "said": list(change.said),
        "steps": [_step(step) for step in change.steps],
        "connectors": _exchange(change.connectors),
        "actions": _exchange(change.actions),
        "tactics": _exchange(change.tactics),
        "techniques": _exchange(change.techniques),
        "inputs": _exchange(change.inputs),
        "outputs": _exchange(change.outputs),
        "callers": [{"key": caller.key, "through": list(caller.through)} for caller in change.callers],
        "diagrams": {"before": change.diagrams[0], "now": change.diagrams[1]},
    }


def _step(step: model.StepNote) -> shapes.Step:
    return {
        "kind": step.kind.value,
        "id": step.id,
        "before_id": step.before_id,
        "name": step.name,
        "details": list(step.details),
    }


def _exchange(exchange: model.Exchange) -> shapes.Exchange:
    return {"gained": list(exchange.gained), "lost": list(exchange.lost)}


def _finding(finding: model.ReviewFinding) -> shapes.Finding:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "key": finding.key,
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "silenced": finding.silenced,
    }


def _alerts(value: effects.AlertsEffect) -> shapes.Alerts:
    firings: list[shapes.Firing] = [
        {
            "key": firing.key,
            "before": firing.before,
            "after": firing.after,
            "unclear": firing.unclear,
            "gained": list(firing.gained),
            "lost": list(firing.lost),
        }
        for firing in value.firings
    ]
    return {"file": value.file, "alerts": value.alerts, "firings": firings, "notes": list(value.notes)}


def _target(value: effects.TargetEffect) -> shapes.Target:
    rows: list[shapes.TargetRow] = [
        {"key": row.key, "group": row.group, "fields": list(row.fields), "reason": row.reason} for row in value.rows
    ]
    return {
        "environment": value.environment,
        "tenant_id": value.tenant_id,
        "commit": value.commit,
        "totals": dict(value.totals),
        "rows": rows,
        "notes": list(value.notes),
    }
