"""Any text at all stays text for each reader; hypothesis looks for one that does not."""

from __future__ import annotations

import json
import re
import unicodedata
from html import unescape
from xml.etree import ElementTree as ET

import cmarkgfm
import wcwidth
from cmarkgfm.cmark import Options as Cmark
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playbookctl.report import cells, escape
from playbookctl.report.dump import dump

MARKS = st.sampled_from(
    [*"`|\\'\"<>&*_[]()!#@$~^:/.-{}0aA \n\r\t\x1b\x00\u202e\u200b\ud800é封🚨", "www.", "http://", "##[", "::", "GH-"]
)
TEXTS = st.one_of(st.lists(MARKS, max_size=25).map("".join), st.text(max_size=40))
ACTIVE = re.compile(r"@\w|[#!&$]\d|\bGH-\d|[~%^]\w|\w+://\w|www\.\w|:[a-z]+:", re.IGNORECASE)


SEEDED = settings(max_examples=250, deadline=None, derandomize=True)


def cell(markdown: str) -> str:
    page = f"| a | b |\n|---|---|\n| {markdown} | end |\n"
    html = cmarkgfm.github_flavored_markdown_to_html(page, options=Cmark.CMARK_OPT_UNSAFE)
    found = re.search(
        r"<tbody>\n<tr>\n<td>(.*?)</td>\n<td>end</td>\n</tr></tbody>|<tbody>\n<tr>\n<td>(.*?)</td>\n<td>end</td>\n</tr>\n</tbody>",
        html,
        re.DOTALL,
    )
    assert found, html
    return found[1] if found[1] is not None else found[2]


@SEEDED
@given(TEXTS)
def test_visible_text_is_on_one_line_has_only_glyphs_and_is_final(text: str) -> None:
    shown = escape.visible(text)
    assert {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\u200d", "\u200c"}
    assert not shown.lstrip().startswith("::")
    assert not re.search(r"##[A-Za-z]*\[", shown)
    assert escape.visible(shown) == shown
    assert escape.visible(text, ascii_only=True).isascii()


@SEEDED
@given(TEXTS)
@example("'a' `b` it's")
@example("\\")
def test_prose_in_markdown_is_only_text_and_code(text: str) -> None:
    html = cell(escape.markdown(text, 10_000))
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {"code"}
    assert ACTIVE.findall(unescape(re.sub(r"<code>.*?</code>", "\n", html, flags=re.DOTALL))) == []
    plain = unescape(re.sub(r"</?code>", "", html)).replace("\u200b", "")
    assert re.sub(r"['`\s]", "", plain) == re.sub(r"['`\s]", "", escape.visible(text))


@SEEDED
@given(TEXTS)
def test_code_in_markdown_is_exactly_the_visible_text(text: str) -> None:
    found = re.fullmatch(r"<code>(.*)</code>", cell(escape.code(text, 10_000)), re.DOTALL)
    assert found
    assert unescape(found[1]).replace("\u200b", "") == escape.visible(text)


@SEEDED
@given(TEXTS)
def test_xml_reads_back_as_the_visible_text(text: str) -> None:
    element = ET.fromstring(f'<a b="{escape.xml(text)}">{escape.xml(text)}</a>')  # noqa: S314 - our own output
    assert (element.text or "") == element.get("b") == escape.visible(text)


@SEEDED
@given(TEXTS)
def test_json_is_ascii_without_commands_and_reads_back(text: str) -> None:
    written = dump({"a": text})
    assert written.isascii()
    assert not re.search(r"##[A-Za-z]*\[", written)
    assert json.loads(written)["a"] == re.sub(r"[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


@SEEDED
@given(TEXTS, st.integers(0, 30), st.integers(0, 30), st.sampled_from([0, 20, 33]), st.booleans())
def test_an_excerpt_fits_and_its_mark_is_in_it(line: str, start: int, length: int, limit: int, unicode: bool) -> None:
    line = line.replace("\n", " ")
    part = cells.excerpt(line, start, start + length, limit, unicode=unicode)
    assert part.length >= 1
    assert part.indent <= cells.width(part.text)
    if limit:
        assert cells.width(part.text) <= limit
        assert part.indent + part.length <= limit + 1


STABLE = [  # blocks whose widths no version of Unicode has changed
    range(0x20, 0x7F), range(0xA1, 0xAD), range(0x391, 0x3CA), range(0x430, 0x450), range(0x5D0, 0x5EB),
    range(0x621, 0x640), range(0xE01, 0xE31), range(0x1100, 0x1200), range(0x3041, 0x3097), range(0x4E00, 0x9FA0),
    range(0xAC00, 0xD7A4), range(0xFF01, 0xFF61), range(0xFF66, 0xFF9E), range(0x1F400, 0x1F43E), range(0x300, 0x340),
]  # fmt: skip


@SEEDED
@given(st.lists(st.sampled_from([chr(code) for block in STABLE for code in block]), max_size=20).map("".join))
def test_a_text_is_as_wide_as_wcwidth_says(text: str) -> None:
    assert cells.width(text) == wcwidth.wcswidth(text)
