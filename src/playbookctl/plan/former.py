"""What was applied: the text behind a digest of the base, found by guessing. Whatever has that digest is it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, NotCanonical, digest_at, field_digest, json_text
from playbookctl.marker import base_by_field
from playbookctl.model.fields import MANAGED
from playbookctl.model.marker import Marker
from playbookctl.model.plan import Side
from playbookctl.plan.fields import desired_value, live_value, vendor_keys_of
from playbookctl.plan.step_changes import step_changes
from playbookctl.plan.switched_off import OFF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playbookctl.model.plan import Change, FieldChange, Plan
    from playbookctl.plan.rows import LiveRows
    from playbookctl.plan.sides import Live

    Applied = Callable[[str, str], Iterable[Mapping[str, Any]]]

UNKNOWN = object()
_LIKELY: tuple[dict[str, Any], ...] = (
    {field.api_name: field.default for field in MANAGED},
    {"enabled": False, "auto_execute": True},
)


def former_values(fields: Iterable[str], marker: Marker, applied: Applied) -> Iterator[tuple[str, Any]]:
    """Yield each field with the value that was applied, `UNKNOWN` where nothing at hand has its digest.

    `applied(key, commit)` yields bodies that may have been applied for a key, the likeliest first.
    """
    base = base_by_field(marker.base) if marker.base is not None else {}
    if marker.retired:  # what retiring left behind counts, whatever the repo asked for before
        base = {field: OFF.get(field) or digest_at(marker.retired, at) for field, at in POSITIONS.items()}
    bodies = _Remembered(chain(_LIKELY, applied(marker.key, marker.base.commit if marker.base else "")))
    for field in fields:
        yield field, next((body[field] for body in bodies if _is(field, body, base.get(field, ""))), UNKNOWN)


def with_bases(plan: Plan, rows: LiveRows, applied: Applied) -> Plan:
    """Return the plan with the last applied text of every field that both sides moved, where it is known."""
    return replace(plan, changes=tuple(_with_bases(change, rows, applied) for change in plan.changes))


def _with_bases(change: Change, rows: LiveRows, applied: Applied) -> Change:
    both = [field.field for field in change.fields if field.moved_by is Side.BOTH]
    live = rows.by_id.get(change.live_id) if both else None
    if live is None or not isinstance(live.marker, Marker) or live.marker.base is None:
        return change
    known = {name: value for name, value in former_values(both, live.marker, applied) if value is not UNKNOWN}
    fields = tuple(
        _with_base(field, known[field.field], live) if field.field in known else field for field in change.fields
    )
    return replace(change, fields=fields)


def _with_base(field: FieldChange, base: Any, live: Live) -> FieldChange:
    if field.field != "steps":
        return replace(field, base=json_text(base))
    return replace(
        field,
        base=json_text(base),
        by_live=step_changes(base, live_value(live, "steps"), {}),
        by_repo=step_changes(base, json.loads(field.after), vendor_keys_of(live)),
    )


class _Remembered:
    """Goes through an iterable as often as asked, and asks it for each element once."""

    def __init__(self, values: Iterator[Mapping[str, Any]]) -> None:
        self._values = values
        self._seen: list[Mapping[str, Any]] = []

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        yield from self._seen
        for value in self._values:
            self._seen.append(value)
            yield value


def _is(field: str, body: Mapping[str, Any], digest: str) -> bool:
    if field not in body:
        return False
    try:
        return field_digest(MANAGED[POSITIONS[field]], desired_value(body, field)) == digest
    except NotCanonical:
        return False
