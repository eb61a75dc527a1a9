"""Two steps have the same id.

`next: notify` can mean only one of them, and so can `{{ steps.notify.output }}`. Which one is the platform's choice,
and it may choose differently after the next edit. A run's log shows one id for two steps.

Ids are looked at across the whole playbook: a step in the body of a loop shares them with all others.

```yaml bad
name: Lock an account
steps:
  - id: lock
    connector: okta
    action: suspend-user
  - id: notify
    action: send-message
    with: {text: The account is locked.}
  - id: sessions
    type: section
    for_each: "{{ alert.indicators }}"
    steps:
      - id: lock  # <- PB103
        connector: okta
        action: revoke-sessions
  - id: notify  # <- PB103
    action: send-message
    with: {text: The sessions are closed.}
```

```yaml good
name: Lock an account
steps:
  - id: lock
    connector: okta
    action: suspend-user
  - id: notify_locked
    action: send-message
    with: {text: The account is locked.}
  - id: revoke
    connector: okta
    action: revoke-sessions
  - id: notify_closed
    action: send-message
    with: {text: The sessions are closed.}
```

**How to fix it:** rename one of them, and look at every `next`, branch and template that names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB103", "step-id-twice", Severity.ERROR, doc=__doc__)
def step_id_twice(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    if len(flow.position) == len(flow.steps):
        return
    for step in playbook.all_steps:
        first = playbook.step_ids[step.id]
        if first is not step:
            related = Related((*first.path, "id"), "it is used here first")
            yield Problem((*step.path, "id"), f"the id '{step.id}' is taken by another step", related=(related,))
