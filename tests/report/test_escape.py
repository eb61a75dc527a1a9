"""Text from outside, one danger at a time, for each reader."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree as ET

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options as Cmark

from playbookctl.report import escape

VISIBLE = {
    "plain text, 'quotes' & <all>": "plain text, 'quotes' & <all>",
    "Größe 封 é 🚨": "Größe 封 é 🚨",
    "\x1b[31m": "\\x1b[31m",
    "a\nb\r\tc\x00\x7f": "a\\nb\\r\\tc\\x00\\x7f",
    "\x9b31m\xa0": "\\x9b31m\\xa0",
    "\u202ea\u2066\u200b\ufeff\u2028": "\\u202ea\\u2066\\u200b\\ufeff\\u2028",
    "\U000e0041 \udcff": "\\U000e0041 \\udcff",
    "👩\u200d💻 \u06cc\u200c\u062e": "👩\u200d💻 \u06cc\u200c\u062e",
    "a\u200db": "a\\u200db",
    "##[error]x ## [a] ##vso[x] ###[y]": "#\\x23[error]x ## [a] #\\x23vso[x] ##\\x23[y]",
    "::error::x": "\\x3a:error::x",
    "  ::error": "  \\x3a:error",
    "std::string": "std::string",
}


@pytest.mark.parametrize(("text", "shown"), VISIBLE.items())
def test_what_has_no_glyph_or_is_a_command_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert escape.visible(text) == shown
    assert escape.visible(shown) == shown


def test_where_only_ascii_can_be_shown_everything_else_is_an_escape() -> None:
    assert escape.visible("é 封 🚨 a", ascii_only=True) == "\\xe9 \\u5c01 \\U0001f6a8 a"


PROSE = {
    "no step is called 'notfy'": "no step is called <code>notfy</code>",
    "it's odd": "it's odd",
    "'a' 'b' it's": "<code>a</code> <code>b</code> it's",
    "the analyst's 'a' isn't": "the analyst's <code>a</code> isn't",
    "a `repeat` and a ` alone": "a <code>repeat</code> and a ` alone",
    "*b* _i_ ~~s~~ [a](b) ![i](u)": "*b* _i_ ~~s~~ [a](b) ![i](u)",
    "<b>x</b> &amp; <!-- c -->": "&lt;b&gt;x&lt;/b&gt; &amp;amp; &lt;!-- c --&gt;",
    "a | b \\| c": "a | b \\| c",
    "# not a title": "# not a title",
    "$x$ $$y$$": "$x$ $$y$$",
    "https://evil.example www.evil.example ftp://x.example": "https://evil.example www.evil.example ftp://x.example",
    "me@evil.example mailto:me@evil.example": "me@evil.example mailto:me@evil.example",
    "@octocat @org/team '@octocat'": "@octocat @org/team <code>@octocat</code>",
    "#1 GH-2 !3 org/repo#4 $5 &6 ~bug %miles ^x": "#1 GH-2 !3 org/repo#4 $5 &amp;6 ~bug %miles ^x",
    ":tada: a:b": ":tada: a:b",
}
ACTIVE = re.compile(r"@\w|[#!&$]\d|\bGH-\d|[~%^]\w|\w+://|www\.|:[a-z]+:", re.IGNORECASE)


@pytest.mark.parametrize(("text", "html"), PROSE.items())
def test_prose_in_markdown_reads_as_it_was_written_and_links_nowhere(text: str, html: str) -> None:
    cell = f"| a |\n|---|\n| {escape.markdown(text)} |\n"
    rendered = cmarkgfm.github_flavored_markdown_to_html(cell, options=Cmark.CMARK_OPT_UNSAFE)
    found = re.search(r"<td>(.*?)</td>", rendered, re.DOTALL)
    assert found, rendered
    assert found[1].replace("\u200b", "") == html
    assert ACTIVE.findall(unescape(re.sub(r"<code>.*?</code>", "", found[1]))) == []


CODE = [
    "plain",
    "a`b",
    "``",
    "`",
    "a|b",
    "a\\|b",
    "\\",
    " space ",
    "",
    "<b>",
    "&lt;",
    "@x #1 https://a.example",
    "'",
    "*a*",
]


@pytest.mark.parametrize("text", CODE)
def test_code_in_markdown_holds_exactly_the_text(text: str) -> None:
    cell = f"| a | b |\n|---|---|\n| {escape.code(text)} | end |\n"
    rendered = cmarkgfm.github_flavored_markdown_to_html(cell, options=Cmark.CMARK_OPT_UNSAFE)
    assert [
        unescape(part).replace("\u200b", "")
        for part in re.findall(r"<td><code>(.*?)</code></td>\n<td>end</td>", rendered, re.DOTALL)
    ] == [text]


@pytest.mark.parametrize("text", ['<a b="c">&amp;]]>', "\x00\x1b\ufffe\uffff\ud800\u2028", "é 封 '"])
def test_xml_reads_back_as_the_visible_text(text: str) -> None:
    element = ET.fromstring(f'<a b="{escape.xml(text)}">{escape.xml(text)}</a>')  # noqa: S314 - our own output
    assert element.text == element.get("b") == escape.visible(text)


URIS = {
    "playbooks/a b.yaml": "playbooks/a%20b.yaml",
    "a/100%?#x:y.yaml": "a/100%25%3F%23x%3Ay.yaml",
    "封.yaml": "%E5%B0%81.yaml",
    "../up.yaml": "../up.yaml",
    "/abs/x.yaml": "file:///abs/x.yaml",
    "bad\udcff.yaml": "bad%FF.yaml",
    "half\ud800": "half%ED%A0%80",
    "//host/share": "file:////host/share",
}


@pytest.mark.parametrize(("path", "uri"), URIS.items())
def test_a_path_becomes_a_uri_reference_that_names_no_scheme_but_file(path: str, uri: str) -> None:
    assert escape.uri(path) == uri


def test_sarif_placeholders_and_links_are_text() -> None:
    assert escape.sarif("{0} {{ x }} {a} [a](b) [c] d[1](2)") == "{{0}} {{ x }} {a} \\[a\\](b) [c] d\\[1\\](2)"


def test_github_properties_end_nowhere_but_at_their_end() -> None:
    assert escape.github_property("a:b,c%\r\n") == "a%3Ab%2Cc%25%0D%0A"
    assert escape.github("a:b,c%\r\n") == "a:b,c%25%0D%0A"


def test_what_a_long_text_loses_is_counted() -> None:
    assert escape.clip("a" * 10, 10) == "a" * 10
    assert escape.clip("a" * 11, 10) == "a" * 10 + "… (1 more character)"
    assert escape.clip("a" * 5010, 10) == "a" * 10 + "… (5,000 more characters)"
