"""Which live objects stand for a key of ours: asked before a create, and again before and after it is completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.canonical import missing
from playbookctl.errors import NotFound
from playbookctl.marker import PREFIX, BadMarker, read_tags, self_digest
from playbookctl.model.marker import Marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.apply.calls import Playbooks, Row


def whole(client: Playbooks, rows: Iterable[Row], *fields: str) -> Iterator[Row]:
    """Yield rows of a list, each got whole where the list leaves one of `fields` out (by default any managed field)."""
    for row in rows:
        lacking = any(field not in row for field in fields) if fields else missing(row)
        if not lacking:
            yield row
            continue
        try:
            yield client.get_playbook(str(row["id"]))
        except NotFound:
            continue  # deleted since


def key_tag(namespace: str, key: str) -> str:
    """Return the tag that every object of a key carries."""
    return f"{PREFIX}key={namespace}/{key}"


def keys_of(row: Mapping[str, Any], namespace: str) -> tuple[str, ...]:
    """Return the keys of our namespace that an object stands for; a copy, a duplicate and a deleted one stand for none."""
    marker = read_tags(row.get("tags"))
    if marker is None or row.get("is_deleted") is True:
        return ()
    if isinstance(marker, BadMarker):
        return tuple(key for space, key in marker.keys if space == namespace)
    is_copy = marker.base is not None and marker.base.self_id != self_digest(str(row["id"]))
    return () if marker.namespace != namespace or marker.duplicate_of or is_copy else (marker.key,)


def is_unfinished(row: Mapping[str, Any]) -> bool:
    """Tell whether an object is the first phase of a create."""
    marker = read_tags(row.get("tags"))
    return isinstance(marker, Marker) and marker.unfinished


def present_keys(rows: Iterable[Mapping[str, Any]], namespace: str) -> dict[str, str]:
    """Return, for every key that an object stands for, the id of one that does."""
    return {key: str(row["id"]) for row in rows for key in keys_of(row, namespace)}
