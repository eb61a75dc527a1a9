"""How faults change what is written and what is listed: pure functions over bodies and pages."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from playbookctl.server.faults import Fault, FaultKind
from playbookctl.server.fields import PLAYBOOK
from playbookctl.server.shapes import defaults

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED_S = 60.0

Json = dict[str, Any]


class RecentWrites:
    """What was written lately, and how it looked before (None: it did not exist)."""

    def __init__(self) -> None:
        self._writes: list[tuple[float, str, Json | None]] = []

    def note(self, document: Json, before: Json | None) -> None:
        """Remember one write of an object."""
        now = time.monotonic()
        self._writes = [write for write in self._writes if now - write[0] < REMEMBERED_S]
        self._writes.append((now, document["id"], before))

    def as_of(self, row: Json, seconds: float) -> Json | None:
        """Return how an object looked `seconds` ago, None if it did not exist."""
        since = time.monotonic() - seconds
        return next(
            (before for when, object_id, before in self._writes if object_id == row["id"] and when > since), row
        )


def rewritten(body: bytes, struck: dict[FaultKind, Fault]) -> bytes:
    """Return a request's body as the faults make the server understand it."""
    changes = [(change, struck[kind]) for kind, change in BODY_FAULTS.items() if kind in struck]
    if not changes:
        return body
    try:
        document = json.loads(body)
    except ValueError:
        return body
    if not isinstance(document, dict):
        return body
    for change, fault in changes:
        document = change(document, fault)
    return json.dumps(document).encode()


def repaged(page: Json, struck: dict[FaultKind, Fault], before: Json | None, writes: RecentWrites) -> Json:
    """Return a page as the faults make the server send it; `before` is the last row of the page before."""
    for kind, change in PAGE_FAULTS.items():
        if kind in struck:
            page = change(page, struck[kind])
    if FaultKind.STALE_LIST in struck:
        seen = [writes.as_of(row, struck[FaultKind.STALE_LIST].seconds) for row in page["data"]]
        rows = [row for row in seen if row is not None]
        page = {**page, "data": rows, "total": page["total"] - (len(seen) - len(rows))}
    if FaultKind.REPEATED_ROW in struck and before is not None:
        page = {**page, "data": [before, *page["data"]]}
    return page


def _drop(document: Json, fault: Fault) -> Json:
    return {name: value for name, value in document.items() if name != fault.field}


def _alter(document: Json, fault: Fault) -> Json:
    if fault.field not in document:
        return document
    return {**document, fault.field: _tidied(document[fault.field])}


def _tidied(value: Any) -> Any:
    match value:
        case str():
            return value.strip()
        case list() if all(isinstance(member, str) for member in value):
            return sorted({member.strip() for member in value})
        case _:
            return value


def _replace(document: Json, _: Fault) -> Json:
    return {**defaults(PLAYBOOK), **document}


def _truncate(page: Json, fault: Fault) -> Json:
    return {**page, "data": page["data"][: -fault.rows]}


def _without(page: Json, fault: Fault) -> Json:
    return {**page, "data": [_drop(row, fault) for row in page["data"]]}


BODY_FAULTS: dict[FaultKind, Callable[[Json, Fault], Json]] = {
    FaultKind.DROP_FIELD: _drop,
    FaultKind.ALTER_FIELD: _alter,
    FaultKind.REPLACE: _replace,
}
PAGE_FAULTS: dict[FaultKind, Callable[[Json, Fault], Json]] = {
    FaultKind.TRUNCATED_PAGE: _truncate,
    FaultKind.LIST_WITHOUT: _without,
}
