"""What became of each step: paired by id, a renamed one recognised by what it does; differences in plain words."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.model.review import StepKind, StepNote
from playbookctl.review import fields
from playbookctl.steps import canonical_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.model.playbook import Playbook, Step

_MOST_UNPAIRED = 200  # steps of a side that are compared with each of the other's
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class StepPair:
    """A step on both sides: as it stands, and in canonical form without its body, the base's with the head's ids."""

    old: Step
    new: Step
    before: Mapping[str, Any]
    now: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepChanges:
    """All steps of a playbook: paired, added, removed; `moved` are ids of the head that stand elsewhere than before."""

    paired: tuple[StepPair, ...]
    added: tuple[Step, ...]
    removed: tuple[Step, ...]
    moved: frozenset[str]
    before: Mapping[str, str]  # the base's id of each step of the head that has one

    def notes(self) -> tuple[StepNote, ...]:
        """Return what is to be said, in the order of the head, removed steps last."""
        by_id = {pair.new.id: note for pair in self.paired if (note := self._note(pair)) is not None}
        by_id |= {step.id: _note(StepKind.ADDED, step) for step in self.added}
        now = sorted((*(pair.new for pair in self.paired), *self.added), key=_place)
        notes = [by_id[step.id] for step in now if step.id in by_id]
        return (*notes, *(_note(StepKind.REMOVED, step) for step in sorted(self.removed, key=_place)))

    def _note(self, pair: StepPair) -> StepNote | None:
        plain, wiring = fields.differences(pair.before, pair.now)
        before_id = pair.old.id if pair.old.id != pair.new.id else ""
        if before_id:
            kind = StepKind.RENAMED
        elif plain:
            kind = StepKind.CHANGED
        elif wiring:
            kind = StepKind.REWIRED
        elif pair.new.id in self.moved:
            kind = StepKind.MOVED
        else:
            return None
        return StepNote(kind, pair.new.id, pair.new.name, (*plain, *wiring), before_id)


def compare(old: Playbook | None, new: Playbook | None) -> StepChanges:
    """Return what became of the steps; None on one side means that all are added or removed."""
    before = {} if old is None else old.step_ids
    after = {} if new is None else new.step_ids
    same = {id_: id_ for id_ in before if id_ in after}
    lost = [step for id_, step in before.items() if id_ not in same]
    gained = [step for id_, step in after.items() if id_ not in same]
    renamed = _renamed(lost, gained)
    names = {**same, **renamed}
    translated = _Translator(renamed)
    paired = tuple(
        StepPair(before[one], after[other], translated(_flat(before[one])), _flat(after[other]))
        for one, other in names.items()
    )
    return StepChanges(
        paired,
        tuple(step for step in gained if step.id not in set(renamed.values())),
        tuple(step for step in lost if step.id not in renamed),
        _moved(paired),
        {other: one for one, other in names.items()},
    )


def _note(kind: StepKind, step: Step) -> StepNote:
    return StepNote(kind, step.id, step.name, tuple(fields.description(_flat(step))))


def _flat(step: Step) -> dict[str, Any]:
    """Return a step in canonical form, without the steps of its body."""
    canonical: list[dict[str, Any]] = canonical_steps([{key: v for key, v in step.data.items() if key != "steps"}])
    return canonical[0]


def _renamed(lost: list[Step], gained: list[Step]) -> dict[str, str]:
    """Return {old id: new id} of steps that do alike; each is used once, the most alike first."""
    if len(lost) > _MOST_UNPAIRED or len(gained) > _MOST_UNPAIRED:
        return {}
    ranked = sorted(
        (-alike, abs(one.index - other.index), one.id, other.id)
        for one in lost
        for other in gained
        if (alike := _alike(one, other)) >= _ALIKE
    )
    found: dict[str, str] = {}
    for _, _, one, other in ranked:
        if one not in found and other not in found.values():
            found[one] = other
    return found


def _alike(one: Step, other: Step) -> float:
    """Return how much of what two steps say is the same, 0 to 1; 0 if they do different things."""
    if one.type != other.type or any(one.data.get(key) != other.data.get(key) for key in _DOING):
        return 0.0
    left, right = _said(one), _said(other)
    return len(left & right) / len(left | right) if left | right else 1.0


_DOING = ("connector", "action", "playbook")
_WIRING = frozenset({"id", "next", "branches", "else", "steps", "type"})


def _said(step: Step) -> set[str]:
    rows = {f"{key}={json.dumps(value, sort_keys=True)}" for key, value in _flat(step).items() if key not in _WIRING}
    rows |= {f"with.{key}={json.dumps(value, sort_keys=True)}" for key, value in step.parameters.items()}
    rows |= {f"branch={branch['name']}" for branch in step.branches}
    return rows - {f"with={json.dumps(step.data.get('with'), sort_keys=True)}"}


class _Translator:
    """Puts the head's ids of renamed steps into values of the base: where they lead, and what they read."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        ids = "|".join(re.escape(id_) for id_ in sorted(renamed, key=len, reverse=True))
        self._reading = re.compile(rf"\bsteps\.({ids})(?![\w-])") if renamed else None

    def __call__(self, step: dict[str, Any]) -> dict[str, Any]:
        if self._reading is None:
            return step
        return {key: self._id(value) if key == "id" else self._value(value, key) for key, value in step.items()}

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: self._value(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, key) for item in value]
        if not isinstance(value, str):
            return value
        if key in ("next", "else"):
            return self._id(value)
        return self._reading.sub(lambda found: f"steps.{self._id(found[1])}", value) if self._reading else value

    def _id(self, name: Any) -> Any:
        return self._renamed.get(name, name)


def _moved(paired: tuple[StepPair, ...]) -> frozenset[str]:
    """Return the ids that stand elsewhere, as few as tell the new order; a step that went into a loop or out of one too."""
    names = {pair.old.id: pair.new.id for pair in paired}
    elsewhere = {
        pair.new.id
        for pair in paired
        if (names.get(pair.old.parent.id) if pair.old.parent else None)
        != (pair.new.parent.id if pair.new.parent else None)
    }
    left = [pair for pair in paired if pair.new.id not in elsewhere]
    before = {pair.new.id: at for at, pair in enumerate(sorted(left, key=lambda pair: _place(pair.old)))}
    after = [pair.new.id for pair in sorted(left, key=lambda pair: _place(pair.new))]
    stay = {after[at] for at in _increasing([before[id_] for id_ in after])}
    return frozenset(set(after) - stay | elsewhere)


def _place(step: Step) -> tuple[int, ...]:
    return tuple(part for part in step.path if isinstance(part, int))


def _increasing(values: list[int]) -> Iterator[int]:
    """Yield the positions of a longest increasing run of distinct values, in n log n."""
    tails: list[int] = []
    ends: list[int] = []
    back: list[int] = []
    for at, value in enumerate(values):
        slot = bisect_left(tails, value)
        back.append(ends[slot - 1] if slot else -1)
        if slot == len(tails):
            tails.append(value)
            ends.append(at)
        else:
            tails[slot], ends[slot] = value, at
    at = ends[-1] if ends else -1
    while at >= 0:
        yield at
        at = back[at]
