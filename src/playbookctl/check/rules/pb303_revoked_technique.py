"""A technique has been revoked: ATT&CK replaced it by another.

Reports, coverage maps and searches by the new id do not find the playbook. The message follows the replacements to
their end, also where one was replaced again, and names the version of the data. Where the last one is itself deprecated,
or there is none, nothing can be proposed.

```yaml bad
name: Disable a tampered sensor
mitre_techniques:
  - T1562.001  # <- PB303
  - T1073  # <- PB303
steps:
  - id: restore
    action: restart-sensor
```

```yaml good
name: Disable a tampered sensor
mitre_techniques:
  - T1685
  - T1574.001
steps:
  - id: restore
    action: restart-sensor
```

**How to fix it:** `playbookctl validate --fix` writes the successor where there is exactly one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.attack import Status
from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Edit, Fix, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB303", "revoked-technique", Severity.ERROR, doc=__doc__)
def revoked_technique(playbook: Playbook, context: Context) -> Iterator[Problem]:
    listed = playbook.mitre_techniques
    for index, value in enumerate(listed):
        technique = context.attack.technique(value)
        if technique is None or technique.status is not Status.REVOKED:
            continue
        path = ("mitre_techniques", index)
        successor = context.attack.successor(value)
        said = f"'{value}' ({technique.name}) is revoked in {context.attack.version_of(technique.domain)}"
        final = context.attack.technique(successor.final) if successor.final else None
        if final is None:
            yield Problem(path, f"{said}, and nothing replaces it; remove it")
        elif final.status is not Status.ACTIVE:
            yield Problem(path, f"{said}; its successor '{final.id}' ({final.name}) is {final.status.value}; remove it")
        elif final.id in listed:
            fix = Fix(f"remove '{value}'", (Edit(path, "", "delete"),))
            yield Problem(path, f"{said}; '{final.id}' ({final.name}) replaces it and is listed already", fix=fix)
        else:
            fix = Fix(f"replace by '{final.id}'", (Edit(path, final.id),))
            yield Problem(path, f"{said}; use '{final.id}' ({final.name}){_by_way_of(successor.chain)}", fix=fix)


def _by_way_of(chain: tuple[str, ...]) -> str:
    between = chain[1:-1]
    return f", by way of {', '.join(between)}" if between else ""
