"""Two playbooks start by themselves on the same alerts.

They run side by side, in no order anybody has chosen: one isolates what the other is still examining, and every alert
gets two tickets. Mostly one is an old version that was copied and left on.

```yaml bad beside=automatic.yaml
name: Phishing, new
auto_execute: true
trigger_conditions:  # <- PB408
  - {field: alert.title, op: contains, value: phish}
steps:
  - id: look
    action: get-message
```

```yaml good beside=automatic.yaml
name: Phishing of executives
auto_execute: true
trigger_conditions:
  - {field: alert.title, op: contains, value: phish}
  - {field: alert.user, op: in, value: [ceo, cfo]}
steps:
  - id: look
    action: get-message
```

**How to fix it:** disable one, call one from the other, or let their triggers differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Related, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB408", "same-trigger-twice", Severity.WARNING, doc=__doc__)
def same_trigger_twice(workspace: Workspace, _: Context) -> Iterator[Problem]:
    by_trigger: dict[str, list[Summary]] = {}
    for summary in workspace.summaries:
        if "trigger" in summary.facts:
            by_trigger.setdefault(summary.facts["trigger"], []).append(summary)
    for first, *others in by_trigger.values():
        for other in others:
            message = f"the same alerts start '{first.key}' too, in no order that anybody has chosen"
            related = (Related(("trigger_conditions",), f"the trigger of '{first.key}'", first.file),)
            yield Problem((Key("trigger_conditions"),), message, related=related, file=other.file)
