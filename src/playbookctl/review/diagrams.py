"""The changed part of a playbook as it was and as it is, what changed marked, as Mermaid."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playbookctl.flow.drawing import Mark, draw, part_of
from playbookctl.flow.graph import Flow
from playbookctl.flow.mermaid import spell
from playbookctl.model.review import StepKind
from playbookctl.review import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.playbook import Playbook
    from playbookctl.model.review import StepNote
    from playbookctl.model.workspace import Connectors
    from playbookctl.review.pairing import Pair

_MOST = 40  # steps that changed, beyond which a picture tells nothing
_LARGEST = 6000  # characters of a diagram


def diagrams(pair: Pair, notes: Iterable[StepNote], connectors: Connectors) -> tuple[str, str]:
    """Return the diagrams of the base and of the head, '' where there is nothing to show or too much."""
    rows = list(notes)
    old = pair.old.playbook if pair.old is not None else None
    new = pair.new.playbook if pair.new is not None else None
    if len(rows) > _MOST:
        return "", ""
    inputs = _changed_inputs(old, new)
    before = {note.before_id or note.id: _BEFORE[note.kind] for note in rows if note.kind is not StepKind.ADDED}
    now = {note.id: _NOW[note.kind] for note in rows if note.kind is not StepKind.REMOVED}
    gates = _gates(rows, old, new)
    shown = (
        _diagram(old, before, gates[0], inputs, connectors),
        _diagram(new, now, gates[1], inputs, connectors) if old is not None else _whole(new, connectors),
    )
    return ("", "") if any(len(text) > _LARGEST for text in shown) else shown


_BEFORE = {kind: Mark.REMOVED if kind is StepKind.REMOVED else Mark.CHANGED for kind in StepKind}
_NOW = {kind: Mark.ADDED if kind is StepKind.ADDED else Mark.CHANGED for kind in StepKind}


def _gates(
    rows: Iterable[StepNote], old: Playbook | None, new: Playbook | None
) -> tuple[dict[str, Mark], dict[str, Mark]]:
    """Return the marks of approvals that are gone, new or changed, by step id, for either side."""
    before: dict[str, Mark] = {}
    now: dict[str, Mark] = {}
    for note in rows:
        was = _approval(old, note.before_id or note.id) if note.kind is not StepKind.ADDED else None
        is_ = _approval(new, note.id) if note.kind is not StepKind.REMOVED else None
        if was is not None and was != is_:
            before[note.before_id or note.id] = Mark.REMOVED if is_ is None else Mark.CHANGED
        if is_ is not None and was != is_:
            now[note.id] = Mark.ADDED if was is None else Mark.CHANGED
    return before, now


def _approval(playbook: Playbook | None, id_: str) -> Any:
    step = playbook.step_ids.get(id_) if playbook is not None else None
    return step.data.get("approval") if step is not None else None


def _whole(playbook: Playbook | None, connectors: Connectors) -> str:
    if playbook is None or len(playbook.all_steps) > _MOST:
        return ""
    return spell(draw(playbook, connectors))


def _diagram(
    playbook: Playbook | None,
    marks: Mapping[str, Mark],
    gates: Mapping[str, Mark],
    inputs: set[str],
    connectors: Connectors,
) -> str:
    if playbook is None:
        return ""
    flow = Flow(playbook)
    named = {f"s{flow.position[id_]}": mark for id_, mark in marks.items() if id_ in flow.position}
    named |= {f"g{flow.position[id_]}": mark for id_, mark in gates.items() if id_ in flow.position}
    notes: dict[str, str] = {}
    for id_, read in _reading(playbook, inputs):
        node = f"s{flow.position[id_]}"
        named.setdefault(node, Mark.CHANGED)
        notes[node] = ", ".join(f"{name} is {words.said(default)}" for name, default in read)
    return spell(part_of(draw(playbook, connectors), named, notes)) if named else ""


def _changed_inputs(old: Playbook | None, new: Playbook | None) -> set[str]:
    """Return the names of inputs whose default is another one."""
    if old is None or new is None:
        return set()
    before, now = ({each.name: (each.has_default, repr(each.default)) for each in side.inputs} for side in (old, new))
    return {name for name in before.keys() & now.keys() if before[name] != now[name]}


def _reading(playbook: Playbook, inputs: set[str]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return the ids of the steps whose conditions ask for some of these inputs, each with their names and defaults."""
    if not inputs:
        return []
    defaults = {each.name: each.default for each in playbook.inputs}
    names = re.compile(rf"inputs\.({'|'.join(map(re.escape, sorted(inputs)))})(?![\w-])")
    asked = (
        (step.id, [step.data.get("if"), step.data.get("until"), step.data.get("branches")])
        for step in playbook.all_steps
    )
    found = ((id_, sorted(set(names.findall(json.dumps(conditions, default=str))))) for id_, conditions in asked)
    return [(id_, [(name, defaults.get(name)) for name in read]) for id_, read in found if read]
