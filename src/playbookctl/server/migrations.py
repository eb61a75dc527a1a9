"""The database's schema, as the steps that lead to it. `PRAGMA user_version` counts the steps a file has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

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

STEPS = (OBJECTS, RUNS)


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
            for statement in step.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
