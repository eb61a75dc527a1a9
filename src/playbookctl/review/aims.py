"""What a destructive action is done to: by its own parameters, through the loop around it, an input, or a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.graph import Flow
from playbookctl.flow.implication import same_text
from playbookctl.flow.references import INPUTS
from playbookctl.model.review import Level, RiskKind
from playbookctl.review import words
from playbookctl.review.effects import takes_away
from playbookctl.review.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.model.playbook import Input, Playbook, Step
    from playbookctl.model.workspace import Connectors
    from playbookctl.review.changed import Changed
    from playbookctl.review.pairing import Pair
    from playbookctl.review.steps import StepPair

_DEEPEST = 100  # calls inside calls


def parts(changed: Changed, connectors: Connectors) -> Iterator[Part]:
    """Yield that what takes something away takes it from something else than before."""
    aims = _Aims(changed, connectors)
    for pair, old, new in changed.on_both_sides():
        level = Level.MEDIUM if changed.starts(pair.key) else Level.LOW
        yield from _defaults(pair, level, aims, old, new)
        for step in changed.steps[pair.key].paired:
            if aims.takes(step.new):
                yield from _looped(pair, step, level)
            if takes_away(step.new, connectors):
                yield from _own(pair, step, level)
            elif step.new.calls:
                yield from _called(changed, pair, step, level, aims)
            elif step.new.is_loop and step.old.is_loop and aims.takes_in(step.new):
                yield from _rounds(pair, step, level)


class _Aims:
    """Of each playbook of the head, the inputs that decide what its destructive actions, or those it calls, are done to."""

    def __init__(self, changed: Changed, connectors: Connectors) -> None:
        self._changed = changed
        self._connectors = connectors
        self._known: dict[str, frozenset[str]] = {}
        self._deep = 0

    def of(self, key: str) -> frozenset[str]:
        """Return the names of the inputs. A call that goes round, or is too deep, adds nothing."""
        if key not in self._known and self._deep < _DEEPEST:
            self._known[key] = frozenset()
            self._deep += 1
            held = self._changed.now.side.playbooks.get(key)
            if held is not None and held.playbook is not None and self._changed.now.acts(key):
                self._known[key] = self._read(held.playbook)
            self._deep -= 1
        return self._known.get(key, frozenset())

    def takes(self, step: Step) -> bool:
        """Tell whether a step takes something away, or calls what does."""
        return takes_away(step, self._connectors) or bool(step.calls and self._changed.now.acts(step.calls))

    def takes_in(self, loop: Step) -> bool:
        """Tell whether a loop's body takes something away, or calls what does."""
        return any(self.takes(step) or self.takes_in(step) for step in loop.steps)

    def _read(self, playbook: Playbook) -> frozenset[str]:
        return frozenset(
            use.name
            for use in Flow(playbook).uses
            if use.root == INPUTS and use.step is not None and self._aims(use.step, use.path[len(use.step.path) :])
        )

    def _aims(self, step: Step, place: tuple[str | int, ...]) -> bool:
        """Tell whether what is read at a place in a step says what something is taken away from."""
        field = place[0]
        if field == "for_each":
            return takes_away(step, self._connectors) or bool(step.calls) or self.takes_in(step)
        if field != "with":
            return False
        if step.calls:
            return len(place) > 1 and place[1] in self.of(step.calls)
        return takes_away(step, self._connectors)


def _own(pair: Pair, step: StepPair, level: Level) -> Iterator[Part]:
    """Yield that a destructive action is done to something else than before."""
    was, is_ = _handed(step, None)
    if step.old.action == step.new.action and was:
        phrase = f"gives {words.quoted(step.new.action)} something else to act on"
        undo = f"give the step {words.quoted(step.new.name)} what it had"
        yield _of(pair, level, phrase, ", ".join(was), ", ".join(is_), undo, step)


def _called(changed: Changed, pair: Pair, step: StepPair, level: Level, aims: _Aims) -> Iterator[Part]:
    """Yield that a called playbook that takes something away is another one, or is handed something else."""
    callee, before = step.new.calls or "", step.old.calls or ""
    if not before or not changed.now.acts(callee):
        return
    shown, name = words.quoted(callee), words.quoted(step.new.name)
    if before not in (callee, changed.old_key(callee)):
        phrase = f"calls {shown} in place of {words.quoted(before)} at the step {name}"
        undo = f"call {words.quoted(before)} at the step {name} again"
        yield _of(pair, level, phrase, f"it called {words.quoted(before)}", f"{shown} takes something away", undo, step)
        return
    was, is_ = _handed(step, aims.of(callee))
    if was:
        phrase = f"hands {shown} something else to act on"
        yield _of(pair, level, phrase, ", ".join(was), ", ".join(is_), f"hand {shown} what it was handed", step)


def _looped(pair: Pair, step: StepPair, level: Level) -> Iterator[Part]:
    """Yield that what was done once is done again and again; a step's own `for_each` is told with what it acts on."""
    loop = _loop_around(step.new)
    if loop is None or _loop_around(step.old) is not None or (loop is step.new and "for_each" in loop.data):
        return
    name, most = words.quoted(step.new.name), (loop.data.get("repeat") or {}).get("max")
    each = f"for each of {words.said(loop.data['for_each'])}" if "for_each" in loop.data else ""
    often = each or (f"up to {words.count(most, 'time')}" if isinstance(most, int) else "any number of times")
    phrase, undo = f"does the step {name} again and again", f"do the step {name} once, outside of a loop"
    yield _of(pair, level, phrase, "once", often, undo, step)


def _loop_around(step: Step) -> Step | None:
    """Return the innermost loop that a step is, or stands in."""
    around: Step | None = step
    while around is not None and not around.is_loop:
        around = around.parent
    return around


def _rounds(pair: Pair, step: StepPair, level: Level) -> Iterator[Part]:
    """Yield that a loop around a destructive action goes through something else."""
    rounds = _each(step)
    if rounds:
        name = words.quoted(step.new.name)
        phrase = f"goes through something else at the step {name}, which takes something away"
        yield _of(
            pair, level, phrase, rounds[0], rounds[1], f"let the step {name} go through what it went through", step
        )


def _defaults(pair: Pair, level: Level, aims: _Aims, old: Playbook, new: Playbook) -> Iterator[Part]:
    before, now = ({each.name: each for each in side.inputs} for side in (old, new))
    for name in sorted(before.keys() & now.keys()):
        was, is_ = (_default(side[name]) for side in (before, now))
        if was != is_ and name in aims.of(pair.key):
            shown = words.quoted(name)
            phrase = f"takes from something else where nobody hands it the input {shown}"
            undo = f"set the default of the input {shown} back to {was}"
            yield Part(RiskKind.TARGET, level, pair.key, pair.one.file, phrase, was, is_, undo)


def _default(given: Input) -> str:
    return words.said(given.default) if given.has_default else "no default"


def _handed(step: StepPair, names: frozenset[str] | None) -> tuple[list[str], list[str]]:
    """Return what a step is given, before and now, as far as it differs: parameters (`names` are those that matter), rounds."""
    before: Mapping[str, Any] = step.before.get("with") or {}
    now: Mapping[str, Any] = step.now.get("with") or {}
    fields = [
        name
        for name in sorted(before.keys() | now.keys())
        if (names is None or name in names) and same_text(before.get(name)) != same_text(now.get(name))
    ]
    was, is_ = ([f"{words.quoted(name)}: {words.said(side.get(name))}" for name in fields] for side in (before, now))
    rounds = _each(step)
    return [*was, *rounds[:1]], [*is_, *rounds[1:]]


def _each(step: StepPair) -> list[str]:
    """Return what a step goes through, before and now, nothing where that is the same."""
    sides = [step.before.get("for_each"), step.now.get("for_each")]
    return [f"for each of {words.said(side)}" if side else "once" for side in sides] if sides[0] != sides[1] else []


def _of(pair: Pair, level: Level, phrase: str, before: str, now: str, undo: str, step: StepPair) -> Part:
    return Part(RiskKind.TARGET, level, pair.key, pair.one.file, phrase, before, now, undo, (step.new.id,))
