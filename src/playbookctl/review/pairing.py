"""Which playbook of the head is which of the base: by key; by content where the key changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.model.review import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.review.sides import Held, Side

_ALIKE = 0.5  # of what two playbooks of one name say, to be one that has another key
_NEARLY_SAME = 0.95  # and of two that have another name too
_COMMON = 30  # playbooks with the same step, beyond which it tells nothing


@dataclass(frozen=True, slots=True)
class Pair:
    """A playbook on both sides; one of them is None where it was added or removed."""

    old: Held | None
    new: Held | None

    @property
    def key(self) -> str:
        """The head's key, else the base's."""
        return self.one.key

    @property
    def one(self) -> Held:
        """The head's side, else the base's."""
        held = self.new or self.old
        if held is None:
            raise ValueError("a pair of nothing")
        return held

    @property
    def title(self) -> str:
        """What people call it: its name on the head's side, else on the base's."""
        playbooks = (held.playbook for held in (self.new, self.old) if held is not None)
        return next((playbook.name for playbook in playbooks if playbook is not None), "")

    @property
    def is_unreadable(self) -> bool:
        """Whether a side has a file that is no playbook, so that what it gained or lost is not known."""
        return any(held is not None and held.playbook is None for held in (self.old, self.new))

    @property
    def kind(self) -> ChangeKind | None:
        """What became of it; None if nothing."""
        if self.old is None or self.new is None:
            return ChangeKind.ADDED if self.old is None else ChangeKind.REMOVED
        if self.old.key != self.new.key:
            return ChangeKind.RENAMED
        if self.old.digest != self.new.digest or (not self.new.digest and self.old.text != self.new.text):
            return ChangeKind.CHANGED
        if self.old.file != self.new.file:
            return ChangeKind.MOVED
        return ChangeKind.REWRITTEN if self.old.text != self.new.text else None


def pairs(before: Side, now: Side) -> tuple[Pair, ...]:
    """Return every playbook of both sides once, sorted by key."""
    shared = before.playbooks.keys() & now.playbooks.keys()
    found = [Pair(before.playbooks[key], now.playbooks[key]) for key in shared]
    lost = {key: held for key, held in before.playbooks.items() if key not in shared}
    gained = {key: held for key, held in now.playbooks.items() if key not in shared}
    for old, new in _renamed(lost, gained):
        found.append(Pair(lost.pop(old), gained.pop(new)))
    found += [Pair(held, None) for held in lost.values()]
    found += [Pair(None, held) for held in gained.values()]
    return tuple(sorted(found, key=lambda pair: pair.key))


def _renamed(lost: Mapping[str, Held], gained: Mapping[str, Held]) -> list[tuple[str, str]]:
    """Return (old key, new key) of those that are alike, the most alike first; each is used once."""
    said = {key: _features(held) for key, held in gained.items()}
    where: dict[str, list[str]] = {}
    for key, features in sorted(said.items()):
        for feature in sorted(features):
            where.setdefault(feature, []).append(key)
    candidates: list[tuple[float, str, str]] = []
    for old, held in sorted(lost.items()):
        mine = _features(held)
        near = {key for feature in mine if len(where.get(feature, ())) <= _COMMON for key in where.get(feature, ())}
        for new in near:
            alike = len(mine & said[new]) / len(mine | said[new])
            if alike >= (_ALIKE if held.name == gained[new].name else _NEARLY_SAME):
                candidates.append((-alike, old, new))
    return _best(sorted(candidates))


def _best(candidates: Iterable[tuple[float, str, str]]) -> list[tuple[str, str]]:
    used: set[tuple[str, str]] = set()
    chosen: list[tuple[str, str]] = []
    for _, old, new in candidates:
        if ("old", old) not in used and ("new", new) not in used:
            used |= {("old", old), ("new", new)}
            chosen.append((old, new))
    return chosen


def _features(held: Held) -> set[str]:
    """Return what a playbook is known by: its content as a whole, its name, and each step without its wiring."""
    if held.playbook is None:
        return set()
    features = {f"content {held.digest}", f"name {held.playbook.name.casefold()}"}
    for step in held.playbook.all_steps:
        plain = {key: value for key, value in step.data.items() if key not in ("next", "steps")}
        features.add(json.dumps(plain, sort_keys=True, default=str))
    return features
