"""A connector is used that an environment does not map to a live one.

An environment with a `connectors:` mapping names the live connector behind each name. A playbook with an unmapped name is
held at every sync to that environment. Environments without a mapping are looked up by name, and not reported here.

```yaml bad beside=environments
name: Reset a password
required_connectors:
  - okta
  - slack  # <- PB206
steps:
  - id: reset
    connector: okta
    action: reset-password
  - id: tell
    connector: slack
    action: send-message
```

```yaml good beside=environments
name: Reset a password
required_connectors: [okta]
steps:
  - id: reset
    connector: okta
    action: reset-password
```

**How to fix it:** add the name under `environments.<name>.connectors` in playbookctl.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.flow.graph import Flow
    from playbookctl.model.playbook import Playbook
    from playbookctl.model.source import NodePath


@playbook_rule("PB206", "connector-not-mapped", Severity.WARNING, doc=__doc__)
def connector_not_mapped(playbook: Playbook, context: Context) -> Iterator[Problem]:
    if not any(environment.connectors for environment in context.environments.values()):
        return
    mapping = {name: env.connectors for name, env in sorted(context.environments.items()) if env.connectors}
    for name, path in _used(playbook, context.flow(playbook)).items():
        if context.connectors.file is not None and name not in context.connectors.by_name:
            continue  # PB201
        missing = [environment for environment, connectors in mapping.items() if name not in connectors]
        if missing and not name.startswith("cnn_"):
            where = ", ".join(f"'{environment}'" for environment in missing)
            yield Problem(path, f"'{name}' is not mapped in the environment {where}")


def _used(playbook: Playbook, flow: Flow) -> dict[str, NodePath]:
    """Return where each connector stands first: in the list at the top, else in a step."""
    found: dict[str, NodePath] = {}
    for index, name in enumerate(playbook.required_connectors):
        found.setdefault(name, ("required_connectors", index))
    for step, name in flow.connecting:
        if "{{" not in name:
            found.setdefault(name, (*step.path, "connector"))
    return found
