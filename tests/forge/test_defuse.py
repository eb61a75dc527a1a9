"""Markdown that outsiders wrote does nothing; our own looks as it did. Judged by GitHub's own Markdown renderer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbookctl.forge.defuse import UNSEEN, defused
from support.markup import lively, rendered

GOLDENS = sorted(
    file for kind in ("md", "markdown") for file in Path(__file__).parent.parent.glob(f"*/golden/*.{kind}")
)
HOSTILE = {
    "a mention": "hello @team",
    "a mention in a table": "| a |\n|---|\n| @team |",
    "a mention by an entity": "&#64;team &commat;team &#x40;team",
    "a mention behind a fence that is none": "<details>\n```\n@team\n```\n</details>",
    "a mention behind a fence in a list": "- ```\n@team",
    "a mention behind an indented closing fence": "\n```\n    ```\n```\n@team\n",
    "a mention behind a fence of other marks": "~~~\n```\n~~~\n@team",
    "a mention behind a fence that a tab closes": "\n```\n\t```\n@code\n```\n@team",
    "a mention behind a fence that did not close": "\n```\n    ```\n\n```\n@team",
    "a mention behind a fence that opened earlier": "x\n```\n\n```\n@team",
    "a mention behind tildes that opened earlier": "x\n~~~\n\n```\n~~~\n@team",
    "an entity behind a backslash": "\\&#64;1",
    "a mention behind a blank line that is none": "<details>\n\u00a0\n```\n@team",
    "a mention behind a code span that is open": "`a\n\n@team `b`",
    "a picture": "![x](https://evil.test/p.png)",
    "a picture by reference": "![x][y]\n\n[y]: https://evil.test/p.png",
    "a picture by reference, shortened": "![y]\n\n[y]: <https://evil.test/p.png>",
    "a picture in HTML": "<img src=https://evil.test/p.png>",
    "a picture in a folded section": "<details><summary><img src=x></summary>",
    "an attribute": '<details ontoggle="x" open>',
    "a link": "[click](https://evil.test)",
    "a link to a script": "[click](javascript:x)",
    "an address": "see https://evil.test and www.evil.test and <https://evil.test> and a@evil.test and mailto:a@evil.test",
    "an issue": "closes #12, GH-12, acme/other#12, !12",
    "a comment that hides": "<!-- playbookctl:comment -->\nhello <!--\nhidden",
    "a comment that is not closed": "text <!-- and\n\n@team",
    "a declaration": "<!DOCTYPE html><?php x ?><![CDATA[ @team ]]>",
    "a style": "<style>body{display:none}</style><script>x</script>",
    "a frame": "<iframe src=//evil.test></iframe><svg onload=x>",
    "a formula": "$$\n@team\n$$\n$\\href{https://evil.test}{x}$",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_markdown_does_nothing(text: str) -> None:
    assert lively(defused(text)) == []


def test_each_of_these_does_something_as_it_is() -> None:
    assert [name for name, text in HOSTILE.items() if not lively(text)] == []


TOKENS = ["`", "```", "````", "~~~", "\n", "\n\n", "    ", "\t", " ", "- ", "> ", "1. ", "@team", "#1", "<details>", "</details>",
          "<summary>", "<code>", "</code>", "<br>", "<b>", "<!--", "-->", "<img src=x>", "<a href=x>", "![a](b)", "[a](b)", "]: x",
          "[a]", "http://x.test", "www.x.test", "|", "\n|---|\n", "\\", "&", "&#64;", "&#96;", "&lt;", "a", "mermaid", "\u00a0", "\x0c",
          "***", "$", "$$", "<pre>", "<![CDATA[", "]]>", "\r", "\u2028", "=", "# "]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_no_mixture_of_marks_gets_through(text: str) -> None:
    assert lively(defused(text)) == []


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.name)
def test_our_own_reports_look_as_they_did(golden: Path) -> None:
    text = golden.read_text("utf-8").partition("\n")[2]  # without the hidden line, which `comment` takes off
    assert plain(rendered(defused(text))) == plain(rendered(text))


def plain(html: str) -> str:
    return html.replace(UNSEEN, "")


def test_a_diagram_stays_a_diagram_and_leads_nowhere() -> None:
    text = '\n```mermaid\nflowchart TD\n  a["isolate"] --> b\n  click a "https://evil.test"\n```\n'
    assert defused(text) == (
        f'\n```mermaid\nflowchart TD\n  a["isolate"] --> b\n  {UNSEEN}click a "https:{UNSEEN}//evil.test"\n```'
    )


def test_a_fence_of_a_language_that_is_drawn_is_text() -> None:
    assert defused("\n```geojson\n{}\n```") == "\n```text\n{}\n```"


def test_hidden_characters_are_shown() -> None:
    assert defused("gate \u202eon\x1b[2J") == "gate \\u202eon\\x1b[2J"
