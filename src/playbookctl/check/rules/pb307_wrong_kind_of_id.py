"""An id of another kind stands among the tactics or the techniques.

Mitigations (`M1036`), groups (`G0016`), software (`S0154`), D3FEND, CAPEC and CVE ids look alike and are none of
ATT&CK's techniques; and a tactic is no technique.

```yaml bad
name: Phishing
mitre_tactics:
  - T1566  # <- PB307
mitre_techniques:
  - M1017  # <- PB307
  - TA0001  # <- PB307
  - D3-AL  # <- PB307
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
mitre_tactics:
  - TA0001
mitre_techniques:
  - T1566
tags: [M1017, D3-AL]
steps:
  - id: block
    action: block-sender
```

**How to fix it:** move a tactic to `mitre_tactics` and a technique to `mitre_techniques`; ids of other kinds can be tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack import IdKind, kind_of_id
from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook

_TACTICS, _TECHNIQUES = "mitre_tactics", "mitre_techniques"


@playbook_rule("PB307", "wrong-kind-of-id", Severity.ERROR, doc=__doc__)
def wrong_kind_of_id(playbook: Playbook, _: Context) -> Iterator[Problem]:
    for index, value in enumerate(playbook.mitre_tactics):
        kind = kind_of_id(value)
        if kind not in (IdKind.TACTIC, IdKind.MALFORMED):
            message = f"'{value}' is {kind.described}, not a tactic"
            yield _problem(playbook, "mitre_tactics", index, message, _TECHNIQUES if kind.is_technique else "")
    for index, value in enumerate(playbook.mitre_techniques):
        kind = kind_of_id(value)
        if not kind.is_technique and kind is not IdKind.MALFORMED:
            message = f"'{value}' is {kind.described}, not a technique"
            yield _problem(playbook, "mitre_techniques", index, message, _TACTICS if kind is IdKind.TACTIC else "")


def _problem(playbook: Playbook, field: str, index: int, message: str, other: str) -> Problem:
    """Return the problem, with the fix that moves the id to the `other` list, if it belongs there."""
    path = (field, index)
    if not other:
        return Problem(path, message)
    value, there = playbook.data[field][index], playbook.data.get(other)
    edits = [Edit(path, "", "delete")]
    if not isinstance(there, list):
        edits.append(Edit((other,), f"[{value}]", "insert"))
    elif value not in there:
        edits.append(Edit((other, len(there)), value, "insert"))
    return Problem(path, f"{message}; it belongs into {other}", fix=Fix(f"move it to {other}", tuple(edits)))
