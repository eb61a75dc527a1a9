"""Whether a condition holds for given facts: true, false, or None where it cannot be told.

Facts are plain JSON values by name: `alert`, `inputs`, `steps` (`{id: {"output": …, "answer": …}}`), and two that
speak about the world: `connectors` (the names of those available) and `expr` (what an opaque expression is worth,
by its text). Whoever evaluates gives what is known; nothing is guessed.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from playbookctl.model.playbook import Condition

OPAQUE_CHARACTERS = frozenset("|()[]{}$\"'")  # a field with one of these is some vendor's expression, not a path

MAX_DIGITS = 9  # of an index; Python refuses to read numbers of thousands of digits


class Absent(Enum):
    """Why there is no value: the facts have none (`MISSING`, or null), or it cannot be known (`UNKNOWN`)."""

    MISSING = "missing"
    UNKNOWN = "unknown"


MISSING: Final = Absent.MISSING
UNKNOWN: Final = Absent.UNKNOWN


def evaluate(condition: Condition, facts: Mapping[str, Any]) -> bool | None:
    """Tell whether `condition` holds; None where it asks for something `facts` cannot know.

    A missing field (null counts as missing) makes every comparison false except `not_exists` and the `not_` ones.
    Values are compared with their types: 1 is not "1" and true is not 1, but 1.0 is 1. Never raises.
    """
    results = [decide(condition[word], facts) for word, decide in _WORDS.items() if word in condition]
    if "field" in condition:
        results.append(_compare(condition, facts))
    return _every(results) if results else None


def evaluate_all(conditions: Iterable[Condition], facts: Mapping[str, Any]) -> bool | None:
    """Tell whether all of `conditions` hold, as a trigger asks; an empty trigger holds always."""
    return _every([evaluate(condition, facts) for condition in conditions])


def lookup(facts: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path such as 'alert.severity', `MISSING` or `UNKNOWN`.

    In a list a number is an index (`alert.indicators.0`), any other name is asked of each element and gives the list
    of what they have. A key that itself contains dots is found if it is the rest of the path. A path that is no
    path but a vendor's expression is `UNKNOWN` unless the facts hold a value under its whole text. Facts may hold
    `UNKNOWN` themselves, for what is there but not known.
    """
    if path in facts:
        return _present(facts[path])
    if not OPAQUE_CHARACTERS.isdisjoint(path):
        return UNKNOWN
    return _walk(facts, path.split("."))


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


def _compare(condition: Condition, facts: Mapping[str, Any]) -> bool | None:
    left = lookup(facts, condition["field"])
    operator = condition.get("op", "")
    if left is UNKNOWN:
        return None
    if operator in ("exists", "not_exists"):
        return (left is not MISSING) is (operator == "exists")
    test = _TESTS.get(operator.removeprefix("not_"))
    if test is None:
        return None
    right = _operand(condition.get("value"), facts)
    return _negated(_tested(test, left, right, condition.get("ignore_case", False)), negate=operator.startswith("not_"))


def _tested(test: Callable[[Any, Any, bool], bool | None], left: Any, right: Any, ignore_case: bool) -> bool | None:  # noqa: FBT001
    if left is MISSING or right is MISSING:
        return False
    if right is UNKNOWN:
        return None
    if ignore_case and test is not _matches:
        left, right = _folded(left), _folded(right)
    return test(left, right, ignore_case)


def _equals(left: Any, right: Any, _: bool) -> bool:  # noqa: FBT001
    return same(left, right)


def _in(left: Any, right: Any, _: bool) -> bool | None:  # noqa: FBT001
    if not isinstance(right, list):
        return False
    if any(same(left, option) for option in right if option is not UNKNOWN):
        return True
    return None if UNKNOWN in right else False


def _contains(left: Any, right: Any, _: bool) -> bool:  # noqa: FBT001
    if isinstance(left, list):
        return any(same(element, right) for element in left)
    return isinstance(left, str) and isinstance(right, str) and right in left


def _starts_with(left: Any, right: Any, _: bool) -> bool:  # noqa: FBT001
    return isinstance(left, str) and isinstance(right, str) and left.startswith(right)


def _ends_with(left: Any, right: Any, _: bool) -> bool:  # noqa: FBT001
    return isinstance(left, str) and isinstance(right, str) and left.endswith(right)


def _matches(left: Any, right: Any, ignore_case: bool) -> bool | None:  # noqa: FBT001
    if not (isinstance(left, str) and isinstance(right, str)):
        return False
    from playbookctl.flow.regex import search

    return search(right, left, ignore_case=ignore_case)


def _ordered(left: Any, right: Any) -> bool:
    """Numbers compare with numbers, text with text (by code point: right for ISO 8601 times), nothing else."""
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (left, right))
    return numbers or (isinstance(left, str) and isinstance(right, str))


_TESTS: dict[str, Callable[[Any, Any, bool], bool | None]] = {
    "equals": _equals,
    "in": _in,
    "contains": _contains,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "matches": _matches,
    "gt": lambda left, right, _: _ordered(left, right) and left > right,
    "gte": lambda left, right, _: _ordered(left, right) and left >= right,
    "lt": lambda left, right, _: _ordered(left, right) and left < right,
    "lte": lambda left, right, _: _ordered(left, right) and left <= right,
}


def _all(parts: list[Condition], facts: Mapping[str, Any]) -> bool | None:
    return _every([evaluate(part, facts) for part in parts])


def _any(parts: list[Condition], facts: Mapping[str, Any]) -> bool | None:
    results = [evaluate(part, facts) for part in parts]
    return True if True in results else None if None in results else False


def _not(part: Condition, facts: Mapping[str, Any]) -> bool | None:
    return _negated(evaluate(part, facts), negate=True)


def _available(name: str, facts: Mapping[str, Any]) -> bool | None:
    return name in facts["connectors"] if facts.get("connectors") is not None else None


def _expression(text: str, facts: Mapping[str, Any]) -> bool | None:
    value = (facts.get("expr") or {}).get(text)
    return value if isinstance(value, bool) else None


_WORDS: dict[str, Callable[[Any, Mapping[str, Any]], bool | None]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "connector_available": _available,
    "expr": _expression,
}


def _every(results: list[bool | None]) -> bool | None:
    return False if False in results else None if None in results else True


def _negated(result: bool | None, *, negate: bool) -> bool | None:  # noqa: FBT001
    return result if result is None or not negate else not result


def _present(value: Any) -> Any:
    return MISSING if value is None else value


def _walk(value: Any, names: list[str]) -> Any:
    for index, name in enumerate(names):
        if isinstance(value, dict):
            rest = ".".join(names[index:])
            if rest in value:
                return _present(value[rest])
            value = value.get(name)
        elif value is UNKNOWN:
            return UNKNOWN
        elif isinstance(value, list) and name.isdecimal():
            value = value[int(name)] if len(name) <= MAX_DIGITS and int(name) < len(value) else None
        elif isinstance(value, list):
            found = [_walk(element, names[index:]) for element in value]
            return [each for each in found if each is not MISSING] or MISSING
        else:
            return MISSING
    return _present(value)


def _operand(value: Any, facts: Mapping[str, Any]) -> Any:
    """Resolve a template that is a plain path; any other template cannot be known."""
    if isinstance(value, list):
        return [_operand(each, facts) for each in value]
    if not (isinstance(value, str) and "{{" in value):
        return _present(value)
    path = template_path(value)
    return UNKNOWN if path is None else lookup(facts, path)


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold()
    return [_folded(each) for each in value] if isinstance(value, list) else value
