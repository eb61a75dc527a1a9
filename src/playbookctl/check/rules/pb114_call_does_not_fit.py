"""A call does not fit the playbook that it calls.

Called playbooks are used like functions, by people who do not read them: an input that is required and not handed over
is empty when it runs, so the host to isolate is nobody. One that is handed over under another name is dropped, and the
default is used. An output that the called playbook does not declare is empty text wherever it is read.

Not said of a call with `shared_context`, which hands over everything. Names that are not known are only said where the
called playbook declares inputs at all, and as a warning: the platform may pass them on.

```yaml bad beside=isolate.yaml
name: Contain a host
steps:
  - id: isolate
    type: playbook
    playbook: isolate  # <- PB114
    with:
      hostname: "{{ alert.host }}"  # <- PB114
  - id: tell
    connector: slack
    action: send-message
    with: {text: "isolated: {{ steps.isolate.output.done }}"}  # <- PB114
```

```yaml good beside=isolate.yaml
name: Contain a host
steps:
  - id: isolate
    type: playbook
    playbook: isolate
    with: {host: "{{ alert.host }}"}
  - id: tell
    connector: slack
    action: send-message
    with: {text: "isolated: {{ steps.isolate.output.isolated }}"}
```

**How to fix it:** use the names that the called playbook declares under `inputs` and `outputs`, or declare them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.check.rule import Context, workspace_rule
from playbookctl.model.finding import Problem, Related, Severity
from playbookctl.model.nearest import did_you_mean, nearest
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.workspace import Summary, Workspace


@workspace_rule("PB114", "call-does-not-fit", Severity.ERROR, doc=__doc__)
def call_does_not_fit(workspace: Workspace, _: Context) -> Iterator[Problem]:
    playbooks = workspace.by_key()
    for summary in workspace.summaries:
        facts = summary.facts
        for (path, key), hands in zip(facts.get("calls", ()), facts.get("hands", ()), strict=True):
            called = playbooks.get(key)
            if called is not None and called.facts:
                yield from _misfits(path, hands, called, summary.file)


def _misfits(path: list[Any], hands: list[Any], called: Summary, file: str) -> Iterator[Problem]:
    names, shared, read = hands
    facts = called.facts
    takes = (Related(("inputs",), f"what '{called.key}' takes", called.file),)
    gives = (Related(("outputs",), f"what '{called.key}' gives back", called.file),)
    inputs = [name.strip() for name in facts["reach"]["inputs"]]
    if inputs and not shared:
        given = {name.strip() for name in names}
        missing = [name for name in map(str.strip, facts.get("needs", ())) if name not in given]
        for name in names:
            if name.strip() not in inputs:
                meant = nearest(name, missing)
                missing = [each for each in missing if each != meant]  # one mistake is one finding
                message = f"'{called.key}' knows no input '{name}'{did_you_mean(name, inputs)}"
                severity = None if meant else Severity.WARNING
                where = (*path, "with", Key(name))
                yield Problem(where, message, related=takes, severity=severity, file=file)
        if missing:
            listed = ", ".join(f"'{name}'" for name in missing)
            message = f"'{called.key}' needs {listed}, which 'with' does not give"
            yield Problem((*path, "playbook"), message, related=takes, file=file)
    outputs = facts.get("outputs", ())
    for place, name in read:
        if name not in outputs:
            hint = did_you_mean(name, outputs) or ("" if outputs else "; it declares none")
            message = f"'{called.key}' has no output '{name}'{hint}"
            yield Problem(tuple(place), message, related=gives, file=file)
