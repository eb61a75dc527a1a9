"""The comparisons that conditions make, by the names of their operators; each has a `not_` form beside it or has none.

`left` is the value of the field, `right` that of the condition. The third argument tells a pattern to ignore case; other
texts are given folded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.conditions import UNKNOWN, same

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Comparison: TypeAlias = Callable[[Any, Any, bool], bool | None]


def folded(value: Any) -> Any:
    """Return a text, or the texts of a list, as they are compared where case does not count."""
    if isinstance(value, str):
        return value.casefold()
    return [folded(each) for each in value] if isinstance(value, list) else value


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


COMPARISONS: dict[str, Comparison] = {
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
