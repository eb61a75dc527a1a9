"""A `start` step that is not the first.

It declares what the playbook is handed, and nothing is handed over in the middle of a run. Inputs are read from the first
step alone, so whatever this one declares is unknown: callers hand it over for nothing.

```yaml bad
name: Isolate a host
steps:
  - id: look
    action: get-host
  - id: start
    type: start  # <- PB115
    inputs:
      - {name: host, required: true}
```

```yaml good
name: Isolate a host
inputs:
  host: {required: true}
steps:
  - id: look
    action: get-host
    with: {host: "{{ inputs.host }}"}
```

**How to fix it:** declare `inputs` and `outputs` at the top of the file, and remove the step; or move it to the front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.playbook import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook


@playbook_rule("PB115", "start-not-first", Severity.ERROR, doc=__doc__)
def start_not_first(playbook: Playbook, _: Context) -> Iterator[Problem]:
    for step in playbook.steps[1:]:
        if step.type == START:
            yield Problem(
                (*step.path, "type"), f"'{step.id}' is a start step, but '{playbook.steps[0].id}' stands first"
            )
