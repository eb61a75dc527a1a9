"""Where a schema leaves a choice: which of several shapes was meant, so that only its mistakes are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.load.schema.grammar import said
from playbookctl.load.schema.mistake import Mistake, wrong_type
from playbookctl.load.schema.wording import FIELD, either, found, kinds, meant, question
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.load.schema.grammar import Grammar

    Schema = dict[str, Any]
    Check = Callable[..., Iterator[Any]]

# A field that says what kind of step was meant, where the type is missing.
SIGNS = {
    "playbook": "playbook", "steps": "section", "delay": "wait", "until": "wait", "choices": "manual", "form": "manual",
    "message": "manual", "branches": "decision", "inputs": "start", "outputs": "start",
}  # fmt: skip


def if_(grammar: Grammar, validator: Any, condition: Schema, instance: Any, schema: Schema) -> Iterator[Any]:
    """Go on to what holds then, or else."""
    part = schema.get("then" if grammar.holds(condition, instance) else "else", True)
    yield from validator.descend(instance, part)


def all_of(grammar: Grammar, validator: Any, parts: list[Any], instance: Any, schema: Schema) -> Iterator[Any]:
    """Go on to the parts; of a step, only to the part of its type."""
    if schema is grammar.root["$defs"].get("step"):
        yield from _of_its_type(grammar, validator, instance)
        return
    for part in parts:
        yield from validator.descend(instance, part)


def _of_its_type(grammar: Grammar, validator: Any, instance: Any) -> Iterator[Any]:
    kind = instance.get("type", "action") if isinstance(instance, dict) else None
    part = grammar.step_types.get(kind) if isinstance(kind, str) else None
    guess = _guess(grammar, instance) if part else ""
    if guess:
        message = f"a step without 'type' is an action and needs 'action'; did you mean type '{guess}'?"
        yield Mistake(message, suggestion=guess)
        part = grammar.step_types[guess]
        part = part if set(instance) <= set(part["properties"]) else None
    if part:
        yield from validator.descend(instance, part)


def _guess(grammar: Grammar, instance: dict[str, Any]) -> str:
    """Return the type a step without type was probably meant to have, '' if it may well be an action."""
    if "type" in instance or "action" in instance:
        return ""
    known = grammar.at("#/$defs/stepFields/properties")
    if any(meant(key, known) in ("action", "type") for key in instance if key not in known):
        return ""
    return next((kind for sign, kind in SIGNS.items() if sign in instance), "")


def any_of(grammar: Grammar, validator: Any, parts: list[Any], instance: Any, schema: Schema) -> Iterator[Any]:
    """Choose the shape that was meant, and say only what is wrong with that one."""
    if any(grammar.holds(part, instance) for part in parts):
        return
    if all(set(part) == {"required"} for part in parts):
        yield Mistake(_needs_one(parts, instance))
        return
    shapes = [grammar.resolve(part) for part in parts]
    fitting = [shape for shape in shapes if any(validator.is_type(instance, name) for name in grammar.types(shape))]
    if any(said(shape, "is") == "way on" for shape in shapes) and not isinstance(instance, dict):
        yield _no_outcome(grammar, shapes, instance)
    elif not fitting:
        types = tuple(dict.fromkeys(name for shape in shapes for name in grammar.types(shape)))
        words = ["true" if shape.get("const") is True else kinds(grammar.types(shape)) for shape in shapes]
        yield wrong_type(types, instance, schema.get("title", ""), either(list(dict.fromkeys(words))))
    elif len(fitting) == 1:
        yield from validator.descend(instance, fitting[0])
    else:
        yield from _by_keys(validator, fitting, instance)


def _needs_one(parts: list[Schema], instance: dict[str, Any]) -> str:
    names = either([f"'{key}'" for part in parts for key in part["required"]])
    if "steps" in instance:
        return f"nested 'steps' are the body of a loop and need {names}"
    return f"a step of type '{instance.get('type')}' needs {names}"


def _no_outcome(grammar: Grammar, shapes: list[Schema], instance: Any) -> Mistake:
    """Say what may follow; a bare text was most likely meant as the step to go to."""
    words = [word for shape in shapes for word in shape.get("enum", ())]
    message = f"{FIELD} must be {either([*words, '{next: ID}'])}, found {found(instance)}"
    suggestion = meant(instance, words) if isinstance(instance, str) else ""
    if not suggestion and isinstance(instance, str) and grammar.accepted({"$ref": "#/$defs/target"}, instance):
        message += f"; to go to a step write {{next: {instance}}}"
    return Mistake(message + question(suggestion), suggestion=suggestion)


def _by_keys(validator: Any, shapes: list[Schema], instance: dict[str, Any]) -> Iterator[Any]:
    """Choose among the shapes of a condition by the fields that are there, misspelt ones too."""
    scores = [sum(_score(key, shape["properties"]) for key in instance) for shape in shapes]
    best = shapes[scores.index(max(scores))]["properties"]
    if not max(scores):
        needs = [" and ".join(f"'{key}'" for key in shape["required"]) for shape in shapes]
        yield Mistake(f"a condition needs {needs[0]}, or one of {either(needs[1:])}")
        return
    first = next((key for key in instance if key in best), "")
    strangers = [key for key in instance if key not in best and any(key in shape["properties"] for shape in shapes)]
    if not (first and strangers):
        yield from validator.descend(instance, shapes[scores.index(max(scores))])
        return
    for key in strangers:
        message = f"'{key}' cannot stand beside '{first}'; put both into the list of an 'all' or 'any'"
        yield Mistake(message, [Key(key)])


def _score(key: str, fields: Schema) -> float:
    return 1.0 if key in fields else 0.5 if meant(key, fields) else 0.0


ALTERNATIVES: dict[str, Check] = {"if": if_, "allOf": all_of, "anyOf": any_of}
