"""The three-way table per field, as digests: what moved, and what is to be done about it under the run's choices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from playbookctl.canonical import POSITIONS, digest_at
from playbookctl.model.choices import OnDrift, Take

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ACTING = frozenset({"steps", "trigger_conditions", "auto_execute", "enabled"})  # the fields that say how it acts


class Move(Enum):
    """What happened to a field since the base."""

    SAME = "same"
    MARK = "mark"  # both sides agree, the base does not
    WRITE = "write"  # only the repo moved
    DRIFT = "drift"  # only live moved
    CONFLICT = "conflict"  # both moved, or nobody knows the base


def move(desired: str, base: str | None, live: str) -> Move:
    """Return what happened to a field, from three digests; `base` is None where nobody knows it."""
    if desired == live:
        return Move.SAME if base == desired else Move.MARK
    if base is None:
        return Move.CONFLICT
    if live == base:
        return Move.WRITE
    return Move.DRIFT if desired == base else Move.CONFLICT


def compare(
    desired: str, base: Mapping[str, str | None], live: str, echo: Mapping[str, str], fields: Iterable[str]
) -> dict[str, Move]:
    """Return the move of each of `fields` (API names) that is not the same on all three sides.

    `desired` and `live` are digests end to end, `base` digests by field; a field that it lacks is not compared. Where
    live is what the server made of the base (its `echo`), live has not moved.
    """
    moves: dict[str, Move] = {}
    for field in fields:
        if field not in base:
            continue
        position = POSITIONS[field]
        wanted, known, found = digest_at(desired, position), base[field], digest_at(live, position)
        if known is not None and found != wanted and echo.get(field) == found:
            found = known
        what = move(wanted, known, found)
        if what is not Move.SAME:
            moves[field] = what
    return moves


@dataclass(frozen=True, slots=True)
class Orders:
    """What the run was told about one playbook: the decision for its conflicts is None where there is none.

    `unmergeable`: fields of both sides side by side would break a rule that the file keeps. `expected` are fields whose
    drift the config wants kept, whatever the run is told about drift in general.
    """

    on_drift: OnDrift = OnDrift.KEEP
    decision: Take | None = None
    released: bool = False
    unmergeable: bool = False
    expected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settled:
    """The moved fields by what becomes of them: written, kept as live has them, or held as a conflict.

    `clash`: the repo's moves that are written and live's that are kept must not stand side by side. Both say how the
    playbook acts, and nobody has tried such a playbook; or together they would break a rule.
    """

    written: frozenset[str]
    kept: frozenset[str]
    held: frozenset[str]
    clash: bool = False


def settle(moves: Mapping[str, Move], brakes: frozenset[str], orders: Orders) -> Settled:
    """Decide about every moved field. `brakes` are those in which live is safer: only `released` undoes them."""
    fates: dict[str, set[str]] = {"written": set(), "kept": set(), "held": set()}
    for field, what in moves.items():
        if what is not Move.MARK:
            fates[_fate(field, what, orders, brake=field in brakes)].add(field)
    written, kept, held = (frozenset(fates[fate]) for fate in ("written", "kept", "held"))
    if orders.unmergeable:
        by_repo, clash = set(written), bool(written and kept)
    else:
        by_repo = {field for field in written & ACTING if moves[field] is not Move.DRIFT}
        clash = bool(by_repo and kept & ACTING)
    if clash and orders.decision is Take.LIVE:
        return Settled(written - by_repo, kept | by_repo, held)
    return Settled(written, kept, held, clash)


def _fate(field: str, what: Move, orders: Orders, *, brake: bool) -> str:
    if what is Move.WRITE:
        return "written"
    if what is Move.DRIFT:
        if brake:
            return "written" if orders.released else "kept"
        if orders.decision is not None:  # made by somebody who saw this very state: it outdoes a flag for all playbooks
            return "written" if orders.decision is Take.REPO else "kept"
        return "written" if orders.on_drift is OnDrift.REVERT and field not in orders.expected else "kept"
    if orders.decision is Take.LIVE:
        return "kept"
    return "written" if orders.decision is Take.REPO and (orders.released or not brake) else "held"
