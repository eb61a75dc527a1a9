"""Steps that wait for a person, where no person is named and no time is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playbookctl.flow.graph import OUT
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.flow.graph import Flow
    from playbookctl.model.playbook import Step
    from playbookctl.model.source import NodePath


class Wait(NamedTuple):
    """A step that waits for nobody in particular, and where it says so. `holds_up` tells whether anything waits with it.

    That is what comes behind it, or the work that a manual step is. What an approval guards itself is not counted.
    """

    step: Step
    place: NodePath
    holds_up: bool


def waits(flow: Flow) -> Iterator[Wait]:
    """Yield the steps that wait for nobody in particular without limit, in the order of the file."""
    for at, step in enumerate(flow.steps):
        if ("approval" in step.data or step.type == "manual") and at in flow.reached and (place := _place(step)):
            yield Wait(step, place, step.type == "manual" or _is_followed(flow, at))


def _place(step: Step) -> NodePath | None:
    """Return the place that says so, None where somebody is named or there is a limit."""
    gate = step.gate
    if gate is not None:
        return None if gate.by or gate.expires or "assignee" in step.data else gate.path
    if "assignee" in step.data or "timeout" in step.data or "notify" in step.data:
        return None
    return (*step.path, Key("type"))


def _is_followed(flow: Flow, at: int) -> bool:
    onward = {edge.target for edge in flow.edges[at]} - {OUT}
    return any(
        flow.steps[each].type in ("action", "manual", "playbook")
        for target in onward
        for each in flow.reached_from(target)
        if each != at
    )
