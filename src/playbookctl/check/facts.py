"""What a playbook leaves behind for the rules that look at all of them: small JSON values, kept by the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playbookctl.check.rule import Context
    from playbookctl.model.playbook import Playbook


def facts_of(playbook: Playbook, _: Context) -> dict[str, Any]:
    """Return the facts of a playbook by name."""
    return {"calls": [[list(step.path), step.calls] for step in playbook.all_steps if step.calls]}
