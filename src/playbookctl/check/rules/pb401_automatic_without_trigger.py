"""A playbook starts by itself on every alert.

`auto_execute` lets it run whenever all trigger conditions hold. With none, or with conditions that hold for every
alert, that is always: the noise of one bad night runs it ten thousand times.

A condition holds always if it asks for what every alert has (`alert.title` exists), matches anything, or denies what
cannot be.

```yaml bad
name: Enrich
auto_execute: true  # <- PB401
steps:
  - id: look
    action: get-host
```

```yaml bad
name: Enrich
auto_execute: true  # <- PB401
trigger_conditions:
  - {field: alert.severity, op: exists}
  - {field: alert.title, op: matches, value: ".*"}
steps:
  - id: look
    action: get-host
```

```yaml good
name: Enrich
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: in, value: [high, critical]}
steps:
  - id: look
    action: get-host
```

**How to fix it:** say which alerts are meant, or let a person or another playbook start it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.satisfy import is_always
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB401", "automatic-without-trigger", Severity.ERROR, doc=__doc__)
def automatic_without_trigger(playbook: Playbook, _: Context) -> Iterator[Problem]:
    if not playbook.auto_execute:
        return
    if not playbook.trigger_conditions:
        yield Problem(("auto_execute",), "it starts by itself on every alert: there are no trigger conditions")
    elif all(map(is_always, playbook.trigger_conditions)):
        number = len(playbook.trigger_conditions)
        which = "its trigger condition holds" if number == 1 else f"all {number} trigger conditions hold"
        yield Problem(("auto_execute",), f"it starts by itself on every alert: {which} for any")
