"""One branch falls into another, and what stands there takes something away.

Steps go on to the one below. The last step of a branch does too, unless it has a `next`; what is below is often the
first step of the next branch. Here that one is destructive: whoever answered "leave it alone" gets the host isolated.

Said only where it is hardly meant: the step below begins a branch of the same decision, is destructive, and the branch
that falls into it does something of its own (it acts, or asks a person).

```yaml bad
name: Contain by severity
steps:
  - id: ask
    type: manual
    message: What shall be done?
    choices: [tell, isolate]
    branches:
      - {name: tell, next: tell}
      - {name: isolate, next: isolate}
  - id: tell  # <- PB105
    connector: slack
    action: send-message
  - id: isolate
    connector: edr
    action: isolate-host
```

```yaml good
name: Contain by severity
steps:
  - id: ask
    type: manual
    message: What shall be done?
    choices: [tell, isolate]
    branches:
      - {name: tell, next: tell}
      - {name: isolate, next: isolate}
  - id: tell
    connector: slack
    action: send-message
    next: end
  - id: isolate
    connector: edr
    action: isolate-host
```

**How to fix it:** write `next: end`, or where the branches meet again. If it is meant, write `next` with that step: then
a reader knows too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.effects import READ, effect_of
from playbookctl.flow.graph import BRANCH, ELSE, FALLS, OUT, Flow
from playbookctl.model.finding import Edit, Fix, Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB105", "forgotten-next", Severity.WARNING, doc=__doc__)
def forgotten_next(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    for decision in flow.branching:
        step = flow.steps[decision]
        targets = _targets(flow, decision) if len(step.branches) > 1 else {}
        for target in targets:
            taken = flow.steps[target]
            last = target - 1
            if not _is_destructive(taken, context) or not _falls(flow, last, target) or last == decision:
                continue
            falling = flow.steps[last]
            starts = [other for other in targets if other != target and last in flow.reached_from(other)]
            if starts and _does_something(falling, context) and target not in _later_targets(flow, starts, last):
                yield _problem(falling, taken, targets[target], step)


def _problem(falling: Step, taken: Step, branch: str, decision: Step) -> Problem:
    return Problem(
        (*falling.path, "id"),
        f"'{falling.id}' has no 'next' and falls into '{taken.id}' ({taken.action}), where {branch} of '{decision.id}' begins",
        related=(Related((*taken.path, "id"), "it falls into this step"),),
        fix=Fix("end the branch here", (Edit((*falling.path, "next"), "end", "insert"),), safe=False),
    )


def _targets(flow: Flow, decision: int) -> dict[int, str]:
    """Return the steps at which the branches of a decision begin, with a name for each branch."""
    return {
        edge.target: f"the branch '{edge.label}'" if edge.kind == BRANCH else "'else'"
        for edge in flow.edges[decision]
        if edge.kind in (BRANCH, ELSE) and edge.target != OUT
    }


def _falls(flow: Flow, last: int, target: int) -> bool:
    return any(edge.kind == FALLS and edge.target == target for edge in flow.edges[last])


def _later_targets(flow: Flow, starts: list[int], last: int) -> set[int]:
    """Return where other steps of the falling branch lead on purpose: if one names the step below, the fall is meant too."""
    inside = {at for start in starts for at in flow.reached_from(start) if last in flow.reached_from(at)}
    return {edge.target for at in inside for edge in flow.edges[at] if edge.kind != FALLS}


def _is_destructive(step: Step, context: Context) -> bool:
    return step.action is not None and effect_of(step.connector, step.action, context.connectors).is_destructive


def _does_something(step: Step, context: Context) -> bool:
    if step.action is None:
        return step.type in ("manual", "playbook")
    return effect_of(step.connector, step.action, context.connectors).kind != READ
