"""The changed playbooks with everything that is compared once: steps in pairs, both sides' names, who calls whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.model.review import Caller, ChangeKind
from playbookctl.review import steps as step_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.model.playbook import Playbook
    from playbookctl.review.pairing import Pair
    from playbookctl.review.reachable import Reachable
    from playbookctl.review.steps import StepChanges

_MOST_CALLERS = 100
_SAME = (None, ChangeKind.MOVED, ChangeKind.REWRITTEN)


@dataclass(frozen=True, slots=True)
class Changed:
    """Both sides as pairs by the head's key (the base's where it is gone), and what can be reached on each.

    `steps` has what became of the steps of every playbook whose content changed.
    """

    pairs: Mapping[str, Pair]
    before: Reachable
    now: Reachable
    steps: Mapping[str, StepChanges]

    def on_both_sides(self) -> Iterator[tuple[Pair, Playbook, Playbook]]:
        """Yield the playbooks whose content changed and that can be read on both sides, as the base and the head have them."""
        for key in sorted(self.steps):
            pair = self.pairs[key]
            old = pair.old.playbook if pair.old is not None else None
            new = pair.new.playbook if pair.new is not None else None
            if old is not None and new is not None:
                yield pair, old, new

    def old_key(self, key: str) -> str:
        """Return the base's key of a playbook of the head, '' if it has none."""
        pair = self.pairs.get(key)
        return pair.old.key if pair is not None and pair.old is not None else ""

    def old_step(self, key: str, step: str) -> str:
        """Return the base's id of a step of the head, '' if it has none."""
        return self.steps[key].before.get(step, "") if key in self.steps else step

    def affected(self) -> tuple[str, ...]:
        """Return the keys of the head that changed, and those that call one that did, sorted."""
        gone = {pair.old.key for key in self.steps if (pair := self.pairs[key]).old is not None}
        found = {*self.steps, *gone}
        pending = sorted(found)
        for key in pending:
            new = [caller for caller in self.now.called_by.get(key, ()) if caller not in found]
            found.update(new)
            pending += new
        return tuple(sorted(key for key in found if key in self.now.side.playbooks))

    def callers(self, key: str) -> tuple[Caller, ...]:
        """Return who calls a playbook on the head's side, directly or through others, the nearest first and not without end."""
        found: dict[str, tuple[str, ...]] = {}
        pending: list[tuple[str, tuple[str, ...]]] = [(key, ())]
        for callee, through in pending:
            for caller in self.now.called_by.get(callee, ()):
                if caller not in found and caller != key and len(found) < _MOST_CALLERS:
                    found[caller] = through
                    pending.append((caller, (*through, caller)))
        return tuple(Caller(caller, through) for caller, through in found.items())

    def starts(self, key: str) -> bool:
        """Tell whether nobody has to start a playbook of the head: an alert starts it, or one that calls it."""
        return any(each in self.now.starting for each in (key, *(caller.key for caller in self.callers(key))))


def compare(pairs: Iterable[Pair], before: Reachable, now: Reachable) -> Changed:
    """Compare the steps of every playbook whose content changed."""
    by_key = {pair.key: pair for pair in pairs}
    steps = {key: _steps(pair) for key, pair in by_key.items() if pair.kind not in _SAME}
    return Changed(by_key, before, now, steps)


def _steps(pair: Pair) -> StepChanges:
    if pair.is_unreadable:
        return step_changes.compare(None, None)  # nothing is known to be gone or new
    old, new = pair.old, pair.new
    return step_changes.compare(old.playbook if old is not None else None, new.playbook if new is not None else None)
