"""The database's schema, as the steps that lead to it. `PRAGMA user_version` counts the steps a file has taken.

A statement of a step ends with `;` at the end of a line; inside a trigger a space stands before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

STATEMENT_END = re.compile(r"(?<! );\n")

OBJECTS = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tenants (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    app_id TEXT,
    sub TEXT NOT NULL,
    scope TEXT NOT NULL,
    salt BLOB NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE objects (
    resource TEXT NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    app_id TEXT,
    is_deleted INTEGER NOT NULL,
    doc TEXT NOT NULL,
    UNIQUE (resource, tenant_id, id)
);
CREATE INDEX objects_listed ON objects (resource, tenant_id, is_deleted, id, app_id);
CREATE INDEX objects_named ON objects (resource, tenant_id, json_extract(doc, '$.name'));
CREATE UNIQUE INDEX active_emails ON objects (tenant_id, json_extract(doc, '$.email'))
    WHERE resource = 'person' AND is_deleted = 0 AND json_extract(doc, '$.status') = 'active';
CREATE TABLE tags (
    resource TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (resource, tenant_id, tag, id)
) WITHOUT ROWID;
"""

RUNS = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    playbook_id TEXT NOT NULL,
    alert_id TEXT,
    inputs TEXT NOT NULL,
    status TEXT NOT NULL,
    trace TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    ended_at TEXT
) WITHOUT ROWID;
CREATE INDEX runs_waiting ON runs (id) WHERE status = 'queued';
CREATE INDEX runs_of_a_playbook ON runs (tenant_id, playbook_id, id);
"""

# Counting 100,000 rows for the `total` of every page costs more than the page: triggers keep the numbers instead.
COUNTS = """
CREATE TABLE counts (
    resource TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    app TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (resource, tenant_id, app, is_deleted)
) WITHOUT ROWID;
INSERT INTO counts SELECT resource, tenant_id, coalesce(app_id, ''), is_deleted, count(*) FROM objects GROUP BY 1, 2, 3, 4;
CREATE TRIGGER objects_counted AFTER INSERT ON objects BEGIN
    INSERT INTO counts VALUES (new.resource, new.tenant_id, coalesce(new.app_id, ''), new.is_deleted, 1)
        ON CONFLICT DO UPDATE SET number = number + 1 ; END;
CREATE TRIGGER objects_recounted AFTER UPDATE OF is_deleted ON objects WHEN old.is_deleted <> new.is_deleted BEGIN
    UPDATE counts SET number = number - 1 WHERE resource = old.resource AND tenant_id = old.tenant_id
        AND app = coalesce(old.app_id, '') AND is_deleted = old.is_deleted ;
    INSERT INTO counts VALUES (new.resource, new.tenant_id, coalesce(new.app_id, ''), new.is_deleted, 1)
        ON CONFLICT DO UPDATE SET number = number + 1 ; END;
"""

STEPS = (OBJECTS, RUNS, COUNTS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest schema, each step in one transaction; raise ConfigError if it is newer."""
    taken = _version(connection)
    if taken > len(STEPS):
        raise ConfigError(
            f"'{path}' has database schema {taken}, this version knows {len(STEPS)}",
            hint="upgrade playbookctl or use another --database",
        )
    for number, step in enumerate(STEPS, start=1):
        if number > taken:
            _take(connection, number, step)


def _take(connection: sqlite3.Connection, number: int, step: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) < number:  # another process may have been faster
            for statement in STATEMENT_END.split(step):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
