"""Loops over a list that nothing limits, and what they do for each element without asking a person for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playbookctl.flow.graph import BODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.flow.graph import Flow
    from playbookctl.model.playbook import Step


class OpenLoop(NamedTuple):
    """A `for_each` without `max_targets`: the loop, and the steps that act or call for each element."""

    loop: Step
    doing: tuple[Step, ...]


def open_loops(flow: Flow) -> Iterator[OpenLoop]:
    """Yield the loops without a limit that do anything, in the order of the file.

    An approval of the loop itself is one yes for all elements; one in its body is asked for each, and somebody who is
    asked for the thousandth time has noticed. A loop inside that has no limit either speaks for itself.
    """
    for at in flow.looping:
        loop = flow.steps[at]
        if "for_each" in loop.data and "max_targets" not in loop.data:
            doing = (loop,) if loop.action or loop.calls else tuple(_body(flow, at))
            if doing:
                yield OpenLoop(loop, doing)


def _body(flow: Flow, at: int) -> Iterator[Step]:
    """Yield what is done in the body of a loop before a person is asked in it."""
    loop = flow.steps[at]
    pending = [edge.target for edge in flow.edges[at] if edge.kind == BODY]
    seen = {at, *pending}
    found: list[int] = []
    while pending:
        here = pending.pop()
        step = flow.steps[here]
        if not _is_inside(step, loop) or step.type == "manual" or "approval" in step.data:
            continue
        if "for_each" in step.data and "max_targets" not in step.data:
            fresh = {edge.target for edge in flow.edges[here] if edge.kind != BODY} - seen
        else:
            found += [here] if step.action or step.calls else []
            fresh = {edge.target for edge in flow.edges[here]} - seen
        seen |= fresh
        pending += [target for target in fresh if target >= 0]
    yield from (flow.steps[here] for here in sorted(found))


def _is_inside(step: Step, loop: Step) -> bool:
    around = step.parent
    while around is not None and around is not loop:
        around = around.parent
    return around is loop
