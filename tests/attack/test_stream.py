from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playbookctl.attack import stream
from playbookctl.attack.stream import read_objects
from playbookctl.errors import ConfigError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=5)


def read(text: str) -> list[dict[str, Any]]:
    return list(read_objects(io.StringIO(text), "bundle.json"))


@pytest.mark.unmeasured
@example(objects=[{}], more={"number": -1.5e-7}, chunk=1, indent=None, tail=False)
@given(
    objects=OBJECTS,
    more=st.dictionaries(st.text(), JSON, max_size=3),
    chunk=st.integers(1, 40),
    indent=st.sampled_from([None, 2]),
    tail=st.booleans(),
)
def test_a_bundle_is_read_alike_whatever_the_chunks(
    objects: list[dict[str, Any]], more: dict[str, Any], chunk: int, indent: int | None, tail: bool
) -> None:
    document = {**more, "type": "bundle", "objects": objects}
    if tail:
        document = dict(reversed(document.items()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stream, "_CHUNK", chunk)
        assert read(json.dumps(document, indent=indent, ensure_ascii=False)) == objects


REFUSED = [
    ("empty", "", "is no JSON bundle: it ends where '{' should be (character 0)"),
    ("a web page", "<!DOCTYPE html><p>404", "is no JSON bundle: '<' where '{' should be (character 0)"),
    ("a list", '[{"type": "bundle"}]', "is no JSON bundle: '[' where '{' should be (character 0)"),
    ("no bundle", '{"type": "report", "objects": []}', "is JSON, but no STIX bundle with 'type' and 'objects'"),
    ("no objects", '{"type": "bundle"}', "is JSON, but no STIX bundle with 'type' and 'objects'"),
    ("objects of another kind", '{"objects": {}}', "is no JSON bundle: '{' where '[' should be (character 12)"),
    ("a number among objects", '{"objects": [1]}', "has something among its objects that is none (character 14)"),
    ("cut in an object", '{"type": "bundle", "objects": [{"a": ', "is no JSON: Expecting value (character 31)"),
    ("cut in a text", '{"type": "bundle", "objects": [{"a": "b', "is no JSON: Unterminated string starting at (character 31)"),
    ("cut after an object", '{"type": "bundle", "objects": [{}', "is no JSON bundle: it ends where ',' should be (character 33)"),
    ("cut after the list", '{"type": "bundle", "objects": [{}]', "is no JSON bundle: it ends where ',' should be (character 34)"),
    ("no comma", '{"type": "bundle" "objects": []}', "is no JSON bundle: '\"' where ',' should be (character 18)"),
    ("two documents", '{"type": "bundle", "objects": []} {}', "goes on after its end (character 34)"),
    ("a huge number", '{"type": ' + "9" * 5000 + "}", "is no JSON: Exceeds the limit (4300"),
    ("nested", '{"objects": [' + '{"a":' * 100_000, "is nested too deeply (character 13)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_bundle_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert raised.value.message.startswith(f"'bundle.json' {said}")
    assert "attack-stix-data" in raised.value.hint


def test_memory_and_size_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_CHUNK", 10)
    monkeypatch.setattr(stream, "LARGEST_OBJECT", 100)
    with pytest.raises(ConfigError, match=r"is damaged, or has a value of more than 100 characters"):
        read('{"objects": [{"a": "' + "x" * 1000)
    text = '{"type": "bundle", "objects": [{}]}'
    monkeypatch.setattr(stream, "LIMIT", len(text))
    assert read(text) == [{}]
    monkeypatch.setattr(stream, "LIMIT", len(text) - 1)
    with pytest.raises(ConfigError, match="is larger than 34 characters"):
        read(text)
    monkeypatch.setattr(stream, "LIMIT", 500)
    with pytest.raises(ConfigError, match=r"is larger than 500 characters"):
        read('{"type": "bundle", "objects": [' + "{}," * 1000)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    text = io.TextIOWrapper(io.BytesIO(b'{"type": "b\xffndle"}'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"'bundle.json' is not UTF-8: byte 0xff"):
        list(read_objects(text, "bundle.json"))
