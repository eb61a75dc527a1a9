"""Tags <-> marks: what `playbookctl:` tags on a live playbook say, and how they are written.

`key=<namespace>/<key>`, `base=<format>.<digests>.<self>.<commit>` or `base=1.new`, `echo=<field>:<digest>,...`,
`retired=<digests>`, `duplicate-of=<id>`. Digests are 8 hex digits of SHA-256 per field, in the order of `FORMATS`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playbookctl.model.marker import FORMAT, Base, Marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFIX = "playbookctl:"
UNFINISHED = "1.new"
# the fields that each format of the marker knows, in its order; a format is never changed, a new one is added
FORMATS: dict[int, tuple[str, ...]] = {
    1: (
        "name", "description", "category", "trigger_conditions", "auto_execute", "mitre_tactics", "mitre_techniques",
        "steps", "required_connector_ids", "owner_id", "enabled", "tags",
    ),
}  # fmt: skip

_WIDTH = 8
_KEY = re.compile(r"([a-z0-9-]{1,32})/([a-z0-9-]{1,64})")
_BASE = re.compile(r"([1-9][0-9]{0,3})\.([0-9a-f]+)\.([0-9a-f]{8})\.([0-9a-f]{12})")
_NEWER_BASE = re.compile(r"([1-9][0-9]{0,3})\..+")
_ECHO = re.compile(r"([a-z_]+):([0-9a-f]{8})")
_DIGESTS = re.compile(r"(?:[0-9a-f]{8})+")
_WORDS = ("base", "duplicate-of", "echo", "key", "retired")


@dataclass(frozen=True, slots=True)
class BadMarker:
    """Reserved tags that this version cannot make sense of. `keys` are those it names, as (namespace, key).

    `newer`: a later version wrote it. `tags` are the reserved tags as they are.
    """

    reason: str
    keys: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    newer: bool = False


def is_reserved(tag: Any) -> bool:
    """Whether a tag belongs to us, whatever it says."""
    return isinstance(tag, str) and tag.startswith(PREFIX)


def read_tags(tags: Any) -> Marker | BadMarker | None:
    """Return what the reserved tags of an object say; None where there are none, or `tags` is no list."""
    ours = sorted({tag for tag in tags if is_reserved(tag)}) if isinstance(tags, list) else []
    if not ours:
        return None
    said: dict[str, list[str]] = {}
    for tag in ours:
        word, _, value = tag[len(PREFIX) :].partition("=")
        said.setdefault(word, []).append(value)
    try:
        return _marker(said)
    except _UnreadableError as error:
        keys = tuple(match.groups() for match in map(_KEY.fullmatch, said.get("key", ())) if match)
        return BadMarker(str(error), tuple((space, key) for space, key in keys), tuple(ours), newer=error.newer)


def write_tags(marker: Marker, live_id: str = "") -> tuple[str, ...]:
    """Return the tags that say `marker`, sorted. `live_id` binds a base that has no self digest yet.

    Raises ValueError for a base that is bound to no object: it would be taken for a copy.
    """
    tags = [f"{PREFIX}key={marker.namespace}/{marker.key}"]
    if marker.unfinished:
        tags.append(f"{PREFIX}base={UNFINISHED}")
    elif marker.base is not None:
        base = marker.base
        self_id = base.self_id or (self_digest(live_id) if live_id else "")
        if not self_id:
            raise ValueError(f"the base of '{marker.key}' is bound to no object")
        tags.append(f"{PREFIX}base={base.format}.{base.digests}.{self_id}.{base.commit}")
    if marker.echo:
        tags.append(f"{PREFIX}echo={','.join(f'{field}:{value}' for field, value in sorted(marker.echo))}")
    if marker.retired:
        tags.append(f"{PREFIX}retired={marker.retired}")
    if marker.duplicate_of:
        tags.append(f"{PREFIX}duplicate-of={marker.duplicate_of}")
    return tuple(sorted(tags))


def unfinished(marker: Marker) -> Marker:
    """Return the marker of the first phase of a create: the key, and a base that says so."""
    return replace(marker, base=None, unfinished=True, echo=(), retired="", duplicate_of="")


def self_digest(live_id: str) -> str:
    """Return what binds a base to its object: 8 hex digits of SHA-256 of the id."""
    return hashlib.sha256(live_id.encode()).hexdigest()[:_WIDTH]


def base_by_field(base: Base) -> dict[str, str]:
    """Return the digests of a base by API field; fields that its format did not know are absent."""
    return dict(zip(FORMATS[base.format], _cut(base.digests), strict=True))


def _cut(digests: str) -> Iterable[str]:
    return (digests[start : start + _WIDTH] for start in range(0, len(digests), _WIDTH))


class _UnreadableError(ValueError):
    def __init__(self, reason: str, *, newer: bool = False) -> None:
        super().__init__(reason)
        self.newer = newer


def _marker(said: Mapping[str, list[str]]) -> Marker:
    unknown = sorted(said.keys() - set(_WORDS))
    if unknown:
        raise _UnreadableError(f"unknown tag '{PREFIX}{unknown[0]}'", newer=True)
    for word, values in sorted(said.items()):
        if len(values) > 1:
            raise _UnreadableError(f"{len(values)} different tags '{PREFIX}{word}'")
    if "key" not in said:
        raise _UnreadableError(f"no tag '{PREFIX}key'")
    match = _KEY.fullmatch(said["key"][0])
    if match is None:
        raise _UnreadableError(f"'{PREFIX}key={said['key'][0]}' is no namespace and key")
    base = said.get("base", [""])[0]
    return Marker(
        namespace=match[1],
        key=match[2],
        base=None if base in ("", UNFINISHED) else _base(base),
        unfinished=base == UNFINISHED,
        echo=_echo(said.get("echo", [""])[0]),
        retired=_retired(said.get("retired", [""])[0]),
        duplicate_of=said.get("duplicate-of", [""])[0],
    )


def _base(text: str) -> Base:
    newer = _NEWER_BASE.fullmatch(text)
    if newer is not None and int(newer[1]) > max(FORMATS):
        raise _UnreadableError(f"the base has format {newer[1]}, this version knows up to {FORMAT}", newer=True)
    match = _BASE.fullmatch(text)
    if match is None or len(match[2]) != _WIDTH * len(FORMATS[int(match[1])]):
        raise _UnreadableError(f"'{PREFIX}base={text}' cannot be read")
    return Base(digests=match[2], commit=match[4], self_id=match[3], format=int(match[1]))


def _echo(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in text.split(",") if text else ():
        match = _ECHO.fullmatch(part)
        if match is None:
            raise _UnreadableError(f"'{PREFIX}echo={text}' cannot be read")
        pairs.append((match[1], match[2]))
    return tuple(sorted(pairs))


def _retired(text: str) -> str:
    if text and not _DIGESTS.fullmatch(text):
        raise _UnreadableError(f"'{PREFIX}retired={text}' cannot be read")
    return text
