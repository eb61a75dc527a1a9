"""Live playbooks that are to act no more: second copies of a key, and those whose file is gone (rows 6, 12 and 13)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playbookctl.canonical import POSITIONS, digest_at, digests, with_digest
from playbookctl.marker import base_by_field
from playbookctl.model.marker import Marker
from playbookctl.model.plan import Action, Change, FieldChange, Side, Standing
from playbookctl.plan import wording
from playbookctl.plan.by_field import Pair, hold, start
from playbookctl.plan.rows import Row, likeness
from playbookctl.plan.sides import LiveClass, user_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from playbookctl.model.choices import Retirement
    from playbookctl.plan.rows import LiveRows, Place
    from playbookctl.plan.run import Run
    from playbookctl.plan.sides import Desired, Live

SWITCHES = ("auto_execute", "enabled")
OFF = {field: digest_at(digests(dict.fromkeys(SWITCHES, False)), POSITIONS[field]) for field in SWITCHES}


def duplicate(run: Run, desired: Desired, live: Live, place: Place, wave: int) -> Change:
    """Mark a second live playbook of the key as a duplicate of the one that stays, and switch it off."""
    stays = place.live.id if place.live is not None else ""
    marker = live.marker if isinstance(live.marker, Marker) else run.marker(desired, live)
    change = start(Pair(run, desired, live, place.row, {}, wave=wave))
    return replace(
        _switched_off(change, live),
        action=Action.DUPLICATE,
        standing=Standing.REPO_AHEAD,
        reason=f"a second live playbook of this key; {stays} stays",
        mark=replace(marker, duplicate_of=stays),
    )


def orphans(run: Run, key: str, desired: Mapping[str, Desired]) -> Iterator[Change]:
    """Yield a change for every live playbook of ours whose key no file has."""
    group = run.rows.group(key)
    for live in group.of(LiveClass.OURS, LiveClass.RETIRED):
        marker = live.marker
        if isinstance(marker, Marker) and marker.base is not None:
            yield from _orphan(run, desired, live, marker)


def created_beside(changes: Sequence[Change], desired: Mapping[str, Desired], rows: LiveRows) -> Iterator[str]:
    """Say what is created beside an orphan that is alike and acts: mostly its key was renamed, and now there are two."""
    acting = {}
    for change in changes:
        if change.row in (Row.ORPHAN, Row.EDITED_ORPHAN) and change.action is Action.NONE:
            live = rows.by_id[change.live_id]
            acting.update(dict.fromkeys(likeness(live.name, live.digests) if live.acts else (), change))
    for created in changes:
        if created.action is Action.CREATE:
            wanted = desired[created.key]
            orphan = next((acting[what] for what in likeness(wanted.name, wanted.digests) if what in acting), None)
            if orphan is not None:
                yield wording.twin(created, orphan)


def moved_since_mark(managed: Iterable[str], live: Live, marker: Marker) -> list[str]:
    """Return the API fields in which a live playbook is not as its mark says: as it was applied, or as it was retired."""
    if marker.retired:
        compared = [field for field in POSITIONS if field in {*managed, *SWITCHES}]
        left = {field: OFF.get(field) or digest_at(marker.retired, POSITIONS[field]) for field in compared}
        return [field for field, was in left.items() if was not in ("", digest_at(live.digests, POSITIONS[field]))]
    base = base_by_field(marker.base) if marker.base is not None else {}
    echo = dict(marker.echo)
    return [
        field
        for field in managed
        if field in base and digest_at(live.digests, POSITIONS[field]) not in (base[field], echo.get(field))
    ]


def _orphan(run: Run, desired: Mapping[str, Desired], live: Live, marker: Marker) -> Iterator[Change]:
    key = marker.key
    moved = moved_since_mark(run.managed, live, marker)
    if marker.retired and not moved:
        return
    change = Change(
        key=key,
        name=live.name,
        action=Action.NONE,
        standing=Standing.SERVER_DRIFTED if moved else Standing.IN_SYNC,
        row=Row.EDITED_ORPHAN if moved else Row.ORPHAN,
        live_id=live.id,
        reason=f"its file is gone, and the server changed {', '.join(moved)}" if moved else "its file is gone",
        writer=live.writer,
        live_hash=run.live_hash(live),
    )
    change = replace(change, hint=f"{wording.retiring(change)} disables it; or bring the file back")
    retirement = next((retirement for retirement in run.choices.retire if retirement.key == key), None)
    yield change if retirement is None else _retired(run, desired, change, live, marker, retirement)


def _callers(run: Run, desired: Mapping[str, Desired], live: Live, key: str) -> str:
    """Name who calls a live playbook: live ones, else files that would have their playbooks call it."""
    files = (wanted.file for wanted in desired.values() if {key, live.id} & {*wanted.calls})
    return wording.several(run.rows.callers(live.id)) or ", ".join(sorted(files))


def _retired(
    run: Run, desired: Mapping[str, Desired], change: Change, live: Live, marker: Marker, retirement: Retirement
) -> Change:
    key = change.key
    if run.choices.rollback:
        return hold(change, Standing.NEEDS_HUMAN, "a rollback never retires", f"sync --retire {key}")
    if run.situation.unreadable:
        reason = f"nothing is retired while {wording.invalid(run.situation.unreadable)}"
        return hold(change, Standing.NEEDS_HUMAN, reason, "correct those files first: playbookctl validate")
    if retirement.live != change.live_hash and (retirement.live or change.row == Row.EDITED_ORPHAN):
        reason = f"{change.reason}; it is now {change.live_hash}"
        return hold(change, Standing.NEEDS_HUMAN, reason, f"look at it, then sync --retire {key}@{change.live_hash}")
    if callers := _callers(run, desired, live, key):
        reason = f"it is called by {callers}"
        return hold(change, Standing.NEEDS_HUMAN, reason, "take the call out of those first")
    return replace(
        _switched_off(change, live),
        action=Action.RETIRE,
        standing=Standing.REPO_AHEAD,
        mark=replace(marker, retired=_left_behind(live, marker)),
    )


def _left_behind(live: Live, marker: Marker) -> str:
    """Return the digests of a playbook as it is before it is retired.

    Of one that is retired once more, what the first time switched off stays known as on.
    """
    left = live.digests
    for field in SWITCHES if marker.retired else ():
        position = POSITIONS[field]
        if digest_at(left, position) == OFF[field]:
            left = with_digest(left, position, digest_at(marker.retired, position))
    return left


def _switched_off(change: Change, live: Live) -> Change:
    """Return the change with what has to be written so that a live playbook does not act."""
    on = (("auto_execute", live.auto_execute), ("enabled", live.enabled))
    fields = tuple(FieldChange(field, Side.REPO, "true", "false", written=True) for field, is_on in on if is_on)
    return replace(
        change,
        fields=fields,
        write=tuple((field.field, field.after) for field in fields),
        tags=user_tags(live),
        expect=live.fingerprint,
    )
