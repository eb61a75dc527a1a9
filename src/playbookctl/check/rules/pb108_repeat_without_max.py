"""A `repeat` that has no limit.

It ends when its condition says so. If the scanner hangs, or the field is spelt differently after an update, that is
never: the run stays open and calls the connector until somebody stops it.

```yaml bad
name: Wait for a scan
steps:
  - id: ask
    connector: edr
    action: get-scan
    repeat:  # <- PB108
      until: {field: steps.ask.output.state, op: equals, value: done}
      delay: 1m
```

```yaml good
name: Wait for a scan
steps:
  - id: ask
    connector: edr
    action: get-scan
    repeat:
      until: {field: steps.ask.output.state, op: equals, value: done}
      max: 30
      delay: 1m
```

**How to fix it:** add `max`: the longest useful wait divided by `delay`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB108", "repeat-without-max", Severity.WARNING, doc=__doc__)
def repeat_without_max(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    for step in [flow.steps[at] for at in flow.looping]:
        repeat = step.data.get("repeat")
        if repeat is not None and "max" not in repeat:
            end = (
                "'until' holds" if "until" in repeat else "'while' no longer holds" if "while" in repeat else "stopped"
            )
            yield Problem(
                (*step.path, Key("repeat")), f"'{step.id}' has no 'max': it repeats until {end}, without limit"
            )
