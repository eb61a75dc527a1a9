"""An action is called that connectors.yaml does not list for its connector.

Only connectors that list their actions are looked at. The step fails when it is reached, in the middle of a response.

```yaml bad beside=actions
name: Reset a password
required_connectors: [okta]
steps:
  - id: reset
    connector: okta
    action: reset-pasword  # <- PB204
    with: {user: "{{ alert.user }}"}
```

```yaml good beside=actions
name: Reset a password
required_connectors: [okta]
steps:
  - id: reset
    connector: okta
    action: reset-password
    with: {user: "{{ alert.user }}"}
```

**How to fix it:** correct the name, or add the action to connectors.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB204", "unknown-action", Severity.ERROR, doc=__doc__)
def unknown_action(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for step, name in context.flow(playbook).connecting:
        connector = context.connectors.by_name.get(name)
        if connector is None or connector.actions is None or step.action is None or "{{" in step.action:
            continue
        if step.action not in connector.actions:
            guess = did_you_mean(step.action, connector.actions)
            yield Problem((*step.path, "action"), f"'{connector.name}' has no action '{step.action}'{guess}")
