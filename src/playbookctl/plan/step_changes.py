"""What changed between two lists of steps, by step id. Computed where `steps` differ, and nowhere else."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, canonical_text, json_text
from playbookctl.model.fields import MANAGED
from playbookctl.model.plan import StepChange, StepKind, ValueChange
from playbookctl.steps import all_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEPS = MANAGED[POSITIONS["steps"]]


def step_changes(live: Any, desired: Any, vendor: Mapping[str, Mapping[str, Any]]) -> tuple[StepChange, ...]:
    """Return what becomes of each step if `desired` replaces `live`, in the order of desired, removed ones last.

    `vendor` are the keys of live steps that are not ours, by step id: with a removed step they are lost.
    """
    before, after = _by_id(live), _by_id(desired)
    moved = _moved([id_ for id_ in before if id_ in after], [id_ for id_ in after if id_ in before])
    return tuple(_changes(before, after, moved, vendor))


def _changes(
    before: Mapping[str, dict[str, Any]],
    after: Mapping[str, dict[str, Any]],
    moved: frozenset[str],
    vendor: Mapping[str, Mapping[str, Any]],
) -> Iterator[StepChange]:
    for id_, step in after.items():
        if id_ not in before:
            yield StepChange(id_, StepKind.ADDED, _name(step))
            continue
        values = _values(before[id_], step) if json_text(before[id_]) != json_text(step) else ()
        if values:
            yield StepChange(id_, StepKind.CHANGED, _name(step), values)
        elif id_ in moved:
            yield StepChange(id_, StepKind.MOVED, _name(step))
    for id_, step in before.items():
        if id_ not in after:
            yield StepChange(id_, StepKind.REMOVED, _name(step), dropped=tuple(sorted(vendor.get(id_, ()))))


def _by_id(steps: Any) -> dict[str, dict[str, Any]]:
    """Return the steps by id in canonical form, loop bodies flattened; of a repeated id the last."""
    canonical = json.loads(canonical_text(_STEPS, steps))
    return {step["id"]: _without_body(step) for step in all_steps(canonical)}


def _without_body(step: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in step.items() if key != "steps"}


def _moved(before: list[str], after: list[str]) -> frozenset[str]:
    """Return the ids that stand elsewhere, as few as tell the new order."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    stay = {id_ for block in matcher.get_matching_blocks() for id_ in after[block.b : block.b + block.size]}
    return frozenset(after) - stay


def _values(before: dict[str, Any], after: dict[str, Any]) -> tuple[ValueChange, ...]:
    from deepdiff import DeepDiff

    tree = DeepDiff(before, after, view="tree", verbose_level=2)
    found = {
        _path(level.path(output_format="list")): (level.t1, level.t2) for levels in tree.values() for level in levels
    }
    return tuple(ValueChange(path, _shown(old), _shown(new)) for path, (old, new) in sorted(found.items()))


def _path(parts: list[Any]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _shown(value: Any) -> str:
    from deepdiff.helper import NotPresent

    return "" if isinstance(value, NotPresent) else json_text(value)


def _name(step: Mapping[str, Any]) -> str:
    name = step.get("name")
    return name if isinstance(name, str) else ""
