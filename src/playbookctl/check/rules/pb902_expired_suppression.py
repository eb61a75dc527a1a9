"""A comment suppressed a finding until a day that has passed.

The finding counts again. The date was a promise; somebody should look at it. So it does where `until=` names no day such
as `2027-01-31`: nobody could tell when the promise ends.

```yaml bad
name: Phishing  # playbookctl: ignore[PB501] until=2026-01-31 text follows  # <- PB902
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing  # playbookctl: ignore[PB501] until=2027-01-31 text follows
steps:
  - id: block
    action: block-sender
```

**How to fix it:** mend what was suppressed, or agree on a new date.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB902", "expired-suppression", Severity.WARNING, doc=__doc__)
