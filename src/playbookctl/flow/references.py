"""What a playbook reads: the alert, its inputs, what earlier steps gave; in conditions and in `{{ … }}` templates.

Of a template only `steps.<id>`, `inputs.<name>` and `alert.<field>` are read; the rest of its language is the
platform's. Text in quotes inside a template, and opaque expressions (`expr`), are not looked into.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from playbookctl.model.playbook import Condition, Playbook, Step
    from playbookctl.model.source import NodePath

    Rows: TypeAlias = list[tuple[NodePath, Condition]]
    Mention: TypeAlias = tuple[str, str, tuple[str, ...]]  # root, name, rest: see Use

STEPS, INPUTS, ALERT = "steps", "inputs", "alert"

_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"(?<![\w.$\[\]/-])(steps|inputs|alert)\.([^|(){}\[\],;:\"'=<>!?&+*/]+)")
_PLAIN_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_SIMPLE_NAME = re.compile(r"[\w-]+")
_SPACED_NAME = re.compile(
    r"[\w-]+(?: (?!(?:and|else|if|in|is|not|or)\b)[\w-]+(?![\w.-]))*"
)  # `.`: another value begins
_LONGEST_KEPT = 100  # characters

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
    declared = _Declared([given.name.strip() for given in playbook.inputs])
    found: list[Use] = []
    texts: list[tuple[NodePath, str]] = []
    for index, condition in enumerate(playbook.trigger_conditions):
        _of_condition(condition, ("trigger_conditions", index), texts)
    for given in playbook.inputs:
        _of_value(given.default, (*given.path, "default"), texts)
    for path, text in texts:
        found += [Use(None, path, *mention, False) for mention in declared.read(text)]
    for step in playbook.all_steps:
        texts = []
        _of_step(step, texts)
        depth = len(step.path)
        for path, text in texts:
            afterwards = path[depth] in _AFTERWARDS
            found += [Use(step, path, *mention, afterwards) for mention in declared.read(text)]
    return found


def conditions_of(playbook: Playbook) -> Rows:
    """Return every condition of a playbook, whole, with its path: triggers, then what steps ask."""
    rows: Rows = [(("trigger_conditions", index), each) for index, each in enumerate(playbook.trigger_conditions)]
    asking = _ASKING.keys()
    for step in playbook.all_steps:
        for field in () if asking.isdisjoint(step.data) else [each for each in _ASKING if each in step.data]:
            rows += _ASKING[field](step.data[field], (*step.path, field))
    return rows


def _of_step(step: Step, texts: list[tuple[NodePath, str]]) -> None:
    for field, value in step.data.items():
        if isinstance(value, str):
            if "{{" in value and field not in _NOT_READ and not field.startswith("x-"):
                path = (*step.path, field)
                texts += [(path, inner) for inner in _TEMPLATE.findall(value)]
        elif field in _NOT_READ or field.startswith("x-"):
            continue
        elif field in _ASKING:
            for where, condition in _ASKING[field](value, (*step.path, field)):
                _of_condition(condition, where, texts)
        elif isinstance(value, (dict, list)):
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
    for where, leaf in conditions_in(condition, path) if "field" not in condition else ((path, condition),):
        if "field" in leaf:
            texts.append(((*where, "field"), leaf["field"]))
            value = leaf.get("value")
            if value.__class__ is not str or "{{" in value:
                _of_value(value, (*where, "value"), texts)


def _of_value(value: Any, path: NodePath, texts: list[tuple[NodePath, str]]) -> None:
    """Add the templates in a value; paths are made only for those, for this runs over every value of every file."""
    if isinstance(value, str):
        texts += [(path, inner) for inner in _TEMPLATE.findall(value)]
        return
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        if isinstance(inner, str):
            if "{{" in inner:
                where = (*path, key)
                texts += [(where, each) for each in _TEMPLATE.findall(inner)]
        elif isinstance(inner, (dict, list)):
            _of_value(inner, (*path, key), texts)


class _Declared:
    """The names of a playbook's inputs, the longest first; a template is read with them where they could matter."""

    def __init__(self, names: list[str]) -> None:
        self._names = tuple(sorted(names, key=len, reverse=True))
        self._always = not all(map(_SIMPLE_NAME.fullmatch, names))  # one has a space or a dot in its name

    def read(self, text: str) -> Iterable[Mention]:
        """Return what a template or a field mentions."""
        declared = self._names if self._always or " " in text.strip() else ()
        if len(text) > _LONGEST_KEPT:
            return _mentions.__wrapped__(text, declared)
        return _mentions(text, declared)


@lru_cache(maxsize=4096)  # most templates of a repository are `inputs.host` and its like
def _mentions(text: str, declared: tuple[str, ...]) -> tuple[Mention, ...]:
    if '"' in text or "'" in text:
        text = _QUOTED.sub('""', text)
    found = []
    match = _NAME.search(text)
    while match:
        root, tail = match[1], match[2].rstrip()
        name, rest, length = _split(tail, declared, is_input=root == INPUTS)
        if name:
            found.append((root, name, rest))
        match = _NAME.search(text, match.start(2) + length)  # `inputs.a if inputs.b else alert.c`
    return tuple(found)


def _split(tail: str, declared: tuple[str, ...], *, is_input: bool) -> tuple[str, tuple[str, ...], int]:
    """Split what stands after `inputs.` and its like into name and rest; the last is how much of it they take.

    A declared input may have spaces or dots in its name; one that is not declared may have been meant to have spaces.
    """
    for name in declared if is_input else ():
        if tail == name or (tail.startswith(name) and not (tail[len(name)].isalnum() or tail[len(name)] in "_-")):
            rest = _PLAIN_NAME.match(tail, len(name) + 1) if tail[len(name) : len(name) + 1] == "." else None
            return (name, tuple(rest[0].split(".")), rest.end()) if rest else (name, (), len(name))
    plain = _PLAIN_NAME.match(tail)
    if plain is None:
        return "", (), 1
    spaced = _SPACED_NAME.match(tail) if is_input else None
    if spaced is not None and spaced.end() > plain.end():
        return spaced[0], (), spaced.end()
    first, *others = plain[0].split(".")
    return first, tuple(others), plain.end()
