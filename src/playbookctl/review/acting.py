"""When a playbook acts: switched on, started by itself, on which alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.flow.implication import implies
from playbookctl.model.review import Level, RiskKind
from playbookctl.review import words
from playbookctl.review.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook
    from playbookctl.review.changed import Changed
    from playbookctl.review.pairing import Pair


def parts(changed: Changed) -> Iterator[Part]:
    """Yield what became riskier about when the changed playbooks act."""
    for key in sorted(changed.steps):
        pair = changed.pairs[key]
        new = pair.new.playbook if pair.new is not None else None
        if new is None:
            continue
        old = pair.old.playbook if pair.old is not None else None
        yield from _switches(changed, pair, old, new)
        if old is not None:
            yield from _trigger(changed, pair, old, new)


def danger(changed: Changed, key: str) -> Level:
    """Return how much it matters that a playbook runs: it takes something away unasked, asks before it, takes nothing."""
    acts = changed.now.acts(key)
    if any(act.is_ungated for act in acts):
        return Level.HIGH
    return Level.MEDIUM if acts else Level.LOW


def _switches(changed: Changed, pair: Pair, old: Playbook | None, new: Playbook) -> Iterator[Part]:
    level = danger(changed, pair.key)
    on = words.trigger(new.trigger_conditions)
    if new.auto_execute and (old is None or not old.auto_execute):
        was = "a person had to start it" if old is not None else "there was no such playbook"
        later = "" if new.enabled else ", once it is switched on"
        yield _of(
            pair,
            RiskKind.AUTOMATIC,
            level,
            "starts by itself now",
            was,
            f"it starts by itself on {on}{later}",
            "let a person start it (auto_execute: false)",
        )
    if old is None:
        return
    if new.enabled and not old.enabled:
        matters = level if new.auto_execute else Level.LOW
        yield _of(
            pair,
            RiskKind.ENABLED,
            matters,
            "is switched on",
            "it was switched off",
            f"it starts by itself on {on}" if new.auto_execute else "it can be started",
            "switch it off again",
        )
    if old.enabled and not new.enabled:
        matters = Level.MEDIUM if old.auto_execute or changed.callers(pair.key) else Level.LOW
        yield _of(
            pair,
            RiskKind.DISABLED,
            matters,
            "is switched off",
            "it ran" if old.auto_execute else "it could be run",
            "it does not run, whatever happens",
            "switch it on again",
        )
    if old.auto_execute and not new.auto_execute and new.enabled:
        yield _of(
            pair,
            RiskKind.DISABLED,
            Level.LOW,
            "no longer starts by itself",
            f"it started by itself on {words.trigger(old.trigger_conditions)}",
            "a person has to start it",
            "let it start by itself again (auto_execute: true)",
        )


def _trigger(changed: Changed, pair: Pair, old: Playbook, new: Playbook) -> Iterator[Part]:
    before, now = old.trigger_conditions, new.trigger_conditions
    newly = new.auto_execute and not old.auto_execute  # then the trigger is told with that
    if newly or implies(now, before):
        return
    wider = implies(before, now)
    level = danger(changed, pair.key) if new.auto_execute else Level.LOW
    phrase = "answers more alerts than before" if wider else "answers other alerts than before"
    yield _of(pair, RiskKind.TRIGGER, level, phrase, *words.triggers(before, now), "put the trigger back")


def _of(
    pair: Pair, kind: RiskKind, level: Level, phrase: str, before: str, now: str, undo: str, steps: tuple[str, ...] = ()
) -> Part:
    return Part(kind, level, pair.key, pair.one.file, phrase, before, now, undo, steps)
