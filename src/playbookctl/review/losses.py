"""What a run can do now with fewer people asked than before: gate dominance on both sides, held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playbookctl.model.review import Level, RiskKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from playbookctl.review.changed import Changed
    from playbookctl.review.reachable import Act, Asked


class Loss(NamedTuple):
    """An act that a run of `act.entry` reaches now, and how it was guarded before.

    `asked` are the last gates before it on the base's side, `by_hand` says that a person had to start the run.
    """

    kind: RiskKind
    level: Level
    act: Act
    asked: tuple[Asked, ...]
    by_hand: bool
    starts: bool  # by itself, now


def losses(changed: Changed) -> Iterator[Loss]:
    """Yield every loss, by entry point and then in the order of what it reaches."""
    for entry in changed.affected():
        old_entry = changed.old_key(entry)
        starts, started = entry in changed.now.starting, old_entry in changed.before.starting
        acts = changed.now.acts(entry)
        known = _Known(changed, changed.before.acts(old_entry) if old_entry else (), acts)
        for act in acts:
            loss = _loss(act, known.before(act), starts=starts, started=started)
            if loss is not None:
                yield loss


class _Known:
    """What a run could do before, found again by the step that does it; else by what it does."""

    def __init__(self, changed: Changed, old: Sequence[Act], new: Sequence[Act]) -> None:
        self._old = {(act.key, act.step): act for act in old}
        self._place = {
            (act.key, act.step): (changed.old_key(act.key), changed.old_step(act.key, act.step)) for act in new
        }
        paired = {place for place in self._place.values() if place in self._old}
        self._moved = _by_what(act for place, act in self._old.items() if place not in paired)
        self._all = _by_what(self._old.values())

    def before(self, act: Act) -> tuple[Act, ...]:
        """Return what stands for `act` on the base's side: the same step, one that moved, or others that do the same."""
        same = self._old.get(self._place[act.key, act.step])
        if same is not None and same.does == act.does:
            return (same,)
        return tuple(self._moved.get(act.does, []) or self._all.get(act.does, []))


def _by_what(acts: Iterable[Act]) -> dict[tuple[str | None, str], list[Act]]:
    found: dict[tuple[str | None, str], list[Act]] = {}
    for act in acts:
        found.setdefault(act.does, []).append(act)
    return found


def _loss(act: Act, before: Sequence[Act], *, starts: bool, started: bool) -> Loss | None:
    by_hand = starts and not started
    asked = tuple(dict.fromkeys(gate for old in before for gate in old.gates))
    was_ungated = any(old.is_ungated for old in before) and not by_hand
    if not before:
        return Loss(RiskKind.DESTRUCTIVE, _level_of_new(act, starts=starts), act, (), by_hand=False, starts=starts)
    if act.is_ungated:
        if was_ungated:
            return None
        level = Level.HIGH if starts else Level.MEDIUM
        return Loss(RiskKind.GATE_GONE, level, act, asked, by_hand, starts)
    if by_hand or was_ungated or all(any(now.is_as_strict_as(gate) for gate in asked) for now in act.gates):
        return None
    return Loss(RiskKind.GATE_WEAKER, Level.MEDIUM, act, asked, by_hand, starts)


def _level_of_new(act: Act, *, starts: bool) -> Level:
    if act.is_ungated:
        return Level.HIGH if starts else Level.MEDIUM
    return Level.MEDIUM if starts or act.kind == "irreversible" else Level.LOW
