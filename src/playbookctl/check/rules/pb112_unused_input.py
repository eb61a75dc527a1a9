"""An input that no step reads.

Whoever calls the playbook fills it in and believes that it matters. Mostly the step that read it was changed, or its
name is written differently there. One note for a playbook, at the first such input.

Nothing is said where a template reads `inputs` as a whole, or a call shares its context: then any of them may be read.

```yaml bad
name: Isolate a host
inputs:
  host: {required: true}
  reason: {}  # <- PB112
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    with: {host: "{{ inputs.host }}"}
```

```yaml good
name: Isolate a host
inputs:
  host: {required: true}
  reason: {}
steps:
  - id: isolate
    connector: edr
    action: isolate-host
    with: {host: "{{ inputs.host }}", reason: "{{ inputs.reason }}"}
```

**How to fix it:** read it as `{{ inputs.NAME }}`, or remove it and look at the callers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.references import INPUTS
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook

_ALL = r"(?:\$\{|\{\{)\s*inputs\s*(?:\.?=|[\[|}])"  # inputs as a whole: {{ inputs }}, ${inputs=…}, {{ inputs[name] }}


@playbook_rule("PB112", "unused-input", Severity.NOTE, doc=__doc__)
def unused_input(playbook: Playbook, context: Context) -> Iterator[Problem]:
    uses = context.flow(playbook).uses if playbook.inputs else []
    used = {use.name for use in uses if use.root == INPUTS}
    left = [given for given in playbook.inputs if given.name.strip() not in used]
    if not left or any(step.data.get("shared_context") for step in playbook.all_steps):
        return
    text = repr(playbook.data["steps"])  # a platform's own way to read it counts, as long as it names it
    left = [given for given in left if f"puts.{given.name}" not in text and f"put.{given.name}" not in text]
    if left and not re.search(_ALL, text):
        names = ", ".join(f"'{given.name}'" for given in left)
        related = tuple(Related(given.path, "nor this one") for given in left[1:])
        yield Problem(left[0].path, f"no step reads the input{'s' if related else ''} {names}", related=related)
