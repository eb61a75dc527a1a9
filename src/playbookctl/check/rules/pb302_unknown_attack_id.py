"""An ATT&CK id does not exist in the pinned version.

The id has the right shape, but no technique or tactic of the selected domains has it. The message names the version of
the data, and the domain that does know the id if there is one: add it to `attack.domains` in playbookctl.yaml.

```yaml bad
name: Phishing
mitre_techniques:
  - T1566
  - T4198.001  # <- PB302
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
mitre_techniques:
  - T1566
steps:
  - id: block
    action: block-sender
```

**How to fix it:** `playbookctl attack show ID` looks an id up in every bundled version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack import IdKind, kind_of_id
from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.attack import AttackIndex
    from playbookctl.model.playbook import Playbook


@playbook_rule("PB302", "unknown-attack-id", Severity.ERROR, doc=__doc__)
def unknown_attack_id(playbook: Playbook, context: Context) -> Iterator[Problem]:
    attack = context.attack
    for field in ("mitre_tactics", "mitre_techniques"):
        for index, value in enumerate(playbook.data.get(field) or ()):
            kind = kind_of_id(value)
            if kind.is_technique and attack.technique(value) is None:
                yield Problem(
                    (field, index), f"no technique has the id '{value}' in {attack.version}{_more(value, attack)}"
                )
            elif kind is IdKind.TACTIC and attack.tactic(value) is None:
                yield Problem(
                    (field, index), f"no tactic has the id '{value}' in {attack.version}{_more(value, attack)}"
                )


def _more(value: str, attack: AttackIndex) -> str:
    if domain := attack.other_domain(value):
        return f"; the domain '{domain}' has it, see 'attack.domains' in playbookctl.yaml"
    if older := attack.known_to(value):
        return f"; {', '.join(older)} had it"
    near = attack.near(value)
    return f"; did you mean '{near[0]}'?" if near else ""
