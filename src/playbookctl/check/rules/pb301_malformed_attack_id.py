"""An ATT&CK id has the wrong shape.

Techniques are written `T1566` or `T1566.001`, tactics `TA0001`. An id of another shape matches nothing: the playbook is
missing from the coverage report, and from the search of whoever looks for an answer to that technique.

```yaml bad
name: Phishing
mitre_techniques:
  - T1566.1  # <- PB301
  - t1204  # <- PB301
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
mitre_techniques:
  - T1566.001
  - T1204
steps:
  - id: block
    action: block-sender
```

**How to fix it:** copy the id from the technique's page at attack.mitre.org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack import IdKind, kind_of_id
from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playbookctl.model.playbook import Playbook

_SHAPES = {"mitre_tactics": "TA0001", "mitre_techniques": "T1566 or T1566.001"}


@playbook_rule("PB301", "malformed-attack-id", Severity.ERROR, doc=__doc__)
def malformed_attack_id(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for field, shape in _SHAPES.items():
        for index, value in enumerate(playbook.data.get(field) or ()):
            if kind_of_id(value) is IdKind.MALFORMED:
                near = context.attack.near(value)
                guess = f"; did you mean '{near[0]}'?" if near else ""
                message = f"'{value}' is no ATT&CK id, which looks like {shape}{guess}"
                yield Problem((field, index), message, fix=_fix(field, index, value, near))


def _fix(field: str, index: int, value: str, near: Sequence[str]) -> Fix | None:
    """Return the fix to the one id that is near; a safe one where only blanks and lower case are wrong."""
    if len(near) != 1:
        return None
    is_certain = "".join(value.split()).upper() == near[0]
    return Fix(f"write '{near[0]}'", (Edit((field, index), near[0]),), safe=is_certain)
