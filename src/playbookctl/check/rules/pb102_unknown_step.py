"""A step names another step that does not exist.

The platform cannot go on at that point. Some stop the run, others end it as if it had succeeded, and the analyst who
waits for the containment is told of neither. Usually the name is misspelt, or a step was renamed
and one of the places that lead to it was forgotten.

Looked at: `next`, `branches`, `else`, `on_error`, `on_timeout`, and an approval's `on_refused` and `on_expired`.
`end` is always known.

```yaml bad
name: Isolate a host
steps:
  - id: isolate
    action: isolate-host
    next: notfy  # <- PB102
  - id: notify
    action: send-message
```

```yaml good
name: Isolate a host
steps:
  - id: isolate
    action: isolate-host
    next: notify
  - id: notify
    action: send-message
```

**How to fix it:** name a step of this playbook, or `end`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean
from playbookctl.model.playbook import END

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB102", "unknown-step", Severity.ERROR, doc=__doc__)
def unknown_step(playbook: Playbook, context: Context) -> Iterator[Problem]:
    if not context.flow(playbook).names_unknown:
        return
    for reference in playbook.references():
        if reference.target not in playbook.step_ids and reference.target != END:
            hint = did_you_mean(reference.target, playbook.step_ids)
            yield Problem(reference.path, f"no step is called '{reference.target}'{hint}")
