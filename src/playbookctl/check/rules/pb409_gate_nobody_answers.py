"""A playbook that starts by itself waits for nobody in particular, without limit.

An approval that any person may give, with no `expires`, or a manual step without `assignee` and `timeout`: at three in
the morning nobody knows that it waits. The run stays open, the host stays online, and no error is shown.

Playbooks that it calls wait no better, so they are looked at too. Not said of an approval behind which nothing waits,
such as the yes to closing the alert at the end. One note for a playbook, at the first such step.

```yaml bad
name: Contain a host
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: true  # <- PB409
  - id: review
    type: manual
    message: Was it right?
```

```yaml good
name: Contain a host
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    approval: {by: [soc-lead], expires: 15m, on_expired: {next: review}}
  - id: review
    type: manual
    message: Was it right?
    assignee: tier-2
```

**How to fix it:** name who is asked, or say with `expires` or `timeout` how long, and with `on_expired` or
`on_timeout` what then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.check.facts import starts_by_itself
from playbookctl.check.rule import Context, workspace_rule
from playbookctl.flow.effects import effect_of
from playbookctl.model.finding import Problem, Related, Severity
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB409", "gate-nobody-answers", Severity.NOTE, doc=__doc__)
def gate_nobody_answers(workspace: Workspace, context: Context) -> Iterator[Problem]:
    playbooks = workspace.by_key()
    for key, entry in sorted(_started(playbooks, context).items()):
        summary = playbooks[key]
        waiting = [row for row in summary.facts.get("waits", ()) if _matters(row, context)]
        if waiting:
            yield _problem(summary, waiting, playbooks[entry])


def _problem(summary: Summary, waiting: list[list[Any]], entry: Summary) -> Problem:
    (place, step, *_), *others = waiting
    more = f", and so {'does' if len(others) == 1 else 'do'} {len(others)} more of this playbook" if others else ""
    related = [Related(_path(other[0]), f"'{other[1]}' waits too") for other in others]
    started = ""
    if entry is not summary:
        started = f"; '{entry.key}' starts by itself and calls it"
        related.insert(0, Related(("auto_execute",), f"'{entry.key}' starts by itself", entry.file))
    message = f"'{step}' waits for nobody in particular, without limit{more}{started}"
    return Problem(_path(place), message, related=tuple(related), file=summary.file)


def _started(playbooks: Mapping[str, Summary], context: Context) -> dict[str, str]:
    """Return the playbooks that run without a person who starts them, each with the nearest one that starts by itself."""
    found = {key: key for key, summary in sorted(playbooks.items()) if starts_by_itself(summary, context)}
    pending = list(found)
    for key in pending:
        for _, callee, _ in playbooks[key].facts["reach"]["calls"]:
            if callee not in found and playbooks.get(callee) is not None and playbooks[callee].facts:
                found[callee] = found[key]
                pending.append(callee)
    return found


def _matters(row: list[Any], context: Context) -> bool:
    _, _, holds_up, act = row
    return holds_up or (len(act) > 1 and effect_of(act[0], act[1], context.connectors, *act[2:]).is_destructive)


def _path(place: list[Any]) -> NodePath:
    *path, last = place
    return (*path, Key(last) if last == "type" else last)
