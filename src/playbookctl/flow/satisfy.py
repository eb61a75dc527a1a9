"""Whether conditions hold for any alert, or for none: what can be told without knowing the facts.

Only what is certain is said. Templates, opaque expressions and patterns are taken to go either way.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.flow.alert import ALERT_FIELDS, ALWAYS_THERE
from playbookctl.flow.conditions import OPAQUE_CHARACTERS, same
from playbookctl.flow.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.model.playbook import Condition
    from playbookctl.model.source import NodePath

_MATCH_ALL = frozenset({"", ".*", ".+", "^", "$", "^.*", ".*$", "^.*$", "^.+$", "(?s).*", ".", r"[\s\S]*"})
_POSITIVE = frozenset(
    {"equals", "in", "contains", "starts_with", "ends_with", "matches", "gt", "gte", "lt", "lte", "exists"}
)
_TEXT_ONLY = frozenset({"starts_with", "ends_with", "matches"})
_ORDERED = frozenset({"gt", "gte", "lt", "lte"})
_MOST_ALTERNATIVES = 64
_MOST_OF_A_FIELD = 100  # comparisons that are held against each other


class Clash(NamedTuple):
    """Two places of which not both can hold (or one that cannot hold at all, `other` None), and why."""

    path: NodePath
    other: NodePath | None
    why: str


def is_always(condition: Condition) -> bool:
    """Tell whether a condition holds for every alert there can be."""
    if "all" in condition:
        return all(map(is_always, condition["all"]))
    if "any" in condition:
        return any(map(is_always, condition["any"])) or any(
            denies(one, other) for one, other in combinations(condition["any"], 2)
        )
    if "not" in condition:
        return cannot_hold(condition["not"]) is not None
    if "field" not in condition:
        return False
    root, _, name = condition["field"].partition(".")
    op, value = condition["op"], condition.get("value")
    if op.startswith("not_"):
        unknown = root == "alert" and name.split(".")[0] not in ALERT_FIELDS
        return unknown or (op == "not_in" and value == []) or (op == "not_equals" and value is None)
    matches_any = op in ("contains", "starts_with", "ends_with") and value == ""
    matches_any |= op == "matches" and isinstance(value, str) and value in _MATCH_ALL
    return root == "alert" and name in ALWAYS_THERE and (op == "exists" or matches_any)


def denies(one: Condition, other: Condition) -> bool:
    """Tell whether one of two conditions holds exactly if the other does not."""
    if one.get("not") == other or other.get("not") == one:
        return True
    if "op" not in one or "op" not in other:
        return False
    rest = {key: value for key, value in one.items() if key != "op"}
    opposite = one["op"] == f"not_{other['op']}" or other["op"] == f"not_{one['op']}"
    return opposite and rest == {key: value for key, value in other.items() if key != "op"}


def cannot_hold(condition: Condition, path: NodePath = ()) -> Clash | None:
    """Return why a condition can never hold, None if it may."""
    return clash([(path, condition)])


def clash(conditions: list[tuple[NodePath, Condition]]) -> Clash | None:
    """Return why conditions can never hold together, None if they may. Of several reasons the first is told."""
    if len(conditions) == 1 and "field" in conditions[0][1] and not _never(conditions[0][1]):
        return None  # nearly all are like this
    first = None
    for alternative in _alternatives(conditions):
        found = _clash_of_leaves(alternative)
        if found is None:
            return None
        first = first or found
    return first


def _alternatives(conditions: list[tuple[NodePath, Condition]]) -> Iterator[list[tuple[NodePath, Condition]]]:
    """Yield the sets of leaves of which one must hold whole; too many of them count as one that can hold."""
    flat: list[tuple[NodePath, Condition]] = []
    choices: list[list[list[tuple[NodePath, Condition]]]] = []
    queue = list(conditions)
    for path, condition in queue:
        if "all" in condition:
            queue += [((*path, "all", index), part) for index, part in enumerate(condition["all"])]
        elif "any" in condition:
            parts = [((*path, "any", index), part) for index, part in enumerate(condition["any"])]
            choices.append([each for part in parts for each in _alternatives([part])])
        else:
            flat.append((path, condition))
    number = 1
    for choice in choices:
        number *= len(choice)
    if number > _MOST_ALTERNATIVES:
        yield flat
        return
    for combination in product(*choices):
        yield flat + [leaf for part in combination for leaf in part]


def _clash_of_leaves(leaves: list[tuple[NodePath, Condition]]) -> Clash | None:
    by_field: dict[str, list[tuple[NodePath, Condition]]] = {}
    for path, leaf in leaves:
        if "field" in leaf and OPAQUE_CHARACTERS.isdisjoint(leaf["field"]) and "{{" not in str(leaf.get("value")):
            why = _never(leaf)
            if why:
                return Clash(path, None, why)
            by_field.setdefault(leaf["field"], []).append((path, leaf))
    for field, same_field in by_field.items():
        for (first, one), (second, other) in combinations(same_field[:_MOST_OF_A_FIELD], 2):
            if _exclude(one, other) or _exclude(other, one):
                return Clash(second, first, f"'{field}' cannot both {_said(one)} and {_said(other)}")
    if any("not" in leaf for _, leaf in leaves):
        for (first, one), (second, other) in combinations(leaves[:_MOST_OF_A_FIELD], 2):
            if denies(one, other):
                return Clash(second, first, "one denies just what the other asks")
    return None


def _never(leaf: Condition) -> str:
    """Return why a single comparison holds for no value at all, '' if it may hold for one."""
    op, value = leaf["op"], leaf.get("value")
    if op == "in" and value == []:
        return "'in' with an empty list never holds"
    if op == "in" and not isinstance(value, list):
        parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
        return f"'in' needs a list, so this never holds; write [{', '.join(map(str, parts))}]"
    if value is None and op in _POSITIVE and op != "exists":
        return f"nothing is '{op}' null; ask with 'not_exists' whether it is missing"
    if op in _TEXT_ONLY and not isinstance(value, str):
        return f"'{op}' needs text, so this never holds"
    if op in _ORDERED and (isinstance(value, bool) or not isinstance(value, (int, float, str))):
        return f"'{op}' needs a number or text, so this never holds"
    return ""


_AFFIXES = {"starts_with": str.startswith, "ends_with": str.endswith}


def _exclude(one: Condition, other: Condition) -> bool:
    """Tell whether `other` fails for every value that `one` accepts."""
    op: str = one["op"]
    value: Any = one.get("value")
    if op in _POSITIVE and other["op"] == "not_exists":
        return True
    if op in ("equals", "in") and not one.get("ignore_case"):
        options = value if op == "in" else [value]
        return all(evaluate({**other, "field": "it"}, {"it": option}) is False for option in options)
    if op == other["op"] and op in _AFFIXES and not (one.get("ignore_case") or other.get("ignore_case")):
        agree: Callable[[str, str], bool] = _AFFIXES[op]
        return not (agree(value, other["value"]) or agree(other["value"], value))
    if denies(one, other):
        return True
    if op in ("gt", "gte") and other["op"] in ("lt", "lte"):
        return _empty_range(value, other["value"], strict=op == "gt" or other["op"] == "lt")
    return op in _ORDERED and other["op"] in _ORDERED and isinstance(value, str) is not isinstance(other["value"], str)


def _empty_range(low: Any, high: Any, *, strict: bool) -> bool:
    if isinstance(low, str) is not isinstance(high, str):
        return True
    return bool(low > high) or (strict and same(low, high))


_SAID = {
    "equals": "equal", "not_equals": "not equal", "in": "be in", "not_in": "not be in", "contains": "contain",
    "not_contains": "not contain", "starts_with": "start with", "ends_with": "end with", "matches": "match",
    "gt": "be greater than", "gte": "be at least", "lt": "be less than", "lte": "be at most", "exists": "exist",
    "not_exists": "be missing",
}  # fmt: skip


def _said(leaf: Condition) -> str:
    """Return what a comparison asks, as it stands after 'cannot both'."""
    if "value" not in leaf:
        return _SAID[leaf["op"]]
    value = leaf["value"]
    return f"{_SAID[leaf['op']]} {value!r}" if not isinstance(value, str) else f"{_SAID[leaf['op']]} '{value}'"
