"""When a playbook acts: switched on, started by itself, on which alerts; when one of its own steps acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.flow.graph import BRANCH, Flow
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


def parts(changed: Changed, connectors: Connectors) -> Iterator[Part]:
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
            yield from _steps(changed, pair, old, new, connectors)


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


def _steps(changed: Changed, pair: Pair, old: Playbook, new: Playbook, connectors: Connectors) -> Iterator[Part]:
    level = Level.MEDIUM if pair.key in changed.now.starting else Level.LOW
    steps = changed.steps[pair.key].paired
    asking = [step for step in steps if _asks_otherwise(step)]
    answering = [step for step in steps if step.before.get("branches") and step.before != step.now]
    if not (asking or answering):
        return
    flow = Flow(new)
    harm = _before_harm(flow, connectors)
    for step in asking:
        if flow.position[step.new.id] in harm:
            phrase = f"decides otherwise at the step {words.quoted(step.new.name)}"
            undo = "put the conditions of that step back"
            yield _of(pair, RiskKind.CONDITION, level, phrase, _asked(step.old), _asked(step.new), undo, (step.new.id,))
    if answering:
        was = Flow(old)
        before = _before_harm(was, connectors)
        for step in answering:
            yield from _answers(pair, step, (was, before), (flow, harm))


def _answers(
    pair: Pair, step: StepPair, old: tuple[Flow, frozenset[int]], new: tuple[Flow, frozenset[int]]
) -> Iterator[Part]:
    """Yield the answers of a person that lead to harm now and did not before: a 'no' that does what a 'yes' does."""
    if step.new.type != "manual":
        return
    name = words.quoted(step.new.name)
    before, now = _harmful_answers(step.old, *old), _harmful_answers(step.new, *new)
    for answer in sorted(now - before):
        if answer in {branch["name"] for branch in step.old.branches}:
            phrase = f"does something on the answer {words.quoted(answer)} at the step {name}, where it did not"
            undo = f"let the answer {words.quoted(answer)} lead where it led"
            was = f"the answer {words.quoted(answer)} took nothing away"
            is_ = "it leads to a step that takes something away, or to another playbook"
            yield _of(pair, RiskKind.CONDITION, Level.MEDIUM, phrase, was, is_, undo, (step.new.id,))


def _harmful_answers(step: Step, flow: Flow, harm: frozenset[int]) -> set[str]:
    edges = flow.edges[flow.position[step.id]]
    return {edge.label for edge in edges if edge.kind == BRANCH and edge.target in harm}


def _asks_otherwise(step: StepPair) -> bool:
    """Tell whether what is asked at a step changed to something that does not hold only where the old did."""
    before, now = step.before.get("if"), step.now.get("if")
    if same_text(before) != same_text(now) and before is not None and not implies([now] if now else [], [before]):
        return True
    old = {branch["name"]: branch.get("when") for branch in step.before.get("branches") or ()}
    new = {branch["name"]: branch.get("when") for branch in step.now.get("branches") or ()}
    return any(same_text(old[name]) != same_text(new[name]) for name in old.keys() & new.keys())


def _asked(step: Step) -> str:
    said = [f"only if {words.condition(step.data['if'])}"] if "if" in step.data else []
    said += [
        f"{words.quoted(branch['name'])} if {words.condition(branch['when'])}"
        for branch in step.branches
        if "when" in branch
    ]
    return "; ".join(said[:4]) or "always"


def _before_harm(flow: Flow, connectors: Connectors) -> frozenset[int]:
    """Return the positions from which a run can come to a step that takes something away, or calls another playbook."""
    arriving = flow.arrivals()
    pending = [at for at, step in enumerate(flow.steps) if step.calls or takes_away(step, connectors)]
    found = set(pending)
    for at in pending:
        for source, _ in arriving[at]:
            if source not in found:
                found.add(source)
                pending.append(source)
    return frozenset(found)


def _of(
    pair: Pair, kind: RiskKind, level: Level, phrase: str, before: str, now: str, undo: str, steps: tuple[str, ...] = ()
) -> Part:
    return Part(kind, level, pair.key, pair.one.file, phrase, before, now, undo, steps)
