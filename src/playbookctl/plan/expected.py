"""The drift that a config expects: which edits it covers, and which of its entries cover nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.model.finding import Problem
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from playbookctl.model.plan import Change
    from playbookctl.model.source import NodePath


@dataclass(frozen=True, slots=True)
class Expectation:
    """One entry of `expected_drift:`. `fields` are API names, empty for all; `environment` and `until` may be empty.

    `path` is where it stands in the config.
    """

    key: str
    reason: str
    fields: frozenset[str] = frozenset()
    environment: str = ""
    until: str = ""
    path: NodePath = ()

    def holds(self, environment: str, today: str) -> bool:
        """Whether it counts in this environment on this day, YYYY-MM-DD."""
        return self.environment in ("", environment) and (self.until or today) >= today

    def covered(self, changes: Iterable[Change]) -> tuple[str, ...]:
        """Return the API fields of what has drifted that it covers, in their order."""
        return tuple(
            field.field
            for change in changes
            if change.key == self.key
            for field in change.fields
            if field.expected and (not self.fields or field.field in self.fields)
        )


def by_key(expectations: Iterable[Expectation], environment: str, today: str) -> dict[str, frozenset[str]]:
    """Return the fields that may differ here and today, by key; no fields means all."""
    found: dict[str, frozenset[str]] = {}
    for entry in expectations:
        if entry.holds(environment, today):
            known = found.get(entry.key, entry.fields)
            found[entry.key] = known | entry.fields if known and entry.fields else frozenset()
    return found


def kept(
    expectations: Iterable[Expectation], changes: Collection[Change], environment: str, today: str
) -> Iterator[str]:
    """Yield a sentence about every entry that covers drift: what, how long, and why. `changes` are of a drift plan."""
    for entry in expectations:
        fields = entry.covered(changes)
        if fields and entry.holds(environment, today):
            until = f" until {entry.until}" if entry.until else ""
            yield f"expected{until}: '{entry.key}' drifts in {', '.join(fields)} ({entry.reason})"


def unused(
    expectations: Iterable[Expectation],
    changes: Collection[Change],
    environment: str,
    today: str,
    playbooks: Collection[str],
) -> Iterator[Problem]:
    """Yield what is to be said of every entry that counts here and today and covers nothing.

    `playbooks` are the keys of files and of live playbooks. Entries that are over, or for an environment that there is
    not, a check of the config finds.
    """
    for entry in expectations:
        if not entry.holds(environment, today):
            continue
        if entry.key not in playbooks:
            said = f"drift is expected of the playbook '{entry.key}', and there is none"
            yield Problem((*entry.path, "key"), said + did_you_mean(entry.key, playbooks))
        elif not entry.covered(changes):
            what = f" in {', '.join(sorted(entry.fields))}" if entry.fields else ""
            yield Problem(
                entry.path,
                f"'{entry.key}' does not drift{what} in '{environment}', as was expected ({entry.reason}); remove the entry",
            )
