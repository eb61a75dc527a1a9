"""An action is called without an input it needs, or with one it does not know.

connectors.yaml lists the inputs an action requires, and with `optional:` those it accepts beside them. Unknown inputs are
only looked for where `optional:` is given, if only as an empty list.

```yaml bad beside=actions
name: Disable a user
required_connectors: [okta]
steps:
  - id: disable
    connector: okta
    action: disable-user  # <- PB205
    with: {reason: compromised}
  - id: reset
    connector: okta
    action: reset-password
    with:
      user: "{{ alert.user }}"
      usr: "{{ alert.user }}"  # <- PB205
```

```yaml good beside=actions
name: Disable a user
required_connectors: [okta]
steps:
  - id: disable
    connector: okta
    action: disable-user
    with: {user: "{{ alert.user }}", reason: compromised}
```

**How to fix it:** give the input, or correct its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step
    from playbookctl.model.workspace import ActionSpec


@playbook_rule("PB205", "action-inputs", Severity.ERROR, doc=__doc__)
def action_inputs(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for step, name in context.flow(playbook).connecting:
        connector = context.connectors.by_name.get(name)
        spec = (connector.actions or {}).get(step.action or "") if connector else None
        if spec is None:
            continue
        given = step.parameters
        if not all(name in given for name in spec.required):
            yield _missing(step, spec)
        if spec.optional is not None:
            yield from _unknown(step, (*spec.required, *spec.optional), spec.name)


def _missing(step: Step, spec: ActionSpec) -> Problem:
    inputs = ", ".join(f"'{name}'" for name in spec.required if name not in step.parameters)
    return Problem((*step.path, "action"), f"'{spec.name}' needs {inputs}, which 'with' does not give")


def _unknown(step: Step, known: tuple[str, ...], action: str) -> Iterator[Problem]:
    for name in step.parameters:
        if name not in known:
            guess = did_you_mean(name, known)
            yield Problem((*step.path, "with", Key(name)), f"'{action}' knows no input '{name}'{guess}")
