"""The answers a person can give and the branches of the step do not fit.

A branch without `when` is taken if the answer is its name, letter by letter. One that no answer names is never taken;
an answer that has no branch ends the path, unless there is an `else`. Somebody has pressed the button, and nothing
happens.

```yaml bad
name: Reset a password
steps:
  - id: ask
    type: manual
    message: Reset the password?
    choices: ["Yes", "No"]
    branches:
      - name: "yes"  # <- PB106
        next: reset
    else: keep
  - id: reset
    connector: okta
    action: reset-password
    next: end
  - id: keep
    type: manual
    message: Keep the password?
    choices:
      - Keep
      - Ask the owner  # <- PB106
    branches:
      - {name: Keep, next: end}
```

```yaml good
name: Reset a password
steps:
  - id: ask
    type: manual
    message: Reset the password?
    choices: ["Yes", "No", Later]
    branches:
      - {name: "Yes", next: reset}
    else: end
  - id: reset
    connector: okta
    action: reset-password
```

A decision asks nobody, so it has no answer: a branch of it without `when` is never taken.

```yaml bad
name: Block an address
steps:
  - id: is_internal
    type: decision
    branches:
      - name: internal
        when: {field: alert.host, op: starts_with, value: "10."}
        next: end
      - name: external  # <- PB106
        next: block
    else: end
  - id: block
    connector: firewall
    action: block-address
```

**How to fix it:** write choices and branches alike, letter by letter, and give every answer a branch or an `else`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB106", "answers-and-branches-differ", Severity.WARNING, doc=__doc__)
def answers_and_branches_differ(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    for step in [flow.steps[at] for at in flow.branching]:
        yield from _twice(step)
        if step.type == "manual" and "choices" in step.data:
            yield from _asked(step, step.data["choices"])
        elif step.type == "decision" and "assignee" not in step.data:
            yield from _not_asked(step)


def _asked(step: Step, choices: list[str]) -> Iterator[Problem]:
    names = {branch["name"]: index for index, branch in enumerate(step.branches) if "when" not in branch}
    meant: set[str | None] = set()
    for name, index in names.items():
        if name not in choices:
            meant.add(nearest(name, choices))
            message = f"no answer is '{name}', so this branch is never taken{did_you_mean(name, choices)}"
            yield Problem((*step.path, "branches", index, "name"), message)
    if "else" in step.data or len(names) < len(step.branches):
        return
    for index, choice in enumerate(choices):
        if choice not in names and choice not in meant:
            yield Problem(
                (*step.path, "choices", index),
                f"the answer '{choice}' has no branch and there is no 'else': the path ends there",
            )


def _not_asked(step: Step) -> Iterator[Problem]:
    for index, branch in enumerate(step.branches):
        if "when" not in branch:
            message = f"a decision has no answer, so the branch '{branch['name']}' without 'when' is never taken"
            yield Problem((*step.path, "branches", index, "name"), message)


def _twice(step: Step) -> Iterator[Problem]:
    if step.type == "decision" or step.data.get("match") == "all":
        return
    seen: set[str] = set()
    for index, branch in enumerate(step.branches):
        if "when" not in branch:
            if branch["name"] in seen:
                message = f"a branch above is taken for the answer '{branch['name']}', so this one never is"
                yield Problem((*step.path, "branches", index, "name"), message)
            seen.add(branch["name"])
