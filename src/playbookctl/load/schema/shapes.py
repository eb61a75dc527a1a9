"""What is said of mappings: fields that are missing, unknown or out of place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.load.schema.grammar import said
from playbookctl.load.schema.mistake import Mistake
from playbookctl.load.schema.wording import meant, question, quoted
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.load.schema.grammar import Grammar

    Schema = dict[str, Any]
    Check = Callable[..., Iterator[Any]]

# What helps where a step has a field that its type does not take.
INSTEAD = {
    ("action", "on_timeout"): "a call that takes too long has failed: say it with 'on_error'",
    ("playbook", "on_timeout"): "a call that takes too long has failed: say it with 'on_error'",
    ("section", "on_timeout"): "what takes too long has failed: say it with 'on_error'",
    ("action", "delay"): "put a step of type 'wait' before it",
    ("decision", "timeout"): "a decision takes no time",
    ("manual", "approval"): "the answer of the person is the approval",
    ("end", "next"): "the path ends here",
    ("end", "branches"): "the path ends here",
}
NEEDED_FOR = {
    ("message", "approval"): "; to ask a person something else, use a step of type 'manual'",
    ("assignee", "approval"): "; to ask a person something else, use a step of type 'manual'",
    ("for_each", "steps"): ", the body of the loop",
    ("repeat", "steps"): ", the body of the loop",
}
FEW = 8  # so many fields are listed to one who writes an unknown one


def required(grammar: Grammar, _: Any, keys: list[str], instance: Any, schema: Schema) -> Iterator[Any]:
    """Say which fields are missing, except those that stand there misspelt."""
    missing = [key for key in keys if key not in instance] if isinstance(instance, dict) else []
    if missing and schema.get("additionalProperties") is False:
        free = set(schema["properties"]) - set(instance)
        misspelt = {meant(key, free) for key in _unknown(instance, schema)}
        missing = [key for key in missing if key not in misspelt]
    if missing and not _hangs_on_op(grammar, missing, instance):
        yield Mistake(_missing(grammar, missing, instance, schema))


def _hangs_on_op(grammar: Grammar, missing: list[str], instance: dict[str, Any]) -> bool:
    """Tell whether only a value is missing, of a comparison nobody knows: it may be one that takes none."""
    return missing == ["value"] and instance.get("op") not in grammar.at("#/$defs/comparison/properties/op/enum")


def _missing(grammar: Grammar, missing: list[str], instance: dict[str, Any], schema: Schema) -> str:
    quoted_ = [f"'{key}'" for key in missing]
    names = f"{', '.join(quoted_[:-1])} and {quoted_[-1]}" if len(missing) > 1 else quoted_[0]
    title = said(schema, "is") or schema.get("title", "")
    if missing == ["value"] and "op" in instance:
        return f"{quoted(instance['op'])} needs a 'value'"
    if title in grammar.step_types and "type" not in instance:
        return f"a step needs {names}" if missing == ["id"] else f"a step without 'type' is an action and needs {names}"
    if title in grammar.step_types:
        return f"a step of type '{title}' needs {names}"
    if title and schema is not grammar.root:
        return f"{'an' if title[0] in 'aeiou' else 'a'} {title} needs {names}"
    return f"missing field{'s' if len(missing) > 1 else ''} {names}"


def additional_properties(grammar: Grammar, validator: Any, rest: Any, instance: Any, schema: Schema) -> Iterator[Any]:
    """Name every unknown field; or go on to the fields, where any name is accepted."""
    for key in _unknown(instance, schema) if isinstance(instance, dict) else ():
        if rest is False:
            yield _unknown_field(grammar, key, instance, schema)
        elif not grammar.accepted(rest, instance[key]):
            yield from validator.descend(instance[key], rest, path=key)


def _unknown(instance: dict[str, Any], schema: Schema) -> list[str]:
    known = schema.get("properties", {})
    free = "patternProperties" in schema
    return [key for key in instance if key not in known and not (free and _is_free(key))]


def _is_free(key: str) -> bool:
    """Tell whether a key is one of `x-<vendor>`, the only pattern that our schemas have."""
    return key.startswith("x-") and len(key) > len("x-") and not key.strip("abcdefghijklmnopqrstuvwxyz0123456789-")


def _unknown_field(grammar: Grammar, key: str, instance: dict[str, Any], schema: Schema) -> Mistake:
    title = schema.get("title", "")
    if title in grammar.step_types:
        takers = [f"'{name}'" for name, part in grammar.step_types.items() if key in part["properties"]]
        if takers:
            step = f"a step of type '{title}'" if "type" in instance else "a step without 'type' is an action and"
            belongs = f"it belongs to steps of type {' or '.join(takers[:3])}"
            return Mistake(f"{step} takes no '{key}'; {INSTEAD.get((title, key), belongs)}", [Key(key)])
    fields = schema.get("properties", {})
    suggestion = meant(key, set(fields) - set(instance))
    hint = question(suggestion)
    if not hint and "patternProperties" in schema and key.lower().startswith("x"):
        hint = "; a vendor's own field is written x-name, in lower-case letters"
    elif not hint and 0 < len(fields) <= FEW:
        hint = f"; the fields here are {', '.join(fields)}"
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


SHAPES: dict[str, Check] = {
    "required": required,
    "additionalProperties": additional_properties,
    "propertyNames": property_names,
    "dependentRequired": dependent_required,
}
