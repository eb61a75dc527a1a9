"""A playbook has no description.

At three in the morning the description is what an analyst reads before pressing the button: what it does, when to use it,
and what it does not do.

```yaml bad
name: Phishing  # <- PB501
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
description: Quarantine a reported message, and block its sender if others received it.
steps:
  - id: block
    action: block-sender
```

**How to fix it:** write one or two sentences under `description`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB501", "description", Severity.WARNING, doc=__doc__)
def description(playbook: Playbook, _: Context) -> Iterator[Problem]:
    if not (playbook.data.get("description") or "").strip():
        yield Problem(("name",), "there is no description; say what it does and when to use it")
