"""What held a run back or caught its failures: error paths, caps, time limits, retries, and who is asked for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.playbook import Gate
from playbookctl.model.review import Level, RiskKind
from playbookctl.review import words
from playbookctl.review.effects import takes_away
from playbookctl.review.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Step
    from playbookctl.model.workspace import Connectors
    from playbookctl.review.changed import Changed
    from playbookctl.review.pairing import Pair
    from playbookctl.review.steps import StepPair

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parts(changed: Changed, connectors: Connectors) -> Iterator[Part]:
    """Yield what holds the steps of the changed playbooks back less than before."""
    for key in sorted(changed.steps):
        pair = changed.pairs[key]
        for step in changed.steps[key].paired:
            takes = takes_away(step.new, connectors)
            yield from _errors(pair, step, takes=takes)
            yield from _caps(pair, step, takes=takes or any(takes_away(each, connectors) for each in _body(step.new)))
            yield from _times(pair, step)
            yield from _waiting(pair, step, takes=takes)
        yield from _lost_steps(changed, pair)


def _errors(pair: Pair, step: StepPair, *, takes: bool) -> Iterator[Part]:
    before, now = step.before.get("on_error", "stop"), step.now.get("on_error", "stop")
    if before == now or (isinstance(before, dict) and isinstance(now, dict)):
        return
    name = words.quoted(step.new.name)
    if now == "continue":
        phrase = f"goes on as if nothing had happened if the step {name} fails"
        level = Level.MEDIUM if takes or isinstance(before, dict) else Level.LOW
    elif isinstance(before, dict):
        phrase = f"has no way out any more if the step {name} fails"
        level = Level.MEDIUM if takes else Level.LOW
    else:
        return
    yield _of(
        pair,
        RiskKind.ERRORS,
        level,
        phrase,
        f"on an error {words.outcome(before)}",
        f"on an error {words.outcome(now)}",
        f"on an error of the step {name}: {words.outcome(before)}",
        step,
    )


def _caps(pair: Pair, step: StepPair, *, takes: bool) -> Iterator[Part]:
    name = words.quoted(step.new.name)
    for what, before, now in (
        ("targets", step.before.get("max_targets"), step.now.get("max_targets")),
        ("rounds", _rounds(step.before), _rounds(step.now)),
    ):
        if before is None or before == now or not step.new.is_loop:
            continue
        if now is None:
            level = Level.HIGH if takes else Level.MEDIUM
            phrase, is_ = f"has no limit of {what} any more at the step {name}", f"any number of {what}"
        elif now > before:
            level = Level.MEDIUM if takes else Level.LOW
            phrase, is_ = f"allows {now:,} {what} instead of {before:,} at the step {name}", f"at most {now:,} {what}"
        else:
            continue
        yield _of(
            pair,
            RiskKind.CAP,
            level,
            phrase,
            f"at most {before:,} {what}",
            is_,
            f"limit the step {name} to {before:,} {what} again",
            step,
        )


def _times(pair: Pair, step: StepPair) -> Iterator[Part]:
    before, now = step.before.get("timeout"), step.now.get("timeout")
    name = words.quoted(step.new.name)
    if before is not None and (now is None or seconds(now) > seconds(before)):
        phrase = (
            f"waits longer at the step {name}" if now is not None else f"has no time limit any more at the step {name}"
        )
        yield _of(
            pair,
            RiskKind.LIMITS,
            Level.LOW,
            phrase,
            f"{before} at most",
            f"{now} at most" if now else "no limit",
            f"limit the step {name} to {before} again",
            step,
        )
    times = [(side.get("retry") or {}).get("times", 0) for side in (step.before, step.now)]
    if times[0] != times[1]:
        shown = [words.count(each, "more attempt") for each in times]
        phrase = f"tries the step {name} {'more' if times[1] > times[0] else 'less'} often"
        yield _of(
            pair, RiskKind.LIMITS, Level.LOW, phrase, shown[0], shown[1], f"let the step {name} have {shown[0]}", step
        )


def _waiting(pair: Pair, step: StepPair, *, takes: bool) -> Iterator[Part]:
    """Yield what an approval that is still there lost beside the persons: how long it waits, what a no or silence does."""
    before, now = step.before.get("approval"), step.now.get("approval")
    name = words.quoted(step.new.name)
    if before is not None and now is not None:
        old, new = Gate(before, ()), Gate(now, ())
        rows = (
            ("on_refused", old.on_refused, new.on_refused),
            ("on_expired", old.on_expired, new.on_expired),
            ("expires", old.expires, new.expires),
        )
        if any(was != is_ for _, was, is_ in rows):
            yield _of(
                pair,
                RiskKind.LIMITS,
                Level.LOW,
                f"treats a no, or no answer, otherwise at the step {name}",
                words.gate(old),
                words.gate(new),
                f"put the approval of the step {name} back",
                step,
            )
    elif before is not None and not takes:
        yield _of(
            pair,
            RiskKind.GATE_GONE,
            Level.LOW,
            f"does the step {name} without a person being asked",
            words.gate(Gate(before, ())),
            "nobody is asked",
            f"put the approval of the step {name} back",
            step,
        )


def _lost_steps(changed: Changed, pair: Pair) -> Iterator[Part]:
    """Yield manual steps that are gone: what a person was to do, nobody is told any more."""
    if pair.old is None or pair.new is None:
        return
    for step in changed.steps[pair.key].removed:
        if step.type == "manual":
            who = words.quoted(step.data["assignee"]) if step.data.get("assignee") else "a person"
            yield Part(
                RiskKind.MANUAL,
                Level.LOW,
                pair.key,
                pair.one.file,
                f"no longer asks at {words.quoted(step.name)}",
                f"{who} was asked",
                "nobody is",
                f"put the step {words.quoted(step.name)} back",
            )


def seconds(duration: Any) -> float:
    """Return a duration such as '15m' or '1h30m' in seconds, 0 where it cannot be told."""
    total, digits = 0.0, ""
    for character in str(duration):
        if character.isdigit() or character == ".":
            digits += character
        else:
            try:
                total += float(digits or 0) * _UNITS.get(character, 0)
            except ValueError:
                return 0.0
            digits = ""
    return total


def _rounds(step: Any) -> Any:
    return (step.get("repeat") or {}).get("max")


def _body(step: Step) -> Iterator[Step]:
    for each in step.steps:
        yield each
        yield from _body(each)


def _of(
    pair: Pair, kind: RiskKind, level: Level, phrase: str, before: str, now: str, undo: str, step: StepPair
) -> Part:
    return Part(kind, level, pair.key, pair.one.file, phrase, before, now, undo, (step.new.id,))
