"""A path leads back to a step it has already passed, without a loop.

A way back by `next` or a branch has no limit: if the scanner never answers or the condition never holds, the run goes
round until somebody notices, with every call it makes on the way. Loops of the format say how often at most.

A way back past a person's step is accepted: somebody answers on every round. It is an error if no path leads out.

```yaml bad
name: Wait for a scan
steps:
  - id: scan
    connector: edr
    action: start-scan
  - id: ask
    connector: edr
    action: get-scan
    branches:
      - name: running
        when: {field: steps.ask.output.state, op: equals, value: running}
        next: pause
    else: end
  - id: pause
    type: wait
    delay: 1m
    next: ask  # <- PB104
```

```yaml good
name: Wait for a scan
steps:
  - id: scan
    connector: edr
    action: start-scan
  - id: ask
    connector: edr
    action: get-scan
    repeat:
      until: {field: steps.ask.output.state, op: equals, value: done}
      max: 30
      delay: 1m
```

**How to fix it:** put the steps into the body of a `repeat` with `max`, or wait with `until` and `timeout`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.graph import OUT, Edge, Flow, reach
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.playbook import END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Reference

_MOST_SAID = 12  # steps of a way that are named


@playbook_rule("PB104", "cycle-outside-loop", Severity.WARNING, doc=__doc__)
def cycle_outside_loop(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    if not flow.names_back:
        return
    backward = [each for each in _backward(flow) if not flow.is_round(*_ends(flow, each))]
    onward, back = _plain_edges(flow)
    seen: set[int] = set()
    for reference in backward:
        source, target = _ends(flow, reference)
        ring = set() if source in seen else reach(onward, (target,)) & reach(back, (source,))
        if source not in ring or any(flow.steps[at].type == "manual" for at in ring):
            continue
        seen |= ring
        leaves = any(edge.target not in ring for at in ring for edge in flow.edges[at])
        way = _said([flow.steps[at].id for at in _way(flow, target, source, ring)])
        outcome = "and nothing limits the rounds" if leaves else "and no path leads out"
        yield Problem(
            reference.path,
            f"this leads back to '{reference.target}' ({way} → '{reference.target}'), {outcome}",
            severity=None if leaves else Severity.ERROR,
        )


def _backward(flow: Flow) -> Iterator[Reference]:
    """Yield the references to the step itself or to one above it; every cycle has one."""
    for at, step in enumerate(flow.steps):
        if at in flow.reached:
            for reference in step.references():
                if reference.target != END and flow.position.get(reference.target, at + 1) <= at:
                    yield reference


def _ends(flow: Flow, reference: Reference) -> tuple[int, int]:
    return flow.position[reference.step.id], flow.position[reference.target]


def _plain_edges(flow: Flow) -> tuple[list[tuple[Edge, ...]], list[tuple[Edge, ...]]]:
    """Return the edges from each step, rounds of loops aside, and the same ones turned round."""
    onward = [
        tuple(edge for edge in edges if edge.target != OUT and not flow.is_round(at, edge.target))
        for at, edges in enumerate(flow.edges)
    ]
    back: list[list[Edge]] = [[] for _ in onward]
    for at, edges in enumerate(onward):
        for edge in edges:
            back[edge.target].append(Edge(edge.kind, at))
    return onward, [tuple(edges) for edges in back]


def _way(flow: Flow, first: int, last: int, ring: set[int]) -> list[int]:
    """Return a shortest way from `first` to `last` inside `ring`."""
    before = {first: first}
    queue = [first]
    for at in queue:
        for edge in flow.edges[at]:
            if edge.target in ring and edge.target not in before:
                before[edge.target] = at
                queue.append(edge.target)
    way = [last]
    while way[-1] != first:
        way.append(before[way[-1]])
    return way[::-1]


def _said(ids: list[str]) -> str:
    shown = [f"'{each}'" for each in ids]
    if len(shown) > _MOST_SAID:
        shown[_MOST_SAID // 2 : -_MOST_SAID // 2] = [f"… {len(shown) - _MOST_SAID} more"]
    return " → ".join(shown)
