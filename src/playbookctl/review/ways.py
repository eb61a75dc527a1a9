"""What decides whether a run comes to a step that takes something away: conditions, ways of decisions, answers."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from playbookctl.flow.graph import BRANCH, ELSE, ERROR, EXPIRED, OUT, REFUSED, SKIPPED, TIMEOUT, Flow
from playbookctl.flow.implication import implies, same_text
from playbookctl.model.review import Level, RiskKind
from playbookctl.review import words
from playbookctl.review.effects import takes_away
from playbookctl.review.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step
    from playbookctl.model.workspace import Connectors
    from playbookctl.review.changed import Changed
    from playbookctl.review.pairing import Pair
    from playbookctl.review.steps import StepPair

_OTHERWISE = "otherwise"  # the way that is taken where no branch is
_UNHAPPY = frozenset({ERROR, TIMEOUT, REFUSED, EXPIRED})
_MOST_STEPS = 2000  # of a playbook in which it is asked what every run comes to
_MOST_ROUNDS = 50  # one for each way back inside another


def parts(changed: Changed, connectors: Connectors) -> Iterator[Part]:
    """Yield what lets runs of the changed playbooks come to harm that did not come to it before."""
    for pair, old, new in changed.on_both_sides():
        steps = changed.steps[pair.key]
        asking = [step for step in steps.paired if _asks_otherwise(step)]
        leading = [step for step in steps.paired if step.before.get("branches") and step.before != step.now]
        gone = [step for step in steps.removed if step.type != "manual" and (step.branches or "if" in step.data)]
        if (
            asking
            or leading
            or gone
            or steps.added
            or steps.moved
            or any(_is_wired_otherwise(step) for step in steps.paired)
        ):
            yield from _of_playbook(changed, pair, (_Harm(old, connectors), _Harm(new, connectors)), asking, leading)


class _Harm:
    """One side of a playbook: its graph, and from where a run can come to a step that takes something away, or calls."""

    def __init__(self, playbook: Playbook, connectors: Connectors) -> None:
        self.flow = Flow(playbook)
        self.doing = {at for at, step in enumerate(self.flow.steps) if step.calls or takes_away(step, connectors)}
        self.before = _leading_to(self.doing, self.flow)
        self._certain: int | None = None

    def ways(self, step: Step) -> tuple[set[str], set[str]]:
        """Return the ways on from a step, by name: those that lead to harm, and the others."""
        edges = [edge for edge in self.flow.edges[self.flow.position[step.id]] if edge.kind in (BRANCH, ELSE)]
        harmful = {edge.label or _OTHERWISE for edge in edges if edge.target in self.before}
        return harmful, {edge.label or _OTHERWISE for edge in edges} - harmful

    def is_certain(self, step: Step) -> bool:
        """Tell whether every run comes to a step and does it, but for errors and for what a person answers."""
        if self._certain is None:
            self._certain = _certain(self.flow) if len(self.flow.steps) <= _MOST_STEPS else 0
        return bool(self._certain >> self.flow.position[step.id] & 1)


def _certain(flow: Flow) -> int:
    """Return the positions that every run comes to, as the bits of a number.

    From a step a run goes one way, and to all targets of that way; a person is taken to go whichever way leads to more.
    """
    ways = [_grouped(flow, at) for at in range(len(flow.steps))]
    sure = [0 if any(edge.kind == SKIPPED for edge in edges) else 1 << at for at, edges in enumerate(flow.edges)]
    for _ in range(_MOST_ROUNDS):
        before = list(sure)
        for at in reversed(range(len(sure))):
            onward = [reduce(or_, (sure[target] for target in targets if target != OUT), 0) for targets in ways[at]]
            sure[at] |= reduce(or_ if flow.steps[at].type == "manual" else and_, onward) if onward else 0
        if sure == before:
            break
    return sure[0]


def _grouped(flow: Flow, at: int) -> list[list[int]]:
    """Return the targets of each way on from a step."""
    found: dict[tuple[str, str], list[int]] = {}
    for edge in flow.edges[at]:
        if edge.kind not in _UNHAPPY:
            found.setdefault((edge.kind, edge.label), []).append(edge.target)
    return list(found.values())


def _of_playbook(
    changed: Changed, pair: Pair, sides: tuple[_Harm, _Harm], asking: list[StepPair], leading: list[StepPair]
) -> Iterator[Part]:
    level = Level.MEDIUM if changed.starts(pair.key) else Level.LOW
    old, new = sides
    for step in asking:
        if new.flow.position[step.new.id] in new.before:
            phrase = f"decides otherwise at the step {words.quoted(step.new.name)}"
            yield _of(
                pair, level, phrase, _asked(step.old), _asked(step.new), "put the conditions of that step back", step
            )
    told = bool(asking)
    for step in leading:
        manual = step.new.type == "manual"
        found = list(_answers(pair, step, sides) if manual else _branches(pair, level, step, sides))
        told = told or bool(found)
        yield from found
    for step in changed.steps[pair.key].paired if not told else ():
        does = old.flow.position[step.old.id] in old.doing and new.flow.position[step.new.id] in new.doing
        if does and new.is_certain(step.new) and not old.is_certain(step.old):
            phrase = f"comes to the step {words.quoted(step.new.name)} in every run"
            undo = f"put what decided about the step {words.quoted(step.new.name)} back"
            yield _of(
                pair, level, phrase, "some runs went past it", "no run goes past it, unless one fails", undo, step
            )


def _answers(pair: Pair, step: StepPair, sides: tuple[_Harm, _Harm]) -> Iterator[Part]:
    """Yield the answers of a person that lead to harm now and did not before: a 'no' that does what a 'yes' does."""
    (before, harmless), (now, _) = sides[0].ways(step.old), sides[1].ways(step.new)
    for answer in sorted((now - before) & harmless - {_OTHERWISE}):
        shown, name = words.quoted(answer), words.quoted(step.new.name)
        phrase = f"does something on the answer {shown} at the step {name}, where it did not"
        was = f"the answer {shown} took nothing away"
        is_ = "it leads to a step that takes something away, or to another playbook"
        yield _of(pair, Level.MEDIUM, phrase, was, is_, f"let the answer {shown} lead where it led", step)


def _branches(pair: Pair, level: Level, step: StepPair, sides: tuple[_Harm, _Harm]) -> Iterator[Part]:
    """Yield the ways that lead to harm now, of a step that decided before whether a run comes to harm."""
    (before, harmless), (now, _) = sides[0].ways(step.old), sides[1].ways(step.new)
    if not (before and harmless):
        return
    for way in sorted(now - before):
        shown, name = words.quoted(way), words.quoted(step.new.name)
        phrase = f"does something on the way {shown} at the step {name}, where it did not"
        was = f"the way {shown} took nothing away" if way in harmless else f"there was no way {shown}"
        is_ = "it leads to a step that takes something away, or to another playbook"
        undo = f"let the way {shown} lead where it led" if way in harmless else f"take the way {shown} out"
        yield _of(pair, level, phrase, was, is_, undo, step)


def _asks_otherwise(step: StepPair) -> bool:
    """Tell whether what is asked at a step changed to something that does not hold only where the old did."""
    before, now = step.before.get("if"), step.now.get("if")
    if same_text(before) != same_text(now) and before is not None and not implies([now] if now else [], [before]):
        return True
    old = {branch["name"]: branch.get("when") for branch in step.before.get("branches") or ()}
    new = {branch["name"]: branch.get("when") for branch in step.now.get("branches") or ()}
    return any(same_text(old[name]) != same_text(new[name]) for name in old.keys() & new.keys())


def _is_wired_otherwise(step: StepPair) -> bool:
    return step.before.get("next") != step.now.get("next")


def _asked(step: Step) -> str:
    said = [f"only if {words.condition(step.data['if'])}"] if "if" in step.data else []
    said += [
        f"{words.quoted(branch['name'])} if {words.condition(branch['when'])}"
        for branch in step.branches
        if "when" in branch
    ]
    return "; ".join(said[:4]) or "always"


def _leading_to(found: set[int], flow: Flow) -> frozenset[int]:
    """Return the positions from which a run can come to one of those `found`, themselves included."""
    arriving = flow.arrivals()
    known, pending = set(found), list(found)
    for at in pending:
        for source, _ in arriving[at]:
            if source not in known:
                known.add(source)
                pending.append(source)
    return frozenset(known)


def _of(pair: Pair, level: Level, phrase: str, before: str, now: str, undo: str, step: StepPair) -> Part:
    return Part(RiskKind.CONDITION, level, pair.key, pair.one.file, phrase, before, now, undo, (step.new.id,))
