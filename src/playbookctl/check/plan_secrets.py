"""No plan shows a secret: values that hold one are replaced before the plan is reported. What is sent stays as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.check.assigned_secrets import assigned_secret
from playbookctl.check.secret_formats import holds_secret, is_secret, known_format
from playbookctl.check.secret_traces import traces

if TYPE_CHECKING:
    from playbookctl.model.plan import Change, FieldChange, Plan, StepChange, ValueChange

SECRET, OTHER = "(a secret)", "(another secret)"


def without_secrets(plan: Plan) -> Plan:
    """Return the plan with every value hidden that PB403 would take for a secret; two that differ are still told apart."""
    return replace(plan, changes=tuple(map(_change, plan.changes)))


def hide(text: str, field: str, shown: str = SECRET) -> str:
    """Return a JSON text with the secrets in it replaced by `shown`. `field` is the name of what holds the value."""
    value = json.loads(text) if text else None
    if value is None or not traces({field: value}):
        return text
    hidden = _hidden(value, field, shown)
    return text if hidden == value else json.dumps(hidden, ensure_ascii=False)


def _change(change: Change) -> Change:
    return replace(change, fields=tuple(map(_field, change.fields))) if change.fields else change


def _field(field: FieldChange) -> FieldChange:
    before, after = _pair(field.before, field.after, field.field)
    return replace(
        field,
        before=before,
        after=after,
        base=hide(field.base, field.field),
        steps=_steps(field.steps),
        by_live=_steps(field.by_live),
        by_repo=_steps(field.by_repo),
    )


def _steps(steps: tuple[StepChange, ...]) -> tuple[StepChange, ...]:
    return tuple(replace(step, values=tuple(map(_value, step.values))) for step in steps)


def _value(value: ValueChange) -> ValueChange:
    before, after = _pair(value.before, value.after, value.path.rpartition(".")[2].partition("[")[0])
    return replace(value, before=before, after=after)


def _pair(before: str, after: str, field: str) -> tuple[str, str]:
    old, new = hide(before, field), hide(after, field)
    return old, hide(after, field, OTHER) if old == new and before != after else new


def _hidden(value: Any, field: str, shown: str) -> Any:
    if isinstance(value, str):
        found = known_format(value) or assigned_secret(value) or (holds_secret(field) and is_secret(field, value))
        return shown if found else value
    if isinstance(value, list):
        return [_hidden(each, field, shown) for each in value]
    if isinstance(value, dict):
        return {
            name: _hidden(each, str(value.get("name", field)) if name == "default" else name, shown)
            for name, each in value.items()
        }
    return value
