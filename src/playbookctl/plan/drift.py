"""What moved on the server since the last sync, whatever the repo has changed meanwhile: base against live.

The base holds digests. The text behind one is found by guessing: whatever has that digest is what was applied.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, json_text
from playbookctl.model.choices import NO_CHOICES
from playbookctl.model.marker import Marker
from playbookctl.model.plan import Action, Change, FieldChange, Side, Standing
from playbookctl.plan import wording
from playbookctl.plan.brakes import NEITHER, judge
from playbookctl.plan.fields import live_value, vendor_keys_of
from playbookctl.plan.former import UNKNOWN, former_values
from playbookctl.plan.rows import Row
from playbookctl.plan.run import Run
from playbookctl.plan.sides import LiveClass
from playbookctl.plan.step_changes import step_changes
from playbookctl.plan.switched_off import moved_since_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playbookctl.model.plan import Plan
    from playbookctl.plan.rows import LiveRows
    from playbookctl.plan.sides import Live, Situation

    Applied = Callable[[str, str], Iterable[Mapping[str, Any]]]

_COMPARED = (LiveClass.OURS, LiveClass.RETIRED)
_LOST = (
    Row.GONE,
    Row.ALIKE,
    Row.SEVERAL,
    Row.WITHOUT_BASE,
    Row.BAD_MARKER,
)  # what the server did to them leaves nothing to compare


def drift_plan(plan: Plan, rows: LiveRows, situation: Situation, applied: Applied) -> Plan:
    """Return `plan` with nothing in it but what the server moved; unmoved playbooks stay for the totals.

    `applied(key, commit)` yields bodies that may have been applied for a key, the likeliest first: of the file as it is,
    of the file in that commit. Asked only for playbooks that moved. Pure but for `applied`.
    """
    managed = tuple(field for field in POSITIONS if field not in situation.unmanaged_fields)
    run = Run(situation, NO_CHOICES, rows, lambda _: {}, managed)
    planned = {change.live_id: change for change in plan.changes if change.live_id}
    by_key = {change.key: change for change in reversed(plan.changes)}
    changes = [change for change in plan.changes if _is_lost(change, rows)]
    for live_id in sorted(rows.by_id):
        live, marker = rows.by_id[live_id], rows.by_id[live_id].marker
        if rows.class_of[live_id] in _COMPARED and isinstance(marker, Marker):
            known = planned.get(live_id) or by_key.get(marker.key) or Change(marker.key, live.name, *_UNTOUCHED)
            if not plan.choices.only or marker.key in plan.choices.only:
                changes.append(_compared(run, known, live, marker, applied))
    changes.sort(key=lambda change: (change.key, change.live_id))
    notes = wording.acting_duplicates(rows.acting_duplicates())
    return replace(plan, changes=tuple(changes), refusals=(), notes=notes)


_UNTOUCHED = (Action.NONE, Standing.IN_SYNC, Row.OURS)


def _is_lost(change: Change, rows: LiveRows) -> bool:
    """Whether something of ours is live or deleted, and cannot be compared.

    That a key was in the applied commit is no evidence: its playbook may have been held then and never created.
    """
    if change.row in (Row.GONE, Row.ALIKE) and not rows.group(change.key).of(LiveClass.DELETED):
        return False
    return change.action is Action.HOLD and change.row in _LOST


def _compared(run: Run, known: Change, live: Live, marker: Marker, applied: Applied) -> Change:
    """Return a live playbook against its base; `known` is what the plan says of it."""
    change = Change(
        marker.key, live.name, *_UNTOUCHED, file=known.file, live_id=live.id, writer=live.writer,
        live_hash=run.live_hash(live), touched=known.touched,
    )  # fmt: skip
    moved = moved_since_mark(run.managed, live, marker)
    if not moved:
        return change
    before = dict(former_values(moved, marker, applied))
    judged = {
        field: NEITHER if value is UNKNOWN else judge(field, live_value(live, field), value)
        for field, value in before.items()
    }
    expected = run.situation.expected_fields(marker.key)
    change = replace(
        change,
        fields=tuple(
            _field(field, live, value, brake=bool(judged[field].safer), expected=field in expected)
            for field, value in before.items()
        ),
        safer=tuple(text for judgement in judged.values() for text in judgement.safer),
        riskier=tuple(text for judgement in judged.values() for text in judgement.riskier),
        notes=tuple(_notes(before)),
    )  # fmt: skip
    is_gone = known.row in (Row.ORPHAN, Row.EDITED_ORPHAN)
    reason = f"the server changed {wording.names(change.fields)}"
    in_conflict = known.action is Action.HOLD and bool(known.fields)
    return replace(
        change,
        standing=Standing.SERVER_DRIFTED if change.drifted else Standing.IN_SYNC,
        reason=f"its file is gone, and {reason}" if is_gone else reason,
        hint=known.hint if is_gone or in_conflict else wording.kept(change),
    )


def _field(field: str, live: Live, before: Any, *, brake: bool, expected: bool) -> FieldChange:
    """Return one moved field. A field whose former value is not known has no texts: half a difference misleads."""
    if before is UNKNOWN:
        return FieldChange(field, Side.LIVE, "", "", expected=expected)
    was = json_text(before)
    steps = step_changes(live_value(live, field), before, vendor_keys_of(live)) if field == "steps" else ()
    now = live.text(field).removeprefix("!")
    return FieldChange(field, Side.LIVE, now, was, brake=brake, expected=expected, base=was, steps=steps)


def _notes(before: Mapping[str, Any]) -> Iterator[str]:
    unknown = [field for field, value in before.items() if value is UNKNOWN]
    if unknown:
        yield (
            f"what {', '.join(unknown)} was when it was applied is not in this clone; 'playbookctl plan' shows what it is"
        )
