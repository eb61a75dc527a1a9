"""A file holds something else than one playbook.

One file is one mapping in one document, so that a file has one history, one owner and one place in a review.

```yaml bad
- name: Block a sender  # <- PB009
  steps:
    - id: block
      action: block-sender
```

```yaml good
name: Block a sender
steps:
  - id: block
    action: block-sender
```

**How to fix it:** give every playbook a file of its own; remove `---` between documents.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB009", "not-one-mapping", Severity.ERROR, doc=__doc__)
