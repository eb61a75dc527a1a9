"""What a playbook leaves behind for the rules that look at all of them: small JSON values, kept by the cache.

| fact | what it is | who asks |
|---|---|---|
| `calls` | `[[path of the step, key], …]`: every call, reached or not | PB109, PB110 |
| `auto` | whether an alert starts it without a person | PB402, PB408 |
| `trigger` | the trigger of an enabled automatic playbook as text, the same for equal triggers | PB408 |
| `reach` | what a run can do, and who is asked before: see `flow/zones.py` | PB402 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.zones import zone_facts
from playbookctl.model.workspace import Summary

if TYPE_CHECKING:
    from playbookctl.check.rule import Context
    from playbookctl.model.playbook import Playbook
    from playbookctl.model.workspace import Entry


def facts_of(playbook: Playbook, context: Context) -> dict[str, Any]:
    """Return the facts of a playbook by name. They follow from its content alone, whatever the settings say."""
    facts: dict[str, Any] = {"reach": zone_facts(context.flow(playbook))}
    calls = [[list(step.path), step.calls] for step in playbook.all_steps if step.calls]
    if calls:
        facts["calls"] = calls
    if playbook.auto_execute:
        facts["auto"] = True
        if playbook.enabled and playbook.trigger_conditions:
            facts["trigger"] = _canonical(playbook.trigger_conditions)
    return facts


def summary_of(entry: Entry, context: Context) -> Summary | None:
    """Return what stays of an entry for the rules that look at all playbooks; None if it is no playbook."""
    playbook = entry.playbook
    if playbook is None:
        return None
    return Summary(
        entry.source.path, playbook.key, playbook.name, facts_of(playbook, context), has_key=playbook.has_key
    )


def _canonical(value: Any) -> str:
    """Return a text that is the same for conditions that say the same in another order."""
    if isinstance(value, list):
        return f"[{','.join(sorted(_canonical(each) for each in value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(sorted(f'{key}:{_canonical(each)}' for key, each in value.items()))}}}"
    return repr(value)
