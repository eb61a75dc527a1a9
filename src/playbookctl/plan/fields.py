"""The moved fields of one playbook with their texts: what a report shows, and what a request sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, canonical_text, free_tags, json_text
from playbookctl.model.fields import MANAGED
from playbookctl.model.plan import FieldChange, Side, StepChange, StepKind
from playbookctl.plan.step_changes import step_changes
from playbookctl.plan.three_way import Move
from playbookctl.steps import all_steps, carry_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.plan.sides import Live
    from playbookctl.plan.three_way import Settled

_SIDES = {Move.WRITE: Side.REPO, Move.DRIFT: Side.LIVE, Move.CONFLICT: Side.BOTH}


def live_value(live: Live, field: str) -> Any:
    """Return the JSON value of a managed field of a live object in canonical form, None if it has no such form."""
    text = live.text(field)
    return None if text.startswith("!") else json.loads(text)


def desired_value(body: Mapping[str, Any], field: str) -> Any:
    """Return the JSON value of a field that the file asks for, reserved tags taken out."""
    return free_tags(body[field]) if field == "tags" else body[field]


def created_fields(body: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Return the changes of a playbook that is not there yet: every field that is not at its default."""
    changes = []
    for field in MANAGED:
        value = desired_value(body, field.api_name)
        if field.api_name == "steps" or canonical_text(field, value) != canonical_text(field, None):
            steps = _added(value) if field.api_name == "steps" else ()
            changes.append(FieldChange(field.api_name, Side.REPO, "", json_text(value), written=True, steps=steps))
    return tuple(changes)


def field_change(
    field: str,
    what: Move,
    settled: Settled,
    live: Live,
    body: Mapping[str, Any],
    alive: frozenset[str] | None,
    *,
    brake: bool,
    expected: bool,
) -> FieldChange:
    """Return the change of one field. `alive` are the ids the environment has, None where they are not known."""
    value = desired_value(body, field)
    before = live.text(field).removeprefix("!")
    side = Side.LIVE if field in settled.kept else _SIDES[what]
    if side is Side.REPO and alive is not None and _only_ids_moved(field, live_value(live, field), value, alive):
        side = Side.ENVIRONMENT
    steps: tuple[StepChange, ...] = ()
    if field == "steps":
        steps = step_changes(live_value(live, field), value, vendor_keys_of(live))
    return FieldChange(
        field=field,
        moved_by=side,
        before=before,
        after=json_text(value),
        written=field in settled.written,
        brake=brake,
        expected=expected and side is Side.LIVE,
        steps=steps,
    )


def to_write(fields: Iterable[str], body: Mapping[str, Any], live: Live | None) -> tuple[tuple[str, str], ...]:
    """Return what a request sends for `fields`, tags aside: API field and JSON text, in the marker's order.

    Steps take along the keys of the live steps that are not ours.
    """
    texts = []
    for field in sorted(set(fields) - {"tags"}, key=POSITIONS.__getitem__):
        value = body[field]
        if field == "steps" and live is not None and live.vendor:
            value = carry_over(value, vendor_keys_of(live))
        texts.append((field, json_text(value)))
    return tuple(texts)


def vendor_keys_of(live: Live) -> dict[str, dict[str, Any]]:
    """Return the keys of live steps that are not ours, by step id."""
    found: dict[str, dict[str, Any]] = json.loads(live.vendor) if live.vendor else {}
    return found


def _added(steps: Any) -> tuple[StepChange, ...]:
    return tuple(StepChange(step["id"], StepKind.ADDED, str(step.get("name") or "")) for step in all_steps(steps))


def _only_ids_moved(field: str, live: Any, desired: Any, alive: frozenset[str]) -> bool:
    """Whether live and desired differ only where live names something that the environment has no more."""
    if field == "owner_id":
        return isinstance(live, str) and isinstance(desired, str) and live not in alive
    if field == "required_connector_ids" and isinstance(live, list) and len(live) == len(desired):
        gone = [id_ for id_ in live if id_ not in desired]
        return bool(gone) and all(isinstance(id_, str) and id_ not in alive for id_ in gone)
    if field == "steps":
        steps = MANAGED[POSITIONS["steps"]]
        blanked = _with_ids_of(desired, live, alive)
        return blanked is not None and canonical_text(steps, blanked) == canonical_text(steps, live)
    return False


def _with_ids_of(desired: Any, live: Any, alive: frozenset[str]) -> Any:
    """Return the desired steps with live's ids where those are gone; None where the steps do not pair up."""
    if not isinstance(live, list) or len(live) != len(desired):
        return None
    steps = []
    for ours, theirs in zip(desired, live, strict=True):
        step = dict(ours)
        for kind in ("connector", "playbook"):
            found = theirs.get(kind) if isinstance(theirs, dict) else step.get(kind)
            if kind in step and (found is None or (isinstance(found, str) and found not in alive)):
                step[kind] = found
        if "steps" in step:
            step["steps"] = _with_ids_of(
                step["steps"], theirs.get("steps") if isinstance(theirs, dict) else None, alive
            )
        steps.append(step)
    return steps
