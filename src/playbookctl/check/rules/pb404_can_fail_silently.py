"""A destructive step can fail, or be left out, and the run goes on as if it had worked.

`on_error: continue` on the step that isolates a host means that the host may still be online while the ticket says
"contained". `optional` does the same where the connector is not configured. Both are fine for an enrichment. They are
fine here too if the run looks at the result afterwards: a condition that reads `steps.<id>` is taken for that.

```yaml bad
name: Contain a host
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: soc-lead
    on_error: continue  # <- PB404
  - id: close
    connector: jira
    action: create-issue
    with: {title: The host is isolated}
```

```yaml good
name: Contain a host
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: soc-lead
    on_error: {next: by_hand}
  - id: close
    connector: jira
    action: create-issue
    with: {title: The host is isolated}
    next: end
  - id: by_hand
    type: manual
    message: The host could not be isolated. Cut it off at the switch.
```

```yaml bad
name: Contain a host
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: soc-lead
    optional: true  # <- PB404
```

**How to fix it:** lead the error to a person (`on_error: {next: …}`), or let it stop the run, which is the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.effects import effect_of
from playbookctl.flow.references import STEPS
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB404", "can-fail-silently", Severity.WARNING, doc=__doc__)
def can_fail_silently(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for step in playbook.all_steps:
        goes_on = step.data.get("on_error") == "continue"
        if step.action is None or not (goes_on or step.data.get("optional")):
            continue
        effect = effect_of(step.connector, step.action, context.connectors)
        if not effect.is_destructive or _is_looked_at(step, playbook, context):
            continue
        said = f"({effect.kind}, {effect.source})"
        if goes_on:
            yield Problem((*step.path, "on_error"), f"'{step.action}' can fail and the run goes on in silence {said}")
        else:
            message = f"'{step.action}' is left out in silence where its connector is not configured {said}"
            yield Problem((*step.path, "optional"), message)


def _is_looked_at(step: Step, playbook: Playbook, context: Context) -> bool:
    """Tell whether a condition reads what the step gave, in our words or, by the step's name, in a platform's."""
    for use in context.flow(playbook).uses:
        if use.root == STEPS and use.name == step.id and use.path[-1] == "field":
            return True
    asked = [branch["when"] for each in playbook.all_steps for branch in each.branches if "when" in branch]
    text = repr(asked)
    return f"[{step.name}." in text or f"steps.{step.id}." in text
