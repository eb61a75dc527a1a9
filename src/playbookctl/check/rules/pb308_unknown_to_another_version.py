"""An id is known to the pinned version of ATT&CK, and not to another one that is bundled.

A SIEM or a report that still reads the older data does not find the technique. This is a note for the time of a change
of version; ignore the rule once all tools have followed.

```yaml bad
name: A sensor was disabled
mitre_techniques:
  - T1685  # <- PB308
steps:
  - id: restore
    action: restart-sensor
```

```yaml good
name: Phishing
mitre_techniques:
  - T1566
steps:
  - id: block
    action: block-sender
```

**How to fix it:** bring the other tools to the pinned version; until then know that they miss this id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB308", "unknown-to-another-version", Severity.NOTE, doc=__doc__)
def unknown_to_another_version(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for field in ("mitre_tactics", "mitre_techniques"):
        for index, value in enumerate(playbook.data.get(field) or ()):
            if versions := context.attack.unknown_to(value):
                listed = f"{' and '.join(versions)}, which {'is' if len(versions) == 1 else 'are'} bundled too"
                yield Problem((field, index), f"'{value}' is not known to {listed}")
                return  # one note per file: they come in crowds when a version changes
