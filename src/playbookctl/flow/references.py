"""What a playbook reads: the alert, its inputs, what earlier steps gave; in conditions and in `{{ … }}` templates.

Of a template only `steps.<id>`, `inputs.<name>` and `alert.<field>` are read; the rest of its language is the
platform's. Text in quotes inside a template, and opaque expressions (`expr`), are not looked into.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Condition, Playbook, Step
    from playbookctl.model.source import NodePath

STEPS, INPUTS, ALERT = "steps", "inputs", "alert"

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"(?<![\w.$\[\]/-])(steps|inputs|alert)\.([^|(){}\[\],;:\"'=<>!?&+*/]+)")
_PLAIN_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")

# What a step says about itself once it has acted; everything else is read before.
_AFTERWARDS = frozenset({"branches", "repeat", "until"})
_NOT_READ = frozenset(
    {"id", "type", "name", "description", "connector", "action", "playbook", "next", "else", "steps", "on_error",
     "on_timeout", "choices", "inputs", "outputs"}
)  # fmt: skip


class Use(NamedTuple):
    """One reading of a value. `step` is None for a trigger condition or an input's default.

    `name` is the step's id, the input's name or the alert's field, `rest` the names after it (`output`, `clicked`).
    `afterwards` says that the step has already acted when it is read: a branch of the step may ask for its own output.
    """

    step: Step | None
    path: NodePath
    root: str
    name: str
    rest: tuple[str, ...]
    afterwards: bool


def uses(playbook: Playbook) -> list[Use]:
    """Return all that a playbook reads, in the order of the file's steps; triggers and defaults of inputs first."""
    names = sorted((given.name for given in playbook.inputs), key=len, reverse=True)
    found: list[Use] = []
    for index, condition in enumerate(playbook.trigger_conditions):
        for path, text in _in_condition(condition, ("trigger_conditions", index)):
            found += _read(None, path, text, names, afterwards=False)
    for given in playbook.inputs:
        if isinstance(given.default, str):
            for text in _templates(given.default):
                found += _read(None, (*given.path, "default"), text, names, afterwards=False)
    for step in playbook.all_steps:
        for path, text in _in_step(step):
            found += _read(step, path, text, names, afterwards=path[len(step.path)] in _AFTERWARDS)
    return found


def conditions_of(playbook: Playbook) -> Iterator[tuple[NodePath, Condition]]:
    """Yield every condition of a playbook, whole, with its path: triggers, then what steps ask."""
    for index, condition in enumerate(playbook.trigger_conditions):
        yield ("trigger_conditions", index), condition
    for step in playbook.all_steps:
        data = step.data
        if "if" in data:
            yield (*step.path, "if"), data["if"]
        if "until" in data:
            yield (*step.path, "until"), data["until"]
        for index, branch in enumerate(step.branches):
            if "when" in branch:
                yield (*step.path, "branches", index, "when"), branch["when"]
        for word in ("until", "while") if "repeat" in data else ():
            if word in data["repeat"]:
                yield (*step.path, "repeat", word), data["repeat"][word]


def _in_step(step: Step) -> Iterator[tuple[NodePath, str]]:
    for field, value in step.data.items():
        path = (*step.path, field)
        if field in ("if", "until"):
            yield from _in_condition(value, path)
        elif field == "branches":
            for index, branch in enumerate(value):
                if "when" in branch:
                    yield from _in_condition(branch["when"], (*path, index, "when"))
        elif field == "repeat":
            for word in ("until", "while"):
                if word in value:
                    yield from _in_condition(value[word], (*path, word))
        elif field not in _NOT_READ and not field.startswith("x-"):
            yield from _in_value(value, path)


def _in_condition(condition: Condition, path: NodePath) -> Iterator[tuple[NodePath, str]]:
    for where, leaf in conditions_in(condition, path):
        if "field" in leaf:
            yield (*where, "field"), leaf["field"]
            yield from _in_value(leaf.get("value"), (*where, "value"))


def _in_value(value: Any, path: NodePath) -> Iterator[tuple[NodePath, str]]:
    if isinstance(value, str):
        if "{{" in value:
            yield from ((path, text) for text in _templates(value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _in_value(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _in_value(inner, (*path, index))


def _templates(text: str) -> list[str]:
    return _TEMPLATE.findall(text)


def _read(step: Step | None, path: NodePath, text: str, inputs: list[str], *, afterwards: bool) -> Iterator[Use]:
    if '"' in text or "'" in text:
        text = _QUOTED.sub('""', text)
    for root, tail in _NAME.findall(text):
        name, rest = _split(tail.rstrip(), inputs if root == INPUTS else [])
        if name:
            yield Use(step, path, root, name, rest, afterwards)


def _split(tail: str, declared: list[str]) -> tuple[str, tuple[str, ...]]:
    """Split what stands after `inputs.` and its like; a declared input may have spaces or dots in its name."""
    for name in declared:
        if tail == name or (tail.startswith(name) and not (tail[len(name)].isalnum() or tail[len(name)] in "_-")):
            rest = _PLAIN_NAME.match(tail[len(name) + 1 :])
            return name, tuple(rest.group().split(".")) if rest and tail[len(name)] == "." else ()
    plain = _PLAIN_NAME.match(tail)
    first, *others = plain.group().split(".") if plain else ("",)
    return first, tuple(others)
