"""A file is beyond the limits of size, depth or aliases.

Five megabytes, 200 levels, and 100,000 values once aliases are expanded: real playbooks reach 240 kB and depth 14. A file
of a few hundred bytes can otherwise cost a gigabyte of memory, in this tool and in whatever reads the file next.

```yaml bad
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]  # <- PB008
```

```yaml good
name: Block a sender
steps:
  - id: block
    action: block-sender
```

**How to fix it:** split the playbook, and call the parts with `type: playbook`.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB008", "too-large", Severity.ERROR, doc=__doc__)
