"""A step uses a connector that the playbook does not require.

The platform refuses to start a playbook whose required connectors are missing or disabled. One that is used but not
listed is found missing only in the middle of a response, after the first half has been done.

A step with `optional: true` is skipped where its connector is not configured, and need not list it.

```yaml bad
name: Reset a password
required_connectors: [slack]
steps:
  - id: reset
    connector: okta  # <- PB202
    action: reset-password
  - id: notify
    connector: slack
    action: send-message
```

```yaml good
name: Reset a password
required_connectors: [okta, slack]
steps:
  - id: reset
    connector: okta
    action: reset-password
  - id: notify
    connector: slack
    action: send-message
```

**How to fix it:** add the connector to `required_connectors`; `playbookctl validate --fix` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity
from playbookctl.model.quoting import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB202", "connector-not-required", Severity.ERROR, doc=__doc__)
def connector_not_required(playbook: Playbook, context: Context) -> Iterator[Problem]:
    required = set(playbook.required_connectors)
    known = context.connectors.by_name if context.connectors.file else None
    for step, name in context.flow(playbook).connecting:
        if known is not None and name not in known:
            continue  # PB201 says so; adding an unknown name to the list would mend nothing
        if name not in required and not step.data.get("optional") and "{{" not in name:
            required.add(name)  # one finding for a connector, at its first use
            said = f"'{name}' is used here but is not among required_connectors"
            yield Problem((*step.path, "connector"), said, fix=Fix(f"require '{name}'", (_added(playbook, name),)))


def _added(playbook: Playbook, name: str) -> Edit:
    if isinstance(listed := playbook.data.get("required_connectors"), list):
        return Edit(("required_connectors", len(listed)), written(name), "insert")
    return Edit(("required_connectors",), f"[{written(name)}]", "insert")
