"""Whether one trigger holds only where another does: how a narrowed trigger is told from a widened one.

Only what is certain counts as implied; a pattern, a template or an opaque expression implies only itself.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.flow.conditions import OPAQUE_CHARACTERS
from playbookctl.flow.evaluate import evaluate
from playbookctl.flow.satisfy import clash, is_always

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.model.playbook import Condition

_MOST_SPLITS = 64  # alternatives of `any` that are gone through one by one
_LONGEST_LIST = 500  # values of a list that are looked at one by one
_POSITIVE = frozenset({"equals", "in", "contains", "starts_with", "ends_with", "matches", "gt", "gte", "lt", "lte"})
_AFFIX = {"starts_with": str.startswith, "ends_with": str.endswith, "contains": str.__contains__}
_REACHES = {  # (op of the strict one, op of the loose one) -> whether the strict bound is inside the loose one
    ("gt", "gt"): lambda strict, loose: strict >= loose,
    ("gt", "gte"): lambda strict, loose: strict >= loose,
    ("gte", "gte"): lambda strict, loose: strict >= loose,
    ("gte", "gt"): lambda strict, loose: strict > loose,
    ("lt", "lt"): lambda strict, loose: strict <= loose,
    ("lt", "lte"): lambda strict, loose: strict <= loose,
    ("lte", "lte"): lambda strict, loose: strict <= loose,
    ("lte", "lt"): lambda strict, loose: strict < loose,
}


def implies(strict: Sequence[Condition], loose: Sequence[Condition]) -> bool:
    """Tell whether certainly all of `loose` hold wherever all of `strict` do. False where that cannot be told."""
    if clash([((), condition) for condition in strict]):
        return True  # it never holds
    leaves, choices = _flat(strict)
    return all(_proves(leaves, choices, condition, _MOST_SPLITS) for condition in loose)


def same_text(condition: Any) -> str:
    """Return a text that is the same for conditions that say the same in another order."""
    return json.dumps(_sorted(condition), sort_keys=True, default=str)


def _flat(conditions: Sequence[Condition]) -> tuple[list[Condition], list[list[Condition]]]:
    """Return the conditions of which all hold, and the lists of alternatives of which one does."""
    leaves: list[Condition] = []
    choices: list[list[Condition]] = []
    queue = list(conditions)
    for condition in queue:
        if "all" in condition:
            queue += condition["all"]
        elif "any" in condition and len(condition) == 1:
            choices.append(condition["any"])
        else:
            leaves.append(condition)
    return leaves, choices


def _proves(leaves: list[Condition], choices: list[list[Condition]], loose: Condition, splits: int) -> bool:
    if is_always(loose):
        return True
    if "all" in loose:
        return all(_proves(leaves, choices, part, splits) for part in loose["all"])
    if any(_leaf_implies(leaf, loose) for leaf in leaves):
        return True
    if "any" in loose and any(_proves(leaves, choices, part, splits) for part in loose["any"]):
        return True
    for index, choice in enumerate(choices):
        rest = choices[:index] + choices[index + 1 :]
        if len(choice) <= splits and all(_case(leaves, rest, part, loose, splits // len(choice)) for part in choice):
            return True
    return False


def _case(
    leaves: list[Condition], choices: list[list[Condition]], part: Condition, loose: Condition, splits: int
) -> bool:
    more, inner = _flat([part])
    return _proves(leaves + more, choices + inner, loose, splits)


def _leaf_implies(strict: Condition, loose: Condition) -> bool:
    if same_text(strict) == same_text(loose):
        return True
    if "any" in loose and "field" in strict and strict["op"] == "in":
        return _each_value(strict, loose)
    if "field" not in strict or "field" not in loose or strict["field"] != loose["field"]:
        return False
    if not OPAQUE_CHARACTERS.isdisjoint(strict["field"]) or "{{" in f"{strict.get('value')}{loose.get('value')}":
        return False
    op, other = strict["op"], loose["op"]
    if other == "exists":
        return op in _POSITIVE
    if op in ("equals", "in"):
        return _each_value(strict, loose)
    folds = strict.get("ignore_case", False), loose.get("ignore_case", False)
    if (op, other) in _REACHES:
        return _inside(op, other, strict["value"], loose["value"])
    if op in ("not_in", "not_equals") and other in ("not_in", "not_equals"):
        return folds[0] >= folds[1] and _values(loose) <= _values(strict)
    return folds[1] >= folds[0] and _affix(op, other, strict.get("value"), loose.get("value"), fold=folds[1])


def _each_value(strict: Condition, loose: Condition) -> bool:
    """Tell whether `loose` holds for every value that `strict` accepts, all of them known."""
    values = strict["value"] if strict["op"] == "in" else [strict["value"]]
    if not isinstance(values, list) or len(values) > _LONGEST_LIST or "{{" in str(values):
        return False
    if strict.get("ignore_case") and not _ignores_case(loose):
        return False
    return all(evaluate(_about_it(loose, strict["field"]), {"it": value}) is True for value in values)


def _about_it(condition: Condition, field: str) -> Condition:
    if "any" in condition:
        return {"any": [_about_it(part, field) for part in condition["any"]]}
    if condition.get("field") != field:
        return {"expr": ""}
    return {**condition, "field": "it"}


def _ignores_case(condition: Condition) -> bool:
    if "any" in condition:
        return all(map(_ignores_case, condition["any"]))
    return bool(condition.get("ignore_case"))


def _inside(op: str, other: str, strict: Any, loose: Any) -> bool:
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (strict, loose))
    return (numbers or (isinstance(strict, str) and isinstance(loose, str))) and bool(
        _REACHES[op, other](strict, loose)
    )


def _values(condition: Condition) -> set[str]:
    value = condition.get("value")
    values = value if condition["op"] == "not_in" and isinstance(value, list) else [value]
    fold = condition.get("ignore_case", False)
    return {json.dumps(each.casefold() if fold and isinstance(each, str) else each, sort_keys=True) for each in values}


def _affix(op: str, other: str, strict: Any, loose: Any, *, fold: bool) -> bool:
    """Tell whether a longer beginning, end or part implies a shorter one of the same kind, or one anywhere."""
    if not (isinstance(strict, str) and isinstance(loose, str)) or op not in _AFFIX or other not in (op, "contains"):
        return False
    if op == "contains" and strict != loose and not (fold and strict.casefold() == loose.casefold()):
        return False  # in a list, an element that is longer is another element
    if op != other and other == "contains":
        return (loose.casefold() in strict.casefold()) if fold else loose in strict
    left, right = (strict.casefold(), loose.casefold()) if fold else (strict, loose)
    return bool(_AFFIX[other](left, right))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _members(key, item) for key, item in value.items() if not (key == "ignore_case" and not item)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _members(key: str, value: Any) -> Any:
    if key in ("all", "any", "value") and isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return _sorted(value)
