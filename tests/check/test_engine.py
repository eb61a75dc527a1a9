"""The engine turns what rules say in paths into findings with a place, a line and a severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.check.engine import Engine
from playbookctl.check.rule import Context, Rule
from playbookctl.check.selection import Selection
from playbookctl.load.entry import load_entry
from playbookctl.model.finding import Location, Problem, Related, Severity
from playbookctl.model.source import Source, Span
from playbookctl.model.workspace import Connectors, Entry, Settings, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playbookctl.model.source import NodePath

TEXT = "name: a\nsteps:\n  - id: first\n  - id: second\n"


def engine(
    says: Callable[[], Iterable[Problem]],
    *,
    kind: str = "entry",
    settings: dict[str, Any] | None = None,
    opened: list[str] | None = None,
) -> Engine:
    """Return an engine with one rule."""
    known = Settings(settings or {}, "/", None)
    context = Context(known, Connectors({}, None), AttackIndex.of(known))
    rule = Rule("PB102", "a-rule", Severity.ERROR, kind, lambda *_: iter(says()), "A page.")

    def reopen(file: str) -> Entry:
        if opened is not None:
            opened.append(file)
        return load_entry(file, TEXT.encode())

    return Engine({"PB102": rule}, context, Selection(known), reopen, "2026-06-01")


LONG = "x" * 1000
# text, offset, line
LINES = [
    ("ab\ncd\nef", 0, "ab"),
    ("ab\ncd\nef", 2, "ab"),
    ("ab\ncd\nef", 3, "cd"),
    ("ab\ncd\nef", 4, "cd"),
    ("ab\ncd\nef", 6, "ef"),
    ("ab\ncd\nef", 8, "ef"),
    ("ab\r\ncd\r\nef", 4, "cd"),
    ("ab\rcd\ref", 3, "cd"),
    ("ab\rcd\nef", 0, "ab"),
    ("ab\ncd\ref", 3, "cd"),
    ("\nab", 0, ""),
    ("\nab", 1, "ab"),
    ("", 0, ""),
    (f"a: {LONG}\nb", 0, f"a: {LONG}"[:400]),
    (f"z\na: {LONG}\nb", 2, f"a: {LONG}"[:400]),
    (f"a: {LONG}\nb", 900, f"a: {LONG}"),
    (f"a: {LONG}{LONG}\nb", 1000, f"a: {LONG}{LONG}"[:1400]),
    ("password:\n Herbst1789", 10, " **********"),
    ("a:\n password:\n  Herbst1789", 16, "  **********"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "offset", "line"), LINES)
def test_a_finding_shows_the_line_it_begins_on(text: str, offset: int, line: str) -> None:
    problem = Problem((), "said", span=Span(1, 1, 1, 1, offset, offset))
    entry = Entry(Source("x.yaml", text), load_entry("x.yaml", TEXT.encode()).document, None, ())
    (finding,) = engine(lambda: [problem]).check_entry(entry)
    assert finding.location.line_text == line


PATHS = [
    ((), (1, 1)),
    (("steps", 1), (4, 5)),
    (("steps", 1, "id"), (4, 9)),
    (("steps", 1, "missing"), (4, 5)),
]


@pytest.mark.parametrize(("path", "place"), PATHS)
def test_a_path_becomes_a_place(path: NodePath, place: tuple[int, int]) -> None:
    (finding,) = engine(lambda: [Problem(path, "said")]).check_entry(load_entry("x.yaml", TEXT.encode()))
    assert (finding.location.span.start_line, finding.location.span.start_column) == place
    assert (finding.location.file, finding.location.path) == ("x.yaml", path)


def test_a_problem_of_a_file_that_is_no_document_stands_at_its_top() -> None:
    entry = Entry(
        Source("x.yaml", "{"), None, None, (("PB102", Problem(("steps", 1), "said")), ("PB999", Problem((), "no")))
    )
    (finding,) = engine(list).check_entry(entry)
    assert finding.location == Location("x.yaml", Span(1, 1, 1, 1), ("steps", 1), "{")


SEVERITIES = [
    ({}, None, Severity.ERROR),
    ({}, Severity.NOTE, Severity.NOTE),
    ({"severity": {"PB102": Severity.WARNING}}, Severity.NOTE, Severity.WARNING),
    ({"per_path": {"x.yaml": {"ignore": ["PB1"]}}}, None, None),
    ({"per_path": {"y.yaml": {"ignore": ["PB1"]}}}, None, Severity.ERROR),
    ({"per_path": {"*.yaml": {"severity": {"PB102": "note"}}}}, None, Severity.NOTE),
]


@pytest.mark.parametrize(("rules", "said", "severity"), SEVERITIES)
def test_a_finding_has_the_severity_that_was_decided_or_is_none(
    rules: dict[str, Any], said: Severity | None, severity: Severity | None
) -> None:
    problem = Problem((), "said", severity=said)
    findings = engine(lambda: [problem], settings={"rules": rules}).check_entry(load_entry("x.yaml", TEXT.encode()))
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


SHOWN = [
    (None, ["a.yaml", "b.yaml"]),
    ({"a.yaml"}, ["a.yaml"]),
    ({"c.yaml"}, ["b.yaml"]),  # the other place of b's problem lies there
    ({"d.yaml"}, []),
    (set(), []),
]


@pytest.mark.parametrize(("shown", "files"), SHOWN)
def test_of_all_playbooks_only_what_touches_a_shown_file_is_said(shown: set[str] | None, files: list[str]) -> None:
    problems = [
        Problem(("name",), "one", file="a.yaml", related=(Related(("steps", 0), "here too"),)),
        Problem(("name",), "two", file="b.yaml", related=(Related(("steps", 1), "there too", file="c.yaml"),)),
    ]
    opened: list[str] = []
    runner = engine(lambda: problems, kind="workspace", opened=opened)
    findings = runner.check_workspace(Workspace(()), shown)
    assert [finding.location.file for finding in findings] == files
    places = {"one": ("a.yaml", 3), "two": ("c.yaml", 4)}
    for finding in findings:
        ((place, _),) = finding.related
        assert (place.file, place.span.start_line) == places[finding.message]
    assert sorted(opened) == sorted({*files, *(["c.yaml"] if "b.yaml" in files else [])})


def test_each_file_is_opened_again_once_and_few_are_kept() -> None:
    opened: list[str] = []
    problems = [Problem((), "said", file=f"{number}.yaml") for number in range(150)]
    engine(lambda: [*problems, *problems], kind="workspace", opened=opened).check_workspace(Workspace(()))
    assert opened == [f"{number}.yaml" for number in range(150)]
    opened.clear()
    problems = [Problem((), "said", file=f"{number}.yaml") for number in range(300)]
    engine(lambda: [*problems, *problems], kind="workspace", opened=opened).check_workspace(Workspace(()))
    assert 300 < len(opened) <= 600, "of so many files not every text is kept"


def test_a_comment_in_a_file_that_was_opened_again_silences_too() -> None:
    known = Settings({}, "/", None)
    context = Context(known, Connectors({}, None), AttackIndex.of(known))
    problems = [Problem(("name",), "said", file="a.yaml"), Problem(("steps", 0), "said", file="a.yaml")]
    rule = Rule("PB102", "a-rule", Severity.ERROR, "workspace", lambda *_: iter(problems), "A page.")
    text = TEXT.replace("name: a", "name: a  # playbookctl: ignore[PB102] known")
    runner = Engine(
        {"PB102": rule}, context, Selection(known), lambda file: load_entry(file, text.encode()), "2026-06-01"
    )
    findings = runner.check_workspace(Workspace(()))
    assert [finding.suppression is not None for finding in findings] == [True, False]
