"""Playbooks that call each other in a circle.

The run comes back to where it began, and begins again: with every message sent and every action taken once more. No
platform stops that early, and the playbooks of a circle cannot be written either: each waits for the other's id.

```yaml bad
key: example
name: Enrich a host
steps:
  - id: look
    action: get-host
  - id: again
    type: playbook
    playbook: example  # <- PB110
```

```yaml good
key: example
name: Enrich a host
steps:
  - id: look
    action: get-host
    retry: {times: 2, delay: 30s}
```

**How to fix it:** take out one of the calls; repeat with `repeat` or `retry`, inside one playbook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB110", "recursive-calls", Severity.ERROR, doc=__doc__)
def recursive_calls(workspace: Workspace, _: Context) -> Iterator[Problem]:
    keys = workspace.by_key()
    said: set[str] = set()
    for key in sorted(keys):
        circle = [] if key in said else _circle(key, keys)
        if circle:
            said.update(circle)
            yield _problem(circle, keys)


def _problem(circle: list[str], keys: Mapping[str, Summary]) -> Problem:
    """Say it at the call that closes the circle; the other calls are related."""
    calls = []
    for caller, callee in zip(circle, [*circle[1:], circle[0]], strict=True):
        path = next(path for path, target in keys[caller].facts["calls"] if target == callee)
        calls.append((keys[caller].file, (*path, "playbook"), callee))
    file, path, _ = calls[-1]
    chain = " → ".join(f"'{key}'" for key in [*circle, circle[0]])
    related = tuple(Related(where, f"calls '{callee}'", place) for place, where, callee in calls[:-1])
    message = f"this call closes a circle: {chain}" if len(circle) > 1 else f"'{circle[0]}' calls itself"
    return Problem(path, message, related=related, file=file)


def _circle(start: str, keys: Mapping[str, Summary]) -> list[str]:
    """Return the keys of a shortest way of calls from `start` back to itself; empty if there is none."""
    ways = {start: [start]}
    queue = [start]
    for key in queue:
        for _, target in keys[key].facts.get("calls", ()):
            if target == start:
                return ways[key]
            if target in keys and target not in ways:
                ways[target] = [*ways[key], target]
                queue.append(target)
    return []
