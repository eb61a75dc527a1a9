"""Taking over a live playbook that is not ours: `adopt KEY[=ID]` and `--takeover KEY`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playbookctl.canonical import POSITIONS, digest_at
from playbookctl.model.marker import NO_COMMIT
from playbookctl.model.plan import Action, Change, Standing
from playbookctl.plan import wording
from playbookctl.plan.by_field import hold
from playbookctl.plan.fields import field_change
from playbookctl.plan.sides import LiveClass, user_tags
from playbookctl.plan.three_way import Settled, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.model.choices import Adoption
    from playbookctl.plan.rows import Place
    from playbookctl.plan.run import Run
    from playbookctl.plan.sides import Desired, Live

_FREE = (LiveClass.UNMANAGED, LiveClass.COPY)
_THEIRS = (LiveClass.FOREIGN, LiveClass.BAD)


def adopted(run: Run, desired: Desired, place: Place, change: Change) -> Change | None:
    """Return the change that makes a row ours, None if nobody asked for it."""
    adoption = next((adoption for adoption in run.choices.adopt if adoption.key == desired.key), None)
    takes_over = desired.key in run.choices.takeover
    if adoption is None and not takes_over:
        return None
    found = _adoptable(run, place, adoption, takes_over=takes_over)
    if len(found) != 1:
        reason = _why_not(run, place, adoption, found)
        return hold(change, Standing.NEEDS_HUMAN, reason, ways_out(run, desired.key, place.others))
    if desired.pending:
        callees = wording.listed(desired.pending)
        reason = f"it calls {callees}, which has no id yet"
        return hold(change, Standing.NEEDS_HUMAN, reason, f"adopt or sync {callees} first")
    return _adopt(run, desired, found[0], change)


def ways_out(run: Run, key: str, strangers: Sequence[Live]) -> str:
    """Name what ends a hold for live playbooks that are not ours: only what can be carried out for these."""
    free = sum(run.rows.class_of[live.id] in _FREE for live in strangers)
    theirs = sum(run.rows.class_of[live.id] in _THEIRS for live in strangers)
    ways = [f"adopt {key}" if free == 1 else f"adopt {key}=ID"] if free else []
    if theirs == 1:
        ways.append(f"sync --takeover {key} if another repository gives it up")
    return f"{', '.join(ways)}, or sync --create {key}" if ways else f"sync --create {key}"


def _adoptable(run: Run, place: Place, adoption: Adoption | None, *, takes_over: bool) -> tuple[Live, ...]:
    """Return the rows that may be meant: by a takeover those of other repositories, where there are any."""
    if adoption is not None and adoption.live_id:
        named = run.rows.by_id.get(adoption.live_id)
        candidates: tuple[Live, ...] = () if named is None else (named,)
    else:
        candidates = place.others
    free = tuple(live for live in candidates if run.rows.class_of[live.id] in _FREE)
    theirs = tuple(live for live in candidates if run.rows.class_of[live.id] in _THEIRS)
    return theirs or free if takes_over else free


def _why_not(run: Run, place: Place, adoption: Adoption | None, found: Sequence[Live]) -> str:
    """Say why it is not clear what is to be adopted. Where a hint says ID, the ids that may be meant are named here."""
    if found:
        return f"{len(found)} live playbooks could be adopted: {wording.several(found)}"
    alike = f"not ours, but alike: {wording.strangers(place.others, run.rows.class_of)}" if place.others else ""
    if adoption is None or not adoption.live_id:
        return alike or "0 live playbooks could be adopted"
    said = f"'{adoption.live_id}' cannot be adopted, it is {run.rows.class_of[adoption.live_id].value}"
    return f"{alike}; {said}" if alike else said


def _adopt(run: Run, desired: Desired, live: Live, change: Change) -> Change:
    """Mark a row as ours with the file as its base: what differs shows as drift from the next plan on.

    An adoption by itself applies no commit: playbooks that the same commit brings are new until a sync has been.
    """
    base = {field: digest_at(desired.digests, position) for field, position in POSITIONS.items()}
    moves = compare(desired.digests, base, live.digests, {}, run.managed)
    settled = Settled(frozenset(), frozenset(moves), frozenset())
    body = run.bodies(desired.key) if moves else {}
    mark = run.marker(desired, live)
    if desired.key not in run.choices.takeover and mark.base is not None:
        mark = replace(mark, base=replace(mark.base, commit=NO_COMMIT))
    return replace(
        change,
        action=Action.NONE if run.choices.rollback else Action.ADOPT,
        standing=Standing.SERVER_DRIFTED if moves else Standing.IN_SYNC,
        live_id=live.id,
        writer=live.writer,
        live_hash=run.live_hash(live),
        reason=f"becomes ours; it was {run.rows.class_of[live.id].value}",
        fields=tuple(
            field_change(field, what, settled, live, body, None, brake=False, expected=False)
            for field, what in moves.items()
        ),
        tags=user_tags(live),
        mark=mark,
        expect=live.fingerprint,
    )
