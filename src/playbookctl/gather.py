"""The repo side of a plan: every playbook checked by all rules, kept small, and rendered for one environment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.load.entry import stem
from playbookctl.model.finding import Severity
from playbookctl.model.playbook import Playbook
from playbookctl.pipeline import CheckOptions, Repository, check
from playbookctl.plan.render import desire, render
from playbookctl.plan.sides import Desired, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.report import Report
    from playbookctl.model.workspace import Entry
    from playbookctl.plan.lookups import Lookups


@dataclass(frozen=True, slots=True)
class Loaded:
    """One playbook of the repository: its data as JSON text (a tenth of the size of Python objects), and its errors."""

    key: str
    file: str
    text: bytes
    errors: tuple[str, ...]

    def playbook(self) -> Playbook:
        """Return the playbook."""
        data: dict[str, Any] = json.loads(self.text)
        return Playbook(data, stem(self.file))


@dataclass(frozen=True, slots=True)
class Gathered:
    """The repository's side: playbooks by key, files that are none, and the report of the rules.

    `owners` are the names that playbooks give as theirs.
    """

    playbooks: Mapping[str, Loaded]
    unreadable: tuple[Unreadable, ...]
    report: Report
    owners: frozenset[str]

    def desired(self, lookups: Lookups) -> dict[str, Desired]:
        """Return what each file asks for in the environment that `lookups` knows, by key."""
        return {
            key: desire(loaded.playbook(), loaded.file, lookups, loaded.errors)
            for key, loaded in self.playbooks.items()
        }

    def body(self, key: str, lookups: Lookups) -> dict[str, Any]:
        """Return the body of one playbook. Raises `Unrendered` for a name without an id, KeyError for an unknown key."""
        return render(self.playbooks[key].playbook(), lookups)


def gather(repository: Repository, today: str) -> Gathered:
    """Load and check every playbook. A key that two files claim is kept once, with the error that says so.

    Raises UsageError where there is no playbook at all.
    """
    kept: dict[str, tuple[str, str, bytes]] = {}
    unreadable: list[Unreadable] = []
    owners: set[str] = set()
    twice: set[str] = set()

    def keep(entry: Entry) -> None:
        file, playbook = entry.source.path, entry.playbook
        if playbook is None:
            key = entry.document.data.get("key") if entry.document else None
            unreadable.append(Unreadable(key if isinstance(key, str) else stem(file), file))
            return
        if playbook.key in kept:
            twice.add(playbook.key)
            return
        kept[playbook.key] = (playbook.key, file, json.dumps(playbook.data, ensure_ascii=False).encode())
        if owner := playbook.data.get("owner"):
            owners.add(owner)

    report = check(repository, (), CheckOptions(today=today), keep)
    errors: dict[str, set[str]] = {}
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            errors.setdefault(finding.location.file, set()).add(finding.code)
    playbooks = {
        key: Loaded(key, file, text, tuple(sorted(errors.get(file, set()) | ({"PB006"} if key in twice else set()))))
        for key, (_, file, text) in sorted(kept.items())
    }
    return Gathered(playbooks, tuple(unreadable), report, frozenset(owners))
