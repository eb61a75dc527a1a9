"""What conditions read: the values at paths in the given facts, and when two values are the same.

Facts are plain JSON values by name: `alert`, `inputs`, `steps` (`{id: {"output": …, "answer": …}}`), and three that
speak about the world: `connectors` (the names of those available), `expr` (what an opaque expression is worth, by its
text) and `redacted` (true if the alert was redacted: what a pseudonym hides is not known). Whoever evaluates gives what
is known; nothing is guessed. `flow/evaluate.py` tells whether a condition holds.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final, TypeAlias

    Facts: TypeAlias = Mapping[str, Any]
    Trail: TypeAlias = tuple[tuple[str, str], ...]

OPAQUE_CHARACTERS = frozenset("|()[]{}$\"'")  # a field with one of these is some vendor's expression, not a path

MAX_DIGITS = 9  # of an index; Python refuses to read numbers of thousands of digits
MAX_NESTING = 50  # lists within lists that a path is followed through


class Absent(Enum):
    """Why there is no value: the facts have none (`MISSING`, or null), or it cannot be known (`UNKNOWN`)."""

    MISSING = "missing"
    UNKNOWN = "unknown"


MISSING: Final = Absent.MISSING
UNKNOWN: Final = Absent.UNKNOWN


def lookup(facts: Facts, path: str) -> Any:
    """Return the value at a dotted path such as 'alert.severity', `MISSING` or `UNKNOWN`.

    In a list a number is an index (`alert.indicators.0`), any other name is asked of each element and gives the list
    of what they have. A key that itself contains dots is found if it is the rest of the path. A path that is no
    path but a vendor's expression is `UNKNOWN` unless the facts hold a value under its whole text. Facts may hold
    `UNKNOWN` themselves, for what is there but not known. Lists nested more than `MAX_NESTING` deep, and those with
    such an element, are `UNKNOWN` too.
    """
    return getter(path)(facts)


def getter(path: str) -> Callable[[Facts], Any]:
    """Return what looks up one path, made once for many facts; see `lookup`."""
    opaque = not OPAQUE_CHARACTERS.isdisjoint(path)
    names = path.split(".")
    trail = tuple((name, ".".join(names[index:])) for index, name in enumerate(names))

    def get(facts: Facts) -> Any:
        if path in facts:
            return present(facts[path])
        return UNKNOWN if opaque else _walk(facts, trail, 0)

    return get


def template_path(text: str) -> str | None:
    """Return the path of a text that is one whole template, `{{ alert.user }}`, else None."""
    if not (text.startswith("{{") and text.endswith("}}")):
        return None
    path = text[2:-2].strip()
    return path if path and OPAQUE_CHARACTERS.isdisjoint(path) else None


def same(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are equal, types included, at any depth."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    return bool(left == right)


def present(value: Any) -> Any:
    """Return a value as comparisons see it: null is `MISSING`."""
    return MISSING if value is None else value


def _walk(value: Any, trail: Trail, nesting: int) -> Any:
    for index, (name, rest) in enumerate(trail):
        if isinstance(value, dict):
            if rest in value:
                return present(value[rest])
            value = value.get(name)
        elif value is UNKNOWN:
            return UNKNOWN
        elif isinstance(value, list) and name.isdecimal():
            value = value[int(name)] if len(name) <= MAX_DIGITS and int(name) < len(value) else None
        elif isinstance(value, list):
            if nesting == MAX_NESTING:
                return UNKNOWN
            found = [_walk(element, trail[index:], nesting + 1) for element in value]
            if UNKNOWN in found:
                return UNKNOWN
            return [each for each in found if each is not MISSING] or MISSING
        else:
            return MISSING
    return present(value)
