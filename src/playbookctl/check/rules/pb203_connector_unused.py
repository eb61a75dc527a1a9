"""A connector is required that no step uses.

The platform refuses to start the playbook where a required connector is missing or disabled: here for nothing.

```yaml bad
name: Reset a password
required_connectors:
  - okta
  - jira  # <- PB203
steps:
  - id: reset
    connector: okta
    action: reset-password
```

```yaml good
name: Reset a password
required_connectors:
  - okta
steps:
  - id: reset
    connector: okta
    action: reset-password
```

A playbook whose steps name their connectors by a template is left alone, and so is one that calls other playbooks: it may
list what they need.

**How to fix it:** remove it from `required_connectors`; `playbookctl validate --fix` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB203", "connector-unused", Severity.WARNING, doc=__doc__)
def connector_unused(playbook: Playbook, context: Context) -> Iterator[Problem]:
    used = {name for _, name in context.flow(playbook).connecting}
    for index, name in enumerate(playbook.required_connectors):
        if name not in used:
            if any("{{" in name for name in used) or any(step.calls for step in playbook.all_steps):
                return
            path = ("required_connectors", index)
            fix = Fix(f"remove '{name}'", (Edit(path, "", "delete"),))
            yield Problem(path, f"'{name}' is required, but no step uses it", fix=fix)
