"""Names -> ids of an environment: connectors, owners, called playbooks. A doubtful lookup is said, never nulled."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.model.nearest import did_you_mean
from playbookctl.model.plan import placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from playbookctl.model.workspace import Connectors, Environment

_PERSON_NAMES = ("display_name", "email", "external_id")


@dataclass(frozen=True, slots=True)
class Missed:
    """A lookup that gave no single id: what is wrong, and what helps."""

    reason: str
    hint: str


class Lookups:
    """The names of one environment. Rows are API objects as listed; None where they could not be or need not be listed.

    `files` are the keys that the repository has, `ids` the live ids by key.
    """

    def __init__(
        self,
        environment: Environment,
        catalogue: Connectors,
        connectors: Iterable[Mapping[str, Any]] | None,
        persons: Iterable[Mapping[str, Any]] | None,
        ids: Mapping[str, str],
        files: Iterable[str],
    ) -> None:
        self._environment = environment
        self._catalogue = catalogue
        self._connectors = _rows(connectors)
        self._persons = _rows(persons)
        self._ids = ids
        self._files = frozenset(files)
        self._known: dict[tuple[str, str], str | Missed] = {}
        self._answers: dict[tuple[str, ...], str] = {}  # many playbooks look up the same names

    @property
    def alive(self) -> frozenset[str] | None:
        """The ids of all connectors and persons that were listed; None if connectors were not."""
        if self._connectors is None:
            return None
        return frozenset(row["id"] for row in (*self._connectors, *(self._persons or ())))

    def connector(self, name: str) -> str | Missed:
        """Return the id of a connector."""
        return self._remembered("connector", name, self._connector)

    def owner(self, name: str) -> str | Missed:
        """Return the id of a person."""
        return self._remembered("owner", name, self._owner)

    def playbook(self, key: str) -> str | Missed:
        """Return the live id of a playbook, or a placeholder where a file has the key and live has none."""
        if key in self._ids:
            return self._ids[key]
        if key in self._files:
            return placeholder(key)
        if key in self._ids.values():
            return key
        near = did_you_mean(key, {*self._files, *self._ids})
        return Missed(f"it calls '{key}', and neither a file nor a live playbook has that key{near}", "correct the key")

    def find(self, kind: str, name: str) -> str | Missed:
        """Return the id behind a name of one of the kinds 'connector', 'owner', 'playbook'."""
        return {"connector": self.connector, "owner": self.owner, "playbook": self.playbook}[kind](name)

    def names(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        """Return {id: name} for those of `names` that have an id; of two names for one id the first in the alphabet."""
        found: dict[str, str] = {}
        for name in sorted(names):
            value = self.find(kind, name)
            if isinstance(value, str):
                found.setdefault(value, name)
        return found

    @property
    def environment(self) -> str:
        """The name of the environment."""
        return self._environment.name

    def answers(self, names: tuple[str, ...]) -> str:
        """Return 16 hex digits for the ids behind `names` (kind, name, kind, name, …): equal as long as rendering would be."""
        known = self._answers.get(names)
        if known is None:
            found = [str(self.find(kind, name)) for kind, name in zip(names[::2], names[1::2], strict=True)]
            known = self._answers[names] = hashlib.sha256(json.dumps([names, found]).encode()).hexdigest()[:16]
        return known

    def _remembered(self, kind: str, name: str, find: Callable[[str], str | Missed]) -> str | Missed:
        if (kind, name) not in self._known:
            self._known[kind, name] = find(name)
        return self._known[kind, name]

    def _connector(self, name: str) -> str | Missed:
        reference = self._environment.connectors.get(name)
        if isinstance(reference, str):
            return self._listed_connector(name, reference)
        if self._connectors is None:
            return self._unlisted(name)
        if reference is not None:
            return self._one_connector(name, self._connectors, reference)
        if any(row["id"] == name for row in self._connectors):
            return name
        named = [row for row in self._connectors if row.get("name") == name]
        if named:
            return self._one_connector(name, named, {})
        entry = self._catalogue.by_name.get(name)
        return self._one_connector(name, self._connectors, {"provider": entry.provider if entry else name})

    def _listed_connector(self, name: str, connector_id: str) -> str | Missed:
        if self._connectors is None or any(row["id"] == connector_id for row in self._connectors):
            return connector_id
        return Missed(
            f"the environment maps the connector '{name}' to '{connector_id}', and the server has no such connector",
            f"correct environments.{self._environment.name}.connectors.{name}, or create the connector again",
        )

    def _unlisted(self, name: str) -> Missed:
        return Missed(
            f"the connector '{name}' has no id, and the server's connectors could not be listed",
            f"map it to an id: environments.{self._environment.name}.connectors.{name}",
        )

    def _one_connector(self, name: str, rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any]) -> str | Missed:
        found = [row for row in rows if all(row.get(field) == value for field, value in wanted.items())]
        said = " and ".join(f"{field} '{value}'" for field, value in sorted(wanted.items())) or f"name '{name}'"
        place = f"environments.{self._environment.name}.connectors.{name}"
        return _only(found, f"connectors have {said}", f"the connector '{name}'", place)

    def _owner(self, name: str) -> str | Missed:
        place = f"environments.{self._environment.name}.owners.{name}"
        mapped = self._environment.owners.get(name)
        if mapped is not None:
            if self._persons is None or any(row["id"] == mapped for row in self._persons):
                return mapped
            return Missed(
                f"the environment maps the owner '{name}' to '{mapped}', and there is no such person",
                f"correct {place}",
            )
        if self._persons is None:
            return Missed(f"the owner '{name}' has no id, and persons could not be listed", f"map it to an id: {place}")
        found = [row for row in self._persons if any(row.get(field) == name for field in _PERSON_NAMES)]
        return _only(found, f"persons are called '{name}'", f"the owner '{name}'", place)


def _rows(rows: Iterable[Mapping[str, Any]] | None) -> tuple[Mapping[str, Any], ...] | None:
    return None if rows is None else tuple(row for row in rows if row.get("is_deleted") is not True)


def _only(found: Sequence[Mapping[str, Any]], said: str, what: str, place: str) -> str | Missed:
    ids = sorted({str(row["id"]) for row in found})
    if len(ids) == 1:
        return ids[0]
    if not ids:
        return Missed(f"{what} has no id: no {said}", f"map it to an id: {place}")
    return Missed(f"{what} is ambiguous: {len(ids)} {said} ({', '.join(ids)})", f"map it to one of these ids: {place}")
