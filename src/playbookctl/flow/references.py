"""What a playbook reads: the alert, its inputs, what earlier steps gave; in conditions and in `{{ … }}` templates.

Of a template only `steps.<id>`, `inputs.<name>` and `alert.<field>` are read; the rest of its language is the
platform's. Text in quotes inside a template, and opaque expressions (`expr`), are not looked into.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from playbookctl.model.playbook import Condition, Playbook, Step
    from playbookctl.model.source import NodePath

    Rows: TypeAlias = list[tuple[NodePath, Condition]]

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
    names = sorted((given.name.strip() for given in playbook.inputs), key=len, reverse=True)
    found: list[Use] = []
    texts: list[tuple[NodePath, str]] = []
    for index, condition in enumerate(playbook.trigger_conditions):
        _of_condition(condition, ("trigger_conditions", index), texts)
    for given in playbook.inputs:
        _of_value(given.default, (*given.path, "default"), texts)
    for path, text in texts:
        found += _read(None, path, text, names, afterwards=False)
    for step in playbook.all_steps:
        texts = []
        _of_step(step, texts)
        for path, text in texts:
            found += _read(step, path, text, names, afterwards=path[len(step.path)] in _AFTERWARDS)
    return found


def conditions_of(playbook: Playbook) -> Rows:
    """Return every condition of a playbook, whole, with its path: triggers, then what steps ask."""
    rows: Rows = [(("trigger_conditions", index), each) for index, each in enumerate(playbook.trigger_conditions)]
    for step in playbook.all_steps:
        for field in [each for each in _ASKING if each in step.data]:
            rows += _ASKING[field](step.data[field], (*step.path, field))
    return rows


def _of_step(step: Step, texts: list[tuple[NodePath, str]]) -> None:
    for field, value in step.data.items():
        if field in _NOT_READ or field.startswith("x-"):
            continue
        if field in _ASKING:
            for path, condition in _ASKING[field](value, (*step.path, field)):
                _of_condition(condition, path, texts)
        elif not isinstance(value, str) or "{{" in value:
            _of_value(value, (*step.path, field), texts)


def _in_branches(branches: list[dict[str, Any]], path: NodePath) -> Rows:
    return [((*path, index, "when"), branch["when"]) for index, branch in enumerate(branches) if "when" in branch]


def _in_repeat(repeat: dict[str, Any], path: NodePath) -> Rows:
    return [((*path, word), repeat[word]) for word in ("until", "while") if word in repeat]


# The fields of a step that hold conditions, and how they are found in there.
_ASKING: dict[str, Callable[[Any, NodePath], Rows]] = {
    "if": lambda condition, path: [(path, condition)],
    "until": lambda condition, path: [(path, condition)],
    "branches": _in_branches,
    "repeat": _in_repeat,
}


def _of_condition(condition: Condition, path: NodePath, texts: list[tuple[NodePath, str]]) -> None:
    for where, leaf in conditions_in(condition, path):
        if "field" in leaf:
            texts.append(((*where, "field"), leaf["field"]))
            _of_value(leaf.get("value"), (*where, "value"), texts)


def _of_value(value: Any, path: NodePath, texts: list[tuple[NodePath, str]]) -> None:
    """Add the templates in a value; paths are made only for those, for this runs over every value of every file."""
    if isinstance(value, str):
        if "{{" in value:
            texts += ((path, inner) for inner in _TEMPLATE.findall(value))
        return
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        if isinstance(inner, (dict, list)) or (isinstance(inner, str) and "{{" in inner):
            _of_value(inner, (*path, key), texts)


def _read(step: Step | None, path: NodePath, text: str, inputs: list[str], *, afterwards: bool) -> list[Use]:
    if '"' in text or "'" in text:
        text = _QUOTED.sub('""', text)
    found = []
    for root, tail in _NAME.findall(text):
        name, rest = _split(tail.rstrip(), inputs if root == INPUTS else [])
        if name:
            found.append(Use(step, path, root, name, rest, afterwards))
    return found


def _split(tail: str, declared: list[str]) -> tuple[str, tuple[str, ...]]:
    """Split what stands after `inputs.` and its like; a declared input may have spaces or dots in its name."""
    for name in declared:
        if tail == name or (tail.startswith(name) and not (tail[len(name)].isalnum() or tail[len(name)] in "_-")):
            rest = _PLAIN_NAME.match(tail[len(name) + 1 :])
            return name, tuple(rest.group().split(".")) if rest and tail[len(name)] == "." else ()
    plain = _PLAIN_NAME.match(tail)
    first, *others = plain.group().split(".") if plain else ("",)
    return first, tuple(others)
