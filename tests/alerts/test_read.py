"""Alerts out of a file: what is one, what is none, and that no line does harm."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from playbookctl.alerts.read import DEEPEST, LONGEST_LINE, AlertFile
from playbookctl.model.pseudonym import pseudonym


def read(*lines: bytes | dict[str, Any]) -> tuple[list[tuple[int, str]], AlertFile]:
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    file = AlertFile(io.BytesIO(b"\n".join(texts)))
    return [(each.line, each.id) for each in file], file


def test_each_line_is_an_alert_and_empty_ones_are_nothing() -> None:
    assert read({"id": "a"}, b"", b"  \r", {"id": "b"})[0] == [(1, "a"), (4, "b")]
    assert read(b"\xef\xbb\xbf" + b'{"id": "a"}\r', b'{"id": 7}')[0] == [(1, "a"), (2, "")]
    assert read(b"")[0] == []


DEEP = b'{"id": "d", "x": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}"
BAD = [
    (b"[1]", "not a JSON object"),
    (b'"text"', "not a JSON object"),
    (b"{", "not JSON: expecting property name enclosed in double quotes, column 2"),
    (b'{"id": "a"} x', "not JSON: extra data, column 13"),
    (b'{"x": NaN}', "NaN is no JSON"),
    (b'{"x": -Infinity}', "-Infinity is no JSON"),
    (b'{"x": "\xff"}', "not UTF-8"),
    (b'{"x": ' + b"7" * 5000 + b"}", "a number that is too long"),
    (b"\x1f\x8b\x08\x00", "not UTF-8"),
    (DEEP, "nested more than 100 deep"),
    (b"[" * 200_000, "nested more than 100 deep"),
    (b'{"x": "' + b"y" * LONGEST_LINE + b'"}', "longer than 1,000,000 bytes"),
    (b"x" * (3 * LONGEST_LINE), "longer than 1,000,000 bytes"),
]  # fmt: skip


@pytest.mark.parametrize("line, why", BAD)
def test_a_line_that_is_no_alert_is_named_and_the_others_count(line: bytes, why: str) -> None:
    found, file = read({"id": "a"}, line, {"id": "b"})
    assert found == [(1, "a"), (3, "b")]
    assert file.notes() == (f"1 line is no alert and was left out: line 2 ({why})",)


def test_brackets_in_texts_do_not_nest_and_just_deep_enough_is_read() -> None:
    assert read(
        {"id": "a", "x": "[" * 500 + '"'}, DEEP.replace(b"[" * DEEPEST, b"[" * 99).replace(b"]" * DEEPEST, b"]" * 99)
    )[0] == [(1, "a"), (2, "d")]


def test_of_many_bad_lines_the_first_are_named_and_all_counted() -> None:
    _, file = read(*[b"x"] * 8)
    assert file.notes()[0].startswith("8 lines are no alerts and were left out: line 1 (not JSON")
    assert file.notes()[0].endswith("line 5 (not JSON: expecting value, column 1) and 3 more")


def test_an_alert_that_stands_there_twice_counts_once() -> None:
    found, file = read({"id": "a"}, {"id": "b"}, {"id": "a"}, {"title": "x"}, {"title": "x"})
    assert found == [(1, "a"), (2, "b"), (4, ""), (5, "")]
    assert (file.alerts, file.notes()) == (4, ("1 alert stands in the file more than once",))


@pytest.mark.parametrize("ascii_only", [True, False])
def test_pseudonyms_become_gaps_however_they_are_written(ascii_only: bool) -> None:
    alert = {"id": "a", "user": pseudonym("user", "0" * 12), "quoted": "«so»"}
    (found,) = AlertFile(io.BytesIO(json.dumps(alert, ensure_ascii=ascii_only).encode()))
    assert found.facts == {"alert": {"id": "a", "user": "\ufffc", "quoted": "«so»"}, "redacted": True}
    (found,) = AlertFile(io.BytesIO(b'{"quoted": "\xc2\xabso\xc2\xbb"}'))
    assert found.facts == {"alert": {"quoted": "«so»"}}
