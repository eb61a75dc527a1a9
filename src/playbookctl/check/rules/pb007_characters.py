"""A character that cannot be seen is part of the text.

No-break and zero-width spaces come with text copied from a web page or a chat, and make two ids differ that look the
same. Characters that change the direction of writing make a file read otherwise than it runs, and so do line breaks that
only YAML knows (U+0085, U+2028, U+2029), where a line begins behind them: they are an error, the others a warning. Of each
kind one is reported per file. A joiner inside an emoji is left alone.

```yaml bad
name: Block a sender  # <- PB007
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

**How to fix it:** delete the character and type a plain one.
"""

from __future__ import annotations

from playbookctl.check.rule import declared_rule
from playbookctl.model.finding import Severity

declared_rule("PB007", "characters", Severity.ERROR, doc=__doc__)
