"""A connector is named that connectors.yaml does not know.

The name is what the environment maps to the id of a real connector. An unknown one cannot be mapped, so the playbook
would be held at the next sync; a condition that asks whether it is available (`connector_available`) never holds.
Without a connectors file any name is accepted.

```yaml bad
name: Reset a password
required_connectors: [oktaa]  # <- PB201
steps:
  - id: reset
    connector: oktaa  # <- PB201
    action: reset-password
```

```yaml good
name: Reset a password
required_connectors: [okta]
steps:
  - id: reset
    connector: okta
    action: reset-password
```

**How to fix it:** correct the name, or declare the connector in connectors.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean
from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.flow.graph import Flow
    from playbookctl.model.playbook import Playbook
    from playbookctl.model.source import NodePath


@playbook_rule("PB201", "unknown-connector", Severity.ERROR, doc=__doc__)
def unknown_connector(playbook: Playbook, context: Context) -> Iterator[Problem]:
    if context.connectors.file is None:
        return
    known = context.connectors.by_name
    for path, name in _named(playbook, context.flow(playbook)):
        if name not in known and not name.startswith("cnn_"):
            yield Problem(path, f"no connector is called '{name}' in connectors.yaml{did_you_mean(name, known)}")


def _named(playbook: Playbook, flow: Flow) -> Iterator[tuple[NodePath, str]]:
    for index, name in enumerate(playbook.required_connectors):
        yield ("required_connectors", index), name
    for step, name in flow.connecting:
        if "{{" not in name:
            yield (*step.path, "connector"), name
    for where, condition in flow.conditions:
        for path, leaf in conditions_in(condition, where) if "field" not in condition else ():
            if "connector_available" in leaf:
                yield (*path, "connector_available"), leaf["connector_available"]
