"""A playbook has no `key:`.

The key is the identity of a playbook. Without one the file's name is used: the playbook can be validated and planned, but
a sync does not create it. Were the file renamed later, a second playbook would be created beside the first, and both
would act.

```yaml bad
name: Block a sender  # <- PB011
steps:
  - id: block
    action: block-sender
```

```yaml good
key: block-a-sender
name: Block a sender
steps:
  - id: block
    action: block-sender
```

**How to fix it:** write a `key:` of lower-case letters, digits and `-`. `playbookctl validate --fix` writes the file's
name, where it is such a one: the key that other playbooks call it by already. From a name with other characters
`--unsafe-fixes` makes one; look at the playbooks that call it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity
from playbookctl.model.quoting import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook

_KEY = re.compile(r"[a-z0-9-]{1,64}")
_OTHER = re.compile(r"[^a-z0-9]+")


@playbook_rule("PB011", "no-key", Severity.NOTE, doc=__doc__)
def no_key(playbook: Playbook, _: Context) -> Iterator[Problem]:
    if playbook.has_key:
        return
    stem = playbook.key
    key = stem if _KEY.fullmatch(stem) else _OTHER.sub("-", stem.lower()).strip("-")
    edit = Edit(("key",), written(key), "insert")
    is_file = _KEY.fullmatch(key) is not None and not stem.startswith("<")  # standard input has no name to take
    fix = Fix(f"write 'key: {key}'", (edit,), safe=key == stem) if is_file else None
    yield Problem(("name",), "there is no 'key:'; a sync does not create the playbook", fix=fix)
