"""A list's query string, as a WHERE clause: every name comes from the table of fields, every value is a parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.server.fields import Field, Kind, Resource
from playbookctl.server.paging import position
from playbookctl.server.problems import unprocessable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.server.problems import Mistake

PAGE = 50
LARGEST_PAGE = 500
LIMIT = re.compile("[1-9][0-9]{0,2}")
FLAGS = {"true": 1, "false": 0}
SEARCHED = ("name", "display_name", "title", "description")
CONTROLS = ("limit", "cursor", "q", "include_deleted")
REPEATABLE = ("tags",)
INDEXED = ("tags", "name")

Clause = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Query:
    """A list query: `tags` and `clauses` select, `after` is the id the page begins behind ("" for the first page).

    `selective`: an index finds the few rows that are meant, better than a walk in the order of ids.
    """

    identity: str
    limit: int
    after: str
    include_deleted: bool
    tags: tuple[str, ...]
    clauses: tuple[Clause, ...]
    selective: bool


def read_query(resource: Resource, given: list[tuple[str, str]]) -> Query:
    """Read a query string; raise ApiProblem 422 with every mistake in it, 400 for a cursor of another list."""
    values = dict(given)
    mistakes = [*_repeated(given), *_unknown(resource, values), *_controls(values)]
    clauses = []
    for name, value in given:
        if name in resource.fields and name not in REPEATABLE:
            field = resource.fields[name]
            try:
                clauses.append(FILTERS[field.kind](field, value))
            except (KeyError, ValueError):
                mistakes.append((f"/{name}", f"'{name}' cannot be filtered by this value"))
    if mistakes:
        raise unprocessable(mistakes)
    if "q" in values:
        clauses.append(_search(resource, values["q"]))
    identity = "&".join(f"{name}={value}" for name, value in sorted(given) if name not in {"limit", "cursor"})
    identity = f"{resource.name}?{identity}"
    return Query(
        identity,
        int(values.get("limit", PAGE)),
        position(values["cursor"], identity) if "cursor" in values else "",
        values.get("include_deleted") == "true",
        tuple(value for name, value in given if name in REPEATABLE),
        tuple(clauses),
        any(name in values for name in INDEXED),
    )


def filterable(resource: Resource) -> Iterator[Field]:
    """Yield the fields that a list can be filtered by."""
    return (field for field in resource.fields.values() if field.kind in FILTERS)


def _repeated(given: list[tuple[str, str]]) -> Iterator[Mistake]:
    names = [name for name, _ in given]
    for name in sorted(set(names)):
        if names.count(name) > 1 and name not in REPEATABLE:
            yield f"/{name}", f"'{name}' is given {names.count(name)} times"


def _unknown(resource: Resource, names: Iterable[str]) -> Iterator[Mistake]:
    for name in names:
        if name not in resource.fields and name not in CONTROLS:
            yield f"/{name}", f"a list of {resource.name}s has no parameter '{name}'"


def _controls(values: dict[str, str]) -> Iterator[Mistake]:
    limit = values.get("limit", str(PAGE))
    if not LIMIT.fullmatch(limit) or int(limit) > LARGEST_PAGE:
        yield "/limit", f"must be a number from 1 to {LARGEST_PAGE}"
    if values.get("include_deleted", "true") not in FLAGS:
        yield "/include_deleted", "must be true or false"


def _equals(field: Field, value: str) -> Clause:
    return f"json_extract(doc, '$.{field.name}') = ?", (value,)


def _is_flag(field: Field, value: str) -> Clause:
    return f"json_extract(doc, '$.{field.name}') = ?", (FLAGS[value],)


def _is_number(field: Field, value: str) -> Clause:
    return f"json_extract(doc, '$.{field.name}') = ?", (float(value),)


def _has_text(field: Field, value: str) -> Clause:
    members = f"json_each(doc, '$.{field.name}') AS member"
    return f"EXISTS (SELECT 1 FROM {members} WHERE member.value = ?)", (value,)  # noqa: S608 - name of our table


def _search(resource: Resource, text: str) -> Clause:
    names = [name for name in SEARCHED if name in resource.fields]
    tests = " OR ".join(f"instr(folded(coalesce(json_extract(doc, '$.{name}'), '')), ?) > 0" for name in names)
    return f"({tests})", (text.casefold(),) * len(names)


FILTERS: dict[Kind, Callable[[Field, str], Clause]] = {
    Kind.TEXT: _equals,
    Kind.CHOICE: _equals,
    Kind.MOMENT: _equals,
    Kind.FLAG: _is_flag,
    Kind.NUMBER: _is_number,
    Kind.TEXTS: _has_text,
}
