"""A technique is listed beside one of its own sub-techniques.

The sub-technique includes its parent: coverage counts the parent twice, and a reader cannot tell whether the playbook
answers all of the technique or this one form of it.

```yaml bad
name: Phishing
mitre_techniques:
  - T1566  # <- PB306
  - T1566.001
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
mitre_techniques:
  - T1566.001
steps:
  - id: block
    action: block-sender
```

**How to fix it:** keep the sub-technique if the playbook answers only that form, the parent if it answers any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB306", "parent-beside-sub-technique", Severity.NOTE, doc=__doc__)
def parent_beside_sub_technique(playbook: Playbook, _: Context) -> Iterator[Problem]:
    listed = playbook.mitre_techniques
    subs: dict[str, list[str]] = {}
    for value in listed:
        if "." in value:
            subs.setdefault(value.partition(".")[0], []).append(value)
    for index, value in enumerate(listed):
        if value in subs:
            message = (
                f"'{value}' stands beside its own sub-technique {', '.join(subs[value])}; keep the one that is meant"
            )
            yield Problem(("mitre_techniques", index), message)
            return  # a matter of taste: one note per file
