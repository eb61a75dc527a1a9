"""The category is none of the six stages of incident response, or missing.

The stages are those of RE&CT: preparation, identification, containment, eradication, recovery, lessons_learned. Others are
accepted by the API; reports by stage do not count them.

```yaml bad
name: Phishing
category: contain  # <- PB503
steps:
  - id: block
    action: block-sender
```

```yaml good
name: Phishing
category: containment
steps:
  - id: block
    action: block-sender
```

**How to fix it:** choose the stage in which the playbook does most of its work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook

STAGES = ("preparation", "identification", "containment", "eradication", "recovery", "lessons_learned")


@playbook_rule("PB503", "category", Severity.NOTE, doc=__doc__)
def category(playbook: Playbook, _: Context) -> Iterator[Problem]:
    category = playbook.data.get("category") or ""
    if not category:
        yield Problem(("name",), f"there is no category; the stages are {', '.join(STAGES)}")
    elif category not in STAGES:
        yield Problem(("category",), f"'{category}' is none of the six stages{did_you_mean(category, STAGES)}")
