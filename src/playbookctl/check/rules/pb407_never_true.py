"""A condition that can never hold.

Two comparisons of one field exclude each other, a list of values is empty, or a value has a type the comparison cannot
use. What waits for it never happens: the playbook does not start, the branch is not taken, the loop does not stop.

Of a decision it is also said of a branch that asks the same as one above it: the first that holds is taken.

```yaml bad
name: Contain
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
  - {field: alert.severity, op: equals, value: high}  # <- PB407
steps:
  - id: how
    type: decision
    branches:
      - name: server
        when: {field: alert.host, op: starts_with, value: srv-}
        next: end
      - name: also server
        when: {field: alert.host, op: starts_with, value: srv-}  # <- PB407
        next: look
      - name: nothing
        when: {field: alert.user, op: in, value: []}  # <- PB407
        next: look
    else: look
  - id: look
    action: get-host
```

```yaml good
name: Contain
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: in, value: [critical, high]}
steps:
  - id: how
    type: decision
    branches:
      - name: server
        when: {field: alert.host, op: starts_with, value: srv-}
        next: end
    else: look
  - id: look
    action: get-host
```

**How to fix it:** use `in` or `any` where one of several is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.satisfy import clash
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Condition, Playbook, Step
    from playbookctl.model.source import NodePath


@playbook_rule("PB407", "never-true", Severity.WARNING, doc=__doc__)
def never_true(playbook: Playbook, context: Context) -> Iterator[Problem]:
    trigger: list[tuple[NodePath, Condition]] = [
        (("trigger_conditions", index), each) for index, each in enumerate(playbook.trigger_conditions)
    ]
    yield from _clash(trigger)
    flow = context.flow(playbook)
    for path, condition in flow.conditions:
        if path[0] != "trigger_conditions":
            yield from _clash([(path, condition)])
    for step in [flow.steps[at] for at in flow.branching]:
        if len(step.branches) > 1 and step.data.get("match") != "all":
            yield from _asked_before(step)


def _asked_before(step: Step) -> Iterator[Problem]:
    seen: list[tuple[NodePath, Condition]] = []
    for index, branch in enumerate(step.branches):
        if "when" in branch:
            path = (*step.path, "branches", index, "when")
            same = next((where for where, when in seen if when == branch["when"]), None)
            if same:
                message = f"the branch '{branch['name']}' is never taken: one above it asks the same"
                yield Problem(path, message, related=(Related(same, "it is asked here first"),))
            seen.append((path, branch["when"]))


def _clash(conditions: list[tuple[NodePath, Condition]]) -> Iterator[Problem]:
    found = clash(conditions) if conditions else None
    if found:
        related = (Related(found.other, "it cannot hold together with this"),) if found.other else ()
        yield Problem(found.path, f"this never holds: {found.why}" if found.other else found.why, related=related)
