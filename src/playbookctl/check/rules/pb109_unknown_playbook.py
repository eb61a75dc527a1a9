"""A step calls a playbook that is not in the repository.

The call goes by the playbook's key. When the caller is written to the platform, the key becomes the id of the live
playbook; there is none, so the caller is held back from every sync.

```yaml bad beside=phishing.yaml
name: Mailbox takeover
steps:
  - id: mail
    type: playbook
    playbook: phishng  # <- PB109
  - id: lock
    type: playbook
    playbook: Lock a mailbox  # <- PB109
```

```yaml good beside=phishing.yaml
name: Mailbox takeover
steps:
  - id: mail
    type: playbook
    playbook: phishing
```

**How to fix it:** call it by its `key` (not by its name), or add the playbook to the repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Workspace


@workspace_rule("PB109", "unknown-playbook", Severity.ERROR, doc=__doc__)
def unknown_playbook(workspace: Workspace, _: Context) -> Iterator[Problem]:
    keys = workspace.by_key()
    by_name: dict[str, str] = {}
    for summary in workspace.summaries:
        by_name.setdefault(summary.name or summary.key, summary.key)
    for summary in workspace.summaries:
        for path, target in summary.facts.get("calls", ()):
            if target in keys:
                continue
            hint = did_you_mean(target, keys)
            if target in by_name:
                hint = f"; it is the name of the playbook with the key '{by_name[target]}'"
            message = f"no playbook has the key '{target}'{hint}"
            yield Problem((*path, "playbook"), message, file=summary.file)
