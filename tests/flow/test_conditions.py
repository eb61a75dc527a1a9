from __future__ import annotations

import pytest

from playbookctl.flow.conditions import MISSING, UNKNOWN, lookup, same, template_path
from playbookctl.flow.evaluate import evaluate, evaluate_all

FACTS = {
    "alert": {
        "severity": "high",
        "title": "Phish reported",
        "score": 10,
        "ratio": 1.0,
        "muted": True,
        "verdict": None,
        "labels": ["vip", "Mail"],
        "counts": [1, 2],
        "empty": "",
        "host": {"name": "ws-1", "owner": {"name": "sam"}},
        "indicators": [{"value": "1.2.3.4", "kind": "ip"}, {"value": "evil.example"}],
        "time": "2026-03-01T10:00:00Z",
    },
    "inputs": {"Search Type": "deep", "DBotScore.Score": 3},
    "steps": {"fetch-1": {"output": {"clicked": True}}},
}

# op, field, value → result, and (where it differs) the result with ignore_case
TABLE = [
    ("equals", "alert.severity", "high", True),
    ("equals", "alert.severity", "HIGH", False),
    ("equals", "alert.score", 10, True),
    ("equals", "alert.score", 10.0, True),
    ("equals", "alert.score", "10", False),
    ("equals", "alert.ratio", 1, True),
    ("equals", "alert.ratio", True, False),
    ("equals", "alert.muted", True, True),
    ("equals", "alert.muted", 1, False),
    ("equals", "alert.muted", "true", False),
    ("equals", "alert.labels", ["vip", "Mail"], True),
    ("equals", "alert.labels", ["Mail", "vip"], False),
    ("equals", "alert.labels", "vip", False),
    ("equals", "alert.counts", [True, 2], False),
    ("equals", "alert.host", {"name": "ws-1", "owner": {"name": "sam"}}, True),
    ("equals", "alert.host", {"name": "ws-1"}, False),
    ("equals", "alert.empty", "", True),
    ("equals", "alert.nothing", "", False),
    ("equals", "alert.nothing", None, False),
    ("equals", "alert.verdict", None, False),
    ("not_equals", "alert.severity", "high", False),
    ("not_equals", "alert.score", "10", True),
    ("not_equals", "alert.nothing", "x", True),
    ("not_equals", "alert.verdict", "x", True),
    ("in", "alert.severity", ["high", "critical"], True),
    ("in", "alert.severity", ["low"], False),
    ("in", "alert.severity", [], False),
    ("in", "alert.severity", "very high", False),
    ("in", "alert.score", ["10"], False),
    ("in", "alert.score", [1, 10], True),
    ("in", "alert.muted", [1], False),
    ("in", "alert.labels", [["vip", "Mail"]], True),
    ("in", "alert.labels", ["vip"], False),
    ("in", "alert.nothing", ["x"], False),
    ("not_in", "alert.severity", ["low"], True),
    ("not_in", "alert.severity", ["high"], False),
    ("not_in", "alert.nothing", ["x"], True),
    ("contains", "alert.title", "reported", True),
    ("contains", "alert.title", "phish", False),
    ("contains", "alert.labels", "vip", True),
    ("contains", "alert.labels", "vi", False),
    ("contains", "alert.counts", 1, True),
    ("contains", "alert.counts", True, False),
    ("contains", "alert.counts", "1", False),
    ("contains", "alert.score", "1", False),
    ("contains", "alert.title", 1, False),
    ("contains", "alert.host", "name", False),
    ("contains", "alert.nothing", "x", False),
    ("not_contains", "alert.title", "spam", True),
    ("not_contains", "alert.labels", "vip", False),
    ("not_contains", "alert.nothing", "x", True),
    ("starts_with", "alert.title", "Phish", True),
    ("starts_with", "alert.title", "reported", False),
    ("starts_with", "alert.score", "1", False),
    ("starts_with", "alert.title", True, False),
    ("starts_with", "alert.nothing", "", False),
    ("ends_with", "alert.title", "reported", True),
    ("ends_with", "alert.title", "Phish", False),
    ("ends_with", "alert.labels", "Mail", False),
    ("matches", "alert.title", "rep.*d", True),
    ("matches", "alert.title", "^rep", False),
    ("matches", "alert.title", "phish", False),
    ("matches", "alert.score", "10", False),
    ("matches", "alert.labels", "vip", False),
    ("matches", "alert.nothing", "", False),
    ("gt", "alert.score", 9.5, True),
    ("gt", "alert.score", 10, False),
    ("gt", "alert.score", "9", False),
    ("gt", "alert.muted", 0, False),
    ("gt", "alert.time", "2026-02-28", True),
    ("gt", "alert.labels", ["a"], False),
    ("gt", "alert.nothing", 0, False),
    ("gte", "alert.score", 10, True),
    ("gte", "alert.score", 11, False),
    ("lt", "alert.score", 11, True),
    ("lt", "alert.score", 10, False),
    ("lt", "alert.nothing", 11, False),
    ("lte", "alert.score", 10, True),
    ("lte", "alert.score", 9, False),
]


@pytest.mark.parametrize("op, field, value, expected", TABLE)
def test_each_operator_compares_each_type_as_documented(op: str, field: str, value: object, expected: bool) -> None:
    assert evaluate({"field": field, "op": op, "value": value}, FACTS) is expected


@pytest.mark.parametrize("op", ["exists", "not_exists"])
@pytest.mark.parametrize(
    "field, there",
    [
        ("alert.severity", True),
        ("alert.empty", True),
        ("alert.verdict", False),
        ("alert.nothing", False),
        ("alert.host.owner.name", True),
        ("alert.host.owner.mail", False),
        ("alert.severity.length", False),
        ("steps.fetch-1.output.clicked", True),
        ("steps.other.output", False),
        ("nothing.at.all", False),
    ],
)
def test_null_and_absent_do_not_exist_and_empty_text_does(op: str, field: str, there: bool) -> None:
    assert evaluate({"field": field, "op": op}, FACTS) is (there is (op == "exists"))


@pytest.mark.parametrize(
    "op, field, value, expected",
    [
        ("equals", "alert.severity", "HIGH", True),
        ("equals", "alert.labels", ["VIP", "mail"], True),
        ("not_equals", "alert.severity", "HIGH", False),
        ("in", "alert.severity", ["HIGH"], True),
        ("contains", "alert.title", "PHISH", True),
        ("contains", "alert.labels", "mail", True),
        ("starts_with", "alert.title", "phish", True),
        ("ends_with", "alert.title", "REPORTED", True),
        ("matches", "alert.title", "^PHISH", True),
        ("matches", "alert.title", r"^\S+ \S+$", True),
        ("equals", "alert.score", 10, True),
    ],
)
def test_ignoring_case_touches_text_only(op: str, field: str, value: object, expected: bool) -> None:
    assert evaluate({"field": field, "op": op, "value": value, "ignore_case": True}, FACTS) is expected


YES = {"field": "alert.severity", "op": "equals", "value": "high"}
NO = {"field": "alert.severity", "op": "equals", "value": "low"}
DARK = {"expr": "somebody.knows()"}


@pytest.mark.parametrize(
    "condition, expected",
    [
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [YES, DARK]}, None),
        ({"all": [DARK, NO]}, False),
        ({"any": [NO, YES]}, True),
        ({"any": [NO, NO]}, False),
        ({"any": [NO, DARK]}, None),
        ({"any": [DARK, YES]}, True),
        ({"not": YES}, False),
        ({"not": NO}, True),
        ({"not": DARK}, None),
        ({"not": {"any": [NO, {"all": [YES, {"not": NO}]}]}}, False),
        (DARK, None),
        ({"connector_available": "okta"}, None),
        ({}, None),
        ({"field": "alert.severity", "op": "resembles", "value": "high"}, None),
    ],
)
def test_what_cannot_be_known_spreads_only_as_far_as_it_matters(
    condition: dict[str, object], expected: bool | None
) -> None:
    assert evaluate(condition, FACTS) is expected


@pytest.mark.parametrize(
    "conditions, expected",
    [([], True), ([YES], True), ([YES, NO], False), ([YES, DARK], None), ([DARK, NO], False)],
)
def test_a_trigger_holds_if_all_of_it_holds(conditions: list[dict[str, object]], expected: bool | None) -> None:
    assert evaluate_all(conditions, FACTS) is expected


def test_an_opaque_expression_is_worth_what_the_facts_say() -> None:
    facts = {"expr": {"a": True, "b": False, "c": "yes"}}
    assert [evaluate({"expr": text}, facts) for text in "abcd"] == [True, False, None, None]


def test_a_connector_is_available_if_it_is_among_those_given() -> None:
    facts = {"connectors": ["okta"]}
    assert evaluate({"connector_available": "okta"}, facts) is True
    assert evaluate({"connector_available": "slack"}, facts) is False


@pytest.mark.parametrize(
    "path, expected",
    [
        ("alert.host.owner.name", "sam"),
        ("alert.indicators.0.value", "1.2.3.4"),
        ("alert.indicators.9.value", MISSING),
        ("alert.indicators.value", ["1.2.3.4", "evil.example"]),
        ("alert.indicators.kind", ["ip"]),
        ("alert.indicators.colour", MISSING),
        ("alert.labels.name", MISSING),
        ("alert.indicators." + "9" * 5000, MISSING),
        ("inputs.Search Type", "deep"),
        ("inputs.DBotScore.Score", 3),
        ("alert.verdict", MISSING),
        ("modules | where(brand == 'x')", UNKNOWN),
        ("[Input.Manual]", UNKNOWN),
    ],
)
def test_a_path_leads_into_objects_and_lists(path: str, expected: object) -> None:
    assert lookup(FACTS, path) == expected


def test_a_vendors_expression_is_known_if_the_facts_name_it_whole() -> None:
    assert evaluate({"field": "[Input.Manual]", "op": "equals", "value": "yes"}, {"[Input.Manual]": "yes"}) is True
    assert evaluate({"field": "[Input.Manual]", "op": "exists"}, {}) is None


@pytest.mark.parametrize(
    "op, value, expected",
    [
        ("equals", "{{ inputs.wanted }}", True),
        ("equals", "{{inputs.other}}", False),
        ("equals", "{{ inputs.nothing }}", False),
        ("not_equals", "{{ inputs.nothing }}", True),
        ("equals", "{{ inputs.wanted | upper(1) }}", None),
        ("equals", "is {{ inputs.wanted }}", None),
        ("not_equals", "is {{ inputs.wanted }}", None),
        ("in", ["{{ inputs.wanted }}"], True),
        ("in", ["{{ f() }}", "high"], True),
        ("in", ["{{ f() }}", "low"], None),
    ],
)
def test_a_template_is_followed_if_it_is_a_plain_path(op: str, value: object, expected: bool | None) -> None:
    facts = {**FACTS, "inputs": {"wanted": "high", "other": "low"}}
    assert evaluate({"field": "alert.severity", "op": op, "value": value}, facts) is expected


def test_a_pattern_that_cannot_be_run_is_not_known_and_not_false() -> None:
    for pattern in ("(", r"(a)\1", "a" * 1001):
        assert evaluate({"field": "alert.title", "op": "matches", "value": pattern}, FACTS) is None


@pytest.mark.parametrize(
    "text, path",
    [
        ("{{ alert.user }}", "alert.user"),
        ("{{x}}", "x"),
        ("{{}}", None),
        ("{{ a }} b", None),
        ("{{ a }}{{ b }}", None),
        ("a", None),
    ],
)
def test_only_a_whole_template_of_a_plain_path_has_a_path(text: str, path: str | None) -> None:
    assert template_path(text) == path


def test_equality_is_typed_at_any_depth() -> None:
    assert same({"a": [1, {"b": 2.0}]}, {"a": [1.0, {"b": 2}]})
    assert not same({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]})
    assert not same({"a": 1}, {"a": 1, "b": 2})
