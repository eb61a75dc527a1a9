"""Whether a condition holds for given facts: true, false, or None where it cannot be told.

The one evaluation there is: the reference server fires playbooks by it, `review --alerts` counts by it, and the rules
about gates follow it. A condition is made into a test once; the test is then asked of as many facts as there are.
`flow/conditions.py` says what facts are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.comparisons import COMPARISONS, folded
from playbookctl.flow.conditions import MISSING, UNKNOWN, getter, present, template_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from playbookctl.flow.comparisons import Comparison
    from playbookctl.flow.conditions import Facts
    from playbookctl.model.playbook import Condition

    Test: TypeAlias = Callable[[Facts], bool | None]

MOST_REMEMBERED = 5_000  # texts of one comparison
LONGEST_REMEMBERED = 500  # characters


def evaluate(condition: Condition, facts: Facts) -> bool | None:
    """Tell whether `condition` holds; None where it asks for something `facts` cannot know.

    A missing field (null counts as missing) makes every comparison false except `not_exists` and the `not_` ones.
    Values are compared with their types: 1 is not "1" and true is not 1, but 1.0 is 1. Never raises.
    """
    return compiled(condition)(facts)


def evaluate_all(conditions: Iterable[Condition], facts: Facts) -> bool | None:
    """Tell whether all of `conditions` hold, as a trigger asks; an empty trigger holds always."""
    return compiled_all(conditions)(facts)


def compiled(condition: Condition) -> Test:
    """Return a condition as a test of facts, to be asked many times; see `evaluate`. What asks nothing is None."""
    tests = [make(condition[word]) for word, make in _WORDS.items() if word in condition]
    if "field" in condition:
        tests.append(_comparison(condition))
    return _every(tests) if tests else _cannot_tell


def compiled_all(conditions: Iterable[Condition]) -> Test:
    """Return a trigger as one test; see `evaluate_all`."""
    return _every([compiled(condition) for condition in conditions])


def _every(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def every(facts: Facts) -> bool | None:
        result: bool | None = True
        for test in tests:
            answer = test(facts)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return every


def _some(parts: list[Condition]) -> Test:
    tests = [compiled(part) for part in parts]

    def some(facts: Facts) -> bool | None:
        result: bool | None = False
        for test in tests:
            answer = test(facts)
            if answer is True:
                return True
            if answer is None:
                result = None
        return result

    return some


def _not(part: Condition) -> Test:
    test = compiled(part)
    return lambda facts: _denied(test(facts))


def _available(name: str) -> Test:
    return lambda facts: name in facts["connectors"] if facts.get("connectors") is not None else None


def _expression(text: str) -> Test:
    def worth(facts: Facts) -> bool | None:
        value = (facts.get("expr") or {}).get(text)
        return value if isinstance(value, bool) else None

    return worth


_WORDS: dict[str, Callable[[Any], Test]] = {
    "all": compiled_all,
    "any": _some,
    "not": _not,
    "connector_available": _available,
    "expr": _expression,
}


def _cannot_tell(_: Facts) -> None:
    return None


def _denied(result: bool | None) -> bool | None:  # noqa: FBT001 - an answer, not a switch
    return None if result is None else not result


def _comparison(condition: Condition) -> Test:
    get = getter(condition["field"])
    operator = condition.get("op", "")
    if operator in ("exists", "not_exists"):
        return _existence(get, wanted=operator == "exists")
    name = operator.removeprefix("not_")
    compare = COMPARISONS.get(name)
    if compare is None:
        return _cannot_tell
    ignore_case: bool = condition.get("ignore_case", False)
    if ignore_case and name != "matches":
        compare = _folding(compare)
    value = condition.get("value")
    test = _compared(name, get, _operand(value), compare, ignore_case=ignore_case)
    if "{{" not in str(value):
        test = _remembering(get, test)
    return test if name == operator else lambda facts: _denied(test(facts))


def _existence(get: Callable[[Facts], Any], *, wanted: bool) -> Test:
    def exists(facts: Facts) -> bool | None:
        value = get(facts)
        return None if value is UNKNOWN else (value is not MISSING) is wanted

    return exists


def _compared(
    name: str, get: Callable[[Facts], Any], operand: Callable[[Facts], Any], compare: Comparison, *, ignore_case: bool
) -> Test:
    def compared(facts: Facts) -> bool | None:
        left = get(facts)
        if left is UNKNOWN:
            return None
        right = operand(facts)
        if left is MISSING or right is MISSING:
            return False
        if right is UNKNOWN:
            return None
        result = compare(left, right, ignore_case)
        return _doubted(result, name, left, right) if "redacted" in facts else result

    return compared


def _doubted(result: bool | None, name: str, left: Any, right: Any) -> bool | None:  # noqa: FBT001 - an answer
    from playbookctl.flow.redacted import doubted  # rules evaluate too, and need none of it

    return doubted(result, name, left, right)


def _remembering(get: Callable[[Facts], Any], test: Test) -> Test:
    """Return the test, which of texts that come again knows the answer: alerts are much alike."""
    answers: tuple[dict[str, bool | None], dict[str, bool | None]] = ({}, {})

    def remembering(facts: Facts) -> bool | None:
        left = get(facts)
        if left.__class__ is not str:
            return test(facts)
        known = answers["redacted" in facts]
        if left in known:
            return known[left]
        result = test(facts)
        if len(known) < MOST_REMEMBERED and len(left) <= LONGEST_REMEMBERED:
            known[left] = result
        return result

    return remembering


def _operand(value: Any) -> Callable[[Facts], Any]:
    """Return what gives the right side: the value, what a template that is a plain path leads to, else `UNKNOWN`."""
    if isinstance(value, list) and "{{" in str(value):
        parts = [_operand(each) for each in value]
        return lambda facts: [part(facts) for part in parts]
    if isinstance(value, str) and "{{" in value:
        path = template_path(value)
        return (lambda _: UNKNOWN) if path is None else getter(path)
    constant = _constant(value)
    return lambda _: constant


def _constant(value: Any) -> Any:
    return [_constant(each) for each in value] if isinstance(value, list) else present(value)


def _folding(compare: Comparison) -> Comparison:
    return lambda left, right, ignore_case: compare(folded(left), folded(right), ignore_case)
