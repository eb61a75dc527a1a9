"""What an operator does beside the API: tenants, clients, seeds, alerts coming in, deleting and cloning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.errors import ConfigError
from playbookctl.server import objects
from playbookctl.server.auth import SCOPE, Caller, add_client
from playbookctl.server.autofire import Ingested, ingest
from playbookctl.server.fields import PLAYBOOK, RESOURCES
from playbookctl.server.ids import derived_id, is_id
from playbookctl.server.problems import ApiProblem
from playbookctl.server.seed import Seed, plant
from playbookctl.server.tenants import DEFAULT_TENANT, tenant_id_of

if TYPE_CHECKING:
    from playbookctl.server.store import Store

OPERATOR = derived_id("per", "operator")


class Operator:
    """Acts on one database directly; a server may be running over it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def caller(self, tenant: str = DEFAULT_TENANT, *, app_id: str | None = None) -> Caller:
        """Return the operator in a tenant, given by its id or by its name; a tenant that is new is added."""
        tenant_id, name = (tenant, tenant) if is_id(tenant, "tnt") else (tenant_id_of(tenant), tenant)
        with self._store.reading() as connection:
            known = connection.execute("SELECT 1 FROM tenants WHERE id = ?", (tenant_id,)).fetchone()
        if known is None:
            with self._store.writing() as connection:
                connection.execute("INSERT OR IGNORE INTO tenants VALUES (?, ?)", (tenant_id, name))
        return Caller(tenant_id, OPERATOR, app_id, frozenset(SCOPE.split()))

    def new_client(self, caller: Caller) -> tuple[str, str]:
        """Register a client that logs in as `caller`; return its id and its secret, which cannot be read again."""
        client_id = self._store.ids.next("cli")
        with self._store.writing() as connection:
            return client_id, add_client(connection, client_id, caller)

    def has_clients(self) -> bool:
        """Tell whether any client is registered."""
        with self._store.reading() as connection:
            return connection.execute("SELECT 1 FROM clients LIMIT 1").fetchone() is not None

    def seed(self, caller: Caller, seed: Seed) -> None:
        """Add what is missing of a seed."""
        if seed.connectors or seed.persons:
            with self._store.writing() as connection:
                plant(connection, seed, caller)

    def ingest(self, caller: Caller, alert: dict[str, Any]) -> Ingested:
        """Take in an alert; raise ConfigError with every mistake in it."""
        try:
            return ingest(self._store, caller, alert)
        except ApiProblem as problem:
            said = "; ".join(f"{pointer}: {sentence}" for pointer, sentence in problem.errors)
            raise ConfigError(
                f"this is no alert: {said}", hint="docs/server.md lists the fields of an alert"
            ) from problem

    def delete(self, caller: Caller, object_id: str) -> None:
        """Soft-delete an object; raise ConfigError if the tenant has none of this id."""
        resource = next((kind for kind in RESOURCES if is_id(object_id, kind.prefix)), None)
        try:
            if resource is None:
                raise ConfigError(f"'{object_id}' is no id", hint="ids look like ply_ and 26 characters")
            with self._store.writing() as connection:
                objects.soft_delete(connection, resource, caller, object_id)
        except ApiProblem as problem:
            raise _missing(object_id, caller) from problem

    def clone(self, caller: Caller, playbook_id: str) -> str:
        """Copy a playbook with its tags and return the copy's id; raise ConfigError if there is none of this id."""
        try:
            with self._store.writing() as connection:
                copy_id = self._store.ids.next(PLAYBOOK.prefix)
                document = objects.get(connection, PLAYBOOK, caller, playbook_id)
                values = {name: document[name] for name, field in PLAYBOOK.fields.items() if not field.stamped}
                objects.insert(connection, PLAYBOOK, caller, copy_id, values, source_type="frontend")
        except ApiProblem as problem:
            raise _missing(playbook_id, caller) from problem
        return copy_id


def _missing(object_id: str, caller: Caller) -> ConfigError:
    return ConfigError(f"tenant '{caller.tenant_id}' has no object '{object_id}'", hint="--tenant chooses another one")
