"""How many alerts start a playbook before and after a change: an enabled automatic one whose trigger they meet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from playbookctl.flow.evaluate import compiled_all
from playbookctl.model.review_effects import Firing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.alerts.read import Read
    from playbookctl.flow.evaluate import Test
    from playbookctl.model.playbook import Playbook

MOST_SAMPLES = 5
_NEVER = ""


class Pair(NamedTuple):
    """A playbook before and after a change; None where there is none."""

    key: str
    before: Playbook | None
    after: Playbook | None


def starts_by_itself(playbook: Playbook | None) -> bool:
    """Tell whether an alert can start a playbook at all."""
    return playbook is not None and playbook.enabled and playbook.auto_execute


def firings(pairs: Iterable[Pair], alerts: Iterable[Read]) -> tuple[Firing, ...]:
    """Return a row for each pair of which a side starts by itself, sorted by key. `alerts` are read once.

    Triggers that are equal are asked once an alert, however many playbooks have them.
    """
    counted = [pair for pair in pairs if starts_by_itself(pair.before) or starts_by_itself(pair.after)]
    tests: dict[str, Test] = {}
    counters = [_Counter(pair, tests) for pair in sorted(counted, key=lambda pair: pair.key)]
    texts = list(tests)
    asked = list(tests.values())
    for alert in alerts:
        answers = dict(zip(texts, [test(alert.facts) for test in asked], strict=True))
        for counter in counters:
            counter.take(alert, answers)
    return tuple(counter.firing() for counter in counters)


class _Counter:
    """One pair and what has been counted for it. A trigger is named by its canonical text."""

    def __init__(self, pair: Pair, tests: dict[str, Test]) -> None:
        self.key = pair.key
        self.old, self.new = (_trigger(side, tests) for side in (pair.before, pair.after))
        self.before = self.after = self.unclear = 0
        self.gained: list[str] = []
        self.lost: list[str] = []

    def take(self, alert: Read, answers: dict[str, bool | None]) -> None:
        old = answers[self.old] if self.old != _NEVER else False
        new = answers[self.new] if self.new != _NEVER else False
        if old is True:
            self.before += 1
        if new is True:
            self.after += 1
        if old is None or new is None:
            self.unclear += 1
        elif old is not new:
            samples = self.gained if new else self.lost
            if len(samples) < MOST_SAMPLES:
                samples.append(alert.id or f"line {alert.line}")

    def firing(self) -> Firing:
        return Firing(self.key, self.before, self.after, self.unclear, tuple(self.gained), tuple(self.lost))


def _trigger(playbook: Playbook | None, tests: dict[str, Test]) -> str:
    if playbook is None or not starts_by_itself(playbook):
        return _NEVER
    text = json.dumps(playbook.trigger_conditions, sort_keys=True, ensure_ascii=True, default=str)
    if text not in tests:
        tests[text] = compiled_all(playbook.trigger_conditions)
    return text
