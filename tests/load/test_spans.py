"""Every value can be located: one-based lines and columns, in characters."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from playbookctl.load.document import decode, parse
from playbookctl.load.python_parser import PythonParser
from playbookctl.load.yaml_nodes import PARSER, compose_all, composer, scalar_tag
from playbookctl.model.source import Document, Key, Source, Span


def document(text: str) -> Document:
    found, _ = parse(Source("x.yaml", text), text.encode())
    assert found is not None
    return found


def at(text: str, path: tuple[str | int, ...]) -> tuple[int, int, str]:
    """Return line and column of a path, and the text its span covers."""
    span = document(text).spans.locate(path)
    return span.start_line, span.start_column, text[span.start : span.end]


PLACES = [
    ("a: b\n", ("a",), (1, 4, "b")),
    ("a: b\n", (Key("a"),), (1, 1, "a")),
    ("a:\n  - b\n  - c\n", ("a", 1), (3, 5, "c")),
    ("a: {b: [c, d]}\n", ("a", "b", 1), (1, 12, "d")),
    ("a: {b: [c, d]}\n", ("a", Key("b")), (1, 5, "b")),
    ("a: b\r\nc: d\r\n", ("c",), (2, 4, "d")),
    ("a: b\rc: d\r", ("c",), (2, 4, "d")),
    ("a: 😀 x\nb: '😀'\n", ("b",), (2, 4, "'😀'")),
    ("😀: [😀, x]\n", ("😀", 1), (1, 8, "x")),
    ("a:\t\tb\n", ("a",), (1, 5, "b")),
    ("# comment\n\n  \na: b # c\n", ("a",), (4, 4, "b")),
    ("a: |\n  one\n  two\n\nb: c\n", ("a",), (1, 4, "|\n  one\n  two")),
    ("a: |\n  one\n  two\n\nb: c\n", ("b",), (5, 4, "c")),
    ("a: >-\n  one\n\n  two\nb: c\n", ("b",), (5, 4, "c")),
    ("a: one\n  two\nb: c\n", ("a",), (1, 4, "one\n  two")),
    ("---\na: b\n...\n", ("a",), (2, 4, "b")),
    ("a: &x {y: z}\nb: *x\n", ("b",), (2, 4, "*x")),
    ("a: &x {y: z}\nb: *x\n", ("b", "y"), (1, 11, "z")),
    ("a: &x {y: z}\nb: {<<: *x, w: v}\n", ("b", "y"), (1, 11, "z")),
    ("a: &x {y: z}\nb: {<<: *x, y: v}\n", ("b", "y"), (2, 16, "v")),
    ("a: 1\na: 2\n", ("a",), (2, 4, "2")),
    ("? a\n: b\n", ("a",), (2, 3, "b")),
    ('"a\\tb": c\n', ("a\tb",), (1, 9, "c")),
    ("yes: b\n", ("yes",), (1, 6, "b")),
    ("a: 'x\u2028y'\nb: c\n", ("b",), (2, 4, "c")),
    ("a: ''\nb: c\n", ("a",), (1, 4, "''")),
    ("a: b", ("a",), (1, 4, "b")),
    ("a:\nb: c\n", ("a",), (1, 3, "")),
    ("a:\n  b: c\n", ("a", "missing", "deeper"), (2, 3, "b: c")),
    ("a: [x]\n", ("a", 7), (1, 4, "[x]")),
]


@pytest.mark.parametrize(("text", "path", "place"), PLACES)
def test_a_path_is_found_where_it_stands(text: str, path: tuple[str | int, ...], place: tuple[int, int, str]) -> None:
    assert at(text, path) == place


def test_a_byte_order_mark_takes_no_column() -> None:
    assert decode(b"\xef\xbb\xbfa: b\n") == "a: b\n"


def test_the_end_is_exclusive() -> None:
    assert document("a: bcd\n").spans.locate(("a",)) == Span(1, 4, 1, 7, 3, 6)


@pytest.mark.parametrize(("path", "is_there"), [(("a",), True), (("a", 0), True), (("a", 1), False), (("b",), False)])
def test_it_tells_whether_a_path_stands_in_the_text(path: tuple[str | int, ...], is_there: bool) -> None:
    assert document("a: [x]\n").spans.has(path) is is_there


EXTENTS = [
    ("# c\n- a\n- b\n", 4, "- a"),
    ("s:\n  - id: a\n    x: 1\n  - id: b\n", 5, "- id: a\n    x: 1"),
    ("s:\n  - id: a\n    x: 1\n  - id: b\n", 24, "- id: b"),
    ("a: 1\nb:\n  c: 2\nd: 3\n", 5, "b:\n  c: 2"),
    ("a: 1\nb: 2\n", 0, "a: 1"),
]


@pytest.mark.parametrize(("text", "offset", "covered"), EXTENTS)
def test_the_extent_of_what_begins_at_an_offset(text: str, offset: int, covered: str) -> None:
    body = f"top:\n{text}" if text.startswith("#") else text
    shift = len(body) - len(text)
    start, end = document(body).spans.extent(offset + shift)
    assert body[start:end].rstrip() == covered


def test_the_cheap_resolver_agrees_with_pyyaml_on_words() -> None:
    words = ["yes", "NO", "On", "oFF", "y", "n", "null", "~", "", "Null", "nULL", "0", "00", "08", "0o7", "0x1F", "0b1",
             "1_000", "+1", "-", "-1", ".", "..", ".5", "5.", "1e3", "1e+3", "1.5e+3", ".inf", "-.INF", ".nan", "1:30",
             "190:20:30", "190:20:30.15", "2026-01-31", "2026-1-3", "2026-01-31T10:00:00Z", "2001-12-14 21:59:43.10 -5",
             "=", "<<", "- ", "1.2.3", "0.0.0.1", "10.0.0.1", "T1566", "12h", "0777", "0789", "+.inf", "1__0", "_1", "0_7"]  # fmt: skip
    stock = yaml.CSafeLoader("")
    wrong = [w for w in words if scalar_tag(w) != stock.resolve(yaml.ScalarNode, w, (True, False))]
    stock.dispose()
    assert wrong == []


@given(st.text(alphabet="0123456789+-_.:eExXbBoOinfNaAlyYsStrTuUZ=~< ", max_size=12))
def test_the_cheap_resolver_agrees_with_pyyaml(text: str) -> None:
    stock = yaml.SafeLoader("")
    assert scalar_tag(text) == stock.resolve(yaml.ScalarNode, text, (True, False))


TEXT = st.text(st.characters(exclude_characters="\x85\u2028\u2029", exclude_categories=["Cs"]), max_size=8)
SCALARS = st.one_of(TEXT, st.integers(-5000, 5000), st.booleans(), st.none(), st.floats(-100, 100))
DATA = st.dictionaries(
    TEXT.filter(bool),
    st.recursive(SCALARS, lambda d: st.lists(d, max_size=4) | st.dictionaries(TEXT, d, max_size=4)),
    min_size=1,
    max_size=5,
)


@pytest.mark.unmeasured
@given(DATA, st.sampled_from([None, True, False]), st.booleans())
def test_what_pyyaml_reads_is_what_we_read(data: dict[str, object], flow: bool | None, wide: bool) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=wide, sort_keys=False)
    assert document(text).data == yaml.safe_load(text)


@pytest.mark.unmeasured
@given(DATA)
def test_every_value_is_found_and_reads_back(data: dict[str, object]) -> None:
    text = yaml.safe_dump(data, default_flow_style=True, allow_unicode=True, sort_keys=False)
    found = document(text)
    for key, value in data.items():
        span = found.spans.locate((key,))
        assert yaml.safe_load(text[span.start : span.end]) == value


def test_a_file_with_aliases_composes_to_the_same_data() -> None:
    text = "a: &x [1, {b: c}]\nd: *x\ne: {<<: {f: g, h: i}, h: j}\nk: &k text\nl: [*k, *x]\n"
    assert document(text).data == yaml.safe_load(text)
    assert len(list(compose_all(text))) == 1


# PyYAML's parser in Python refuses a tab between a key and its value, which libyaml and YAML 1.1 accept.
@pytest.mark.parametrize("text", [text for text, _, _ in PLACES if "\t" not in text])
def test_without_libyaml_the_same_nodes_come_out(text: str) -> None:
    def shape(node: Any) -> object:
        inner = node.value
        if isinstance(node, yaml.MappingNode):
            inner = [(shape(key), shape(value)) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            inner = [shape(child) for child in node.value]
        return node.tag, inner, node.start_mark.index

    fast, slow = composer(PARSER)(text), composer(PythonParser)(text)
    assert shape(fast.get_single_node()) == shape(slow.get_single_node())
