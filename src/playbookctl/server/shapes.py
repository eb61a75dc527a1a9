"""What a value of each kind must look like: the check of what a client sends, sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.server.clock import parse
from playbookctl.server.fields import Field, Kind, Resource
from playbookctl.server.problems import unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.server.problems import Mistake

EQUALITY = ("equals", "not_equals", "in", "not_in")
TEXT_TESTS = ("contains", "not_contains", "starts_with", "ends_with", "matches")
OPERATORS = frozenset({*EQUALITY, *TEXT_TESTS, "gt", "gte", "lt", "lte", "exists", "not_exists"})
GROUPS = ("all", "any")
WITHOUT_VALUE = frozenset({"exists", "not_exists"})


def accepted(resource: Resource, body: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Return what `body` sets, with null as the field's cleared value.

    `whole` asks for the required fields and adds the defaults of the others. Raises ApiProblem 422 with every mistake:
    unknown fields, fields only the server sets, wrong types.
    """
    mistakes = list(_mistakes(resource, body, whole=whole))
    if mistakes:
        raise unprocessable(mistakes)
    given = {name: _cleared(resource.fields[name]) if value is None else value for name, value in body.items()}
    return {**defaults(resource), **given} if whole else given


def defaults(resource: Resource) -> dict[str, Any]:
    """Return the values of all fields a client may leave out."""
    return {name: field.default for name, field in resource.fields.items() if not (field.stamped or field.required)}


def _mistakes(resource: Resource, body: dict[str, Any], *, whole: bool) -> Iterator[Mistake]:
    for name, value in body.items():
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        field = resource.fields.get(name)
        if field is None:
            yield pointer, f"a {resource.name} has no field '{name}'"
        elif field.stamped:
            yield pointer, f"'{name}' is set by the server"
        else:
            yield from _of_value(pointer, field, value)
    for name, field in resource.fields.items():
        if whole and field.required and name not in body:
            yield f"/{name}", f"'{name}' is required"


def _of_value(pointer: str, field: Field, value: Any) -> Iterator[Mistake]:
    if value is None:
        if not field.nullable and not isinstance(field.default, list):
            yield pointer, f"'{field.name}' cannot be null"
        return
    yield from CHECKS[field.kind](pointer, field, value)


def _cleared(field: Field) -> Any:
    return None if field.nullable else field.default


def _text(pointer: str, field: Field, value: Any) -> Iterator[Mistake]:
    if not isinstance(value, str):
        yield pointer, "must be a text"
    elif field.longest is not None and len(value) > field.longest:
        yield pointer, f"has {len(value)} characters, more than {field.longest}"
    elif field.required and not value:
        yield pointer, "must not be empty"


def _choice(pointer: str, field: Field, value: Any) -> Iterator[Mistake]:
    if value not in field.choices:
        yield pointer, f"must be one of {', '.join(field.choices)}"


def _flag(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    if not isinstance(value, bool):
        yield pointer, "must be true or false"


def _number(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield pointer, "must be a number"


def _moment(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    try:
        parse(value)
    except (ValueError, AttributeError, TypeError):
        yield pointer, "must be an RFC 3339 date-time with a zone"


def _texts(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    yield from _each(pointer, value, str, "a text")


def _object(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield pointer, "must be an object"


def _objects(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    yield from _each(pointer, value, dict, "an object")


def _each(pointer: str, value: Any, kind: type, said: str) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield pointer, "must be a list"
        return
    for index, member in enumerate(value):
        if not isinstance(member, kind):
            yield f"{pointer}/{index}", f"must be {said}"


def _conditions(pointer: str, _: Field, value: Any) -> Iterator[Mistake]:
    if not isinstance(value, list):
        yield pointer, "must be a list"
        return
    for index, condition in enumerate(value):
        yield from _condition(f"{pointer}/{index}", condition)


def _condition(pointer: str, condition: Any) -> Iterator[Mistake]:
    match condition:
        case {"field": str(), "op": str() as operator, **rest} if operator in OPERATORS:
            wanted = set() if operator in WITHOUT_VALUE else {"value"}
            if rest.keys() - {"ignore_case"} != wanted or not isinstance(rest.get("ignore_case", False), bool):
                yield pointer, f"'{operator}' takes field, op, {'value, ' if wanted else ''}and optionally ignore_case"
        case {"all": list() as members, **rest} | {"any": list() as members, **rest} if members and not rest:
            group = next(name for name in GROUPS if name in condition)
            for index, member in enumerate(members):
                yield from _condition(f"{pointer}/{group}/{index}", member)
        case {"not": inner, **rest} if not rest:
            yield from _condition(f"{pointer}/not", inner)
        case {"expr": str(), **rest} | {"connector_available": str(), **rest} if not rest:
            return
        case _:
            yield pointer, "must be {field, op, value}, {all}, {any}, {not}, {expr} or {connector_available}"


CHECKS: dict[Kind, Callable[[str, Field, Any], Iterator[Mistake]]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.MOMENT: _moment,
    Kind.TEXTS: _texts,
    Kind.OBJECT: _object,
    Kind.OBJECTS: _objects,
    Kind.CONDITIONS: _conditions,
}
