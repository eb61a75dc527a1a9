"""A broken or treacherous file is a finding with a place and a remedy, never a crash."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from playbookctl.load.document import decode, parse
from playbookctl.load.entry import load_entry
from playbookctl.model.finding import Problem
from playbookctl.model.source import Source

Said = list[tuple[str, int, int, str]]


def said(text: str) -> Said:
    """Return what is wrong with a text: code, line, column, and the message."""
    _, problems = parse(Source("x.yaml", text), text.encode("utf-8", "surrogatepass"))
    rows = []
    for code, problem in problems:
        assert problem.span is not None
        rows.append((code, problem.span.start_line, problem.span.start_column, problem.message))
    return rows


BROKEN = [
    ("a:\n\tb: 1\n", "PB001", 2, 1, "a tab cannot indent"),
    ("a: @user\n", "PB001", 1, 4, "begins with '@' must stand in quotes"),
    ("a: `x`\n", "PB001", 1, 4, "begins with a backtick must stand in quotes"),
    ("a: %x\n", "PB001", 1, 4, "begins with '%' must stand in quotes"),
    ("a: *nobody\n", "PB001", 1, 4, "begins with '*' must stand in quotes"),
    ("a: {{ x }} is hit\n", "PB001", 1, 12, "a template such as {{ x }} must stand in quotes"),
    ("a: b: c\n", "PB001", 1, 5, "put the text in quotes"),
    ("s:\n  - id: a\n     do: b\n", "PB001", 3, 8, "'do' stands in column 6, deeper than 'id' above in column 5"),
    ("a: b\n  c: d\n", "PB001", 2, 4, "deeper than 'a' above in column 1"),
    ("a:\n  b: c\n\n     f: g\n", "PB001", 4, 7, "deeper than 'b' above in column 3"),
    ("a: b\n  see: c: d\n", "PB001", 2, 6, "deeper than 'a' above in column 1"),
    ("a: [b, c\n", "PB001", 1, 9, "a list in brackets is not closed"),
    ('a: "b\nc: d\n', "PB001", 1, 4, "a quote is opened here and never closed"),
    ('a: "\\d+"\n', "PB001", 1, 5, "use single quotes"),
    ("a: b\x01\n", "PB001", 1, 5, "U+0001 may not stand in YAML"),
    ("a: !vault b\n", "PB001", 1, 4, "the tag '!vault' means nothing here"),
    ("a: 1\nb: 2\na: 3\n", "PB003", 3, 1, "the key 'a' stands twice"),
    ("a: 1\n'a': 3\n", "PB003", 2, 1, "the key 'a' stands twice"),
    ("no: 1\n", "PB004", 1, 1, "the key no is the boolean false"),
    ("404: 1\n", "PB004", 1, 1, "the key 404 is a number"),
    ("~: 1\n", "PB004", 1, 1, "the key ~ is null"),
    ("2026-01-31: 1\n", "PB004", 1, 1, "the key 2026-01-31 is a date"),
    ("? [a, b]\n: 1\n", "PB004", 1, 3, "a key must be text"),
    ("a: {{ alert.user }}\n", "PB004", 1, 4, 'write it in quotes: "{{ alert.user }}"'),
    ("a: 2026-01-31\n", "PB004", 1, 4, "2026-01-31 is a date"),
    ("a: 0123\n", "PB004", 1, 4, "0123 is the number 83"),
    ("a: 12:30\n", "PB004", 1, 4, "12:30 is the number 750"),
    ("a: 1.10\n", "PB004", 1, 4, "1.10 is the number 1.1"),
    ("a: .nan\n", "PB004", 1, 4, ".nan has no form in JSON"),
    ("a: 1.0e+400\n", "PB004", 1, 4, "has no form in JSON"),
    ("a: !!binary aGVsbG8=\n", "PB004", 1, 4, "the YAML type '!!binary' has no form in JSON"),
    ("a: !!set {b: , c: }\n", "PB004", 1, 4, "the YAML type '!!set' has no form in JSON"),
    ("message: see #1234 ticket\n", "PB004", 1, 14, "'#1234 ticket' is a comment to YAML"),
    ("message: ask for the #security channel\n", "PB004", 1, 22, "'#security channel' is a comment to YAML"),
    ("a: b\u00a0c\n", "PB007", 1, 5, "no-break space (U+00A0)"),
    ("a: b\u200bc\u200b\n", "PB007", 1, 5, "zero width space (U+200B) cannot be seen but is part of the text (and 1 more"),
    ("a: b\u202ec\n", "PB007", 1, 5, "right-to-left override (U+202E) changes the order"),
    ("- a\n- b\n", "PB009", 1, 1, "not a list; write one playbook per file"),
    ("just text\n", "PB009", 1, 1, "not text"),
    ("", "PB009", 1, 1, "the file is empty"),
    ("# only a comment\n", "PB009", 1, 1, "the file is empty"),
    ("---", "PB009", 1, 1, "the file is empty"),
    ("---\n...\n", "PB009", 1, 1, "the file is empty"),
    ("--- ''\n", "PB009", 1, 5, "not text"),
    ("a: 1\n---\nb: 2\n", "PB009", 3, 1, "the file has 2 documents"),
    ("[" * 60_000, "PB008", 1, 201, "nested deeper than 200 levels"),
    ("- " * 30_000, "PB008", 1, 401, "nested deeper than 200 levels"),
    ("{a: " * 20_000, "PB008", 1, 801, "nested deeper than 200 levels"),
    ("".join(" " * i + f"k{i}:\n" for i in range(300)), "PB008", 201, 201, "nested deeper than 200 levels"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "column", "message"), BROKEN)
def test_a_mistake_is_found_at_its_place(text: str, code: str, line: int, column: int, message: str) -> None:
    rows = said(text)
    assert [row[:3] for row in rows] == [(code, line, column)]
    assert message in rows[0][3]


GOOD = [
    "a: b\n",
    "a: =\n",
    "{message: Cut it?}\n",
    "a: 'yes'\n",
    "a: b # a comment\nc: d #another\n",
    "message: |\n  see #1234 ticket\n",
    'message: "see #1234 ticket"\n',
    "url: https://example.test/#1234\n",
    "a: 👩\u200d💻 at work\n",
    "a: [1.5, 10, 0, -1, 1.0, 0.5]\n",
    "a: 10.0.0.1\nb: 1.2.3\n",
    "a: " + "[" * 90 + "]" * 90 + "\n",
    "a: '{{{{{{{{{{'\nb: '" + "[" * 5000 + "'\n",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_meant_as_written_is_left_alone(text: str) -> None:
    assert said(text) == []


BOMBS = [
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{c}: &{c} [{', '.join([f'*{chr(ord(c) - 1)}'] * 9)}]\n" for c in "bcdefghi"),
    "a: &a "
    + "x" * 1000
    + "\n"
    + "b: &b ["
    + ", ".join(["*a"] * 100)
    + "]\n"
    + "c: ["
    + ", ".join(["*b"] * 100)
    + "]\n",
    "a: &a {b: *a}\n",
]


@pytest.mark.parametrize("text", BOMBS)
def test_an_alias_bomb_costs_neither_a_second_nor_a_gigabyte(text: str) -> None:
    tracemalloc.start()
    begin = time.perf_counter()
    rows = said(text)
    seconds, peak = time.perf_counter() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row[0] for row in rows] in (["PB008"], ["PB001"])
    assert seconds < 1
    assert peak < 50_000_000


UNDECODABLE = [
    (b"\xff\xfea\x00", "UTF-16"),
    (b"a: b\nc: \xe4\n", "not UTF-8: byte 0xE4 in line 2"),
    (b"a" * 5_000_001, "at most 5,000,000 are read"),
]


@pytest.mark.parametrize(("data", "message"), UNDECODABLE)
def test_bytes_that_are_no_text_say_why(data: bytes, message: str) -> None:
    problem = decode(data)
    assert isinstance(problem, Problem)
    assert message in problem.message


def test_the_first_of_two_equal_keys_is_named() -> None:
    _, problems = parse(Source("x.yaml", "a: 1\nb: 2\na: 3\n"), b"a: 1\nb: 2\na: 3\n")
    assert [related.message for related in problems[0][1].related] == ["it stands here first"]


def test_numbers_of_a_million_digits_cost_nothing() -> None:
    begin = time.perf_counter()
    rows = said("a: " + "9" * 1_000_000 + "\n")
    assert [row[0] for row in rows] == ["PB004"]
    assert time.perf_counter() - begin < 1


HIDDEN = [
    ("name: A # why\u2028auto: true\n", ["error"]),
    ("a: |\n  b\u2028auto: true\n", ["error"]),
    ("a: 'b\u2028 c'\nd: e\u0085f: g\n", ["warning", "error"]),
    ("a: 'b\u2028 c'\nd: e\u2028f: g\n", ["warning", "error"]),
    ("a: b\u2028 c\n", ["warning"]),
    ("a: 'b\u2028'\n", ["warning"]),
    ("a: |\n  b\u2028  c\nd: e\n", ["warning"]),
]


@pytest.mark.parametrize(("text", "severities"), HIDDEN)
def test_a_line_that_begins_where_nobody_sees_it_is_an_error(text: str, severities: list[str]) -> None:
    problems = load_entry("a.yaml", text.encode("utf-8")).problems
    found = [problem.severity.value for code, problem in problems if code == "PB007" and problem.severity]
    assert found == severities
