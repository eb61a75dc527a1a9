"""What a playbook leaves behind for the rules that look at all of them: small JSON values, kept by the cache.

| fact | what it is | who asks |
|---|---|---|
| `calls` | `[[path of the step, key], …]`: every call, reached or not | PB109, PB110, PB114 |
| `hands` | for each of `calls`: `[names handed over, whether it shares its context, [[path, output read], …]]` | PB114 |
| `needs` | the inputs that a caller must give | PB114 |
| `outputs` | the names of what it hands back | PB114 |
| `auto` | whether an alert starts it without a person | PB402, PB408, PB409 |
| `trigger` | the trigger of an enabled automatic playbook as text, the same for equal triggers | PB408 |
| `reach` | what a run can do, and who is asked before: see `flow/zones.py` | PB402, PB404, PB405, PB409, PB114 |
| `silent` | `[[path, field, act], …]`: what can fail in silence: see `flow/silence.py` | PB404 |
| `loops` | `[[path of the loop, [act, …]], …]`: loops without a limit: see `flow/loops.py` | PB405 |
| `waits` | `[[path, step id, whether it holds anything up, act], …]`: see `flow/waits.py` | PB409 |

An act is `[connector or null, action]`, with what tells the action what to do as a third where something does; of a call
`[key]`; and `[]` of a step that does neither. A file that could not be read as a playbook has no facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.effects import acting
from playbookctl.flow.loops import open_loops
from playbookctl.flow.references import STEPS
from playbookctl.flow.silence import silent_steps
from playbookctl.flow.waits import waits
from playbookctl.flow.zones import zone_facts
from playbookctl.model.source import stem
from playbookctl.model.workspace import Summary

if TYPE_CHECKING:
    from playbookctl.check.rule import Context
    from playbookctl.flow.graph import Flow
    from playbookctl.model.playbook import Playbook, Step
    from playbookctl.model.workspace import Entry


def facts_of(playbook: Playbook, context: Context) -> dict[str, Any]:
    """Return the facts of a playbook by name. They follow from its content alone, whatever the settings say."""
    flow = context.flow(playbook)
    facts: dict[str, Any] = {"reach": zone_facts(flow)}
    calls = [step for step in flow.steps if step.calls]
    if calls:
        facts["calls"] = [[list(step.path), step.calls] for step in calls]
        facts["hands"] = _hands(calls, flow)
    found = {
        "needs": [given.name for given in playbook.inputs if given.required and not given.has_default],
        "outputs": list(playbook.outputs),
        "silent": [[list(silent.step.path), silent.field, _act(silent.step)] for silent in silent_steps(flow)],
        "loops": [[list(found.loop.path), [_act(step) for step in found.doing]] for found in open_loops(flow)],
        "waits": [[list(wait.place), wait.step.id, wait.holds_up, _act(wait.step)] for wait in waits(flow)],
    }
    facts.update((name, rows) for name, rows in found.items() if rows)
    if playbook.auto_execute:
        facts["auto"] = True
        if playbook.enabled and playbook.trigger_conditions:
            facts["trigger"] = _canonical(playbook.trigger_conditions)
    return facts


def starts_by_itself(summary: Summary, context: Context) -> bool:
    """Tell whether a playbook runs without a person who starts it: on alerts, or as the config says."""
    return bool(summary.facts.get("auto")) or (summary.key in context.settings.entry_points and bool(summary.facts))


def summary_of(entry: Entry, context: Context) -> Summary:
    """Return what stays of an entry for the rules that look at all playbooks.

    Of a file that could not be read as a playbook that is its key: whoever calls it calls nothing unknown.
    """
    file, playbook = entry.source.path, entry.playbook
    if playbook is not None:
        return Summary(file, playbook.key, playbook.name, facts_of(playbook, context), has_key=playbook.has_key)
    key = entry.stated_key
    return Summary(file, key or stem(file), "", {}, has_key=key is not None)


def _hands(calls: list[Step], flow: Flow) -> list[Any]:
    read: dict[str, list[Any]] = {}
    for use in flow.uses:
        if use.root == STEPS and len(use.rest) > 1 and use.rest[0] == "output":
            read.setdefault(use.name, []).append([list(use.path), use.rest[1]])
    return [[list(step.parameters), step.data.get("shared_context", False), read.get(step.id, [])] for step in calls]


def _act(step: Step) -> list[Any]:
    return acting(step) if step.action else [step.calls] if step.calls else []


def _canonical(value: Any) -> str:
    """Return a text that is the same for conditions that say the same in another order."""
    if isinstance(value, list):
        return f"[{','.join(sorted(_canonical(each) for each in value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(sorted(f'{key}:{_canonical(each)}' for key, each in value.items()))}}}"
    return repr(value)
