"""What is sent, and what the object should look like afterwards. Pure: a change and the object as it was read."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import (
    POSITIONS,
    digest_at,
    field_digest,
    fingerprint,
    free_tags,
    row_digests,
    with_digest,
)
from playbookctl.marker import is_reserved, unfinished, write_tags
from playbookctl.model.fields import MANAGED, SERVER_FIELDS
from playbookctl.model.plan import Action, Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.apply.calls import Row
    from playbookctl.model.marker import Marker

SWITCHES = ("enabled", "auto_execute")
_BY_NAME = {field.api_name: field for field in MANAGED}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object as it should be after a write: digests of all managed fields, our marks, and which fields were sent."""

    digests: str
    marks: frozenset[str]
    sent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How an object differs from what was wanted, by API field in the marker's order.

    `altered` were sent and stored differently; `marks` tells whether our tags are among what differs. `lost`: all fields
    that were not sent are at their defaults, as on a server that replaces objects (a vendor's fields are named, too).
    `moved` were not sent and differ otherwise: somebody wrote between our read and our write, and nothing is wrong.
    """

    altered: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    marks: bool = False

    def __bool__(self) -> bool:
        return bool(self.altered or self.lost or self.marks)  # what moved is somebody's edit


def first_body(change: Change) -> Row:
    """Return the body of the first phase of a create: everything, but switched off and marked as unfinished."""
    return {
        **_values(change),
        **dict.fromkeys(SWITCHES, False),
        "tags": [*change.tags, *write_tags(unfinished(_mark(change)))],
    }


def update_body(change: Change, seen: Mapping[str, Any], *, replaces: bool) -> Row:
    """Return what a PATCH sends: the moved fields and the tags; all managed fields where the server replaces objects."""
    body = {field.api_name: seen[field.api_name] for field in MANAGED if field.api_name in seen} if replaces else {}
    body |= _values(change)
    if sends_tags(change):
        body["tags"] = _tags(change, seen)
    return body


def sends_tags(change: Change) -> bool:
    """Tell whether the tags are written: with the marks, or alone where the contents are written without a mark."""
    return change.mark is not None or _writes_tags(change)


def wanted(change: Change, seen: Mapping[str, Any]) -> Wanted:
    """Return what `seen` should have become once the change is carried out."""
    digests = row_digests(seen)
    values = _values(change)
    tags = _tags(change, seen) if sends_tags(change) else list(seen.get("tags") or ())
    if sends_tags(change):
        values["tags"] = free_tags(tags)
    for name, value in values.items():
        digests = with_digest(digests, POSITIONS[name], field_digest(_BY_NAME[name], value))
    return Wanted(digests, _marks(tags), frozenset(values))


def deviation(aim: Wanted, before: Mapping[str, Any], now: Mapping[str, Any]) -> Deviation:
    """Return how `now` differs from what was wanted of `before`."""
    found = row_digests(now)
    different = [name for name, at in POSITIONS.items() if digest_at(found, at) != digest_at(aim.digests, at)]
    altered = tuple(name for name in different if name in aim.sent)
    unsent = tuple(name for name in different if name not in aim.sent)
    marks = _marks(now.get("tags")) != aim.marks
    if _is_replaced(unsent, found, aim.sent):
        return Deviation(altered, lost=(*unsent, *_vanished(before, now)), marks=marks)
    return Deviation(altered, moved=unsent, marks=marks)


def completed(change: Change, row: Mapping[str, Any]) -> Change:
    """Return the second phase of a create, to be applied to the object that the first one made."""
    return replace(change, action=Action.FINISH, live_id=str(row["id"]), expect=fingerprint(row), fields=())


def switched_off(change: Change, row: Mapping[str, Any], mark: Marker) -> Change:
    """Return a change that leaves an object that this run created switched off and marked with `mark`."""
    return replace(
        change,
        live_id=str(row["id"]),
        write=tuple((name, "false") for name in SWITCHES),
        tags=tuple(free_tags(row.get("tags")) or ()),
        mark=mark,
        expect=fingerprint(row),
        fields=(),
    )


def with_echo(
    change: Change, names: tuple[str, ...], before: Mapping[str, Any], row: Mapping[str, Any]
) -> Change | None:
    """Return a change that only notes, in the marks, what the server made of the fields `names`; None where none is noted.

    A field that says how it acts and was not stored at all (a switch has no other form; steps or a trigger that are empty
    or as before) is not noted, so that every plan shows it.
    """
    if change.mark is None:
        return None
    digests = row_digests(row)
    old = row_digests(before)
    noted = [name for name in names if name not in SWITCHES and not _is_dropped(name, old, digests)]
    if not noted:
        return None
    echo = {**dict(change.mark.echo), **{name: digest_at(digests, POSITIONS[name]) for name in noted}}
    mark = replace(change.mark, echo=tuple(sorted(echo.items())))
    tags = tuple(free_tags(row.get("tags")) or ())
    return replace(change, action=Action.MARK, write=(), tags=tags, mark=mark, expect=fingerprint(row), fields=())


def restored(before: Mapping[str, Any]) -> Row:
    """Return a body that brings back all managed fields and all tags of an object as it was read."""
    return {field.api_name: before[field.api_name] for field in MANAGED if field.api_name in before}


def _values(change: Change) -> Row:
    return {name: json.loads(text) for name, text in change.write}


def _mark(change: Change) -> Marker:
    if change.mark is None:
        raise ValueError(f"the create of '{change.key}' has no mark")
    return change.mark


def _tags(change: Change, seen: Mapping[str, Any]) -> list[Any]:
    """Return free tags and marks; where the change has no mark the object keeps its own.

    Free tags that only travel along go back as they were read: a server may hold some that are no text.
    """
    marks = write_tags(change.mark, change.live_id) if change.mark else sorted(_marks(seen.get("tags")))
    there = free_tags(seen.get("tags"))
    stay = isinstance(there, list) and tuple(map(str, there)) == change.tags and not _writes_tags(change)
    return [*(there if stay else change.tags), *marks]


def _writes_tags(change: Change) -> bool:
    return any(field.field == "tags" and field.written for field in change.fields)


def _marks(tags: Any) -> frozenset[str]:
    return frozenset(filter(is_reserved, tags)) if isinstance(tags, list | tuple) else frozenset()


def _is_dropped(name: str, old: str, digests: str) -> bool:
    now = digest_at(digests, POSITIONS[name])
    return name in ("steps", "trigger_conditions") and now in (_DEFAULTS[name], digest_at(old, POSITIONS[name]))


def _is_replaced(unsent: tuple[str, ...], found: str, sent: frozenset[str]) -> bool:
    """Tell whether all that was not sent is at its default, aside from fields that every server treats in its own way."""
    telling = POSITIONS.keys() - sent - {*SWITCHES, "name"}
    changed = telling.intersection(unsent)
    return bool(changed) and all(digest_at(found, POSITIONS[name]) == _DEFAULTS[name] for name in telling)


def _vanished(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the fields that are neither managed nor the server's and that have gone."""
    others = before.keys() - POSITIONS.keys() - SERVER_FIELDS.keys()
    return sorted(name for name in others if before[name] is not None and now.get(name) is None)


_DEFAULTS = {name: field_digest(field, None) for name, field in _BY_NAME.items()}
