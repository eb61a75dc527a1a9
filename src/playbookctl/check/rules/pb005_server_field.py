"""A field stands in the file that only the server sets.

Such fields come with an export: ids, tenants, stamps, statistics. In a file they would be wrong the moment they are
written, and the API refuses a write that carries them.

```yaml bad
id: ply_01J8Z3V6W2T5  # <- PB005
name: Block a sender
created_at: "2026-01-31T10:00:00Z"  # <- PB005
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

**How to fix it:** remove the field; `playbookctl validate --fix` does. The identity of a playbook is its `key:`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, entry_rule
from playbookctl.model.fields import SERVER_FIELDS
from playbookctl.model.finding import Edit, Fix, Problem, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Entry


@entry_rule("PB005", "server-field", Severity.ERROR, doc=__doc__)
def server_field(entry: Entry, _: Context) -> Iterator[Problem]:
    for name in sorted(SERVER_FIELDS.keys() & (entry.document.data.keys() if entry.document else set())):
        fix = Fix(f"remove '{name}'", (Edit((name,), "", "delete"),))
        yield Problem((Key(name),), f"'{name}' is not yours to set: {SERVER_FIELDS[name]}; remove it", fix=fix)
