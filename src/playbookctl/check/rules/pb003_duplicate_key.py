"""A key stands twice in one mapping.

YAML 1.1 parsers keep the last one and drop the other without a word: half of what was written is never run.

```yaml bad
name: Disable an account
steps:
  - id: disable
    action: disable-user
    with: {user: "{{ alert.user }}"}
    with: {reason: compromised}  # <- PB003
```

```yaml good
name: Disable an account
steps:
  - id: disable
    action: disable-user
    with: {user: "{{ alert.user }}", reason: compromised}
```

**How to fix it:** join the two, or remove one.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB003", "duplicate-key", Severity.ERROR, doc=__doc__)
