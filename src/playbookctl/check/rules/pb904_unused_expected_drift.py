"""The config expects a drift that is not there.

An entry of `expected_drift:` lets a playbook differ on the server. One that covers nothing any more would hide the next
edit of that playbook; one for an environment or a playbook that does not exist covers nothing at all.

```yaml bad file=playbookctl.yaml
namespace: soc
environments:
  prod: {url: "https://soc.test"}
expected_drift:
  - key: phishing
    environment: prd  # <- PB904
    reason: switched off during the mail migration
```

```yaml good file=playbookctl.yaml
namespace: soc
environments:
  prod: {url: "https://soc.test"}
expected_drift:
  - key: phishing
    environment: prod
    reason: switched off during the mail migration
```

`validate` knows the environments; whether a playbook drifts on a server only `playbookctl drift` knows, which says it of
the environment that it looks at.

**How to fix it:** remove the entry, or correct its key or environment.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB904", "unused-expected-drift", Severity.WARNING, doc=__doc__)
