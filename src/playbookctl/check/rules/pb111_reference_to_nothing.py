"""A step reads something that is not there when it runs.

A template that finds nothing becomes empty text, and a comparison with a missing field is false: the step runs, with
the wrong value or on the wrong branch, and nobody is told. Read are `steps.<id>`, `inputs.<name>` and `alert.<field>`,
in `{{ … }}` templates and as the fields of conditions; the rest of a template's language is the platform's.

Said of: a step that does not exist, or that cannot have run before; an answer that its form does not ask for; an output
that connectors.yaml does not list; an input that is not declared; anything but the alert in a trigger. A field that no
alert has is a warning: the platform may know more fields than its documentation, and `playbookctl explain PB406` lists.

```yaml bad
name: Reset a password
inputs:
  user: {required: true}
steps:
  - id: reset
    connector: okta
    action: reset-password
    with:
      user: "{{ inputs.usr }}"  # <- PB111
      ticket: "{{ steps.ticket.output.id }}"  # <- PB111
  - id: ticket
    connector: jira
    action: create-issue
    with:
      title: "{{ alert.titel }}"  # <- PB111
      reason: "{{ steps.ask.output.reason }}"  # <- PB111
```

```yaml good
name: Reset a password
inputs:
  user: {required: true}
steps:
  - id: ticket
    connector: jira
    action: create-issue
    with: {title: "{{ alert.title }}"}
  - id: reset
    connector: okta
    action: reset-password
    with: {user: "{{ inputs.user }}", ticket: "{{ steps.ticket.output.id }}"}
    branches:
      - name: done
        when: {field: steps.reset.output.done, op: equals, value: true}
        next: end
    else: end
```

```yaml bad
name: Ask for a reason
steps:
  - id: ask
    type: manual
    message: Why?
    form:
      - {name: reason, type: longText}
  - id: note
    connector: jira
    action: add-comment
    with: {text: "{{ steps.ask.output.resaon }}"}  # <- PB111
```

**How to fix it:** write the name as it is declared; move the step that gives the value before the one that reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.rule import Context, playbook_rule
from playbookctl.flow.alert import ALERT_FIELDS, LISTED
from playbookctl.flow.references import ALERT, INPUTS, STEPS
from playbookctl.model.finding import Problem, Severity
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.flow.graph import Flow
    from playbookctl.flow.references import Use
    from playbookctl.model.playbook import Playbook, Step


@playbook_rule("PB111", "reference-to-nothing", Severity.ERROR, doc=__doc__)
def reference_to_nothing(playbook: Playbook, context: Context) -> Iterator[Problem]:
    flow = context.flow(playbook)
    inputs = {given.name.strip() for given in playbook.inputs}
    for use in flow.uses:
        if use.path[0] == "trigger_conditions":
            if use.root != ALERT:  # a field that no alert has is PB406's in a trigger
                yield Problem(use.path, f"a trigger knows only the alert, not '{use.root}.{use.name}'")
        elif use.root == STEPS:
            yield from _of_step(use, flow, context)
        elif use.root == INPUTS and use.name not in inputs:
            hint = did_you_mean(use.name, inputs) or ("" if inputs else "; this playbook declares no inputs")
            yield Problem(use.path, f"no input is called '{use.name}'{hint}")
        elif use.root == ALERT and use.name not in ALERT_FIELDS:
            message = f"no alert has a field '{use.name}'{did_you_mean(use.name, ALERT_FIELDS) or LISTED}"
            yield Problem(use.path, message, severity=Severity.WARNING)


def _of_step(use: Use, flow: Flow, context: Context) -> Iterator[Problem]:
    target = flow.playbook.step_ids.get(use.name)
    if target is None:
        hint = did_you_mean(use.name, flow.playbook.step_ids)
        yield Problem(use.path, f"no step is called '{use.name}'{hint}")
    elif _is_too_early(use, target, flow):
        yield Problem(use.path, _why(use, target))
    elif len(use.rest) > 1 and use.rest[0] == "output":
        known = _outputs(target, context)
        if known is not None and use.rest[1] not in known:
            hint = did_you_mean(use.rest[1], known) or f"; it has {_listed(known)}"
            yield Problem(use.path, f"'{target.id}' has no output '{use.rest[1]}'{hint}")


def _is_too_early(use: Use, target: Step, flow: Flow) -> bool:
    """Tell whether no path passes the target before the value is read. What is never reached is PB101's."""
    if use.step is None:
        return True
    here, there = flow.position[use.step.id], flow.position[target.id]
    if flow.steps[here] is not use.step or not {here, there} <= flow.reached:
        return False
    if use.afterwards and (there == here or use.step in _loops_around(target)):
        return False
    return not flow.comes_before(there, here)


def _loops_around(step: Step) -> list[Step]:
    found = []
    while step.parent is not None:
        step = step.parent
        found.append(step)
    return found


def _why(use: Use, target: Step) -> str:
    if use.step is None:
        return f"the default of an input is set before any step runs, '{target.id}' too"
    if target is use.step:
        return f"'{target.id}' has given nothing yet when it reads its own output here"
    return f"'{target.id}' cannot have run before '{use.step.id}': no path leads from it to here"


def _outputs(step: Step, context: Context) -> tuple[str, ...] | None:
    """Return the names of what a step gives, None where they are not declared."""
    if step.type == "manual" and "form" in step.data:
        return tuple(field["name"] for field in step.data["form"])
    connector = context.connectors.by_name.get(step.connector or "")
    spec = connector.actions.get(step.action or "") if connector and connector.actions else None
    return spec.outputs if spec else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"
