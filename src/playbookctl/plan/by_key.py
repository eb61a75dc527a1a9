"""One key that a file has: its row of the table, and the changes that follow. `by_field` does rows 4, 5, 7 and 9."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playbookctl.canonical import POSITIONS, digest_at
from playbookctl.model.marker import Marker
from playbookctl.model.plan import Action, Change, Standing
from playbookctl.plan import wording
from playbookctl.plan.adoption import adopted, ways_out
from playbookctl.plan.by_field import Pair, by_field, hold, start
from playbookctl.plan.fields import created_fields, desired_value, to_write
from playbookctl.plan.rows import Place, Row, place_of
from playbookctl.plan.run import known_base
from playbookctl.plan.sides import Ancestry, LiveClass
from playbookctl.plan.switched_off import OFF, SWITCHES, duplicate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.plan.rows import Group
    from playbookctl.plan.run import Run
    from playbookctl.plan.sides import Desired, Live

_MARKED = (LiveClass.OURS, LiveClass.WITHOUT_BASE, LiveClass.RETIRED)


def by_key(run: Run, desired: Desired, wave: int) -> Iterator[Change]:
    """Yield the changes of a key that a file has: one for the playbook, and one for every duplicate to be marked."""
    group = run.rows.group(desired.key)
    same = _unmoved(group, desired)
    if same is not None:
        yield start(Pair(run, desired, same, Row.OURS, {}, wave=wave))
        return
    known = run.situation.applied_keys
    place = place_of(
        group,
        run.rows.alike(desired.name, desired.digests),
        was_applied=known is not None and desired.key in known,
        keep=run.choices.keep,
    )
    change = _change(run, desired, place, wave)
    yield change
    if place.live is not None and place.row is not Row.BAD_MARKER and not run.choices.rollback:
        for live in place.others:
            second = duplicate(run, desired, live, place, wave)
            if change.action is Action.HOLD and live.acts and not place.live.acts:
                reason = f"it goes on as long as {place.live.id}, which is to stay, is held; else none would act"
                second = hold(second, Standing.NEEDS_HUMAN, reason, change.hint)
            yield second


def _unmoved(group: Group, desired: Desired) -> Live | None:
    """Return the live playbook of a key if it is the only one and all three sides agree: the common case, at a glance."""
    ours = group.rows.get(LiveClass.OURS, ())
    if len(ours) != 1 or len(group.rows) != 1 or ours[0].digests != desired.digests:
        return None
    marker = ours[0].marker
    agrees = isinstance(marker, Marker) and marker.base is not None and marker.base.digests == desired.digests
    return ours[0] if agrees else None


def _change(run: Run, desired: Desired, place: Place, wave: int) -> Change:
    live = place.live
    if desired.problem:
        return hold(_without_live(run, desired, place, wave), Standing.NEEDS_HUMAN, desired.problem, desired.hint)
    if live is None or place.row is Row.BAD_MARKER:
        return _by_row(run, desired, place, wave)
    pair = _pair(run, desired, live, place.row, wave)
    if run.choices.rollback and pair.action is not Action.UPDATE:
        return hold(
            start(pair), Standing.NEEDS_HUMAN, "a rollback neither finishes nor revives a playbook", "sync first"
        )
    change = by_field(pair)
    if desired.errors and change.action in (Action.UPDATE, Action.FINISH, Action.REVIVE):
        reason = f"it breaks rules: {', '.join(desired.errors)}"
        return hold(change, Standing.NEEDS_HUMAN, reason, f"playbookctl validate {desired.file}")
    return change


def _pair(run: Run, desired: Desired, live: Live, row: Row, wave: int) -> Pair:
    marker = live.marker if isinstance(live.marker, Marker) else None
    found = {field: digest_at(live.digests, position) for field, position in POSITIONS.items()}
    unknown: dict[str, str | None] = dict.fromkeys(POSITIONS)
    if row is Row.UNFINISHED:
        # the first phase wrote the fields as the repo had them, and the switches off; whoever edited it since may mean that
        ours = not live.acts and live.by_its_creator
        switched_off = {field: found[field] for field in SWITCHES if ours}
        base = dict(found) if live.untouched else {**unknown, **switched_off}
        return Pair(run, desired, live, row, base, Action.FINISH, Standing.NEEDS_HUMAN, wave)
    if row is Row.RETIRED and marker is not None and marker.base is not None:
        base = _base_of_retired(live, marker.retired, known_base(marker.base, desired))
        return Pair(run, desired, live, row, base, Action.REVIVE, Standing.NEEDS_HUMAN, wave)
    if marker is None or marker.base is None:
        return Pair(run, desired, live, row, unknown, Action.UPDATE, Standing.NEEDS_HUMAN, wave)
    return Pair(run, desired, live, row, known_base(marker.base, desired), wave=wave)


def _base_of_retired(live: Live, retired: str, base: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the base of a retired playbook: nobody's where it was edited since.

    What retiring itself switched off counts as if the base said so; a switch that was off before, as its drift.
    """
    known = dict(base)
    for field in base:
        found, left = digest_at(live.digests, POSITIONS[field]), digest_at(retired, POSITIONS[field])
        if field not in SWITCHES:
            known[field] = base[field] if left in ("", found) else None
        elif found != OFF[field]:
            known[field] = None
        elif left == base[field]:
            known[field] = found
    return known


def _by_row(run: Run, desired: Desired, place: Place, wave: int) -> Change:
    """Return the change of a row without a live playbook that is surely this one."""
    change = _without_live(run, desired, place, wave)
    key, others = desired.key, place.others
    if place.row is Row.BAD_MARKER:
        return _bad_marker(change, place)
    if place.row is Row.SEVERAL:
        reason = f"{len(others)} live playbooks are marked as '{key}': {wording.several(others)}"
        return hold(change, Standing.NEEDS_HUMAN, reason, "sync --keep ID keeps one; the others are disabled")
    taken = adopted(run, desired, place, change)
    if taken is not None:
        return taken
    if _may_create(run, key, place):
        return _create(run, desired, change)
    if place.row is Row.ALIKE:
        gone = (
            "gone from the server: one of this key was deleted; " if run.rows.group(key).of(LiveClass.DELETED) else ""
        )
        reason = f"{gone}not ours, but alike: {wording.strangers(others, run.rows.class_of)}"
        return hold(change, Standing.NEEDS_HUMAN, reason, ways_out(run, key, others))
    reason, more = _why_not(run, place)
    return hold(change, Standing.NEEDS_HUMAN, reason, f"sync --create {key}, or delete {desired.file}{more}")


def _may_create(run: Run, key: str, place: Place) -> bool:
    """Whether a key without a live playbook is created: it is new, or somebody says so."""
    if key in run.choices.create:
        return True
    if place.row is Row.GONE:
        return run.choices.bootstrap and not place.others  # a first sync that was cut short; nothing was seen deleted
    return place.row is Row.NEW and not _may_have_existed(run)


def _why_not(run: Run, place: Place) -> tuple[str, str]:
    """Say why a key without a live playbook is not created, and what ends that beside creating it by name."""
    if place.row is not Row.GONE:
        return (
            "the last applied commit is not in this clone, so nobody can tell whether it was deleted on the server",
            "; or git fetch --unshallow, if this clone is shallow",
        )
    if place.others:
        return f"gone from the server: deleted is {wording.several(place.others)}", ""
    commit = run.situation.applied_commit
    return (
        f"gone from the server or never created: commit {commit}, which was applied, has its file",
        "; or sync --bootstrap, if the first sync was cut short",
    )


def _may_have_existed(run: Run) -> bool:
    """Whether nobody can tell if a key without a live playbook was there before: the applied commit is not known."""
    situation = run.situation
    unknown = situation.ancestry is Ancestry.UNKNOWN or (
        situation.ancestry is Ancestry.OLDER and situation.applied_keys is None
    )
    return unknown and any(run.rows.numbers[what] for what in _MARKED)


def _bad_marker(change: Change, place: Place) -> Change:
    bad = place.live
    assert bad is not None  # noqa: S101 - place_of gives this row a live playbook
    marker = bad.marker
    newer = getattr(marker, "newer", False)
    reason = f"its mark cannot be read: {getattr(marker, 'reason', '')} ({', '.join(getattr(marker, 'tags', ()))})"
    hint = (
        "upgrade playbookctl"
        if newer
        else f"correct or remove the tags of {bad.id} on the server, then adopt {change.key}"
    )
    return hold(replace(change, live_id=bad.id, writer=bad.writer), Standing.NEEDS_HUMAN, reason, hint)


def _create(run: Run, desired: Desired, change: Change) -> Change:
    if run.choices.rollback:
        return hold(change, Standing.NEEDS_HUMAN, "a rollback creates nothing", "commit the file and sync")
    if not desired.has_key:
        reason = "its file has no 'key:', so a renamed file would make a twin"
        return hold(change, Standing.NEEDS_HUMAN, reason, f"playbookctl validate --fix {desired.file}")
    if desired.errors:
        reason = f"it breaks rules: {', '.join(desired.errors)}"
        return hold(change, Standing.NEEDS_HUMAN, reason, f"playbookctl validate {desired.file}")
    body = run.bodies(desired.key)
    return replace(
        change,
        action=Action.CREATE,
        standing=Standing.REPO_AHEAD,
        reason="new in the repo",
        fields=created_fields(body),
        write=to_write(POSITIONS, body, None),
        tags=tuple(desired_value(body, "tags")),
        mark=run.marker(desired),
        pending=desired.pending,
    )


def _without_live(run: Run, desired: Desired, place: Place, wave: int) -> Change:
    touched = run.situation.touched
    return Change(
        key=desired.key,
        name=desired.name,
        action=Action.NONE,
        standing=Standing.REPO_AHEAD,
        row=place.row,
        file=desired.file,
        live_id=place.live.id if place.live is not None else "",
        touched=None if touched is None else desired.key in touched,
        wave=wave,
    )
