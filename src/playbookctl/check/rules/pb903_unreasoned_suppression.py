"""A comment suppresses a finding and does not say why.

Whoever reads it next cannot tell an agreed exception from a silenced alarm.

```yaml bad
name: Phishing  # playbookctl: ignore[PB501]  # <- PB903
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing  # playbookctl: ignore[PB501] text follows with the next release
steps:
  - id: block
    action: block-sender
```

**How to fix it:** write the reason after the brackets.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB903", "unreasoned-suppression", Severity.NOTE, doc=__doc__)
