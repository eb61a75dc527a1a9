"""An action that takes something away can run without a person having been asked.

It can be reached from a playbook that starts by itself (`auto_execute: true`, enabled at the moment or not; or named
under `entry_points` in playbookctl.yaml) on a path without an approval and without a manual step. The whole way counts:
branches, calls of other playbooks, and the inputs they are handed, for a branch that a constant or a default closes is
no path. A gate guards what comes after it only if no path goes round it, so a manual step with `on_timeout: continue`
guards nothing.

Whether an action is destructive is declared in connectors.yaml (`effect`); where it is not, its name is read for a verb
(isolate, disable, delete, reset, …), and the message says that it was guessed. A name that says nothing, such as
`update-user`, is judged by what its parameters tell it to do: `status: suspended`, `enabled: false`, a new password.

```yaml bad
name: Contain a host
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
steps:
  - id: look
    connector: edr
    action: get-host
    branches:
      - name: server
        when: {field: steps.look.output.kind, op: equals, value: server}
        next: ask
    else: isolate
  - id: ask
    type: manual
    message: Isolate this server?
    choices: [isolate, leave]
    branches:
      - {name: isolate, next: isolate}
      - {name: leave, next: end}
  - id: isolate
    connector: edr
    action: isolate-host  # <- PB402
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
    approval: {by: [soc-lead], expires: 15m}
```

A manual step that goes on when nobody answers is no gate:

```yaml bad
name: Contain a host
auto_execute: true
trigger_conditions:
  - {field: alert.severity, op: equals, value: critical}
steps:
  - id: ask
    type: manual
    message: I am about to isolate this host.
    timeout: 5m
    on_timeout: continue
  - id: isolate
    connector: edr
    action: isolate-host  # <- PB402
```

**How to fix it:** give the step an `approval`, or ask in a manual step that every path passes. If the action does no
harm, declare its `effect` in connectors.yaml. If it must run alone, suppress the finding and say why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.facts import starts_by_itself
from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.flow.reach import Reached, Site
    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB402", "destructive-without-person", Severity.ERROR, doc=__doc__)
def destructive_without_person(workspace: Workspace, context: Context) -> Iterator[Problem]:
    playbooks = workspace.by_key()
    reach = context.reach(workspace)
    found: dict[Site, list[tuple[str, Reached]]] = {}
    for key, summary in sorted(playbooks.items()):
        if starts_by_itself(summary, context):
            for action in reach.from_entry(key):
                if action.is_ungated and action.effect(context.connectors).is_destructive:
                    found.setdefault(action.site, []).append((key, action))
    for site, ways in sorted(found.items(), key=repr):
        yield _problem(site, ways, playbooks, context)


def _problem(
    site: Site, ways: list[tuple[str, Reached]], playbooks: Mapping[str, Summary], context: Context
) -> Problem:
    entry, action = min(ways, key=lambda way: (len(way[1].calls), way[0]))
    effect = action.effect(context.connectors)
    others = f" and {len(ways) - 1} more" if len(ways) > 1 else ""
    chain = " → ".join(f"'{call.key}'" for call in (*action.calls[1:], site)) if action.calls else ""
    through = f" through {chain}" if chain else ""
    message = (
        f"'{action.action}' runs without a person: '{entry}'{others} starts by itself and reaches it{through}"
        f" with no gate on the way ({effect.kind}, {effect.source})"
    )
    related = [
        Related(call.path, f"called from here by '{call.key}'", playbooks[call.key].file) for call in action.calls
    ]
    if entry != site.key:
        started = ("auto_execute",) if playbooks[entry].facts.get("auto") else ()
        related.insert(0, Related(started, f"'{entry}' starts by itself", playbooks[entry].file))
    return Problem((*site.path, "action"), message, related=tuple(related), file=playbooks[site.key].file)
