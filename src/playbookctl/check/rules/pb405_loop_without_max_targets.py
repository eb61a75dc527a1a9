"""A loop over a list does something destructive, and nothing limits how often.

The list comes from a search. One field that is empty, one wildcard too many, and it holds every host of the company:
the loop isolates them all, quickly and in order. `max_targets` is the number at which a person would have stopped.

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

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.effects import effect_of
from playbookctl.model.finding import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB405", "loop-without-max-targets", Severity.WARNING, doc=__doc__)
def loop_without_max_targets(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for loop in playbook.all_steps:
        if "for_each" not in loop.data or "max_targets" in loop.data:
            continue
        for step in (loop, *_inside(loop)):
            effect = effect_of(step.connector, step.action, context.connectors) if step.action else None
            if effect and effect.is_destructive:
                message = (
                    f"'{step.action}' runs for each element, however many there are ({effect.kind}, {effect.source})"
                )
                yield Problem((*loop.path, "for_each"), message)
                break


def _inside(loop: Step) -> Iterator[Step]:
    """Yield the steps of a loop's body; loops inside it that have no limit either speak for themselves."""
    for step in loop.steps:
        if "for_each" not in step.data or "max_targets" in step.data:
            yield step
            yield from _inside(step)
