"""One playbook that has a file and a live row: field by field to one change (rows 4, 5, 7 and 9 of the table)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, digest_at
from playbookctl.model.choices import OnDrift, Take
from playbookctl.model.marker import Marker
from playbookctl.model.plan import Action, Change, FieldChange, Side, Standing
from playbookctl.plan import wording
from playbookctl.plan.brakes import Judgement, judge
from playbookctl.plan.fields import desired_value, field_change, live_value, to_write
from playbookctl.plan.sides import user_tags
from playbookctl.plan.three_way import Move, Orders, Settled, compare, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.plan.rows import Row
    from playbookctl.plan.run import Run
    from playbookctl.plan.sides import Desired, Live


@dataclass(frozen=True, slots=True)
class Pair:
    """A file and the live row that is its own. `base` has digests by API field, None where nobody knows.

    `action` is what a write is called, `unclear` where it stands if it must be held: a conflict, or a human's matter.
    """

    run: Run
    desired: Desired
    live: Live
    row: Row
    base: Mapping[str, str | None]
    action: Action = Action.UPDATE
    unclear: Standing = Standing.CONFLICT
    wave: int = 0


def start(pair: Pair) -> Change:
    """Return the change of a pair in which nothing moved."""
    run, desired, live = pair.run, pair.desired, pair.live
    return Change(
        key=desired.key,
        name=desired.name,
        action=Action.NONE,
        standing=Standing.IN_SYNC,
        row=pair.row,
        file=desired.file,
        live_id=live.id,
        writer=live.writer,
        live_hash=run.live_hash(live),
        touched=None if run.situation.touched is None else desired.key in run.situation.touched,
        wave=pair.wave,
    )


def by_field(pair: Pair) -> Change:
    """Return what is to become of a playbook, from what moved in it."""
    moves = _moves(pair)
    change = start(pair)
    moved = {field: what for field, what in moves.items() if what is not Move.MARK}
    if not moved:
        if not moves and pair.action is Action.UPDATE:
            return change
        action = Action.MARK if pair.action is Action.UPDATE else pair.action
        standing = Standing.IN_SYNC if action is Action.MARK else Standing.REPO_AHEAD
        said = replace(change, action=action, standing=standing, reason=wording.agreed(action))
        return _sent(pair, said, frozenset(), {})
    body = pair.run.bodies(pair.desired.key)
    judged = {field: _judged(pair, body, field) for field, what in moved.items() if what is not Move.WRITE}
    brakes = frozenset(field for field, judgement in judged.items() if judgement.safer)
    orders = pair.run.orders(pair.desired.key, pair.live)
    settled = settle(moved, brakes, orders)
    change = replace(
        change,
        fields=tuple(_field(pair, body, field, what, settled, brakes) for field, what in moved.items()),
        safer=tuple(text for judgement in judged.values() for text in judgement.safer),
        riskier=tuple(text for judgement in judged.values() for text in judgement.riskier),
    )
    return _decided(pair, change, settled, orders, body, moves)


def _moves(pair: Pair) -> dict[str, Move]:
    live, run = pair.live, pair.run
    echo = dict(live.marker.echo) if isinstance(live.marker, Marker) else {}
    everything = pair.action in (Action.FINISH, Action.REVIVE)  # unmanaged fields are sent then, too
    fields = tuple(POSITIONS) if everything else run.managed
    moves = compare(pair.desired.digests, pair.base, live.digests, echo, fields)
    if "enabled" not in fields and pair.desired.key in run.choices.release and not live.enabled:
        position = POSITIONS["enabled"]
        wanted, found = digest_at(pair.desired.digests, position), digest_at(live.digests, position)
        if wanted != found:
            moves["enabled"] = Move.DRIFT
    return moves


def _judged(pair: Pair, body: Mapping[str, Any], field: str) -> Judgement:
    return judge(field, live_value(pair.live, field), desired_value(body, field))


def _field(
    pair: Pair, body: Mapping[str, Any], field: str, what: Move, settled: Settled, brakes: frozenset[str]
) -> FieldChange:
    situation = pair.run.situation
    return field_change(
        field,
        what,
        settled,
        pair.live,
        body,
        pair.run.alive,
        brake=field in brakes,
        expected=field in situation.expected_fields(pair.desired.key),
    )


def _decided(
    pair: Pair, change: Change, settled: Settled, orders: Orders, body: Mapping[str, Any], moves: Mapping[str, Move]
) -> Change:
    """Return the change with its action: the table's last columns."""
    key, live_hash = change.key, change.live_hash
    braked = bool(settled.held or settled.kept) and any(field.brake for field in change.fields)
    if settled.held or settled.clash:
        codes = pair.run.situation.broken_merges.get(key, ())
        reason = wording.conflict(change, pair.row) if settled.held else wording.clash(change, settled, codes)
        hint = wording.way_out(key, live_hash, brake=braked, decided=orders.decision is Take.REPO)
        return hold(change, pair.unclear if settled.held else Standing.CONFLICT, reason, hint)
    if pair.desired.pending and "steps" in settled.kept:
        return hold(change, Standing.NEEDS_HUMAN, *wording.decide_later(pair.desired.pending))
    if change.drifted and orders.on_drift is OnDrift.FAIL:
        return hold(change, Standing.SERVER_DRIFTED, wording.drift(change), wording.kept(change))
    if settled.written:
        wanted = orders.on_drift is OnDrift.REVERT or orders.decision is Take.REPO
        sides = {field.moved_by for field in change.fields if field.written}
        standing = Standing.SERVER_DRIFTED if sides == {Side.LIVE} else Standing.REPO_AHEAD
        notes = (wording.braked(key),) if braked and wanted else ()
        said = replace(change, action=pair.action, standing=standing, reason=wording.written(change), notes=notes)
        return _sent(pair, said, settled.written, body)
    standing = Standing.SERVER_DRIFTED if change.drifted else Standing.IN_SYNC
    said = replace(change, standing=standing, reason=wording.drift(change), hint=wording.kept(change))
    if pair.action is Action.UPDATE and not _base_moves(pair, moves):
        return said
    action = Action.MARK if pair.action is Action.UPDATE else pair.action
    if action is Action.MARK and orders.decision is Take.LIVE:
        said = replace(said, reason=wording.left(change))
    return _sent(pair, replace(said, action=action), frozenset(), body)


def _base_moves(pair: Pair, moves: Mapping[str, Move]) -> bool:
    """Whether the base has to follow the repo although nothing is sent: both agree by now, or live was decided for."""
    wanted = pair.desired.digests
    return any(pair.base[field] != digest_at(wanted, POSITIONS[field]) for field in moves if field in pair.base)


def _sent(pair: Pair, change: Change, written: frozenset[str], body: Mapping[str, Any]) -> Change:
    """Fill in what apply needs: the fields to send, the tags, the mark, and the fingerprint of what is overwritten."""
    run, desired, live = pair.run, pair.desired, pair.live
    if run.choices.rollback:
        if not written:
            return replace(change, action=Action.NONE)
        mark = live.marker if "tags" in written and isinstance(live.marker, Marker) else None
    else:
        mark = run.marker(desired, live, _echo_that_stays(pair, written))
    tags = tuple(desired_value(body, "tags")) if "tags" in written else user_tags(live)
    return replace(
        change,
        write=to_write(written, body, live),
        tags=tags,
        mark=mark,
        expect=live.fingerprint,
        pending=desired.pending if "steps" in written else (),
    )


def _echo_that_stays(pair: Pair, written: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the echoes of fields that are not sent and whose base stays: the server holds them as it did."""
    marker = pair.live.marker
    if not isinstance(marker, Marker):
        return ()
    return tuple(
        (field, value)
        for field, value in marker.echo
        if field in POSITIONS
        and field not in written
        and pair.base.get(field) == digest_at(pair.desired.digests, POSITIONS[field])
    )


def hold(change: Change, standing: Standing, reason: str, hint: str) -> Change:
    """Return the change held: nothing is sent until a person has decided."""
    return replace(
        change,
        action=Action.HOLD,
        standing=standing,
        reason=reason,
        hint=hint,
        fields=tuple(replace(field, written=False) for field in change.fields),
        write=(),
        tags=(),
        mark=None,
        expect="",
        pending=(),
    )
