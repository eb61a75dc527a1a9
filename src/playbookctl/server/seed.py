"""What a fresh tenant starts with: connectors and persons by name, under ids that follow from the names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playbookctl.server import objects
from playbookctl.server.fields import CONNECTOR, PERSON
from playbookctl.server.ids import derived_id
from playbookctl.server.problems import ApiProblem
from playbookctl.server.shapes import defaults

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from playbookctl.server.auth import Caller
    from playbookctl.server.fields import Resource


@dataclass(frozen=True)
class Seed:
    """Connectors as {name: provider}, persons by display name."""

    connectors: Mapping[str, str] = field(default_factory=dict)
    persons: tuple[str, ...] = ()


def plant(connection: sqlite3.Connection, seed: Seed, caller: Caller) -> None:
    """Add what is missing of the seed to the caller's tenant (and application); what is there stays as it is."""
    for name in sorted(seed.connectors):
        _plant(connection, CONNECTOR, caller, name, {"name": name, "provider": seed.connectors[name]})
    for name in sorted(set(seed.persons)):
        _plant(connection, PERSON, caller, name, {"display_name": name})


def seeded_id(resource: Resource, caller: Caller, name: str) -> str:
    """Return the id that a seeded object of this name has in the caller's tenant (and application)."""
    return derived_id(resource.prefix, caller.tenant_id, caller.app_id or "", name)


def _plant(
    connection: sqlite3.Connection, resource: Resource, caller: Caller, name: str, values: dict[str, str]
) -> None:
    object_id = seeded_id(resource, caller, name)
    try:
        objects.get_text(connection, resource, caller, object_id)
    except ApiProblem:
        values = {**defaults(resource), **values}
        objects.insert(connection, resource, caller, object_id, values, source_type="system")
