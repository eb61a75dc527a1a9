"""Two playbooks have the same name.

People choose by name in the platform's lists. Two of one name are a coin toss; and a playbook made by hand under that
name cannot be told from ours.

The example below stands in a folder with another playbook of the name `Phishing`.

```yaml bad beside=phishing.yaml
key: phishing-2
name: Phishing  # <- PB505
steps:
  - id: block
    action: block-sender
```

```yaml good
key: phishing-2
name: Phishing against executives
steps:
  - id: block
    action: block-sender
```

**How to fix it:** rename one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB505", "name-twice", Severity.WARNING, doc=__doc__)
def name_twice(workspace: Workspace, _: Context) -> Iterator[Problem]:
    first: dict[str, Summary] = {}
    for summary in workspace.summaries:
        if not summary.name:  # the file could not be read as a playbook
            continue
        name = " ".join(summary.name.split()).casefold()
        other = first.setdefault(name, summary)
        if other is not summary:
            related = (Related(("name",), "it stands here first", other.file),)
            message = f"the name '{summary.name}' is that of '{other.key}' too"
            yield Problem(("name",), message, related=related, file=summary.file)
