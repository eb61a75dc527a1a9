"""Two files claim the same key.

The key is the identity of a playbook: the live object is found by it. With two files of one key a sync could not know
which of them to write, so both are held. A file without `key:` has its name without the ending as key.

The example below stands in a folder with another file of the key `phishing`.

```yaml bad beside=phishing.yaml
key: phishing  # <- PB006
name: Phishing, second version
steps:
  - id: block
    action: block-sender
```

```yaml good
key: phishing-executives
name: Phishing against executives
steps:
  - id: block
    action: block-sender
```

**How to fix it:** give one of them another key, or delete it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB006", "key-twice", Severity.ERROR, doc=__doc__)
def key_twice(workspace: Workspace, _: Context) -> Iterator[Problem]:
    by_key: dict[str, list[Summary]] = {}
    for summary in workspace.summaries:
        if summary.facts or summary.has_key:  # of a file that could not be read only `key:` counts, not its name
            by_key.setdefault(summary.key, []).append(summary)
    for key, summaries in by_key.items():
        for summary in summaries[1:]:
            first = summaries[0]
            said = "" if summary.has_key else " (from the file's name)"
            related = (Related(("key",), "it stands here first", first.file),)
            yield Problem(
                ("key",) if summary.has_key else (),
                f"the key '{key}'{said} is taken by {first.file}",
                related=related,
                file=summary.file,
            )
