"""The drift that a config expects: which edits it covers, and which of its entries are over or cover nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from playbookctl.model.plan import Change


@dataclass(frozen=True, slots=True)
class Expectation:
    """One entry of `expected_drift:`. `fields` are API names, empty for all; `environment` and `until` may be empty.

    `place` is where it stands, such as 'playbookctl.yaml:14'.
    """

    key: str
    reason: str
    fields: frozenset[str] = frozenset()
    environment: str = ""
    until: str = ""
    place: str = ""

    def holds(self, environment: str, today: str) -> bool:
        """Whether it counts in this environment on this day."""
        return self.environment in ("", environment) and not self.is_over(today)

    def is_over(self, today: str) -> bool:
        """Whether its last day has passed; `today` is YYYY-MM-DD."""
        return bool(self.until) and self.until < today

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


def remarks(
    expectations: Iterable[Expectation],
    changes: Collection[Change],
    environment: str,
    today: str,
    known: Mapping[str, Collection[str]],
) -> Iterator[str]:
    """Yield a sentence about every entry: what it covers, or why it is of no use any more.

    `changes` are those of a drift plan. `known` has the names of 'playbooks' (in files or live) and of 'environments'.
    """
    for entry in expectations:
        if fault := _fault(entry, known):
            yield f"{entry.place}: {fault}"
        elif entry.environment in ("", environment):
            yield _use(entry, entry.covered(changes), today)


def _fault(entry: Expectation, known: Mapping[str, Collection[str]]) -> str:
    for name, kind, kinds in ((entry.key, "playbook", "playbooks"), (entry.environment, "environment", "environments")):
        if name and name not in known[kinds]:
            return f"drift is expected of the {kind} '{name}', and there is none{did_you_mean(name, known[kinds])}"
    return ""


def _use(entry: Expectation, fields: tuple[str, ...], today: str) -> str:
    if entry.is_over(today):
        said = f"drift of '{entry.key}' was expected until {entry.until} ({entry.reason})"
        return f"{entry.place}: {said}; renew or remove the entry"
    if fields:
        until = f" until {entry.until}" if entry.until else ""
        return f"expected{until}: '{entry.key}' drifts in {', '.join(fields)} ({entry.reason})"
    what = f" in {', '.join(sorted(entry.fields))}" if entry.fields else ""
    return f"{entry.place}: '{entry.key}' does not drift{what}, as was expected ({entry.reason}); remove the entry"
