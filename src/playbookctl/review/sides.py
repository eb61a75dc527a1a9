"""What a review compares: the playbooks of a commit by key, each with what it means and what its content is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import NotCanonical, canonical_text
from playbookctl.model.fields import MANAGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.playbook import Playbook
    from playbookctl.model.workspace import Connectors, Settings

_MANAGED = frozenset(field.name for field in MANAGED)


@dataclass(frozen=True, slots=True)
class Held:
    """One file of a side. `playbook` is None where the file could not be read as one; `facts` are then empty.

    `text` names the content of the file, `digest` what the playbook says whatever it looks like. Secrets in `playbook`
    are replaced by words; facts and digest are of what really stands in the file.
    """

    key: str
    file: str
    playbook: Playbook | None
    facts: Mapping[str, Any]
    text: str
    digest: str
    has_key: bool

    @property
    def name(self) -> str:
        """What people call it, in small letters; '' for what is no playbook."""
        return self.playbook.name.casefold() if self.playbook is not None else ""


@dataclass(frozen=True, slots=True)
class Side:
    """One commit. `playbooks` are by key; of a key that several files claim the first, the others in `twice`.

    `settings` and `connectors` are the commit's own, None where its config or catalogue cannot be read.
    """

    playbooks: Mapping[str, Held]
    twice: tuple[Held, ...]
    settings: Settings | None
    connectors: Connectors | None

    def all_held(self) -> tuple[Held, ...]:
        """Return every file, sorted by path."""
        return tuple(sorted((*self.playbooks.values(), *self.twice), key=lambda held: held.file))


def digest_of(data: Mapping[str, Any]) -> str:
    """Return 64 hex digits for what a playbook says: its key, order of sets, comments and line ends do not count."""
    parts = [[field.name, _text(field, data.get(field.name))] for field in MANAGED]
    rest = {name: value for name, value in data.items() if name not in _MANAGED and name != "key"}
    whole = json.dumps([parts, rest], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def without_secrets(data: Any, paths: Iterable[tuple[str | int, ...]]) -> Any:
    """Return a copy of `data` in which the texts at `paths` say that they are secrets."""
    copy = json.loads(json.dumps(data, default=str))
    for path in paths:
        inside = copy
        for part in path[:-1]:
            inside = inside[part]
        inside[path[-1]] = "(a secret, not shown)"
    return copy


def _text(field: Any, value: Any) -> str:
    try:
        return canonical_text(field, value)
    except NotCanonical:
        return f"!{json.dumps(value, sort_keys=True, default=str)}"
