"""A step with conditions on its branches may find no way out.

If no branch holds and there is no `else`, the path ends there and the run counts as done. A field that is missing is
enough: it makes every comparison false. Write `else: end` where that is meant; then a reader knows too.

Not said of a step whose conditions leave nothing over, such as `exists` beside `not_exists` of the same field.

```yaml bad
name: Contain by severity
steps:
  - id: how_bad
    type: decision  # <- PB107
    branches:
      - name: critical
        when: {field: alert.severity, op: equals, value: critical}
        next: isolate
      - name: high
        when: {field: alert.severity, op: equals, value: high}
        next: ask
  - id: isolate
    connector: edr
    action: isolate-host
    approval: soc-lead
    next: end
  - id: ask
    type: manual
    message: Isolate it by hand if it is not a server.
```

```yaml good
name: Contain by severity
steps:
  - id: how_bad
    type: decision
    branches:
      - name: critical
        when: {field: alert.severity, op: equals, value: critical}
        next: isolate
    else: ask
  - id: isolate
    connector: edr
    action: isolate-host
    approval: soc-lead
    next: end
  - id: ask
    type: manual
    message: Isolate it by hand if it is not a server.
```

**How to fix it:** say with `else` what happens otherwise, be it `else: end`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.satisfy import denies
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB107", "no-way-out", Severity.NOTE, doc=__doc__)
def no_way_out(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    for step in [flow.steps[at] for at in flow.branching]:
        asks = "else" not in step.data and any("when" in branch for branch in step.branches)
        if asks and not _leaves_nothing(step):
            first, *others = [f"'{branch['name']}'" for branch in step.branches]
            none = f"neither {' nor '.join((first, *others))} holds" if others else f"{first} does not hold"
            yield Problem(
                (*step.path, Key("type" if step.type == "decision" else "branches")),
                f"'{step.id}' has no 'else': if {none}, the path ends there in silence",
            )


def _leaves_nothing(step: Step) -> bool:
    """Tell whether of two branches one holds exactly if the other does not."""
    asked = [branch["when"] for branch in step.branches if "when" in branch]
    return any(denies(one, other) for one in asked for other in asked)
