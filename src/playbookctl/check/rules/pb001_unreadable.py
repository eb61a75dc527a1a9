"""A file cannot be read as YAML.

Nothing else can be said of such a file, and a sync holds back whatever it would have retired, since a playbook that
cannot be read is not a playbook that is gone. The message says what the parser met, in words of the remedy: a tab in the
indentation, a quote that is never closed, text that begins with a character YAML reserves, a file that is not UTF-8,
a symbolic link that leads out of the repository. The other files of the run are checked as ever.

```yaml bad
name: Block a sender
steps:
  - id: block
    action: block-sender
    with: {sender: @attacker}  # <- PB001
```

```yaml good
name: Block a sender
steps:
  - id: block
    action: block-sender
    with: {sender: "@attacker"}
```

**How to fix it:** put text in quotes where it begins with one of `@`, a backtick, `&`, `*`, `!` or `%`, or contains `: `;
indent with spaces; save as UTF-8.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB001", "unreadable", Severity.ERROR, doc=__doc__)
