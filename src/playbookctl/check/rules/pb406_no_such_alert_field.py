"""A trigger asks for a field that no alert has.

A missing field makes a comparison false, so the playbook never starts; with `not_equals` and its like it is true, so
the condition holds for every alert. Neither shows until the incident.

Fields are those of the platform's alerts, written `alert.<field>`: `title`, `description`, `severity`, `status`,
`verdict`, `source_alert`, `source_id`, `timestamp`, `mitre_tactic`, `mitre_technique`, `kill_chain_phase`, `host`,
`user`, `indicators`, `related_alert_ids`, `related_finding_ids`, `assignee_id`, `investigation_id`; and those of every
object: `id`, `tenant_id`, `app_id`, `created_at`, `updated_at`, `created_by`, `updated_by`, `source`, `source_type`,
`is_deleted`, `deleted_at`, `deleted_by`, `schema_version`.

```yaml bad
name: Contain
auto_execute: true
trigger_conditions:
  - field: alert.severty  # <- PB406
    op: in
    value: [high, critical]
  - field: host  # <- PB406
    op: exists
steps:
  - id: look
    action: get-host
```

```yaml good
name: Contain
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: in, value: [high, critical]}
  - {field: alert.host, op: exists}
steps:
  - id: look
    action: get-host
```

**How to fix it:** name a field of the alert; what a step finds out later is asked by a decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.alert import ALERT_FIELDS, LISTED
from playbookctl.flow.conditions import OPAQUE_CHARACTERS
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean
from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB406", "no-such-alert-field", Severity.WARNING, doc=__doc__)
def no_such_alert_field(playbook: Playbook, _: Context) -> Iterator[Problem]:
    for index, condition in enumerate(playbook.trigger_conditions):
        for path, leaf in conditions_in(condition, ("trigger_conditions", index)):
            field = leaf.get("field", "alert.id")
            if OPAQUE_CHARACTERS.isdisjoint(field):
                message = _said(field)
                if message:
                    yield Problem((*path, "field"), message)


def _said(field: str) -> str:
    root, _, name = field.partition(".")
    first = name.split(".")[0]
    if root == "alert" and first in ALERT_FIELDS:
        return ""
    if root == "alert":
        return f"no alert has a field '{first}'{did_you_mean(first, ALERT_FIELDS) or LISTED}"
    if root in ALERT_FIELDS:
        return f"a trigger finds nothing under '{field}'; did you mean 'alert.{field}'?"
    return "" if root in ("inputs", "steps") else f"a trigger finds nothing under '{field}': it knows only 'alert.…'"
