"""Which fields of an alert the triggers ask for, and an alert cut down to those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.conditions import OPAQUE_CHARACTERS, template_path
from playbookctl.model.playbook import conditions_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from playbookctl.model.playbook import Condition

    FieldPath: TypeAlias = tuple[str, ...]

ROOT = "alert."
MOST_NESTING = 40  # of what is written; deeper data is left out
NOTHING = object()


def fields_of(conditions: Iterable[Condition]) -> frozenset[FieldPath]:
    """Return the fields of the alert that conditions compare, and those they compare with (`{{ alert.user }}`)."""
    return frozenset(path_of(name) for condition in conditions for name in _names(condition))


def path_of(name: str) -> FieldPath:
    """Return the path that a field's name says, with or without 'alert.' before it."""
    return tuple(name.removeprefix(ROOT).split("."))


def cut(value: Any, paths: Iterable[FieldPath], nesting: int = 0) -> Any:
    """Return of JSON data what lies at `paths` or below, in its place; `NOTHING` if that is nothing.

    A path goes through lists as a condition does: a number is an index, any other name is asked of each element.
    Elements that have nothing stay as null, so that an index still finds its element.
    """
    wanted = set(paths)
    if () in wanted:
        return value
    if nesting > MOST_NESTING or not wanted:
        return NOTHING
    if isinstance(value, list):
        inner = {path[1:] if path[0].isdecimal() else path for path in wanted}
        kept = [cut(each, inner, nesting + 1) for each in value]
        return (
            NOTHING if all(each is NOTHING for each in kept) else [None if each is NOTHING else each for each in kept]
        )
    if not isinstance(value, dict):
        return NOTHING
    found = {name: cut(each, _below(name, wanted), nesting + 1) for name, each in value.items()}
    return {name: each for name, each in found.items() if each is not NOTHING} or NOTHING


def _below(name: str, paths: set[FieldPath]) -> Iterator[FieldPath]:
    """Yield what is left of the paths that lead through the key `name`, which may contain dots itself."""
    parts = tuple(name.split("."))
    return (path[len(parts) :] for path in paths if path[: len(parts)] == parts)


def _names(condition: Condition) -> Iterator[str]:
    for _, leaf in conditions_in(condition, ()):
        values = leaf.get("value")
        templates = (template_path(each) for each in _texts(values))
        for name in (leaf.get("field"), *templates):
            if name is not None and name.startswith(ROOT) and OPAQUE_CHARACTERS.isdisjoint(name):
                yield name


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
