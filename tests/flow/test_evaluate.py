"""Conditions as tests made once; that what is said of all alerts holds of each; what redaction leaves open."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from playbookctl.flow.conditions import MAX_NESTING, UNKNOWN, lookup
from playbookctl.flow.evaluate import compiled, compiled_all, evaluate, evaluate_all
from playbookctl.flow.redacted import hides, visible
from playbookctl.flow.regex import search
from playbookctl.flow.satisfy import clash, is_always
from playbookctl.model.pseudonym import pseudonym

SCALARS = st.sampled_from(["a", "b", "A", "ab", "", "high", 0, 1, 1.0, 2.5, True, False, None])
VALUES = SCALARS | st.lists(SCALARS, max_size=3)
ALERTS = st.fixed_dictionaries(
    {"id": st.just("alr_1"), "title": st.sampled_from(["a", "ab", "B a", ""]), "severity": st.just("high")},
    optional={
        "user": VALUES,
        "host": VALUES | st.fixed_dictionaries({}, optional={"name": VALUES, "owner": VALUES}),
        "indicators": st.lists(st.fixed_dictionaries({}, optional={"value": VALUES}) | SCALARS, max_size=3),
    },
)
FIELDS = st.sampled_from(
    [
        *("alert.title", "alert.severity", "alert.user", "alert.host", "alert.host.name", "alert.indicators.value"),
        *("alert.indicators.0.value", "alert.nothing", "inputs.given"),
    ]
)
OPERATORS = ["equals", "contains", "starts_with", "ends_with", "gt", "gte", "lt", "lte", "exists", "in"]
BOTH_WAYS = ["equals", "contains", "in", "exists"]  # those that have a `not_` form
PLAIN = st.builds(
    lambda field, op, value, ignore_case: {"field": field, "op": op, "value": value, "ignore_case": ignore_case},
    FIELDS,
    st.sampled_from([*OPERATORS, *(f"not_{op}" for op in BOTH_WAYS)]),
    VALUES,
    st.booleans(),
)
PATTERNS = st.builds(
    lambda field, value: {"field": field, "op": "matches", "value": value},
    FIELDS,
    st.sampled_from(["", ".*", "^a", "b$", "[ab]+", "(", "(?i)A"]),
)
OTHERS = st.sampled_from([{"connector_available": "okta"}, {"expr": "dark()"}, {}])
CONDITIONS = st.recursive(
    PLAIN | PATTERNS | OTHERS,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=6,
)
TRIGGERS = st.lists(CONDITIONS, min_size=1, max_size=3)
FACTS = st.builds(
    lambda alert, connectors, given, expr: {"alert": alert, "connectors": connectors, "inputs": given, "expr": expr},
    ALERTS,
    st.sampled_from([None, [], ["okta"]]),
    st.fixed_dictionaries({}, optional={"given": VALUES}),
    st.sampled_from([{}, {"dark()": True}, {"dark()": False}]),
)


@pytest.mark.unmeasured
@settings(max_examples=600, deadline=None)
@given(TRIGGERS.map(lambda conditions: [each for each in conditions if each]), FACTS)
def test_what_can_never_hold_holds_for_no_alert(trigger: list[dict[str, Any]], facts: dict[str, Any]) -> None:
    if clash([((index,), each) for index, each in enumerate(trigger)]):
        event("can never hold")
        assert evaluate_all(trigger, facts) is not True


@pytest.mark.unmeasured
@settings(max_examples=600, deadline=None)
@given(CONDITIONS, FACTS)
def test_what_holds_always_fails_for_no_alert(condition: dict[str, Any], facts: dict[str, Any]) -> None:
    """Of "x or not x" it is known, and still cannot be told by looking at an x that cannot be told."""
    whole = {**facts, "alert": {**dict.fromkeys(("timestamp", "source"), "x"), **facts["alert"]}}
    if is_always(condition):
        event("always")
        assert evaluate(condition, whole) is not False


@pytest.mark.unmeasured
@settings(max_examples=300, deadline=None)
@given(TRIGGERS, st.lists(FACTS, min_size=2, max_size=4))
def test_a_test_made_once_answers_each_time_as_if_made_anew(
    trigger: list[dict[str, Any]], many: list[dict[str, Any]]
) -> None:
    test = compiled_all(trigger)
    assert [test(facts) for facts in many] == [evaluate_all(trigger, facts) for facts in many]
    assert [test(facts) for facts in reversed(many)] == [compiled_all(trigger)(facts) for facts in reversed(many)]


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, FACTS)
def test_denying_turns_yes_and_no_around_and_leaves_what_cannot_be_told(
    condition: dict[str, Any], facts: dict[str, Any]
) -> None:
    turned = {True: False, False: True, None: None}
    assert evaluate({"not": condition}, facts) is turned[evaluate(condition, facts)]


def test_one_that_decides_is_enough_whatever_else_cannot_be_told() -> None:
    dark, no = {"expr": "x"}, {"field": "alert.a", "op": "exists"}
    assert compiled({"all": [dark, no]})({"alert": {}}) is False
    assert compiled({"any": [dark, no]})({"alert": {"a": 1}}) is True
    assert compiled({"any": [dark, no]})({"alert": {}}) is None


def test_lists_nested_without_end_cannot_be_told_and_do_not_end_the_process() -> None:
    deep: Any = {"name": "x"}
    for _ in range(20_000):
        deep = [deep]
    assert lookup({"alert": {"a": deep}}, "alert.a.name") is UNKNOWN
    shallow: Any = {"name": "x"}
    for _ in range(MAX_NESTING):
        shallow = [shallow]
    assert lookup({"alert": {"a": shallow}}, "alert.a.name") is not UNKNOWN


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([r"^a+b?$", r"\bab\b", r"(a|b)*c", r"(?m)^b$", r"\Ba\Z", r"a(?=b)", "a\nb|$"]),
    st.lists(st.text("ab c\n", max_size=8), min_size=2, max_size=6),
)
def test_a_pattern_finds_the_same_in_the_tenth_text_as_in_the_first(pattern: str, texts: list[str]) -> None:
    for text in [*texts, *texts]:
        assert search(pattern, text) is (re.search(pattern, text) is not None), (pattern, text)


USER, ADDRESS = pseudonym("user", "0123456789abcdef"), pseudonym("ip", "f" * 64)
REDACTED = {
    "title": f"Login of {USER} from {ADDRESS} blocked",
    "user": USER,
    "labels": ["vip", USER],
    "host": {"name": USER},
    "severity": "high",
}
HIDDEN: list[tuple[str, str, Any, bool | None]] = [
    ("alert.user", "exists", None, True),
    ("alert.user", "not_exists", None, False),
    ("alert.user", "equals", "sam", None),
    ("alert.user", "not_equals", "sam", None),
    ("alert.user", "equals", USER, None),
    ("alert.user", "in", ["sam", "max"], None),
    ("alert.user", "contains", "user", None),
    ("alert.user", "matches", "^svc", None),
    ("alert.user", "gt", "a", None),
    ("alert.host", "equals", {"name": "sam"}, None),
    ("alert.host.name", "starts_with", "srv", None),
    ("alert.labels", "contains", "vip", True),
    ("alert.labels", "contains", "sam", None),
    ("alert.labels", "equals", ["vip"], None),
    ("alert.title", "contains", "blocked", True),
    ("alert.title", "contains", "user", False),
    ("alert.title", "not_contains", "phish", True),
    ("alert.title", "contains", "@corp.example", None),
    ("alert.title", "contains", "10.1", None),
    ("alert.title", "starts_with", "Login", True),
    ("alert.title", "ends_with", "allowed", False),
    ("alert.title", "matches", "^Login of .* blocked$", True),
    ("alert.title", "matches", r"\d+\.\d+", None),
    ("alert.title", "matches", "ransom", False),
    ("alert.title", "equals", "Login", None),
    ("alert.severity", "equals", "high", True),
    ("alert.severity", "equals", "low", False),
]


@pytest.mark.parametrize("field, op, value, expected", HIDDEN)
def test_what_a_pseudonym_hides_cannot_be_told_and_the_rest_can(
    field: str, op: str, value: Any, expected: bool | None
) -> None:
    alert = visible(REDACTED)
    assert hides(alert)
    assert evaluate({"field": field, "op": op, "value": value}, {"alert": alert, "redacted": True}) is expected


def test_a_pseudonym_means_nothing_in_an_alert_that_was_not_redacted() -> None:
    """Else whoever writes one into the subject of a mail would keep the server from firing a playbook."""
    facts = {"alert": {"title": f"phish {USER}"}}
    assert evaluate({"field": "alert.title", "op": "contains", "value": "user:0"}, facts) is True
    assert evaluate({"field": "alert.title", "op": "contains", "value": "@corp"}, facts) is False


def test_what_is_compared_with_a_template_is_asked_anew_each_time() -> None:
    test = compiled({"field": "alert.title", "op": "equals", "value": "{{ alert.user }}"})
    users = ("a", "b", "a", None)
    assert [test({"alert": {"title": "a", "user": user}}) for user in users] == [True, False, True, False]
