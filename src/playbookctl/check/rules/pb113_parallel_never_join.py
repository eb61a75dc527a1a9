"""A join at which nothing can meet.

`join` says that a step waits for several paths. Fewer than two lead here: a path that should end here goes elsewhere,
so the step runs without waiting for it.

```yaml bad
name: Enrich and contain
steps:
  - id: fork
    type: section
    next: [host, user]
  - id: host
    connector: edr
    action: get-host
    next: contain
  - id: user
    connector: okta
    action: get-user
    next: end
  - id: contain
    connector: edr
    action: isolate-host
    approval: soc-lead
    join: all  # <- PB113
```

```yaml good
name: Enrich and contain
steps:
  - id: fork
    type: section
    next: [host, user]
  - id: host
    connector: edr
    action: get-host
    next: contain
  - id: user
    connector: okta
    action: get-user
    next: contain
  - id: contain
    connector: edr
    action: isolate-host
    approval: soc-lead
    join: all
```

**How to fix it:** let the other paths lead here, or remove `join`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB113", "parallel-never-join", Severity.WARNING, doc=__doc__)
def parallel_never_join(playbook: Playbook, context: Context) -> Iterator[Problem]:
    joins = [step for step in playbook.all_steps if "join" in step.data]
    if not joins:
        return
    flow = context.flow(playbook)
    arrivals = flow.arrivals()
    for step in joins:
        sources = sorted({source for source, _ in arrivals[flow.position[step.id]]})
        if len(sources) <= 1:
            where = f"only '{flow.steps[sources[0]].id}' leads here" if sources else "no step leads here"
            yield Problem((*step.path, "join"), f"'{step.id}' has nothing to join: {where}")
