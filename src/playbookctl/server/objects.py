"""The objects of a collection, always within one caller's tenant (and application)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from playbookctl.server.clock import now, now_after
from playbookctl.server.fields import NO_RUNS, Resource
from playbookctl.server.paging import cursor_after
from playbookctl.server.problems import ApiProblem, not_found

if TYPE_CHECKING:
    from playbookctl.server.auth import Caller
    from playbookctl.server.query import Query

SCHEMA_VERSION = 1
SOURCE = "edm"


@dataclass(frozen=True)
class Page:
    """One page of a list. `documents` are JSON texts, ready to be sent."""

    documents: tuple[str, ...]
    next_cursor: str | None
    total: int


def list_page(connection: sqlite3.Connection, resource: Resource, caller: Caller, query: Query) -> Page:
    """Return one page and the number of all objects the query selects."""
    where, values = _where(resource, caller, query)
    order = "+id" if query.selective else "id"  # the plus keeps SQLite from walking all rows in this order
    statement = f"SELECT id, doc FROM objects WHERE {where} AND {order} > ? ORDER BY {order} LIMIT ?"  # noqa: S608 - names of our table only
    rows = connection.execute(statement, (*values, query.after, query.limit + 1)).fetchall()
    total = _total(connection, resource, caller, query)
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return Page(
        tuple(row["doc"] for row in shown), cursor_after(shown[-1]["id"], query.identity) if more else None, total
    )


def get_text(connection: sqlite3.Connection, resource: Resource, caller: Caller, object_id: str) -> str:
    """Return an object as JSON text, deleted or not; raise ApiProblem 404 where the caller has none of this id."""
    row = connection.execute(
        "SELECT app_id, doc FROM objects WHERE resource = ? AND tenant_id = ? AND id = ?",
        (resource.name, caller.tenant_id, object_id),
    ).fetchone()
    if row is None or (caller.app_id is not None and row["app_id"] != caller.app_id):
        raise not_found()
    return str(row["doc"])


def get(connection: sqlite3.Connection, resource: Resource, caller: Caller, object_id: str) -> dict[str, Any]:
    """Return an object; raise ApiProblem 404 where the caller has none of this id."""
    document: dict[str, Any] = json.loads(get_text(connection, resource, caller, object_id))
    return document


def insert(
    connection: sqlite3.Connection,
    resource: Resource,
    caller: Caller,
    object_id: str,
    values: dict[str, Any],
    *,
    source_type: str = "api",
) -> dict[str, Any]:
    """Store a new object with its stamps and return it; raise ApiProblem 409 where an active person has its e-mail."""
    moment = now()
    stamps = {
        "id": object_id,
        "tenant_id": caller.tenant_id,
        "app_id": caller.app_id,
        "created_at": moment,
        "updated_at": moment,
        "created_by": caller.sub,
        "updated_by": caller.sub,
        "source": SOURCE,
        "source_type": source_type,
        "is_deleted": False,
        "deleted_at": None,
        "deleted_by": None,
        "schema_version": SCHEMA_VERSION,
    }
    given = {**stamps, **INITIAL.get(resource.name, {}), **values}
    document = {name: given[name] for name in resource.fields}
    _store(
        connection,
        "INSERT INTO objects (doc, is_deleted, app_id, resource, tenant_id, id) VALUES (?, 0, ?, ?, ?, ?)",
        (_text(document), caller.app_id, resource.name, caller.tenant_id, object_id),
    )
    _tag(connection, resource, document, [] if "tags" in document else None)
    return document


def patch(
    connection: sqlite3.Connection, resource: Resource, caller: Caller, object_id: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Merge `values` over an object's fields, stamp it and return it; raise ApiProblem 404, or 409 if it is deleted."""
    document = get(connection, resource, caller, object_id)
    if document["is_deleted"]:
        raise ApiProblem(HTTPStatus.CONFLICT, f"the {resource.name} is deleted")
    tags = document.get("tags")
    document |= {**values, "updated_at": now_after(document["updated_at"]), "updated_by": caller.sub}
    save(connection, resource, document)
    _tag(connection, resource, document, tags)
    return document


def soft_delete(connection: sqlite3.Connection, resource: Resource, caller: Caller, object_id: str) -> None:
    """Mark an object as deleted; raise ApiProblem 404 where there is none, or none that is not deleted yet."""
    document = get(connection, resource, caller, object_id)
    if document["is_deleted"]:
        raise not_found()
    moment = now_after(document["updated_at"])
    document |= {"is_deleted": True, "deleted_at": moment, "deleted_by": caller.sub}
    document |= {"updated_at": moment, "updated_by": caller.sub}
    save(connection, resource, document)


def save(connection: sqlite3.Connection, resource: Resource, document: dict[str, Any]) -> None:
    """Store an object as it is, without stamping it."""
    _store(
        connection,
        "UPDATE objects SET doc = ?, is_deleted = ? WHERE resource = ? AND tenant_id = ? AND id = ?",
        (_text(document), document["is_deleted"], resource.name, document["tenant_id"], document["id"]),
    )


def _total(connection: sqlite3.Connection, resource: Resource, caller: Caller, query: Query) -> int:
    if query.tags or query.clauses:
        where, values = _where(resource, caller, query)
        statement = f"SELECT count(*) FROM objects WHERE {where}"  # noqa: S608 - names of our table only
    else:
        statement = (
            "SELECT coalesce(sum(number), 0) FROM counts WHERE resource = ? AND tenant_id = ?"
            " AND coalesce(app = ?, TRUE) AND is_deleted <= ?"
        )
        values = (resource.name, caller.tenant_id, caller.app_id, query.include_deleted)
    return int(connection.execute(statement, values).fetchone()[0])


def _where(resource: Resource, caller: Caller, query: Query) -> tuple[str, tuple[Any, ...]]:
    clauses: list[tuple[str, tuple[Any, ...]]] = [("resource = ? AND tenant_id = ?", (resource.name, caller.tenant_id))]
    if caller.app_id is not None:
        clauses.append(("app_id = ?", (caller.app_id,)))
    if not query.include_deleted:
        clauses.append(("is_deleted = 0", ()))
    tagged = "id IN (SELECT id FROM tags WHERE resource = ? AND tenant_id = ? AND tag = ?)"
    clauses.extend((tagged, (resource.name, caller.tenant_id, tag)) for tag in query.tags)
    clauses.extend(query.clauses)
    return " AND ".join(text for text, _ in clauses), tuple(value for _, values in clauses for value in values)


def _store(connection: sqlite3.Connection, statement: str, values: tuple[Any, ...]) -> None:
    try:
        connection.execute(statement, values)
    except sqlite3.IntegrityError as error:
        if "active_emails" not in str(error):
            raise
        raise ApiProblem(
            HTTPStatus.CONFLICT,
            "an active person has this e-mail address",
            [("/email", "must be unique among active persons")],
        ) from error


def _tag(
    connection: sqlite3.Connection, resource: Resource, document: dict[str, Any], before: list[str] | None
) -> None:
    if before is None:
        return
    place = (resource.name, document["tenant_id"], document["id"])
    gone, added = (sorted(tags) for tags in (set(before) - set(document["tags"]), set(document["tags"]) - set(before)))
    connection.executemany(
        "DELETE FROM tags WHERE resource = ? AND tenant_id = ? AND id = ? AND tag = ?", [(*place, tag) for tag in gone]
    )
    connection.executemany(
        "INSERT INTO tags (resource, tenant_id, id, tag) VALUES (?, ?, ?, ?)", [(*place, tag) for tag in added]
    )


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


INITIAL: dict[str, dict[str, Any]] = {
    "playbook": {"last_run_at": None, "last_run_id": None, "run_stats": NO_RUNS},
    "person": {"status": "active"},
}
