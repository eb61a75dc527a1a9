"""Steps that can fail, or be left out, without anybody noticing: what follows is what would have followed anyway.

A run notices a failure if it stops, if the failure leads to a step of its own that does something, if a condition reads
what the step gave, or if somebody looks before the run goes on: a person, or a question directly behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playbookctl.flow.effects import READ, guess
from playbookctl.flow.graph import ERROR, EXPIRED, OUT, REFUSED, SKIPPED, TIMEOUT
from playbookctl.flow.references import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.flow.graph import Flow
    from playbookctl.model.playbook import Step

_FAILING = frozenset({ERROR, TIMEOUT, REFUSED, EXPIRED})  # ways that are taken only if something went wrong


_ASKING = frozenset({"approval", "until"})


class Silent(NamedTuple):
    """A step that can fail in silence. `field` says how: `on_error`, or `optional` where it is left out."""

    step: Step
    field: str


def silent_steps(flow: Flow) -> Iterator[Silent]:
    """Yield the steps with an action or a call that can fail or be left out in silence, in the order of the file."""
    for at, step in enumerate(flow.steps):
        if step.type in ("action", "playbook"):
            goes_on = step.data.get("on_error", "stop") != "stop"
            if goes_on and _is_silent(flow, at, ERROR):
                yield Silent(step, "on_error")
            elif step.action and step.data.get("optional") and _is_silent(flow, at, SKIPPED):
                yield Silent(step, "optional")  # of calls, one for each product, all but one may well be left out


def _is_silent(flow: Flow, at: int, kind: str) -> bool:
    ways = [edge.target for edge in flow.edges[at] if edge.kind == kind]
    if not _is_unseen(flow, ways):
        return False
    others = [edge.target for edge in flow.edges[at] if edge.kind not in _FAILING and edge.kind != SKIPPED]
    return _adds_nothing(flow, ways, others) and not _is_read(flow, flow.steps[at])


def _is_unseen(flow: Flow, ways: list[int]) -> bool:
    """Tell whether one of the ways comes to an end, or to a step that acts, before anybody or anything looks."""
    pending = list(ways)
    seen = set(pending)
    while pending:
        at = pending.pop()
        if at == OUT:
            return True
        if not _looks(flow.steps[at]):
            if not _is_passed(flow, at):
                return True
            fresh = {edge.target for edge in flow.edges[at] if edge.kind not in _FAILING} - seen
            seen |= fresh
            pending += fresh
    return False


def _looks(step: Step) -> bool:
    return step.type == "manual" or bool(step.branches) or not _ASKING.isdisjoint(step.data)


def _is_passed(flow: Flow, at: int) -> bool:
    """Tell whether the search goes on behind a step that does not look: it reads, waits, or is a heading of its own."""
    step = flow.steps[at]
    if step.action:
        return guess(step.action).kind == READ
    if step.type == "section" and not step.steps:
        return len({source for source, _ in flow.arrivals()[at]}) == 1
    return step.type == "wait"


def _adds_nothing(flow: Flow, ways: list[int], others: list[int]) -> bool:
    """Tell whether the failing ways do nothing that the others would not do anyway."""
    follows = _doing(flow, ways)
    return not follows or follows <= _doing(flow, others)


def _doing(flow: Flow, starts: list[int]) -> set[int]:
    """Return the steps that do something on the ways from `starts` on which nothing else goes wrong."""
    pending = [at for at in starts if at != OUT]
    seen = set(pending)
    while pending:
        for edge in flow.edges[pending.pop()]:
            if edge.kind not in _FAILING and edge.target != OUT and edge.target not in seen:
                seen.add(edge.target)
                pending.append(edge.target)
    return {at for at in seen if flow.steps[at].type in ("action", "manual", "playbook")}


def _is_read(flow: Flow, step: Step) -> bool:
    """Tell whether a condition reads what the step gave, in our words or, by the step's name, in a platform's."""
    for use in flow.uses:
        if use.root == STEPS and use.name == step.id and use.path[-1] == "field":
            return True
    asked = [branch["when"] for each in flow.steps for branch in each.branches if "when" in branch]
    text = repr(asked)
    return f"[{step.name}." in text or f"steps.{step.id}." in text
