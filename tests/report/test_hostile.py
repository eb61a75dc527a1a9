"""Nothing that a name, a message or a value says becomes active where its report is read."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import cmarkgfm
import pyte
import pytest
from cmarkgfm.cmark import Options as Cmark

from playbookctl.model.report import Report
from playbookctl.report.formats.markdown import LIMIT
from playbookctl.report.registry import Options, formats, render
from support.page import ACTIVE, ALLOWED, page, runner_commands

if TYPE_CHECKING:
    from playbookctl.model.plan import Plan

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
DATA = ("json", "sarif", "gitlab", "rdjson")  # read by programs: ASCII throughout
UNSEEN = "\u200b"  # put into Markdown by us, and harmless


@pytest.fixture(params=["findings", "plan", "outcomes"])
def nasty(request: pytest.FixtureRequest, hostile: Report) -> Report:
    from playbookctl.model.outcome import Outcome, OutcomeKind

    bad = hostile.messages[0]
    if request.param == "plan":
        return Report(bad, bad, plan=hostile.plan, messages=[bad], data=[(bad, bad)])
    if request.param == "outcomes":
        action = hostile.plan.changes[0].action
        outcomes = [Outcome(bad, action, kind, bad, bad, bad, bad, (bad,), 1, bad) for kind in OutcomeKind]
        return Report(bad, bad, outcomes=outcomes, plan=hostile.plan)
    return hostile


@pytest.mark.parametrize("name", formats())
def test_no_character_without_a_glyph_gets_through(name: str, nasty: Report) -> None:
    text = render(name, nasty, Options(width=80, verbose=True))
    bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn")}
    assert bad <= {"\n", "\u200d", *([UNSEEN] if name == "markdown" else [])}
    assert name not in DATA or text.isascii()


@pytest.mark.parametrize("options", [Options(), Options(width=40), Options(width=80, unicode=False, verbose=True)])
@pytest.mark.parametrize("name", [name for name in formats() if name != "github"])
def test_no_line_is_a_command_to_the_runner_that_logs_it(name: str, options: Options, nasty: Report) -> None:
    assert runner_commands(render(name, nasty, options)) == []


def test_the_runner_sees_commands_where_they_are() -> None:
    assert len(runner_commands("  ::error::x\nx ##[group]y\n##vso[task]z\nfine :: here\n# [a]")) == 3


def test_each_line_for_github_is_one_command_of_ours(nasty: Report) -> None:
    lines = render("github", nasty).splitlines()
    command = re.compile(r"::(error|warning|notice) ((\w+=[^,:\r\n]*,?)+)::[^\r\n]*")
    assert [line for line in lines if not command.fullmatch(line) or re.search(r"##\w*\[", line)] == []
    keys = {part.partition("=")[0] for line in lines for part in command.fullmatch(line)[2].split(",")}
    assert keys <= {"file", "line", "col", "endColumn", "title"}


def test_a_terminal_shows_it_and_obeys_only_our_colours(nasty: Report) -> None:
    text = render("text", nasty, Options(color=True, width=100))
    assert "\x1b" not in COLOUR.sub("", text)
    screen = pyte.Screen(100, 2000)
    stream = pyte.Stream(screen)
    stream.feed(text.replace("\n", "\r\n"))
    assert screen.title == ""
    shown = "\n".join(line.rstrip() for line in screen.display)
    assert "\\x1b[31mred" in shown
    assert "\\u202egnp.exe" in shown


def test_markdown_is_only_text_tables_and_folds(nasty: Report) -> None:
    text = render("markdown", nasty)
    seen = page(text)
    assert seen.tags <= ALLOWED
    assert seen.attributes <= {"lang"}  # of a fenced block
    assert ACTIVE.findall("".join(seen.prose)) == []
    assert len(seen.comments) == 1
    assert text.startswith(f"<!--{seen.comments[0]}-->\n")


def test_a_command_in_markdown_can_be_copied(planned: Report, synced: Report) -> None:
    hints = [change.hint for change in planned.plan.changes if change.hint]
    hints += [outcome.hint for outcome in synced.outcomes if outcome.hint]
    text = render("markdown", planned) + render("markdown", synced)
    assert [hint for hint in hints if f"→ `{hint}`" not in text] == []


def test_the_page_sees_what_is_active() -> None:
    seen = page("@octocat #1 <img src=x> [a](b) https://a.example `@code`")
    assert seen.tags - ALLOWED == {"img", "a"}
    assert len(ACTIVE.findall("".join(seen.prose))) == 3


def test_a_table_keeps_its_columns_whatever_stands_in_a_cell(nasty: Report) -> None:
    html = cmarkgfm.github_flavored_markdown_to_html(render("markdown", nasty), options=Cmark.CMARK_OPT_UNSAFE)
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    assert {row.count("<td>") + row.count("<th>") for row in rows} <= {3}


def test_xml_is_well_formed_and_says_everything_as_text(nasty: Report) -> None:
    root = ET.fromstring(render("junit", nasty))  # noqa: S314 - our own output
    assert {element.tag for element in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
    }  # fmt: skip


def test_sarif_messages_have_no_placeholders_and_no_links(hostile: Report) -> None:
    run = json.loads(render("sarif", hostile))["runs"][0]
    texts = list(messages(run["results"])) + list(messages(run["invocations"]))
    assert len(texts) > len(run["results"])
    assert [text for text in texts if re.search(r"(?<!\{)\{\d+\}|(?<!\\)\[[^\[\]]*(?<!\\)\]\(", text)] == []


def messages(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for part in value.values():
            yield from messages(part)
    elif isinstance(value, list):
        for part in value:
            yield from messages(part)


@pytest.mark.parametrize("name", formats())
def test_a_very_long_name_does_not_fill_the_screen(name: str, hostile: Report) -> None:
    if name != "json":  # which is for programs and leaves nothing out
        assert "long " * 810 not in render(name, hostile)


@pytest.mark.parametrize("name", formats())
def test_what_is_left_out_of_a_long_name_is_counted(name: str, hostile: Report) -> None:
    if name != "json":
        assert re.search(r"\d+(,|&#44;|%2C)?\d* more characters", render(name, hostile))


@pytest.mark.unmeasured
def test_a_comment_stays_within_its_limit_however_much_there_is_to_say(hostile: Report, full_plan: Plan) -> None:
    many = Report(
        "validate",
        "1",
        findings=[finding for finding in hostile.findings for _ in range(500)],
        rules=hostile.rules,
        skipped=hostile.skipped * 3000,
        messages=hostile.messages * 3000,
        plan=full_plan.__class__("e", "n", "t", changes=(*full_plan.changes, *hostile.plan.changes) * 300),
    )
    assert LIMIT // 2 < len(render("markdown", many)) <= LIMIT
