"""A step that no path leads to.

It stands in the file, it is reviewed, and it never runs. Mostly a `next` was put above it, or the branch that led
to it was renamed or removed. If it is the step that contains, nothing is contained.

One finding for each part that is cut off, at its first step; the steps reached only from there are counted with it.
Where a misspelt name (PB102) is the cause, only that is said.

```yaml bad
name: Isolate a host
steps:
  - id: check
    type: decision
    branches:
      - name: server
        when: {field: alert.host, op: starts_with, value: srv-}
        next: ask
    else: end
  - id: isolate  # <- PB101
    connector: edr
    action: isolate-host
  - id: ask
    type: manual
    message: May this server be isolated?
```

```yaml good
name: Isolate a host
steps:
  - id: check
    type: decision
    branches:
      - name: server
        when: {field: alert.host, op: starts_with, value: srv-}
        next: ask
    else: isolate
  - id: isolate
    connector: edr
    action: isolate-host
    next: end
  - id: ask
    type: manual
    message: May this server be isolated?
```

```yaml bad
name: Close the case
steps:
  - id: close
    action: close-case
    next: end
  - id: remind  # <- PB101
    action: send-message
    next: wait
  - id: wait
    type: wait
    delay: 1h
    next: remind
```

**How to fix it:** let the step before it, a branch or an `else` lead to it, or delete it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.graph import OUT, Flow, reach
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import nearest
from playbookctl.model.playbook import END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB101", "unreachable-step", Severity.WARNING, doc=__doc__)
def unreachable_step(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    if len(flow.reached) == len(flow.steps):
        return
    named = {reference.target for reference in playbook.references()}
    explained = _said_elsewhere(playbook, flow, named)
    for head, others in _regions(flow):
        step = flow.steps[head]
        if step.id not in explained:
            more = f", nor to {_count(others)} reached only from it" if others else ""
            why = _why(step, named=step.id in named)
            yield Problem((*step.path, "id"), f"nothing leads to '{step.id}'{more}: {why}")


def _regions(flow: Flow) -> Iterator[tuple[int, int]]:
    """Yield the first step of each part that is cut off, with the number of further steps in it."""
    unseen = set(range(len(flow.steps))) - flow.reached
    led_to = {edge.target for at in unseen for edge in flow.edges[at]} - {OUT}
    for at in sorted(unseen, key=lambda at: (at in led_to, at)):  # those in a ring of their own come last
        if at in unseen:
            region = reach(flow.edges, (at,)) & unseen
            unseen -= region
            yield at, len(region) - 1


def _said_elsewhere(playbook: Playbook, flow: Flow, named: set[str]) -> set[str]:
    """Return the ids of which another rule says what is wrong: used twice, or meant by a misspelt name."""
    twice = {step.id for at, step in enumerate(flow.steps) if flow.position[step.id] != at}
    unknown = named - set(playbook.step_ids) - {END}
    return twice | {near for target in unknown if (near := nearest(target, playbook.step_ids))}


def _why(step: Step, *, named: bool) -> str:
    before = step.siblings[step.index - 1]
    to = before.data.get("next")
    if before.branches:
        does = f"the branches of '{before.id}' before it lead elsewhere"
    elif END in (before.type, to):
        does = f"'{before.id}' before it ends the path"
    elif to is None:
        return "only steps that are never reached lead to it"
    else:
        names = " and ".join(f"'{each}'" for each in ([to] if isinstance(to, str) else to))
        does = f"'{before.id}' before it goes to {names}"
    return f"{does}, and {'only steps that are cut off with it name it' if named else 'no step names it'}"


def _count(number: int) -> str:
    return "1 step" if number == 1 else f"{number} steps"
