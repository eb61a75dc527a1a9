"""Cursors: where a list goes on. Opaque to clients, bound to the query they were given for."""

from __future__ import annotations

import base64
import binascii
import hashlib
from http import HTTPStatus

from playbookctl.server.ids import is_id
from playbookctl.server.problems import ApiProblem

LONGEST = 200


def cursor_after(object_id: str, query: str) -> str:
    """Return the cursor of the page that follows `object_id` in the list that `query` asks for."""
    return base64.urlsafe_b64encode(f"{object_id}.{_bound(query)}".encode()).decode()


def position(cursor: str, query: str) -> str:
    """Return the id after which the page begins; raise ApiProblem 400 for a cursor we did not give for this query."""
    try:
        text = base64.b64decode(cursor[:LONGEST].encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    object_id, _, bound = text.partition(".")
    if not is_id(object_id) or bound != _bound(query):
        raise ApiProblem(
            HTTPStatus.BAD_REQUEST,
            "the cursor is not one of this list",
            [("/cursor", "leave it out to begin at the first page")],
        )
    return object_id


def _bound(query: str) -> str:
    return hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]
