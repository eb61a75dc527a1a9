"""What an exported alert holds, and that nothing else does."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbookctl.alerts.paths import NOTHING, cut, fields_of, path_of
from playbookctl.alerts.redact import Redaction
from playbookctl.alerts.telling import kind_of
from playbookctl.exporting import holds_secret
from playbookctl.model.pseudonym import PSEUDONYM

SECRET = bytes(32)


def redaction(*named: str, **options: Any) -> Redaction:
    return Redaction(map(path_of, named), SECRET, holds_secret, **options)


def plain(value: Any) -> Any:
    """Return JSON data with each pseudonym cut down to its kind."""
    return json.loads(re.sub(r"«([a-z]+):[0-9a-f]{12}»", r"<\1>", json.dumps(value, ensure_ascii=False)))


KINDS = [
    ("user", ["user", "users", "username", "userName", "user_id", "target_user", "assignee_id", "owner", "created_by",
              "sender", "display_name", "firstName", "AccountName", "targetuser", "fullname"]),
    ("email", ["email", "mailbox", "emails", "clientemail"]),
    ("ip", ["ip", "src_ip", "srcip", "IPAddress", "remoteIP", "ipv4", "addr", "macAddress"]),
    ("host", ["host", "hostname", "deviceName", "device", "clienthost", "computer_name", "domain"]),
    ("token", ["token", "access_token", "apikey", "api_key", "password", "sessionId", "authorization"]),
    ("value", ["indicators", "value", "url", "entity"]),
    (None, ["title", "severity", "status", "verdict", "mitre_technique", "kill_chain_phase", "source", "source_alert",
            "timestamp", "labels", "score", "zip", "ship", "tip", "name", "description", "script", "category", "id"]),
]  # fmt: skip


@pytest.mark.parametrize("kind, name", [(kind, name) for kind, names in KINDS for name in names])
def test_the_name_of_a_field_tells_whether_its_value_tells(kind: str | None, name: str) -> None:
    assert kind_of(name) == kind


TEXTS = [
    ("Login of sam@corp.example.", "Login of <email>"),
    ("from 10.1.2.3 and 010.1.2.3:443", "from <ip> and <ip>:443"),
    ("from fe80::1ff:fe23:4567:890a, [2001:db8::1]:443 at 10:12:33", "from <ip>, [<ip>]:443 at 10:12:33"),
    ("std::vector and 12:30", "std::vector and 12:30"),
    ("card 00:1B:44:11:3A:B7 seen", "card <ip> seen"),
    (r"CORP\sroe ran cmd", "<user> ran cmd"),
    ("Sam Roe's account, SAM, samuel", "<user>'s account, <user>, samuel"),
    ("srv-web-01 and SRV-WEB-01.corp.example", "<host> and <host>"),
    ("mailto:kim@else.example?subject=x", "<email>=x"),
    ("key ghp_" + "a1B2" * 10, "<secret>"),
    ("curl https://x.example/?api_key=Ab3dEf6hIj9kLm2n", "<secret>"),
    ("sam%40corp.example?x", "<email>"),
    ("dc-2.eu.corp.example and corp.example, not corp.examples", "<host> and <host>, not <host>s"),
    ("Phish reported", "Phish reported"),
    ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
    ("", ""),
]


@pytest.mark.parametrize("text, written", TEXTS)
def test_in_a_text_what_tells_is_replaced(text: str, written: str) -> None:
    alert = {"id": "alr_1", "title": text, "user": "Sam Roe", "host": "srv-web-01.corp.example"}
    assert plain(redaction("title")(alert)) == {"id": "alr_1", "title": written}


def test_a_name_is_found_however_its_letters_are_written() -> None:
    alert = {"title": "Jose\u0301 and JOS\u00c9", "user": "Jos\u00e9"}
    assert plain(redaction("title")(alert)) == {"title": "<user> and <user>"}


def test_only_the_fields_named_are_written_and_those_that_always_are() -> None:
    alert = {
        "id": "alr_1", "timestamp": "2026-03-01T10:00:00Z", "created_at": "2026-03-01T10:00:01Z", "severity": "high",
        "source": "edm", "title": "t", "description": "d", "user": "sam", "host": {"name": "ws", "os": "linux"},
        "indicators": [{"kind": "ip", "value": "10.0.0.1"}, {"kind": "hash"}, "loose"], "score": 7, "odd.name": 1,
    }  # fmt: skip
    redact = redaction("user", "host.os", "indicators.kind", "score", "odd.name", "absent.field")
    assert plain(redact(alert)) == {
        "id": "alr_1", "timestamp": "2026-03-01T10:00:00Z", "severity": "high", "source": "edm",
        "host": {"os": "<host>"}, "indicators": [{"kind": "<value>"}, {"kind": "<value>"}, None], "odd.name": 1,
        "score": 7, "user": "<user>",
    }  # fmt: skip
    assert list(redact(alert))[:4] == ["id", "timestamp", "severity", "source"]


def test_without_a_timestamp_the_time_of_creation_is_written() -> None:
    assert redaction()({"id": "a", "created_at": "2026-03-01T10:00:01Z"}) == {
        "id": "a",
        "created_at": "2026-03-01T10:00:01Z",
    }


def test_one_value_has_one_pseudonym_under_one_key() -> None:
    one, other = redaction("user"), Redaction([("user",)], b"another", holds_secret)
    assert one({"user": "Sam"}) == one({"user": " sam "}) != one({"user": "max"})
    assert one({"user": "sam"}) != other({"user": "sam"})
    assert PSEUDONYM.fullmatch(one({"user": "sam"})["user"])


def test_numbers_under_a_telling_name_are_replaced_and_emptiness_stays() -> None:
    alert = {"user": {"id": 1042, "vip": True, "name": "", "manager": None}, "host": []}
    assert plain(redaction("user", "host")(alert)) == {
        "user": {"id": "<user>", "vip": True, "name": "", "manager": None},
        "host": [],
    }


def test_a_field_that_is_kept_stays_as_it_is_and_one_that_is_dropped_never_is_written() -> None:
    alert = {"id": "a", "title": "sam from 10.0.0.1", "user": "sam", "host": {"name": "ws", "ip": "10.0.0.1"}}
    kept = redaction("title", keep=["alert.user", "host.name"])(alert)
    assert plain(kept) == {"id": "a", "host": {"name": "ws"}, "title": "sam from <ip>", "user": "sam"}
    dropped = redaction("title", "host", drop=["title", "alert.host.ip"])(alert)
    assert plain(dropped) == {"id": "a", "host": {"name": "<host>"}}


def test_names_of_keys_are_texts_too() -> None:
    assert plain(redaction("counts")({"counts": {"sam@corp.example": 2, "10.0.0.1": 3}})) == {
        "counts": {"<email>": 2, "<ip>": 3}
    }


def test_what_nests_without_end_is_cut_and_does_not_end_the_process() -> None:
    deep: Any = "sam@corp.example"
    for _ in range(5_000):
        deep = [deep]
    written = redaction("deep", "user")({"id": "a", "deep": deep, "user": {"x": deep}})
    assert "sam" not in str(written)


def test_a_long_text_takes_no_long_time() -> None:
    begin = time.process_time()
    for text in ("a" * 200_000, "a@" * 100_000, "1:" * 100_000, "1." * 100_000, "a\\" * 100_000, "f" * 200_000):
        redaction("title")({"title": text, "user": "aaa", "host": "ws.corp.example"})
    assert time.process_time() - begin < 10, "seconds of CPU for 1.2 million characters"


CANARY = st.integers(10_000, 99_999).map(lambda number: f"canary{number}")
TELLING = st.sampled_from(["user", "src_ip", "host", "email", "token", "device_name", "indicators"])
HARMLESS = st.sampled_from(["note", "labels", "category", "details", "x"])
SHAPES = st.recursive(
    CANARY,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TELLING | HARMLESS, inner, max_size=2),
    max_leaves=5,
)


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(TELLING, SHAPES, min_size=1), st.dictionaries(HARMLESS, SHAPES), st.sampled_from(["", "-", "x_"])
)
def test_no_telling_value_and_no_field_that_was_not_named_is_in_what_is_written(
    telling: dict[str, Any], unnamed: dict[str, Any], glue: str
) -> None:
    values = leaves(telling)
    prose = f"{glue}{' and '.join(values)}{glue} was seen"
    alert = {"id": "alr_1", "title": prose, **telling, **{f"more_{name}": each for name, each in unnamed.items()}}
    written = json.dumps(redaction("title", *telling)(alert), ensure_ascii=False)
    assert "canary" not in written
    assert "more_" not in written


CONDITIONS = [
    {"field": "alert.severity", "op": "in", "value": ["high"]},
    {"any": [{"field": "alert.host.name", "op": "equals", "value": "{{ alert.source_alert }}"}, {"expr": "alert.x"}]},
    {"not": {"field": "alert.indicators.0.value", "op": "in", "value": ["{{alert.user}}", "{{ inputs.y }}"]}},
    {"field": "alert.labels | first", "op": "exists"},
    {"field": "inputs.z", "op": "exists"},
    {"connector_available": "okta"},
]


def test_the_fields_of_triggers_are_what_they_compare_and_what_with() -> None:
    assert fields_of(CONDITIONS) == {
        ("severity",), ("host", "name"), ("source_alert",), ("indicators", "0", "value"), ("user",),
    }  # fmt: skip


@pytest.mark.parametrize(
    "value, paths, expected",
    [
        ({"a": {"b": 1, "c": 2}}, ["a.b"], {"a": {"b": 1}}),
        ({"a": {"b": 1}}, ["a"], {"a": {"b": 1}}),
        ({"a": [{"b": 1}, {"c": 2}]}, ["a.b"], {"a": [{"b": 1}, None]}),
        ({"a": [{"b": 1}, {"b": 2}]}, ["a.1.b"], {"a": [{"b": 1}, {"b": 2}]}),
        ({"a.b": 1, "a": {"b.c": 2}}, ["a.b", "a.b.c"], {"a.b": 1, "a": {"b.c": 2}}),
        ({"a": 1}, ["a.b"], NOTHING),
        ({"a": [1, 2]}, ["a.b"], NOTHING),
        ({"a": 1}, [], NOTHING),
    ],
)
def test_a_cut_keeps_what_a_condition_would_look_at(value: Any, paths: list[str], expected: Any) -> None:
    assert cut(value, map(path_of, paths)) == expected
