"""A field is unknown, missing, or of the wrong kind.

Every file is checked against the published JSON Schema (`playbookctl schema playbook` prints it, and editors complete
from it). An unknown field is an error, not a note: a misspelt `on_eror` would otherwise be a containment without its
error path. The configuration and the connectors file are checked in the same way.

```yaml bad
name: Isolate a host
steps:
  - id: isolate
    action: isolate-host
    on_eror: continue  # <- PB002
  - id: pause
    type: wait
    delay: 5 minutes  # <- PB002
```

```yaml good
name: Isolate a host
steps:
  - id: isolate
    action: isolate-host
    on_error: continue
  - id: pause
    type: wait
    delay: 5m
```

**How to fix it:** the message names the field, what was found and what is allowed. Data of a vendor's own goes under a
key that begins with `x-`.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB002", "schema", Severity.ERROR, doc=__doc__)
