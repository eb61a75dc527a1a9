"""A comment suppresses a finding that is not there.

The finding was mended, or the code is misspelt. Left in place, the comment would hide the next such mistake on its line.

```yaml bad
name: Phishing
description: Block a sender.  # playbookctl: ignore[PB501] text follows  # <- PB901
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

It is said of a code only where every rule that it names ran: not where `--select`, `--ignore` or the config left one out.

**How to fix it:** remove the comment, or the code from its list.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB901", "unused-suppression", Severity.WARNING, doc=__doc__)
