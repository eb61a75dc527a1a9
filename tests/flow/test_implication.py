"""One trigger implies another: everything that starts the first starts the second."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from playbookctl.flow.evaluate import evaluate_all
from playbookctl.flow.implication import implies, same_text

Condition = dict[str, Any]


def c(op: str, value: Any = None, field: str = "alert.title", **more: Any) -> Condition:
    return {"field": field, "op": op, **({} if op in ("exists", "not_exists") else {"value": value}), **more}


def fold(op: str, value: Any, field: str = "alert.title") -> Condition:
    return c(op, value, field, ignore_case=True)


HIGH, LOW = c("equals", "high", "alert.severity"), c("equals", "low", "alert.severity")
HOST = c("exists", field="alert.host")
EXPR = {"expr": "x > 1"}

# all of these, each of those, whether the first imply the second
TABLE: list[tuple[list[Condition], list[Condition], bool]] = [
    ([HIGH], [], True),
    ([], [HIGH], False),
    ([], [c("exists", field="alert.id")], True),
    ([HIGH], [HIGH], True),
    ([HIGH], [LOW], False),
    ([HIGH, HOST], [HIGH], True),
    ([HIGH], [HIGH, HOST], False),
    ([HIGH, HOST], [HOST, HIGH], True),
    ([HIGH, LOW], [HOST], True),  # it never holds
    ([{"all": [HIGH, {"all": [HOST]}]}], [HOST], True),
    ([HIGH, HOST], [{"all": [HOST, {"all": [HIGH]}]}], True),
    ([HIGH], [{"all": [HIGH, HOST]}], False),
    ([HIGH], [{"any": [LOW, HIGH]}], True),
    ([{"any": [LOW, HIGH]}], [HIGH], False),
    ([{"any": [LOW, HIGH]}], [{"any": [HIGH, LOW, HOST]}], True),
    ([{"any": [LOW, HIGH]}], [{"any": [HIGH, HOST]}], False),
    ([{"any": [LOW, HIGH]}, HOST], [HOST], True),
    ([{"any": [{"all": [HIGH, HOST]}, {"all": [LOW, HOST]}]}], [HOST], True),
    ([{"any": [{"all": [HIGH, HOST]}, LOW]}], [HOST], False),
    ([{"any": [LOW, HIGH]}, {"any": [c("equals", "a"), c("equals", "b")]}], [c("in", ["a", "b"]), c("in", ["low", "high"], "alert.severity")], True),
    ([{"any": [LOW, HIGH]}], [c("in", ["low", "high", "x"], "alert.severity")], True),
    ([{"any": [LOW, HIGH]}], [c("in", ["low", "x"], "alert.severity")], False),
    ([EXPR], [EXPR], True),
    ([EXPR], [{"expr": "x > 2"}], False),
    ([EXPR], [HIGH], False),
    ([HIGH], [EXPR], False),
    ([{"not": HIGH}], [{"not": HIGH}], True),
    ([c("equals", "a")], [c("exists")], True),
    ([c("equals", "a", "alert.user")], [c("exists", field="alert.user")], True),
    ([c("not_equals", "a", "alert.user")], [c("exists", field="alert.user")], False),
    ([c("not_exists", field="alert.user")], [c("exists", field="alert.user")], False),
    ([c("equals", "a", "alert.user")], [c("exists", field="alert.host")], False),
    ([c("equals", "abc")], [c("contains", "b")], True),
    ([c("equals", "abc")], [c("contains", "x")], False),
    ([c("equals", "abc")], [c("matches", "^a")], True),
    ([c("equals", "Abc")], [fold("equals", "abc")], True),
    ([fold("equals", "abc")], [c("equals", "abc")], False),
    ([fold("equals", "abc")], [fold("contains", "B")], True),
    ([fold("equals", "abc")], [c("not_equals", "x")], False),
    ([c("in", ["a", "b"])], [c("in", ["a", "b", "c"])], True),
    ([c("in", ["a", "b"])], [c("in", ["a", "c"])], False),
    ([c("in", ["a", "b"])], [c("not_in", ["c"])], True),
    ([c("in", ["a", "b"])], [{"any": [c("equals", "a"), c("equals", "b")]}], True),
    ([c("in", ["a", "b"])], [{"any": [c("equals", "a"), c("equals", "c")]}], False),
    ([c("in", ["a", "b"])], [{"any": [c("equals", "a"), c("equals", "b", "alert.user")]}], False),
    ([c("in", ["a", "b"])], [{"any": [c("equals", "a"), {"any": [c("equals", "b")]}]}], True),
    ([fold("in", ["a", "b"])], [{"any": [fold("equals", "a"), fold("equals", "b")]}], True),
    ([fold("in", ["a", "b"])], [{"any": [fold("equals", "a"), c("equals", "b")]}], False),
    ([c("in", [f"v{at}" for at in range(500)])], [c("starts_with", "v")], True),
    ([c("in", [f"v{at}" for at in range(501)])], [c("starts_with", "v")], False),  # so long a list is not looked at
    ([c("in", ["{{ x }}", "b"])], [c("in", ["{{ x }}", "b", "c"])], False),
    ([c("equals", "{{ x }}")], [c("equals", "{{ x }}")], True),
    ([c("equals", "{{ x }}")], [c("exists")], True),  # every alert has a title
    ([c("equals", "{{ x }}", "alert.user")], [c("exists", field="alert.user")], False),
    ([c("equals", "a", "alert.user | first")], [c("exists", field="alert.user | first")], False),
    ([c("gt", 5)], [c("gt", 4)], True),
    ([c("gt", 5)], [c("gt", 5)], True),
    ([c("gt", 5)], [c("gt", 6)], False),
    ([c("gt", 5)], [c("gte", 5)], True),
    ([c("gte", 5)], [c("gt", 5)], False),
    ([c("gte", 5)], [c("gt", 4)], True),
    ([c("gte", 5)], [c("gte", 5)], True),
    ([c("gte", 5)], [c("gte", 6)], False),
    ([c("gt", 5)], [c("gte", 6)], False),
    ([c("lt", 5)], [c("lt", 6)], True),
    ([c("lt", 5)], [c("lt", 5)], True),
    ([c("lt", 5)], [c("lt", 4)], False),
    ([c("lt", 5)], [c("lte", 5)], True),
    ([c("lte", 5)], [c("lt", 5)], False),
    ([c("lte", 5)], [c("lt", 6)], True),
    ([c("lte", 5)], [c("lte", 5)], True),
    ([c("lte", 5)], [c("lte", 4)], False),
    ([c("lt", 5)], [c("lte", 4)], False),
    ([c("gt", "b")], [c("gt", "a")], True),
    ([c("gt", "b")], [c("gt", 1)], False),
    ([c("gt", 5)], [c("lt", 9)], False),
    ([c("not_in", ["a", "b"])], [c("not_in", ["a"])], True),
    ([c("not_in", ["a"])], [c("not_in", ["a", "b"])], False),
    ([c("not_in", ["a", "b"])], [c("not_equals", "b")], True),
    ([c("not_equals", "a")], [c("not_in", ["a"])], True),
    ([fold("not_equals", "A")], [c("not_equals", "a")], True),
    ([fold("not_equals", "a")], [c("not_equals", "a")], True),
    ([c("not_equals", "a")], [fold("not_equals", "a")], False),
    ([fold("not_equals", "A")], [fold("not_in", ["a"])], True),
    ([c("starts_with", "abc")], [c("starts_with", "ab")], True),
    ([c("starts_with", "ab")], [c("starts_with", "abc")], False),
    ([c("starts_with", "abc")], [c("contains", "bc")], True),
    ([c("starts_with", "abc")], [c("ends_with", "bc")], False),
    ([c("ends_with", "abc")], [c("ends_with", "bc")], True),
    ([c("ends_with", "abc")], [c("contains", "ab")], True),
    ([c("contains", "abc")], [c("contains", "b")], False),  # in a list it would be another element
    ([c("contains", "abc")], [c("starts_with", "a")], False),
    ([c("contains", "abc")], [fold("contains", "ABC")], True),
    ([fold("contains", "abc")], [fold("contains", "ABC")], True),
    ([fold("contains", "abc")], [c("contains", "abc")], False),
    ([fold("starts_with", "ABC")], [fold("starts_with", "ab")], True),
    ([fold("starts_with", "ABC")], [fold("contains", "bc")], True),
    ([c("starts_with", "ABC")], [c("contains", "bc")], False),
    ([c("starts_with", "ABC")], [fold("contains", "bc")], True),
    ([c("matches", "^abc")], [c("matches", "^ab")], False),
    ([c("matches", "^abc")], [c("matches", "^abc")], True),
]  # fmt: skip


@pytest.mark.parametrize(("strict", "loose", "expected"), TABLE)
def test_one_trigger_implies_another_or_it_cannot_be_told(
    strict: list[Condition], loose: list[Condition], expected: bool
) -> None:
    assert implies(strict, loose) is expected


def choice(number: int, name: str) -> Condition:
    return {"any": [c("equals", f"{name}{at}", f"alert.{name}") for at in range(number)]}


def pairs(number: int) -> list[Condition]:
    """Return a condition that holds for each pair of a host and a user, as one list of alternatives."""
    both = [
        {"all": [c("equals", f"host{one}", "alert.host"), c("equals", f"user{other}", "alert.user")]}
        for one in range(number)
        for other in range(number)
    ]
    return [{"any": both}]


@pytest.mark.parametrize(("number", "expected"), [(3, True), (8, True), (9, False)])
def test_alternatives_within_alternatives_are_counted_together(number: int, expected: bool) -> None:
    assert implies([choice(number, "host"), choice(number, "user")], pairs(number)) is expected


SPLITS = [
    ([choice(8, "host"), choice(8, "user")], True),
    ([choice(65, "host"), choice(1, "user")], False),
]


@pytest.mark.parametrize(("strict", "expected"), SPLITS)
def test_so_many_alternatives_are_gone_through_and_no_more(strict: list[Condition], expected: bool) -> None:
    either = [
        {
            "any": [
                {"all": [c("starts_with", "host", "alert.host"), c("starts_with", "user", "alert.user")]},
                EXPR,
            ]
        }
    ]
    assert implies(strict, either) is expected


FIELDS = ("alert.title", "alert.severity", "alert.user")
TEXTS = ("a", "A", "ab", "b")
VALUES = ("a", "A", "ab", "b", "", 1, 2, 3, None)


def condition(random: Random, depth: int = 2) -> Condition:
    if depth and random.random() < 0.4:
        word = random.choice(("all", "any", "not"))
        if word == "not":
            return {"not": condition(random, depth - 1)}
        return {word: [condition(random, depth - 1) for _ in range(random.randint(1, 3))]}
    field = random.choice(FIELDS)
    op = random.choice(
        ("equals", "not_equals", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "gt", "gte", "lt", "lte", "exists", "not_exists")
    )  # fmt: skip
    value = (
        [random.choice(VALUES) for _ in range(random.randint(0, 3))]
        if op in ("in", "not_in")
        else random.choice(VALUES)
    )
    more = {"ignore_case": True} if random.random() < 0.3 else {}
    return c(op, value, field, **more)


@pytest.mark.unmeasured
def test_what_is_said_to_be_implied_always_is() -> None:
    random = Random(20261123)  # noqa: S311 - to be repeated
    implied = 0
    for _ in range(4000):
        strict = [condition(random) for _ in range(random.randint(1, 2))]
        loose = [condition(random, 1)] if random.random() < 0.6 else [random.choice(strict)]
        if not implies(strict, loose):
            continue
        implied += 1
        for _ in range(25):
            # a title and a severity are texts, and no alert is without them
            facts = {"alert": {field: random.choice(TEXTS) for field in ("title", "severity")}}
            if random.random() < 0.9:
                facts["alert"]["user"] = random.choice(VALUES)
            if evaluate_all(strict, facts) is True:
                assert evaluate_all(loose, facts) is True, (strict, loose, facts)
    assert implied > 500


SAME = [
    (c("in", ["a", "b"]), c("in", ["b", "a"]), True),
    ({"any": [HIGH, LOW]}, {"any": [LOW, HIGH]}, True),
    ({"not": {"all": [HIGH, {"any": [LOW, HOST]}]}}, {"not": {"all": [{"any": [HOST, LOW]}, HIGH]}}, True),
    (c("equals", "a", ignore_case=False), c("equals", "a"), True),
    (c("equals", "a", ignore_case=True), c("equals", "a"), False),
    (c("equals", 1), c("equals", "1"), False),
    (c("equals", {"b": [1, 2], "a": 1}), c("equals", {"a": 1, "b": [1, 2]}), True),
    (c("equals", {"b": [1, 2]}), c("equals", {"b": [2, 1]}), False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_order_does_not_matter_where_it_means_nothing(one: Condition, other: Condition, same: bool) -> None:
    assert (same_text(one) == same_text(other)) is same
