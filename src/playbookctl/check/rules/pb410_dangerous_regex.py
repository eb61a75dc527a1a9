r"""A pattern that is broken, or that one hostile text can make run for hours.

`matches` takes a regular expression. Most platforms search by trying and going back. If a loop of the pattern can read
the same text in two ways, such as `(a+)+` or `(\w+\s?)+$`, every further character doubles the tries: a subject line of
forty characters stops the run, and the sender of the message chooses the subject line.

Patterns are read as Python reads them. Of one that needs something else (a backreference), or is too large, it is only
noted that it was not judged.

```yaml bad
name: Triage
steps:
  - id: is_list
    type: decision
    branches:
      - name: list
        when: {field: alert.title, op: matches, value: '^(\w+\s?)+$'}  # <- PB410
        next: look
      - name: broken
        when: {field: alert.title, op: matches, value: 'ticket ['}  # <- PB410
        next: look
    else: end
  - id: look
    action: get-message
```

```yaml good
name: Triage
steps:
  - id: is_list
    type: decision
    branches:
      - name: list
        when: {field: alert.title, op: matches, value: '^\w+(\s\w+)*$'}
        next: look
    else: end
  - id: look
    action: get-message
```

**How to fix it:** let each round of the loop begin with something that the round before it cannot end with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook
    from playbookctl.model.source import NodePath


@playbook_rule("PB410", "dangerous-regex", Severity.WARNING, doc=__doc__)
def dangerous_regex(playbook: Playbook, context: Context) -> Iterator[Problem]:
    for where, condition in context.flow(playbook).conditions:
        for path, leaf in conditions_in(condition, where) if "field" not in condition else ((where, condition),):
            pattern = leaf.get("value")
            if leaf.get("op") == "matches" and isinstance(pattern, str) and "{{" not in pattern:
                yield from _judge(pattern, (*path, "value"))


def _judge(pattern: str, path: NodePath) -> Iterator[Problem]:
    from playbookctl.flow.ambiguity import is_explosive
    from playbookctl.flow.pattern import BrokenPatternError, UnusablePatternError

    try:
        if is_explosive(pattern):
            message = "a loop of this pattern reads the same text in two ways: a hostile text makes it run for hours"
            yield Problem(path, message)
    except BrokenPatternError as error:
        yield Problem(path, f"this pattern cannot be used: {error}")
    except UnusablePatternError as error:
        yield Problem(path, f"this pattern was not judged: {error}", severity=Severity.NOTE)
