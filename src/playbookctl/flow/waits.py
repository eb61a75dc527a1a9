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

_NAMED = frozenset({"assignee", "notify", "timeout"})  # a manual step that has one waits for somebody, or not for ever


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
        if step.type == "manual":
            if _NAMED.isdisjoint(step.data) and at in flow.reached:
                yield Wait(step, (*step.path, Key("type")), holds_up=True)
        elif "approval" in step.data and _is_for_anybody(step) and at in flow.reached:
            yield Wait(step, (*step.path, "approval"), holds_up=_is_followed(flow, at))


def _is_for_anybody(step: Step) -> bool:
    approval = step.data["approval"]
    if isinstance(approval, dict):
        return not (approval.get("by") or approval.get("expires") or "assignee" in step.data)
    return approval is True and "assignee" not in step.data


def _is_followed(flow: Flow, at: int) -> bool:
    onward = {edge.target for edge in flow.edges[at]} - {OUT}
    return any(
        flow.steps[each].type in ("action", "manual", "playbook")
        for target in onward
        for each in flow.reached_from(target)
        if each != at
    )
