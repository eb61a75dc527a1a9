"""A playbook that starts by itself waits for nobody in particular, without limit.

An approval that any person may give, with no `expires`, or a manual step without `assignee` and `timeout`: at three in
the morning nobody knows that it waits. The run stays open, the host stays online, and no error is shown.

One note for a playbook, at the first such step.

```yaml bad
name: Contain a host
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: true  # <- PB409
  - id: review
    type: manual
    message: Was it right?
```

```yaml good
name: Contain a host
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: {by: [soc-lead], expires: 15m, on_expired: {next: review}}
  - id: review
    type: manual
    message: Was it right?
    assignee: tier-2
```

**How to fix it:** name who is asked, or say with `expires` or `timeout` how long, and with `on_expired` or
`on_timeout` what then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Related, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step
    from playbookctl.model.source import NodePath


@playbook_rule("PB409", "gate-nobody-answers", Severity.NOTE, doc=__doc__)
def gate_nobody_answers(playbook: Playbook, context: Context) -> Iterator[Problem]:
    if not (playbook.auto_execute or playbook.key in context.settings.entry_points):
        return
    reached = context.flow(playbook).reached
    waiting = [
        (step, place)
        for at, step in enumerate(playbook.all_steps)
        if at in reached and ("approval" in step.data or step.type == "manual") and (place := _waits_for_nobody(step))
    ]
    if waiting:
        (first, place), *others = waiting
        more = f", and so {'does' if len(others) == 1 else 'do'} {len(others)} more of this playbook" if others else ""
        related = tuple(Related(where, f"'{step.id}' waits too") for step, where in others)
        message = f"'{first.id}' waits for nobody in particular, without limit{more}"
        yield Problem(place, message, related=related)


def _waits_for_nobody(step: Step) -> NodePath | None:
    """Return the place that says so, None where somebody is named or there is a limit."""
    gate = step.gate
    if gate is not None:
        return None if gate.by or gate.expires or "assignee" in step.data else gate.path
    if step.type != "manual" or "assignee" in step.data or "timeout" in step.data or "notify" in step.data:
        return None
    return (*step.path, Key("type"))
