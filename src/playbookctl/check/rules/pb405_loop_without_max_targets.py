"""A loop over a list does something destructive, and nothing limits how often.

The list comes from a search. One field that is empty, one wildcard too many, and it holds every host of the company:
the loop isolates them all, quickly and in order. `max_targets` is the number at which a person would have stopped.

An approval of the loop is one yes for all elements, and limits nothing. An approval or a manual step inside its body is
asked for each, so a loop in which nothing is done before that is left alone. Calls of playbooks count as what they do.

```yaml bad
name: Isolate the affected hosts
steps:
  - id: find
    connector: edr
    action: find-hosts
  - id: isolate
    connector: edr
    action: isolate-host
    for_each: "{{ steps.find.output.hosts }}"  # <- PB405
    with: {host: "{{ item }}"}
    approval: soc-lead
```

```yaml good
name: Isolate the affected hosts
steps:
  - id: find
    connector: edr
    action: find-hosts
  - id: isolate
    connector: edr
    action: isolate-host
    for_each: "{{ steps.find.output.hosts }}"
    max_targets: 20
    with: {host: "{{ item }}"}
    approval: soc-lead
```

**How to fix it:** add `max_targets`: how many there can be at most in an honest case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Workspace


@workspace_rule("PB405", "loop-without-max-targets", Severity.WARNING, doc=__doc__)
def loop_without_max_targets(workspace: Workspace, context: Context) -> Iterator[Problem]:
    for summary in workspace.summaries:
        for path, acts in summary.facts.get("loops", ()):
            for act in acts:
                taking = context.reach(workspace).taking(act, context.connectors, asked=False)
                if taking:
                    action, effect = taking
                    through = f" through '{act[0]}'" if len(act) == 1 else ""
                    known = f"({effect.kind}, {effect.source})"
                    message = f"'{action}' runs{through} for each element, however many there are {known}"
                    yield Problem((*path, "for_each"), message, file=summary.file)
                    break
