"""A destructive step can fail, or be left out, and the run goes on as if it had worked.

`on_error: continue` on the step that isolates a host means that the host may still be online while the ticket says
"contained". An error that leads to the step that follows anyway, or to the end, does the same; so does `optional` where
the connector is not configured. All are fine for an enrichment.

They are fine here too if somebody or something looks before the run goes on: a manual step or a question directly
behind it (steps that only read or wait may stand between), a condition that reads `steps.<id>`, or a step of its own for
the error. A call of a playbook is looked at like an action, if that playbook can do something destructive.

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
  - id: lock
    connector: okta
    action: suspend-user
    on_error: {next: end}  # <- PB404
```

**How to fix it:** lead the error to a person (`on_error: {next: …}`), or let it stop the run, which is the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Workspace


@workspace_rule("PB404", "can-fail-silently", Severity.WARNING, doc=__doc__)
def can_fail_silently(workspace: Workspace, context: Context) -> Iterator[Problem]:
    for summary in workspace.summaries:
        for path, field, act in summary.facts.get("silent", ()):
            taking = context.reach(workspace).taking(act, context.connectors, asked=True)
            if taking:
                action, effect = taking
                who = f"'{act[0]}', which does '{action}'," if len(act) == 1 else f"'{action}'"
                how = (
                    "can fail and the run goes on in silence"
                    if field == "on_error"
                    else "is left out in silence where its connector is not configured"
                )
                message = f"{who} {how} ({effect.kind}, {effect.source})"
                yield Problem((*path, field), message, file=summary.file)
