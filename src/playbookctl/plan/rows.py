"""Live rows -> groups by key, and the row of the three-way table that a group falls into."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from playbookctl.canonical import POSITIONS, digest_at, digests
from playbookctl.marker import BadMarker
from playbookctl.plan.sides import Live, LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_STEPS = digest_at(digests({}), POSITIONS["steps"])
_CANDIDATES = (LiveClass.OURS, LiveClass.UNFINISHED, LiveClass.WITHOUT_BASE, LiveClass.RETIRED)
_NOT_OURS = (LiveClass.UNMANAGED, LiveClass.COPY, LiveClass.FOREIGN)


class Row(IntEnum):
    """The rows of the table, by their numbers. README has the same table."""

    NEW = 1
    GONE = 2
    ALIKE = 3
    UNFINISHED = 4
    OURS = 5
    SEVERAL = 6
    WITHOUT_BASE = 7
    BAD_MARKER = 8
    RETIRED = 9
    WAITS = 10
    UNREADABLE = 11
    ORPHAN = 12
    EDITED_ORPHAN = 13


@dataclass(slots=True)
class Group:
    """The live rows that name one key of our namespace, by class; `foreign` rows name the key in another namespace."""

    rows: dict[LiveClass, list[Live]] = field(default_factory=dict)

    def of(self, *classes: LiveClass) -> list[Live]:
        """Return the rows of these classes, by id."""
        return sorted((live for cls in classes for live in self.rows.get(cls, ())), key=lambda live: live.id)


_NOBODY = Group()


class LiveRows:
    """All live rows, classed and grouped. A row that was listed twice counts once, as it came last."""

    def __init__(self, rows: Iterable[Live], namespace: str) -> None:
        self.by_id: dict[str, Live] = {live.id: live for live in rows}
        self.class_of: dict[str, LiveClass] = {id_: live.class_in(namespace) for id_, live in self.by_id.items()}
        self.numbers: dict[LiveClass, int] = dict.fromkeys(LiveClass, 0)
        self._groups: dict[str, Group] = {}
        self._strangers: dict[str, list[Live]] = {}
        self._callers: dict[str, list[Live]] = {}
        for live in self.by_id.values():
            what = self.class_of[live.id]
            self.numbers[what] += 1
            for key in _keys(live, what, namespace):
                self._groups.setdefault(key, Group()).rows.setdefault(what, []).append(live)
            if what in _NOT_OURS or (what is LiveClass.BAD and not _named(live, namespace)):
                self._remember_stranger(live)
            if what not in (LiveClass.DELETED, LiveClass.RETIRED, LiveClass.DUPLICATE):
                for id_ in live.calls:
                    self._callers.setdefault(id_, []).append(live)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that live rows name, in our namespace or as a foreign one."""
        return frozenset(self._groups)

    def group(self, key: str) -> Group:
        """Return the rows that name `key`."""
        return self._groups.get(key, _NOBODY)

    def stands_for(self, key: str) -> bool:
        """Whether some row is the playbook of `key`, was it or may be it: a duplicate is none, and never was."""
        return any(what is not LiveClass.DUPLICATE for what in self.group(key).rows)

    def alike(self, name: str, digests_: str) -> list[Live]:
        """Return rows that are not ours and have the same name, trimmed and case-folded, or the same steps."""
        found = {live.id: live for what in likeness(name, digests_) for live in self._strangers.get(what, ())}
        return [found[id_] for id_ in sorted(found)]

    def acting_duplicates(self) -> list[Live]:
        """Return the rows marked as duplicates that somebody has switched on again, by id."""
        return [
            self.by_id[id_]
            for id_ in sorted(self.by_id)
            if self.class_of[id_] is LiveClass.DUPLICATE and self.by_id[id_].acts
        ]

    def callers(self, live_id: str) -> list[Live]:
        """Return the live playbooks that call this one; retired ones and duplicates do not count, nor does it itself."""
        return sorted((live for live in self._callers.get(live_id, ()) if live.id != live_id), key=lambda live: live.id)

    def ids(self, keep: frozenset[str] = frozenset()) -> dict[str, str]:
        """Return the live id of every key of ours that has exactly one, or one to `keep`, for steps that call it."""
        found = {}
        for key in sorted(self._groups):
            candidates = self._groups[key].of(*_CANDIDATES)
            live = _callee([live for live in candidates if live.id in keep] or candidates)
            if live is not None:
                found[key] = live.id
        return found

    def _remember_stranger(self, live: Live) -> None:
        for what in likeness(live.name, live.digests):
            self._strangers.setdefault(what, []).append(live)


def likeness(name: str, digests_: str) -> tuple[str, ...]:
    """Return what two playbooks that are alike have one of in common: the name, trimmed and case-folded, and the steps."""
    steps = digest_at(digests_, POSITIONS["steps"])
    named = f"name {name.strip().casefold()}"
    return (named, f"steps {steps}") if steps and steps != _NO_STEPS else (named,)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a playbook stands in the table: `live` is the row that matters, `others` the rows beside it."""

    row: Row
    live: Live | None = None
    others: tuple[Live, ...] = ()


def place_of(group: Group, alike: Iterable[Live], *, was_applied: bool, keep: frozenset[str]) -> Place:
    """Return the row of the table for a key that a file has.

    `was_applied`: the key was among the files of the last applied commit. `keep` are the ids that `--keep` names.
    """
    bad = group.of(LiveClass.BAD)
    if bad:
        return Place(Row.BAD_MARKER, bad[0], tuple(bad[1:]))
    candidates = group.of(*_CANDIDATES)
    kept = [live for live in candidates if live.id in keep]
    if len(kept) == 1 and len(candidates) > 1:
        return Place(
            _ROW_OF[_class_of(group, kept[0])], kept[0], tuple(live for live in candidates if live.id != kept[0].id)
        )
    if candidates:
        return _place_of_ours(group, candidates)
    strangers = [*group.of(LiveClass.FOREIGN), *alike]
    if strangers:
        unique = {live.id: live for live in strangers}
        return Place(Row.ALIKE, None, tuple(unique[id_] for id_ in sorted(unique)))
    deleted = group.of(LiveClass.DELETED)
    return Place(Row.GONE if deleted or was_applied else Row.NEW, None, tuple(deleted))


_ROW_OF = {
    LiveClass.OURS: Row.OURS,
    LiveClass.UNFINISHED: Row.UNFINISHED,
    LiveClass.WITHOUT_BASE: Row.WITHOUT_BASE,
    LiveClass.RETIRED: Row.RETIRED,
}


def _place_of_ours(group: Group, candidates: list[Live]) -> Place:
    main = _callee(candidates)
    others = tuple(live for live in candidates if main is None or live.id != main.id)
    # what is left of an interrupted create is cleared away, unless somebody has switched it on meanwhile
    unfinished = {live.id for live in group.of(LiveClass.UNFINISHED)}
    leftovers = {live.id for live in group.of(LiveClass.RETIRED) if not live.acts}
    if main is None or any(live.acts or live.id not in unfinished | leftovers for live in others):
        return Place(Row.SEVERAL, None, tuple(candidates))
    return Place(_ROW_OF[_class_of(group, main)], main, tuple(live for live in others if live.id in unfinished))


def _callee(candidates: list[Live]) -> Live | None:
    """Return the one row that stands for a key: a finished one before the smallest unfinished one; None if unclear."""
    by_rank: dict[int, list[Live]] = {}
    for live in candidates:
        by_rank.setdefault(_rank(live), []).append(live)
    best = by_rank[min(by_rank)] if by_rank else []
    if len(best) == 1 or (best and min(by_rank) == _UNFINISHED_RANK):
        return best[0]
    return None


_UNFINISHED_RANK = 2


def _rank(live: Live) -> int:
    marker = live.marker
    if isinstance(marker, BadMarker) or marker is None:
        return 0
    if marker.unfinished:
        return _UNFINISHED_RANK
    return 1 if marker.retired else 0


def _class_of(group: Group, live: Live) -> LiveClass:
    return next(what for what, rows in group.rows.items() if any(row.id == live.id for row in rows))


def _keys(live: Live, what: LiveClass, namespace: str) -> list[str]:
    if what is LiveClass.UNMANAGED or what is LiveClass.COPY or live.marker is None:
        return []
    if isinstance(live.marker, BadMarker):
        return [key for space, key in live.marker.keys if space == namespace]
    if live.marker.namespace != namespace and what is not LiveClass.FOREIGN:
        return []
    return [live.marker.key]


def _named(live: Live, namespace: str) -> bool:
    return isinstance(live.marker, BadMarker) and any(space == namespace for space, _ in live.marker.keys)
