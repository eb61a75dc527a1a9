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
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB307", "wrong-kind-of-id", Severity.ERROR, doc=__doc__)
def wrong_kind_of_id(playbook: Playbook, _: Context) -> Iterator[Problem]:
    for index, value in enumerate(playbook.mitre_tactics):
        kind = kind_of_id(value)
        if kind not in (IdKind.TACTIC, IdKind.MALFORMED):
            where = "; it belongs into mitre_techniques" if kind.is_technique else ""
            yield Problem(("mitre_tactics", index), f"'{value}' is {kind.described}, not a tactic{where}")
    for index, value in enumerate(playbook.mitre_techniques):
        kind = kind_of_id(value)
        if not kind.is_technique and kind is not IdKind.MALFORMED:
            where = "; it belongs into mitre_tactics" if kind is IdKind.TACTIC else ""
            yield Problem(("mitre_techniques", index), f"'{value}' is {kind.described}, not a technique{where}")
