"""A tag begins with the prefix that playbookctl uses for its own markers.

The live object's tags say which file it belongs to and what was last applied. A tag of that kind in a file would claim
another playbook's object, or hide an analyst's edit.

```yaml bad
name: Block a sender
tags:
  - email
  - playbookctl:key=soc-core/phishing  # <- PB010
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Block a sender
tags:
  - email
steps:
  - id: block
    action: block-sender
```

**How to fix it:** remove the tag; `playbookctl validate --fix` does. It came with an export of the live object, and the next sync writes it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook

PREFIX = "playbookctl:"


@playbook_rule("PB010", "reserved-tag", Severity.ERROR, doc=__doc__)
def reserved_tag(playbook: Playbook, _: Context) -> Iterator[Problem]:
    for index, tag in enumerate(playbook.data.get("tags") or ()):
        if tag.strip().startswith(PREFIX):  # a server may trim what it is sent
            fix = Fix("remove the tag", (Edit(("tags", index), "", "delete"),))
            yield Problem(("tags", index), f"tags that begin with '{PREFIX}' are written by the sync alone", fix=fix)
