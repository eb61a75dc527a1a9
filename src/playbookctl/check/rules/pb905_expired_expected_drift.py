"""The config expected a drift until a day that has passed.

The drift counts again: `playbookctl drift --fail` fails for it. The date was a promise; somebody should look at it.

```yaml bad file=playbookctl.yaml
namespace: soc
expected_drift:
  - key: phishing
    reason: switched off during the mail migration
    until: "2026-01-31"  # <- PB905
```

```yaml good file=playbookctl.yaml
namespace: soc
expected_drift:
  - key: phishing
    reason: switched off during the mail migration
    until: "2027-01-31"
```

**How to fix it:** end the drift and remove the entry, or agree on a new date.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB905", "expired-expected-drift", Severity.WARNING, doc=__doc__)
