"""The text of a post: its marker, what is cut, and what bots must not take for a command."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbookctl.errors import UsageError
from playbookctl.forge.text import NOTHING, bears, compose, content, length, marker, nothing_left, says_nothing
from playbookctl.report import review_markdown

MARK = marker("comment", "")


def test_a_marker_says_the_environment() -> None:
    assert marker("comment", "prod-eu_1") == "<!-- playbookctl:comment:prod-eu_1 -->"


@pytest.mark.parametrize("name", ["Prod", "a b", "a-->", "-a", "a\n", "ü", "a" * 65])
def test_a_name_that_no_environment_has_makes_no_marker(name: str) -> None:
    with pytest.raises(UsageError, match="is no name of an environment"):
        marker("comment", name)


@pytest.mark.parametrize("text", ["/close", "  /merge now", "\t/approve", "a\n/label ~x", "\n/assign @me"])
def test_a_line_that_a_bot_would_obey_does_not_begin_with_its_command(text: str) -> None:
    lines = compose(MARK, text, 1000).splitlines()
    assert not any(line.lstrip(" \t").startswith("/") for line in lines)
    assert "".join(lines).replace("\u200b", "").endswith(text.rpartition("\n")[2])


def test_a_path_is_no_command() -> None:
    assert compose(MARK, "see a/b", 1000) == f"{MARK}\nsee a/b\n"


LINES = st.sampled_from(
    ["text", "```yaml", "```", "~~~", "<details><summary>x</summary>", "</details>", "", "- 😀" * 9, "x" * 99]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=120), st.integers(300, 3000))
def test_a_cut_text_keeps_its_limit_closes_what_is_open_and_counts_right(lines: list[str], limit: int) -> None:
    text = "\n".join(lines)
    body = compose(MARK, text, limit)
    assert length(body) <= limit
    whole = f"{MARK}\n{text}\n"
    if length(whole) <= limit:
        assert body == whole
        return
    head, _, said = body.rpartition("\n… ")
    shown = [line for line in head.splitlines() if line]
    missing = int(said.partition(" ")[0].replace(",", ""))
    characters = int(said.partition("(")[2].partition(" ")[0].replace(",", ""))
    kept = whole.splitlines(keepends=True)[: len(lines) + 1 - missing]
    assert length("".join(kept)) + characters == length(whole)
    assert [line.rstrip("\n") for line in kept if line.strip()] == shown[: sum(1 for line in kept if line.strip())]
    assert is_closed(head)


def is_closed(text: str) -> bool:
    """Whether every fence and folded section of a text is closed, by a plain reading of it."""
    fence, sections = "", 0
    for line in text.splitlines():
        if fence:
            fence = "" if line == fence else fence
        elif line.startswith(("```", "~~~")):
            fence = line[:3]
        else:
            sections = max(0, sections + line.count("<details") - line.count("</details>"))
    return not fence and not sections


def test_a_report_of_markers_and_blanks_says_nothing() -> None:
    assert content("\ufeff<!-- playbookctl:review -->\n<!-- playbookctl:plan:prod -->\n \n") == ""
    assert content("<!-- playbookctl:review -->\nx\n") == "x"
    assert content("<!-- somebody -->\n") == "<!-- somebody -->"


def test_a_report_can_say_that_it_needs_no_comment() -> None:
    said = "<!-- playbookctl:review -->\n<!-- playbookctl:nothing -->\nno playbook changes\n"
    assert says_nothing(said)
    assert content(said) == "no playbook changes"
    assert not says_nothing("<!-- playbookctl:review -->\n1 playbook changes\n<!-- playbookctl:nothing -->\n")
    assert not says_nothing("<!-- playbookctl:review:nothing -->\nx")
    assert NOTHING == review_markdown.NOTHING


def test_only_the_first_line_is_a_marker() -> None:
    assert bears(f"{MARK}\r\nx", MARK)
    assert bears(MARK, MARK)
    assert not bears(f"x\n{MARK}", MARK)


def test_what_is_left_names_a_commit_only_if_it_is_one() -> None:
    assert "`abc`" in nothing_left("abc")
    assert "`" not in nothing_left("a` @team")
