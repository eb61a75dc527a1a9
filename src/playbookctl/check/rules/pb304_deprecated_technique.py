"""A technique has been deprecated: ATT&CK gave it up without a replacement.

Its page is still there, but no matrix shows it. Coverage that is drawn on the matrix leaves the playbook out, and no
detection is mapped to the id any more, so no alert leads to the playbook by it.

```yaml bad
name: Remove a malicious shortcut
mitre_techniques:
  - T1064  # <- PB304
steps:
  - id: remove
    action: delete-file
```

```yaml good
name: Remove a malicious shortcut
mitre_techniques:
  - T1059
steps:
  - id: remove
    action: delete-file
```

**How to fix it:** read the technique's page at attack.mitre.org: it often says which others cover the behaviour now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack import Status
from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB304", "deprecated-technique", Severity.WARNING, doc=__doc__)
def deprecated_technique(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for index, value in enumerate(playbook.mitre_techniques):
        technique = context.attack.technique(value)
        if technique is not None and technique.status is Status.DEPRECATED:
            version = context.attack.version_of(technique.domain)
            yield Problem(("mitre_techniques", index), f"'{value}' ({technique.name}) is deprecated in {version}")
