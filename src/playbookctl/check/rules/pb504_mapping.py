"""A playbook is mapped to no ATT&CK technique.

Without one it is missing from coverage, and nobody sees that the behaviour has an answer. Callable playbooks, with
`inputs:`, are parts of others and need none.

```yaml bad
name: Phishing  # <- PB504
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
mitre_techniques: [T1566]
steps:
  - id: block
    action: block-sender
```

**How to fix it:** list the techniques it answers under `mitre_techniques`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB504", "mapping", Severity.NOTE, doc=__doc__)
def mapping(playbook: Playbook, _: Context) -> Iterator[Problem]:
    if not (playbook.mitre_techniques or playbook.mitre_tactics or playbook.inputs):
        yield Problem(("name",), "no ATT&CK technique is listed that it answers")
