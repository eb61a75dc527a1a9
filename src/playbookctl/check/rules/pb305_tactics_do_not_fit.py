"""A technique is listed, but none of the tactics it serves.

The tactic says what the adversary wants, the technique how. Where a playbook lists tactics at all, each technique should
serve one of them; else one of the two lists is wrong, and the playbook is missing from half of the reports. Playbooks
without tactics, and techniques whose tactics are not known, are left alone.

```yaml bad
name: Phishing
mitre_tactics: [TA0010]
mitre_techniques:
  - T1566.001  # <- PB305
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
mitre_tactics: [TA0001]
mitre_techniques:
  - T1566.001
steps:
  - id: block
    action: block-sender
```

**How to fix it:** add one of the tactics that the message names, or remove the technique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack import Status
from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.attack import AttackIndex
    from playbookctl.model.playbook import Playbook


@playbook_rule("PB305", "tactics-do-not-fit", Severity.WARNING, doc=__doc__)
def tactics_do_not_fit(playbook: Playbook, context: Context) -> Iterator[Problem]:
    listed = set(playbook.mitre_tactics)
    if not listed:
        return
    for index, value in enumerate(playbook.mitre_techniques):
        technique = context.attack.technique(value)
        if technique is None or technique.status is not Status.ACTIVE or not technique.tactics:
            continue
        if listed.isdisjoint(technique.tactics):
            named = " or ".join(_named(tactic, context.attack) for tactic in technique.tactics)
            message = f"'{value}' ({technique.name}) serves {named}, and mitre_tactics lists none of these"
            yield Problem(("mitre_techniques", index), message)


def _named(tactic_id: str, attack: AttackIndex) -> str:
    tactic = attack.tactic(tactic_id)
    return f"{tactic_id} ({tactic.name})" if tactic else tactic_id
