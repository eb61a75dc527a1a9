"""A playbook has no owner.

The owner is who is asked when the playbook must change, and whom a CODEOWNERS file names.

```yaml bad
name: Phishing  # <- PB502
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
owner: soc-lead
steps:
  - id: block
    action: block-sender
```

**How to fix it:** write a name that the environments map under `owners:`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB502", "owner", Severity.NOTE, doc=__doc__)
def owner(playbook: Playbook, _: Context) -> Iterator[Problem]:
    if not (playbook.data.get("owner") or playbook.data.get("owner_id")):
        yield Problem(("name",), "there is no owner; name who answers for it")
