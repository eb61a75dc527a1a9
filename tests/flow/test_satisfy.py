from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbookctl.flow.evaluate import evaluate, evaluate_all
from playbookctl.flow.satisfy import cannot_hold, clash, denies, is_always


def c(op: str, value: Any = None, field: str = "alert.title", **more: Any) -> dict[str, Any]:
    return {"field": field, "op": op, **({} if op in ("exists", "not_exists") else {"value": value}), **more}


SEVERE = c("equals", "high", "alert.severity")


@pytest.mark.parametrize(
    "condition, always",
    [
        (c("exists"), True),
        (c("exists", field="alert.user"), False),
        (c("exists", field="steps.a.output"), False),
        (c("contains", ""), True),
        (c("starts_with", ""), True),
        (c("contains", "x"), False),
        (c("contains", "", "alert.user"), False),
        (c("matches", ".*"), True),
        (c("matches", "^x"), False),
        (c("not_equals", "x", "alert.severty"), True),
        (c("not_exists", field="alert.severty"), True),
        (c("not_equals", "x", "alert.severity"), False),
        (c("not_exists", field="alert.user"), False),
        (c("not_in", []), True),
        (c("not_in", ["x"]), False),
        (c("not_equals", None), True),
        (c("not_equals", []), False),
        ({"all": [c("exists"), c("matches", ".*")]}, True),
        ({"all": [c("exists"), SEVERE]}, False),
        ({"any": [SEVERE, c("exists")]}, True),
        ({"any": [SEVERE, {"not": SEVERE}]}, True),
        ({"any": [SEVERE, c("not_equals", "high", "alert.severity")]}, True),
        ({"any": [SEVERE, c("not_equals", "low", "alert.severity")]}, False),
        ({"not": c("in", [])}, True),
        ({"not": SEVERE}, False),
        ({"expr": "true"}, False),
        ({"connector_available": "okta"}, False),
    ],
)
def test_a_condition_that_holds_for_every_alert_is_known(condition: dict[str, Any], always: bool) -> None:
    assert is_always(condition) is always


CLASHES: list[tuple[list[dict[str, Any]], str]] = [
    ([c("equals", "a"), c("equals", "b")], "'alert.title' cannot both equal 'a' and equal 'b'"),
    ([c("equals", 1), c("equals", "1")], "'alert.title' cannot both equal 1 and equal '1'"),
    ([c("equals", "a"), c("not_equals", "a")], "'alert.title' cannot both equal 'a' and not equal 'a'"),
    ([c("equals", "a"), c("in", ["b", "c"])], "'alert.title' cannot both equal 'a' and be in ['b', 'c']"),
    ([c("in", ["a", "b"]), c("in", ["c"])], "'alert.title' cannot both be in ['a', 'b'] and be in ['c']"),
    ([c("in", ["a"]), c("not_in", ["a", "b"])], "'alert.title' cannot both be in ['a'] and not be in ['a', 'b']"),
    ([c("equals", "abc"), c("contains", "d")], "'alert.title' cannot both equal 'abc' and contain 'd'"),
    ([c("equals", "abc"), c("matches", "^d")], "'alert.title' cannot both equal 'abc' and match '^d'"),
    ([c("starts_with", "a"), c("starts_with", "b")], "'alert.title' cannot both start with 'a' and start with 'b'"),
    ([c("ends_with", "a"), c("ends_with", "b")], "'alert.title' cannot both end with 'a' and end with 'b'"),
    ([c("contains", "a"), c("not_contains", "a")], "'alert.title' cannot both contain 'a' and not contain 'a'"),
    ([c("equals", "a"), {"not": c("equals", "a")}], "one denies just what the other asks"),
    ([{"not": {"expr": "x"}}, c("exists"), {"expr": "x"}], "one denies just what the other asks"),
    ([c("exists"), c("not_exists")], "'alert.title' cannot both exist and be missing"),
    ([c("not_exists"), c("gt", 3)], "'alert.title' cannot both be missing and be greater than 3"),
    ([c("gt", 5), c("lt", 5)], "'alert.title' cannot both be greater than 5 and be less than 5"),
    ([c("gte", 5), c("lt", 5)], "'alert.title' cannot both be at least 5 and be less than 5"),
    ([c("gt", 5), c("lt", "9")], "'alert.title' cannot both be greater than 5 and be less than '9'"),
    ([c("gt", 5), c("gt", "5")], "'alert.title' cannot both be greater than 5 and be greater than '5'"),
    ([{"all": [c("equals", "a"), {"all": [c("equals", "b")]}]}], "'alert.title' cannot both equal 'a' and equal 'b'"),
    (
        [c("equals", "a"), {"any": [c("equals", "b"), c("equals", "c")]}],
        "'alert.title' cannot both equal 'a' and equal 'b'",
    ),
    ([c("in", [])], "'in' with an empty list never holds"),
    ([c("in", "abc")], "'in' needs a list, so this never holds; write [abc]"),
    ([c("equals", None)], "nothing is 'equals' null; ask with 'not_exists' whether it is missing"),
    ([c("starts_with", 1)], "'starts_with' needs text, so this never holds"),
    ([c("gt", True)], "'gt' needs a number or text, so this never holds"),
    ([{"any": [c("in", []), c("gt", [])]}], "'in' with an empty list never holds"),
]
POSSIBLE: list[list[dict[str, Any]]] = [
    [],
    [c("equals", "a")],
    [c("equals", "a"), c("equals", "a")],
    [c("equals", "a"), c("equals", "b", "alert.user")],
    [c("equals", "a"), c("not_equals", "b")],
    [c("equals", "A", ignore_case=True), c("equals", "a")],
    [c("in", ["a", "b"]), c("in", ["b", "c"])],
    [c("in", ["a", 1]), c("starts_with", "a")],
    [c("contains", "a"), c("contains", "b")],
    [c("starts_with", "ab"), c("starts_with", "a")],
    [c("gte", 5), c("lte", 5)],
    [c("gt", 5), c("gt", 7)],
    [c("not_exists"), c("not_equals", "a")],
    [c("equals", "a"), {"any": [c("equals", "b"), c("equals", "a")]}],
    [c("equals", "{{ inputs.a }}"), c("equals", "b")],
    [c("equals", "a", "x | where(y)"), c("equals", "b", "x | where(y)")],
    [c("equals", "a"), {"not": c("equals", "b")}],
    [c("ends_with", "a"), c("ends_with", "ba")],
    [c("ends_with", "a"), c("ends_with", "B", ignore_case=True)],
    [c("contains", "a"), c("not_contains", "b")],
    [c("equals", "a"), {"expr": "false"}],
    [c("equals", "abc"), c("matches", "(")],
]


@pytest.mark.parametrize("conditions, why", CLASHES, ids=[row[1] for row in CLASHES])
def test_conditions_that_exclude_each_other_say_why(conditions: list[dict[str, Any]], why: str) -> None:
    found = clash([(("at", index), each) for index, each in enumerate(conditions)])
    assert found is not None
    assert found.why == why


@pytest.mark.parametrize("conditions", POSSIBLE)
def test_conditions_that_may_hold_together_are_left_alone(conditions: list[dict[str, Any]]) -> None:
    assert clash([((index,), each) for index, each in enumerate(conditions)]) is None


def test_a_clash_knows_both_places() -> None:
    found = clash([((0,), {"all": [c("equals", "a")]}), ((1,), c("equals", "b"))])
    assert found is not None
    assert {found.path, found.other} == {(0, "all", 0), (1,)}


def test_a_thicket_of_alternatives_is_given_up_quickly() -> None:
    thicket = [{"any": [c("equals", f"{row}-{column}") for column in range(20)]} for row in range(20)]
    assert clash([((), each) for each in thicket]) is None


VALUES = st.sampled_from(["a", "b", "ab", "", 0, 1, 1.5, True, None, ["a"], []])
LEAVES = st.builds(
    lambda op, value, ignore: c(op, value, ignore_case=ignore),
    st.sampled_from(
        [
            "equals",
            "not_equals",
            "contains",
            "starts_with",
            "ends_with",
            "gt",
            "gte",
            "lt",
            "lte",
            "exists",
            "not_exists",
        ]
    )
    | st.just("not_contains"),
    VALUES,
    st.booleans(),
) | st.builds(c, st.sampled_from(["in", "not_in"]), st.lists(VALUES, max_size=3))
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(
            lambda word, parts: {word: parts}, st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
        )
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CONDITIONS, min_size=1, max_size=3), VALUES)
def test_what_is_said_never_to_hold_never_does(conditions: list[dict[str, Any]], value: object) -> None:
    if clash([((), each) for each in conditions]):
        assert evaluate_all(conditions, {"alert": {"title": value}}) is not True


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, st.sampled_from(["a", "b", "ab", "title"]))
def test_what_is_said_to_hold_always_does(condition: dict[str, Any], title: str) -> None:
    if is_always(condition):
        assert evaluate(condition, {"alert": {"title": title}}) is True


@settings(max_examples=200, deadline=None)
@given(LEAVES, LEAVES, VALUES)
def test_of_two_that_deny_each_other_exactly_one_holds(
    one: dict[str, Any], other: dict[str, Any], value: object
) -> None:
    if denies(one, other):
        facts = {"alert": {"title": value}}
        assert evaluate(one, facts) is not evaluate(other, facts)


def test_a_condition_of_one_place_is_its_own_clash() -> None:
    assert cannot_hold(c("in", []), ("x",)) == (("x",), None, "'in' with an empty list never holds")
    assert cannot_hold(c("in", ["a"])) is None
