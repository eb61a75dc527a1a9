"""What is said where a value breaks a keyword of the schema. Each function has the signature `jsonschema` asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playbookctl.load.schema.grammar import said
from playbookctl.load.schema.mistake import Mistake, wrong_type
from playbookctl.load.schema.wording import FIELD, LIST, choices, found, meant, question, quoted, slug, written
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.load.schema.grammar import Grammar

    Schema = dict[str, Any]
    Check = Callable[..., Iterator[Any]]


def ref(grammar: Grammar, validator: Any, pointer: str, instance: Any, _: Schema) -> Iterator[Any]:
    """Go on to the part that is named, unless its acceptor takes the value."""
    if not grammar.accepted({"$ref": pointer}, instance):
        yield from validator.descend(instance, grammar.at(pointer))


def items(grammar: Grammar, validator: Any, part: Any, instance: Any, _: Schema) -> Iterator[Any]:
    """Go on to the elements that no acceptor takes."""
    if isinstance(instance, list):
        for index, element in enumerate(instance):
            if not grammar.accepted(part, element):
                yield from validator.descend(element, part, path=index)


def properties(grammar: Grammar, validator: Any, parts: Schema, instance: Any, _: Schema) -> Iterator[Any]:
    """Go on to the fields that no acceptor takes, in the order of the file."""
    if isinstance(instance, dict):
        for key, value in instance.items():
            if key in parts and not grammar.accepted(parts[key], value):
                yield from validator.descend(value, parts[key], path=key)


def type_(_: Grammar, validator: Any, types: Any, instance: Any, schema: Schema) -> Iterator[Any]:
    """Say which type is wanted and which is found."""
    names = [types] if isinstance(types, str) else types
    if any(validator.is_type(instance, name) for name in names):
        return
    if names == ["string"] and isinstance(instance, (int, float)) and not isinstance(instance, bool):
        text = written(instance)
        said = list(validator.descend(text, {key: value for key, value in schema.items() if key != "type"}))
        if said:  # quotes would not help: say what is wrong with the text
            yield from said
            return
    yield wrong_type(names, instance, schema.get("title", ""))


def enum(_: Grammar, __: Any, values: list[str], instance: Any, ___: Schema) -> Iterator[Any]:
    """Say which words are accepted."""
    if isinstance(instance, str) and instance in values:
        return
    if not isinstance(instance, str):
        yield Mistake(f"{FIELD} must be {choices(values)}, found {found(instance)}")
        return
    suggestion = meant(instance, values)
    message = f"{FIELD} must be {choices(values)}, found {quoted(instance)}{question(suggestion)}"
    yield Mistake(message, suggestion=suggestion)


def const(_: Grammar, __: Any, value: Any, instance: Any, schema: Schema) -> Iterator[Any]:
    """Say what to write instead."""
    if instance is not value and not (isinstance(value, str) and instance == value):
        yield Mistake(f"{FIELD} cannot be {written(instance)}; {said(schema, 'instead') or f'write {written(value)}'}")


def pattern(_: Grammar, __: Any, value: str, instance: Any, schema: Schema) -> Iterator[Any]:
    """Say how the text is written."""
    if not isinstance(instance, str) or re.search(value, instance):
        return
    noun, message = said(schema, "is"), schema.get("patternErrorMessage", f"must match {value}")
    if noun is None or not instance.strip():
        yield Mistake(f"{FIELD} cannot be blank" if not instance.strip() else f"{FIELD} {message}")
        return
    suggestion = slug(instance) if said(schema, "slug") else ""
    example = f", such as {suggestion}" if suggestion else ""
    yield Mistake(f"{quoted(instance)} is no {noun}; {message}{example}", suggestion=suggestion)


def min_length(_: Grammar, __: Any, ___: int, instance: Any, ____: Schema) -> Iterator[Any]:
    """Say that text is missing."""
    if instance == "":
        yield Mistake(f"{FIELD} cannot be empty")


def max_length(_: Grammar, __: Any, most: int, instance: Any, ___: Schema) -> Iterator[Any]:
    """Say how long the text is, and how long it may be."""
    if isinstance(instance, str) and len(instance) > most:
        yield Mistake(f"{FIELD} has {len(instance)} characters; at most {most} are allowed")


def minimum(_: Grammar, validator: Any, least: int, instance: Any, __: Schema) -> Iterator[Any]:
    """Say how small the number may be."""
    if validator.is_type(instance, "number") and instance < least:
        yield Mistake(f"{FIELD} must be at least {least}, found {instance}")


def maximum(_: Grammar, validator: Any, most: int, instance: Any, __: Schema) -> Iterator[Any]:
    """Say how great the number may be."""
    if validator.is_type(instance, "number") and instance > most:
        yield Mistake(f"{FIELD} must be at most {most}, found {instance}")


def not_empty(_: Grammar, validator: Any, __: int, instance: Any, schema: Schema) -> Iterator[Any]:
    """Say that a list or mapping lacks its content; `minItems` and `minProperties` ask for one at most."""
    if validator.is_type(instance, schema["type"]) and not instance:
        yield Mistake(f"{FIELD} cannot be empty")


def unique_items(_: Grammar, __: Any, ___: Any, instance: Any, ____: Schema) -> Iterator[Any]:
    """Point at every element that stands there already."""
    if isinstance(instance, list):
        seen: list[Any] = []
        for index, element in enumerate(instance):
            if isinstance(element, str) and element in seen:
                yield Mistake(f"{quoted(element)} stands twice in {LIST}", [index], kind="repeat")
            seen.append(element)


def not_(grammar: Grammar, _: Any, part: Schema, instance: Any, schema: Schema) -> Iterator[Any]:
    """Say what cannot be: in the words of the annotation, or that a field is one too many."""
    if not grammar.holds(part, instance) or ("required" in part and not isinstance(instance, dict)):
        return
    message = said(schema, "not")
    if "required" in part:
        last = part["required"][-1]
        yield Mistake(message or f"'{instance.get('op', 'this')}' takes no '{last}'", [Key(last)])
    elif "$ref" in part:
        yield Mistake(message, [next(index for index, step in enumerate(instance) if _is_start(step))])
    else:
        yield Mistake(message or f"{FIELD} cannot be {quoted(instance)}")


def _is_start(step: Any) -> bool:
    return isinstance(step, dict) and step.get("type") == "start"


KEYWORDS: dict[str, Check] = {
    "$ref": ref,
    "items": items,
    "properties": properties,
    "type": type_,
    "enum": enum,
    "const": const,
    "pattern": pattern,
    "minLength": min_length,
    "maxLength": max_length,
    "minimum": minimum,
    "maximum": maximum,
    "minItems": not_empty,
    "minProperties": not_empty,
    "uniqueItems": unique_items,
    "not": not_,
}
