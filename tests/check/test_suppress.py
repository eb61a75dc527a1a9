"""Comments that switch a finding off, and what is said of them when they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.check.suppress import comments_of, remarks, suppress
from playbookctl.load.entry import load_entry
from playbookctl.model.source import Span
from playbookctl.pipeline import CheckOptions, Repository, check

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2026-06-01"
STEPS = """\
name: A  {first}
steps:
  {above}
  - id: one  {end}
    action: wipe-host
  - id: two
    action: wipe-host
"""


def suppressed_lines(text: str, code: str = "PB402") -> list[int]:
    """Return the lines on which a finding of `code`, were there one at each line's first character, is suppressed."""
    comments = comments_of(load_entry("x.yaml", text.encode()))
    lines, offset = [], 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        start = offset + len(line) - len(line.lstrip())
        if suppress(code, Span(number, 1, number, 2, start, start + 1), comments, TODAY):
            lines.append(number)
        offset += len(line)
    return lines


def playbook(first: str = "", above: str = "# -", end: str = "") -> str:
    return STEPS.format(first=first, above=above, end=end)


REACH = [
    (playbook(end="# playbookctl: ignore[PB402] agreed"), [4]),
    (playbook(end="# playbookctl: ignore[PB4] a prefix"), [4]),
    (playbook(end="# playbookctl: ignore[PB101, PB402] two codes"), [4]),
    (playbook(end="#playbookctl:ignore[pb402] spaces and case are free"), [4]),
    (playbook(end="# playbookctl: ignore[PB403] another rule"), []),
    (playbook(end="# playbookctl: ignore[PB402] over until=2026-05-31"), []),
    (playbook(end="# playbookctl: ignore[PB402] until=2027-1-31 no date"), []),
    (playbook(end="# playbookctl: ignore[PB402] last day until=2026-06-01"), [4]),
    (playbook(above="# playbookctl: ignore[PB402] the next step"), [4, 5]),
    (playbook(first="# playbookctl: ignore[PB402] first line"), [1]),
    ("# playbookctl: ignore[PB402] whole file\n" + playbook(), [1, 2, 3, 4, 5, 6, 7, 8]),
    ("# yaml-language-server: $schema=x\n# playbookctl: ignore[PB402] whole file\na: b\n", [1, 2, 3]),
    ("# something\n# playbookctl: ignore[PB402] the next key\na: b\nc: d\n", [3]),
    ("a: '# playbookctl: ignore[PB402] text'\n", []),
    ("a: |\n  # playbookctl: ignore[PB402] text\n  b\n", []),
    ("a: b\nc: [1\n# playbookctl: ignore[PB402] broken file\n", [1, 2, 3]),
    ("a: b # playbookctl: ignore[] nothing named\n", []),
    ("# yaml-language-server: $schema=x\n# more\n# playbookctl: ignore[PB402] the next key\na: b\nc: d\n", [4]),
    ("# yaml-language-server: $schema=x\n\n# playbookctl: ignore[PB402] the next key\na: b\nc: d\n", [4]),
    ("a: b\nc: [1#playbookctl: ignore[PB402] no space before\n", []),
    ("a: b\rc: d # playbookctl: ignore[PB402] lines that end with CR\re: f\r", [2]),
    ("a: b\r\n# playbookctl: ignore[PB402] the next key\r\nc: d\r\ne: f\r\n", [3]),
    ("a: b\n  # playbookctl: ignore[PB402] indented\nc: d\ne: f\n", [3]),
    ("a: b\n# playbookctl: ignore[PB402] nothing follows\n", []),
]


@pytest.mark.parametrize(("text", "lines"), REACH)
def test_a_comment_reaches_as_far_as_it_says(text: str, lines: list[int]) -> None:
    assert suppressed_lines(text) == lines


def said(text: str, *codes: str) -> list[tuple[str, str]]:
    """Return what is said of the comments of `text` after findings of `codes` on its first line."""
    comments = comments_of(load_entry("x.yaml", text.encode()))
    for code in codes:
        suppress(code, Span(1, 1, 1, 2, 0, 1), comments, TODAY)
    return [(code, problem.message) for code, problem in remarks(comments, TODAY, checked=True)]


REMARKS = [
    ("a: b # playbookctl: ignore[PB402] agreed", ("PB402",), []),
    ("a: b # playbookctl: ignore[PB402] agreed", (), [("PB901", "nothing here is suppressed by PB402; remove it")]),
    (
        "a: b # playbookctl: ignore[PB402,PB404] agreed",
        ("PB402",),
        [("PB901", "nothing here is suppressed by PB404; remove it")],
    ),
    (
        "a: b # playbookctl: ignore[PB402]",
        ("PB402",),
        [("PB903", "the suppression of PB402 gives no reason; write why after the brackets")],
    ),
    (
        "a: b # playbookctl: ignore[PB402] until=2026-01-31 migration",
        ("PB402",),
        [("PB902", "the suppression of PB402 expired on 2026-01-31")],
    ),
    ("a: b # playbookctl: ignore[PB402] until=2027-01-31 migration", ("PB402",), []),
    (
        "a: b # playbookctl: ignore[PB402] until=31.12.2027 migration",
        ("PB402",),
        [("PB902", "'until=31.12.2027' names no day, so PB402 is not suppressed; write until=YYYY-MM-DD")],
    ),
]


@pytest.mark.parametrize(("text", "codes", "expected"), REMARKS)
def test_what_is_wrong_with_a_comment(text: str, codes: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert said(text, *codes) == expected


FIXES = [
    ("a: b # playbookctl: ignore[PB402] agreed", "remove the comment", ""),
    ("a: b # playbookctl: ignore[PB402, PB404] agreed", "suppress only PB402", "# playbookctl: ignore[PB402] agreed"),
]


@pytest.mark.parametrize(("text", "title", "left"), FIXES)
def test_what_suppresses_nothing_can_be_taken_out(text: str, title: str, left: str) -> None:
    comments = comments_of(load_entry("x.yaml", text.encode()))
    if left:
        suppress("PB402", Span(1, 1, 1, 2, 0, 1), comments, TODAY)
    ((_, problem),) = remarks(comments, TODAY, checked=True)
    assert problem.fix is not None
    (edit,) = problem.fix.edits
    assert (problem.fix.title, problem.fix.safe, edit.text, edit.mode, edit.at) == (title, True, left, "comment", 5)


def test_without_all_rules_no_comment_is_called_unused() -> None:
    comments = comments_of(load_entry("x.yaml", b"a: b # playbookctl: ignore[PB402] agreed"))
    assert list(remarks(comments, TODAY, checked=False)) == []


@pytest.mark.parametrize(
    ("off", "said"),
    [((), "PB402, PB4"), (("PB504",), "PB402, PB4"), (("PB401",), "PB402"), (("PB402",), "")],
)
def test_a_code_is_called_unused_where_all_rules_that_it_names_ran(off: tuple[str, ...], said: str) -> None:
    comments = comments_of(load_entry("x.yaml", b"a: b # playbookctl: ignore[PB402, PB4] agreed"))
    found = [problem.message for _, problem in remarks(comments, TODAY, checked=True, off=off)]
    assert found == ([f"nothing here is suppressed by {said}; remove it"] if said else [])


@pytest.mark.parametrize(
    ("rules", "codes"),
    [("{}", ["PB901", "PB901"]), ("{ignore: [PB504]}", ["PB901", "PB901"]), ("{ignore: [PB4]}", ["PB901"]),
     ("{per_path: {playbooks: {ignore: [PB402]}}}", ["PB901"]), ("{per_path: {other: {ignore: [PB402]}}}", ["PB901", "PB901"])],
)  # fmt: skip
def test_a_rule_that_the_config_leaves_out_hides_no_unused_comment_of_others(
    tmp_path: Path, rules: str, codes: list[str]
) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text(
        "key: a\nname: A # playbookctl: ignore[PB402] old\n"
        "steps: # playbookctl: ignore[PB101] old\n  - {id: b, action: get-c}\n",
        "utf-8",
    )
    (tmp_path / "playbookctl.yaml").write_text(f"rules: {rules}\n", "utf-8")
    report = check(Repository(None, str(tmp_path)), (), CheckOptions(today=TODAY))
    assert [finding.code for finding in report.findings if finding.code == "PB901"] == codes


def test_the_reason_is_what_is_left_without_the_date() -> None:
    (comment,) = comments_of(
        load_entry("x.yaml", b"a: b # playbookctl: ignore[PB402] - agreed, see INC-7 until=2027-01-31")
    )
    assert (comment.reason, comment.until, comment.codes) == ("agreed, see INC-7", "2027-01-31", ("PB402",))


@pytest.mark.parametrize(("more", "said"), [("", ["PB901"]), ("colour: red\n", ["PB002"]), ("name: [x\n", ["PB001"])])
def test_of_a_file_that_the_rules_have_not_seen_no_comment_is_called_unused(
    tmp_path: Path, more: str, said: list[str]
) -> None:
    (tmp_path / "playbooks").mkdir()
    text = f"# playbookctl: ignore[PB402] agreed\nname: A\nsteps:\n  - {{id: a, action: wipe-host}}\n{more}"
    (tmp_path / "playbooks" / "a.yaml").write_text(text, "utf-8")
    report = check(Repository(None, str(tmp_path)), (), CheckOptions(today=TODAY))
    assert [finding.code for finding in report.findings if finding.code in ("PB001", "PB002", "PB901")] == said
