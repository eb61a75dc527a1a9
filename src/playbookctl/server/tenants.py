"""The tenants of a database. A token of one that is not here is worth nothing, however well it is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.server.auth import unauthorized
from playbookctl.server.ids import derived_id

if TYPE_CHECKING:
    from playbookctl.server.auth import Caller
    from playbookctl.server.store import Store

DEFAULT_TENANT = "default"


def tenant_id_of(name: str) -> str:
    """Return the id of the tenant of this name: always the same one."""
    return derived_id("tnt", name)


class Tenants:
    """Which tenants exist; those seen once are remembered, since none is ever removed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: set[str] = set()

    def seen(self, caller: Caller) -> bool:
        """Tell whether the caller's tenant is known already, without asking the database."""
        return caller.tenant_id in self._seen

    def check(self, caller: Caller) -> None:
        """Raise ApiProblem 401 if the caller's tenant is not one of this server."""
        with self._store.reading() as connection:
            if connection.execute("SELECT 1 FROM tenants WHERE id = ?", (caller.tenant_id,)).fetchone() is None:
                raise unauthorized("the token's tenant is unknown")
        self._seen.add(caller.tenant_id)
