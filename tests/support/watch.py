"""Every write that a reference server committed, in order: a trigger in its database notes the object before and after."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """
CREATE TABLE IF NOT EXISTS watched (number INTEGER PRIMARY KEY, tenant_id TEXT, before TEXT, after TEXT);
CREATE INDEX IF NOT EXISTS watched_tenants ON watched (tenant_id, number);
CREATE TRIGGER IF NOT EXISTS watch_inserts AFTER INSERT ON objects WHEN new.resource = 'playbook' BEGIN
    INSERT INTO watched (tenant_id, before, after) VALUES (new.tenant_id, NULL, new.doc);
END;
CREATE TRIGGER IF NOT EXISTS watch_updates AFTER UPDATE OF doc ON objects WHEN new.resource = 'playbook' BEGIN
    INSERT INTO watched (tenant_id, before, after) VALUES (new.tenant_id, old.doc, new.doc);
END;
"""


@dataclass(frozen=True)
class Write:
    """One committed write of a playbook; `before` is None where it was created."""

    number: int
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def by(self) -> str:
        return str(self.after["updated_by"])

    @property
    def id(self) -> str:
        return str(self.after["id"])


class Watch:
    """Looks at the database of a running server: no request, no fault and no cache stands between."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database, isolation_level=None, timeout=10, check_same_thread=False)
        self._connection.executescript(TABLE)

    def close(self) -> None:
        self._connection.close()

    def writes(self, tenant: str, after: int = 0) -> list[Write]:
        """Return the writes in a tenant that came after the one of that number."""
        rows = self._connection.execute(
            "SELECT number, before, after FROM watched WHERE tenant_id = ? AND number > ? ORDER BY number",
            (tenant, after),
        )
        return [Write(number, json.loads(old) if old else None, json.loads(new)) for number, old, new in rows]

    def playbooks(self, tenant: str) -> dict[str, dict[str, Any]]:
        """Return all playbooks of a tenant by id, deleted ones too."""
        return self.objects(tenant, "playbook")

    def objects(self, tenant: str, resource: str) -> dict[str, dict[str, Any]]:
        """Return all objects of one kind by id, deleted ones too."""
        rows = self._connection.execute(
            "SELECT id, doc FROM objects WHERE resource = ? AND tenant_id = ? ORDER BY id", (resource, tenant)
        ).fetchall()
        return {found: json.loads(doc) for found, doc in rows}

    def inject(self, playbook_id: str, fields: dict[str, Any]) -> None:
        """Store fields that the API does not know, as a vendor's next release would: no stamp moves."""
        self._connection.execute(
            "UPDATE objects SET doc = json_patch(doc, ?) WHERE resource = 'playbook' AND id = ?",
            (json.dumps(fields), playbook_id),
        )

    def forget(self, tenant: str) -> None:
        """Drop a tenant's objects and writes: nobody looks at them again, and a long run stays quick."""
        for table in ("watched", "objects", "tags", "counts"):
            self._connection.execute(f"DELETE FROM {table} WHERE tenant_id = ?", (tenant,))  # noqa: S608 - our own names
