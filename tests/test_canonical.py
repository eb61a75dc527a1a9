from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from playbookctl import canonical, steps
from playbookctl.canonical import (
    POSITIONS,
    NotCanonical,
    canonical_text,
    digest_at,
    digests,
    digests_of,
    fill,
    fingerprint,
    live_texts,
    missing,
)
from playbookctl.marker import write_tags
from playbookctl.model.fields import MANAGED
from playbookctl.model.marker import Base, Marker
from playbookctl.model.plan import Action, Change, Standing, placeholder

SCHEMA = json.loads((Path(__file__).parent.parent / "schemas" / "playbook.schema.json").read_text("utf-8"))
BODY: dict[str, Any] = {
    "name": "Phishing triage",
    "description": "Quarantine first.\nThen ask.",
    "category": "containment",
    "trigger_conditions": [{"field": "alert.severity", "op": "in", "value": ["high", "critical"]}],
    "auto_execute": True,
    "mitre_tactics": ["TA0001"],
    "mitre_techniques": ["T1566.002", "T1566.001"],
    "steps": [
        {"id": "fetch", "connector": "cnn_1", "action": "get-message", "with": {"limit": 5, "of": "{{ alert.user }}"}},
        {"id": "ask", "type": "manual", "message": "Contain it by hand.", "timeout": "30m"},
    ],
    "required_connector_ids": ["cnn_1"],
    "owner_id": "per_1",
    "enabled": True,
    "tags": ["email", "playbookctl:key=soc/phishing-triage"],
}
# computed from BODY with `jq -cS .FIELD | head -c -1 | sha256sum`, sets sorted by hand; markers hold such digests for years
GOLDEN = {
    "name": "015a4ead", "description": "8b6105aa", "category": "e9304a4e", "trigger_conditions": "f297036b",
    "auto_execute": "b5bea41b", "mitre_tactics": "ea3f49ea", "mitre_techniques": "4bd93c98",
    "steps": "35a075e6", "required_connector_ids": "e2452338", "owner_id": "975fd3d6",
    "enabled": "b5bea41b", "tags": "663d3410",
}  # fmt: skip


def field(name: str) -> Any:
    return MANAGED[POSITIONS[name]]


def text(name: str, value: Any) -> str:
    return canonical_text(field(name), value)


def with_step(**step: Any) -> list[Any]:
    return [{"id": "a", "action": "act", **step}]


@pytest.mark.parametrize("name", GOLDEN)
def test_a_digest_never_changes(name: str) -> None:
    assert digest_at(digests(BODY), POSITIONS[name]) == GOLDEN[name]


def test_a_digest_is_the_beginning_of_the_sha256_of_sorted_json_without_spaces() -> None:
    written = '[{"field":"alert.severity","op":"in","value":["high","critical"]}]'
    assert text("trigger_conditions", BODY["trigger_conditions"]) == written
    expected = hashlib.sha256(written.encode()).hexdigest()[:8]
    assert digest_at(digests(BODY), POSITIONS["trigger_conditions"]) == expected


EQUAL = [
    ("description", "a\r\nb\rc", "a\nb\nc"),
    ("description", "cafe\u0301", "caf\u00e9"),
    ("description", None, ""),
    ("owner_id", None, None),
    ("enabled", None, True),
    ("auto_execute", None, False),
    ("tags", None, []),
    ("tags", ["b", "a", "b"], ["a", "b"]),
    ("tags", ["a", "playbookctl:key=x/y", "playbookctl:base=1.new"], ["a"]),
    ("mitre_techniques", ["T2", "T1"], ["T1", "T2"]),
    ("required_connector_ids", ["b", "a"], ["a", "b"]),
    ("trigger_conditions", [{"op": "gt", "field": "x", "value": 1.0}], [{"field": "x", "op": "gt", "value": 1}]),
    ("trigger_conditions", [{"field": "x", "op": "gt", "value": -0.0}], [{"field": "x", "op": "gt", "value": 0}]),
    ("steps", with_step(type="action"), with_step()),
    ("steps", with_step(optional=False, on_error="stop", join="all", match="first"), with_step()),
    ("steps", with_step(next=None), with_step()),
    ("steps", with_step(layout={"x": 1}, ui="blue"), with_step()),
    ("steps", with_step(message="a\r\nb"), with_step(message="a\nb")),
    ("steps", with_step(name="cafe\u0301"), with_step(name="caf\u00e9")),
    ("steps", with_step(notify={"to": "x", "body": "a\r\n"}), with_step(notify={"to": "x", "body": "a\n"})),
    ("steps", with_step(approval={"by": ["b", "a"], "min": 1}), with_step(approval={"by": ["a", "b"]})),
    ("steps", with_step(**{"with": {"n": 3.0}}), with_step(**{"with": {"n": 3}})),
    (
        "steps",
        [{"id": "s", "type": "section", "steps": [{"id": "a", "action": "b", "x": 3, "type": "action"}]}],
        [{"id": "s", "type": "section", "steps": [{"action": "b", "id": "a"}]}],
    ),
]


@pytest.mark.parametrize("name, one, other", EQUAL)
def test_equal_values_have_one_canonical_form(name: str, one: Any, other: Any) -> None:
    assert text(name, one) == text(name, other)


@pytest.mark.parametrize(
    "name, one, other",
    [
        ("enabled", True, 1),
        ("auto_execute", False, 0),
        ("auto_execute", False, "false"),
        ("owner_id", None, ""),
        ("description", "a ", "a"),
        ("description", "a", "A"),
        ("tags", ["a"], ["a", "b"]),
        ("tags", ["1"], [1]),
        ("trigger_conditions", [{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}]),
        ("trigger_conditions", [{"field": "x", "op": "gt", "value": 1}], [{"field": "x", "op": "gt", "value": True}]),
        ("trigger_conditions", [{"field": "x", "op": "gt", "value": 1}], [{"field": "x", "op": "gt", "value": "1"}]),
        ("steps", [{"id": "a"}, {"id": "b"}], [{"id": "b"}, {"id": "a"}]),
        ("steps", with_step(**{"x-soar": 1}), with_step()),
        ("steps", with_step(optional=0), with_step(optional=False)),
        ("steps", with_step(**{"with": {"body": "a\r\n"}}), with_step(**{"with": {"body": "a\n"}})),
        ("steps", with_step(**{"with": {"type": "action"}}), with_step(**{"with": {}})),
        ("steps", with_step(**{"with": {"x": None}}), with_step(**{"with": {}})),
        ("steps", with_step(approval={"by": ["a"], "min": 2}), with_step(approval={"by": ["a"]})),
        ("steps", with_step(approval=True), with_step()),
    ],
)
def test_different_values_have_different_canonical_forms(name: str, one: Any, other: Any) -> None:
    assert text(name, one) != text(name, other)


@pytest.mark.parametrize(
    "value, said",
    [
        (2**53 + 1, "'steps' holds 9007199254740993, which not every JSON reader can tell from its neighbours (beyond 2^53)"),
        (-(2**53) - 1, "'steps' holds -9007199254740993, which not every JSON reader can tell from its neighbours (beyond 2^53)"),
        (1e300, "'steps' holds 1000000000000000052504760255204420248704468581108159154915854115111802457988908195786371375080447854045104307643332608, which not every JSON reader can tell from its neighbours (beyond 2^53)"),
        (float("nan"), "'steps' holds a number that JSON does not have"),
        (float("inf"), "'steps' holds a number that JSON does not have"),
    ],
)  # fmt: skip
def test_a_number_that_is_not_the_same_everywhere_is_refused(value: float, said: str) -> None:
    with pytest.raises(NotCanonical) as error:
        digests({**BODY, "steps": with_step(**{"with": {"deep": [{"n": value}]}})})
    assert error.value.message.startswith(said[:40])
    assert error.value.message.endswith(said[-30:])
    assert error.value.hint == "write such a value as text, in quotes"


def test_the_largest_number_is_accepted() -> None:
    assert (
        text("steps", with_step(**{"with": {"n": 2**53}}))
        == '[{"action":"act","id":"a","with":{"n":9007199254740992}}]'
    )


def test_nesting_without_end_is_refused_from_a_file_and_told_apart_from_a_server() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotCanonical, match="'trigger_conditions' is nested too deeply"):
        digests({**BODY, "trigger_conditions": deep})
    assert live_texts({**BODY, "trigger_conditions": deep})[POSITIONS["trigger_conditions"]].startswith("!")


def test_a_live_value_without_canonical_form_equals_nothing_a_file_can_say() -> None:
    texts = live_texts({**BODY, "steps": with_step(**{"with": {"n": float("nan")}})})
    assert texts[POSITIONS["steps"]].startswith("!")
    assert digests_of(texts) != digests(BODY)
    other = live_texts({**BODY, "steps": with_step(**{"with": {"n": float("inf")}})})
    assert digests_of(texts) != digests_of(other)


def test_live_and_file_go_the_same_way() -> None:
    assert digests_of(live_texts(BODY)) == digests(BODY)
    assert digests_of(live_texts({})) == digests({}) == digests(dict.fromkeys(POSITIONS))


def test_unknown_fields_of_the_server_change_no_digest_and_no_fingerprint() -> None:
    later = {**BODY, "updated_at": "2026-01-02", "run_stats": {"total": 3}, "color": "red"}
    assert digests(later) == digests(BODY)
    assert fingerprint(later) == fingerprint(BODY)


@pytest.mark.parametrize(
    "changes, is_same",
    [
        ({"tags": list(reversed(BODY["tags"]))}, True),
        ({"mitre_techniques": list(reversed(BODY["mitre_techniques"]))}, True),
        ({"tags": ["email", "playbookctl:key=soc/other"]}, False),
        ({"name": "Phishing"}, False),
        ({"steps": [{**BODY["steps"][0], "layout": {"x": 1}}, BODY["steps"][1]]}, False),
        ({"enabled": False}, False),
    ],
)
def test_a_fingerprint_is_of_what_a_write_would_overwrite(changes: dict[str, Any], is_same: bool) -> None:
    assert (fingerprint({**BODY, **changes}) == fingerprint(BODY)) is is_same


def test_a_row_without_a_managed_field_is_a_reason_to_get_the_object() -> None:
    row = {name: value for name, value in BODY.items() if name not in ("steps", "owner_id")}
    assert missing(row) == ("steps", "owner_id")
    assert missing(BODY) == ()


def test_a_vendors_keys_travel_along_by_step_id() -> None:
    live = [
        {"id": "a", "action": "old", "layout": 1},
        {"id": "s", "type": "section", "steps": [{"id": "b", "ui": 2}]},
        {"id": "gone", "layout": 3},
    ]
    desired = [{"id": "b", "action": "new"}, {"id": "s", "type": "section", "steps": [{"id": "a", "action": "new"}]}]
    before = deepcopy(desired)
    vendor = steps.vendor_keys(live)
    assert vendor == {"a": {"layout": 1}, "b": {"ui": 2}, "gone": {"layout": 3}}
    assert steps.carry_over(desired, vendor) == [
        {"id": "b", "action": "new", "ui": 2},
        {"id": "s", "type": "section", "steps": [{"id": "a", "action": "new", "layout": 1}]},
    ]
    assert desired == before
    assert text("steps", steps.carry_over(desired, vendor)) == text("steps", desired)


def test_steps_that_are_no_steps_are_compared_as_they_are() -> None:
    for value in ("text", {"a": 1}, [1, "two", None], [{"no": "id"}]):
        assert canonical_text(field("steps"), value)
        assert steps.vendor_keys(value) == {}
    assert text("steps", [1, {"no": "id"}]) == "[1,{}]"


def _change(written: list[Any], *pending: str) -> Change:
    base = Base(digests({**BODY, "steps": written}))
    return Change(
        key="caller",
        name="Caller",
        action=Action.CREATE,
        standing=Standing.REPO_AHEAD,
        row=1,
        write=(("name", '"Caller"'), ("steps", json.dumps(written))),
        mark=Marker("soc", "caller", base),
        pending=pending,
    )


def test_ids_of_callees_are_filled_in_and_the_base_follows() -> None:
    planned = [
        {"id": "a", "type": "playbook", "playbook": placeholder("isolate")},
        {"id": "s", "type": "section", "steps": [{"id": "b", "type": "playbook", "playbook": placeholder("reset")}]},
        {"id": "c", "type": "manual", "message": placeholder("isolate")},
    ]
    filled = fill(_change(planned, "isolate", "reset"), {"isolate": "ply_1", "reset": "ply_2"})
    sent = [
        {"id": "a", "type": "playbook", "playbook": "ply_1"},
        {"id": "s", "type": "section", "steps": [{"id": "b", "type": "playbook", "playbook": "ply_2"}]},
        {"id": "c", "type": "manual", "message": placeholder("isolate")},
    ]
    assert json.loads(dict(filled.write)["steps"]) == sent
    assert dict(filled.write)["name"] == '"Caller"'
    assert filled.pending == ()
    assert filled.mark == Marker("soc", "caller", Base(digests({**BODY, "steps": sent})))


def test_nothing_is_filled_in_while_an_id_is_missing() -> None:
    with pytest.raises(KeyError, match="isolate"):
        fill(_change([{"id": "a", "type": "playbook", "playbook": placeholder("isolate")}], "isolate"), {})


def test_a_change_that_waits_for_nobody_is_left_as_it_is() -> None:
    change = _change([{"id": "a", "action": "b"}])
    assert fill(change, {}) is change


def test_the_keys_of_a_step_are_those_of_the_schema() -> None:
    assert set(SCHEMA["$defs"]["stepFields"]["properties"]) == steps.STEP_KEYS


def test_the_defaults_of_a_step_are_those_of_the_schema() -> None:
    properties = SCHEMA["$defs"]["stepFields"]["properties"]
    assert {key: spec["default"] for key, spec in properties.items() if "default" in spec} == steps.STEP_DEFAULTS
    properties = SCHEMA["$defs"]["approval"]["properties"]
    assert {key: spec["default"] for key, spec in properties.items() if "default" in spec} == steps.APPROVAL_DEFAULTS


def test_the_prose_of_a_step_is_that_of_the_schema() -> None:
    properties = SCHEMA["$defs"]["stepFields"]["properties"]
    prose = {key for key, spec in properties.items() if spec.get("x-playbookctl", {}).get("prose")}
    assert prose == steps.PROSE_KEYS
    assert properties["notify"]["properties"]["body"]["x-playbookctl"] == {"prose": True}


def test_the_longest_tag_set_stays_short() -> None:
    mark = Marker("n" * 32, "k" * 64, Base(digests(BODY)), retired=digests(BODY))
    assert max(len(tag) for tag in write_tags(mark, "ply_1")) < 256


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(-1e9, 1e9),
    st.text(max_size=5),
    st.just("a\r\n\u0301"),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)
KEYS = st.sampled_from([*sorted(steps.STEP_KEYS - {"id", "steps"}), "x-soar", "layout"])
STEP = st.dictionaries(
    KEYS,
    st.one_of(VALUES, st.sampled_from(["action", "stop", "all", "first", False, {"by": ["b", "a"], "min": 1}])),
    max_size=4,
).map(lambda step: {"id": "a", **step})
STEPS = st.lists(
    st.one_of(STEP, STEP.flatmap(lambda body: STEP.map(lambda step: {**step, "steps": [body]}))), max_size=3
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(STEPS)
def test_the_short_way_for_plain_steps_comes_out_as_the_long_way(listed: list[Any]) -> None:
    long_way = canonical._exact_text(steps.canonical_steps(listed))
    assert canonical._steps_text(listed) == long_way


@settings(max_examples=100, deadline=None, derandomize=True)
@given(STEPS)
def test_the_canonical_form_is_its_own_canonical_form(listed: list[Any]) -> None:
    once = text("steps", listed)
    assert text("steps", json.loads(once)) == once


@settings(max_examples=100, deadline=None, derandomize=True)
@given(VALUES)
def test_a_value_and_its_json_are_the_same(value: Any) -> None:
    assert text("trigger_conditions", json.loads(json.dumps(value))) == text("trigger_conditions", value)
