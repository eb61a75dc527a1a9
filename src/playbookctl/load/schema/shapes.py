"""What is said of mappings: fields that are missing, unknown or out of place, and which of several shapes was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.load.schema.mistake import Mistake, wrong_type
from playbookctl.load.schema.wording import FIELD, choices, either, found, kinds, meant, question, quoted
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.load.schema.grammar import Grammar

    Schema = dict[str, Any]

# What a field of another type of step is mistaken for, and what helps.
INSTEAD = {
    ("action", "on_timeout"): "a call that takes too long has failed: say it with 'on_error'",
    ("playbook", "on_timeout"): "a call that takes too long has failed: say it with 'on_error'",
    ("section", "on_timeout"): "what takes too long has failed: say it with 'on_error'",
    ("action", "delay"): "put a step of type 'wait' before it, or write retry: {times: …, delay: …}",
    ("decision", "timeout"): "a decision takes no time",
    ("manual", "approval"): "the answer of the person is the approval",
    ("end", "next"): "the path ends here",
    ("end", "branches"): "the path ends here",
}
# A field that says what kind of step was meant, where the type is missing.
SIGNS = {
    "playbook": "playbook", "steps": "section", "delay": "wait", "until": "wait", "choices": "manual", "form": "manual",
    "message": "manual", "branches": "decision", "inputs": "start", "outputs": "start",
}  # fmt: skip
_FEW = 8  # so many fields are listed to one who writes an unknown one
NEEDED_FOR = {
    ("message", "approval"): "; to ask a person something else, use a step of type 'manual'",
    ("assignee", "approval"): "; to ask a person something else, use a step of type 'manual'",
    ("for_each", "steps"): ", the body of the loop",
    ("repeat", "steps"): ", the body of the loop",
}


def required(grammar: Grammar, _: Any, keys: list[str], instance: Any, schema: Schema) -> Iterator[Any]:
    """Say which fields are missing, except those that stand there misspelt."""
    if not isinstance(instance, dict):
        return
    unknown = _unknown(instance, schema) if schema.get("additionalProperties") is False else []
    misspelt = {meant(key, set(grammar.fields(schema)) - set(instance)) for key in unknown}
    missing = [f"'{key}'" for key in keys if key not in instance and key not in misspelt]
    if not missing:
        return
    names = f"{', '.join(missing[:-1])} and {missing[-1]}" if len(missing) > 1 else missing[0]
    title = schema.get("title", "")
    if "op" in instance and missing == ["'value'"]:
        yield Mistake(f"{quoted(instance['op'])} needs a 'value'")
    elif title in grammar.step_types():
        without = "a step" if missing == ["'id'"] else "a step without 'type' is an action and"
        subject = f"a step of type '{title}'" if "type" in instance else without
        yield Mistake(f"{subject} needs {names}")
    elif title and schema is not grammar.root:
        yield Mistake(f"{'an' if title[0] in 'aeiou' else 'a'} {title} needs {names}")
    else:
        yield Mistake(f"missing field{'s' if len(missing) > 1 else ''} {names}")


def additional_properties(grammar: Grammar, validator: Any, rest: Any, instance: Any, schema: Schema) -> Iterator[Any]:
    """Name every unknown field; or go on to the fields, where any name is accepted."""
    if not isinstance(instance, dict):
        return
    for key in _unknown(instance, schema):
        if rest is not False:
            if not grammar.accepted(rest, instance[key]):
                yield from validator.descend(instance[key], rest, path=key)
        else:
            yield _unknown_field(grammar, key, instance, schema)


def _unknown(instance: dict[str, Any], schema: Schema) -> list[str]:
    known = schema.get("properties", {})
    free = "patternProperties" in schema
    return [key for key in instance if key not in known and not (free and _is_free(key))]


def _is_free(key: str) -> bool:
    """Tell whether a key is one of `x-<vendor>`."""
    return key.startswith("x-") and len(key) > len("x-") and not key[2:].strip("abcdefghijklmnopqrstuvwxyz0123456789-")


def _unknown_field(grammar: Grammar, key: str, instance: dict[str, Any], schema: Schema) -> Mistake:
    title = schema.get("title", "")
    types = grammar.step_types()
    takers = [f"'{name}'" for name, part in types.items() if key in part["properties"]] if title in types else []
    if takers:
        help_ = INSTEAD.get((title, key)) or f"it belongs to steps of type {either(takers)}"
        hint = "" if "type" in instance else " (which a step without 'type' is)"
        return Mistake(f"a step of type '{title}'{hint} takes no '{key}'; {help_}", [Key(key)])
    suggestion = meant(key, set(grammar.fields(schema)) - set(instance))
    if not suggestion and "patternProperties" in schema and key.lower().startswith("x"):
        return Mistake(f"unknown field {quoted(key)}; a vendor's own field is written x-name, in lower-case letters", [Key(key)])
    fields = [name for name in grammar.fields(schema) if name not in instance]
    hint = question(suggestion) or (f"; known here: {choices(fields)}" if 0 < len(fields) <= _FEW else "")
    return Mistake(f"unknown field {quoted(key)}{hint}", [Key(key)], suggestion=suggestion)


def property_names(_: Grammar, validator: Any, part: Schema, instance: Any, __: Schema) -> Iterator[Any]:
    """Point at the keys that are written wrong."""
    for key in instance if isinstance(instance, dict) else ():
        yield from validator.descend(key, part, path=Key(key))


def dependent_required(_: Grammar, __: Any, rows: dict[str, list[str]], instance: Any, ___: Schema) -> Iterator[Any]:
    """Say which field makes no sense without another."""
    for key, others in rows.items() if isinstance(instance, dict) else ():
        for other in others:
            if key in instance and other not in instance:
                yield Mistake(f"'{key}' needs '{other}'{NEEDED_FOR.get((key, other), '')}", [Key(key)])


def if_(grammar: Grammar, validator: Any, condition: Schema, instance: Any, schema: Schema) -> Iterator[Any]:
    """Go on to what holds then, or else."""
    part = schema.get("then" if grammar.holds(condition, instance) else "else", True)
    if part is not True:
        yield from validator.descend(instance, part)


def all_of(grammar: Grammar, validator: Any, parts: list[Any], instance: Any, schema: Schema) -> Iterator[Any]:
    """Go on to the parts; of a step, only to the part of its type."""
    if schema.get("title") != "step":
        for part in parts:
            yield from validator.descend(instance, part)
        return
    if not isinstance(instance, dict):
        return
    guess = _guess(grammar, instance)
    if guess:
        message = f"a step without 'type' is an action and needs 'action'; did you mean type '{guess}'?"
        yield Mistake(message, suggestion=guess)
        return
    part = grammar.step_types().get(instance.get("type", "action")) if isinstance(instance.get("type", ""), str) else None
    if part is not None:
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
        yield Mistake(_one_of(grammar, parts, instance, schema))
        return
    shapes = [grammar.resolve(part) for part in parts]
    fitting = [shape for shape in shapes if any(validator.is_type(instance, name) for name in grammar.types(shape))]
    if any(shape.get("title") == "next step" for shape in shapes) and not isinstance(instance, dict):
        yield _no_outcome(grammar, shapes, instance)
    elif not fitting:
        types = tuple(dict.fromkeys(name for shape in shapes for name in grammar.types(shape)))
        words = ["true" if shape.get("const") is True else kinds(grammar.types(shape)) for shape in shapes]
        yield wrong_type(types, instance, schema.get("title", ""), either(list(dict.fromkeys(words))))
    elif len(fitting) == 1:
        yield from validator.descend(instance, fitting[0])
    else:
        yield from _by_keys(grammar, validator, fitting, instance)


def _one_of(grammar: Grammar, parts: list[Schema], instance: dict[str, Any], schema: Schema) -> str:
    names = either([f"'{key}'" for part in parts for key in part["required"]])
    if "steps" in instance:
        return f"nested 'steps' are the body of a loop and need {names}"
    return f"a step of type '{instance.get('type')}' needs {names}" if schema.get("title") in grammar.step_types() else f"needs {names}"


def _no_outcome(grammar: Grammar, shapes: list[Schema], instance: Any) -> Mistake:
    """Say what may follow; a bare text was most likely meant as the step to go to."""
    words = [word for shape in shapes for word in shape.get("enum", ())]
    start = f"{FIELD} must be {either([*words, '{next: ID}'])}, found {found(instance)}"
    if not isinstance(instance, str):
        return Mistake(start)
    suggestion = meant(instance, words)
    is_id = grammar.accepted({"$ref": "#/$defs/target"}, instance)
    return Mistake(start + (question(suggestion) or (f"; to go to a step write {{next: {instance}}}" if is_id else "")), suggestion=suggestion)


def _by_keys(grammar: Grammar, validator: Any, shapes: list[Schema], instance: dict[str, Any]) -> Iterator[Any]:
    """Choose among mappings by the fields that are there, misspelt ones too."""
    def score(shape: Schema) -> float:
        fields = grammar.fields(shape)
        return sum(1.0 if key in fields else 0.5 if meant(key, fields) else 0.0 for key in instance)

    best = max(shapes, key=score)
    if not score(best):
        needs = [" and ".join(f"'{key}'" for key in shape["required"]) for shape in shapes]
        yield Mistake(f"a condition needs {needs[0]}, or one of {either(needs[1:])}")
        return
    present = next((key for key in instance if key in grammar.fields(best)), "")
    strangers = [key for key in instance if key not in grammar.fields(best) and any(key in grammar.fields(shape) for shape in shapes)]
    if present and strangers:
        for key in strangers:
            yield Mistake(f"'{key}' cannot stand beside '{present}'; put both into the list of an 'all' or 'any'", [Key(key)])
    else:
        yield from validator.descend(instance, best)


SHAPES = {
    "required": required,
    "additionalProperties": additional_properties,
    "propertyNames": property_names,
    "dependentRequired": dependent_required,
    "if": if_,
    "allOf": all_of,
    "anyOf": any_of,
}
