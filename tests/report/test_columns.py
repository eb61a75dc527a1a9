"""Each format counts columns as its readers do: reviewdog bytes, SARIF code points, GitHub characters to the last one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from playbookctl.model.finding import Finding, Fix, Location, Severity
from playbookctl.model.report import Report
from playbookctl.model.source import Span
from playbookctl.report.registry import render

LINES = ["  next: notfy", "  名前: notfy # 封", "  🚨 é: notfy", "\te\u0301: notfy", "notfy"]
MARKED = "notfy"


def report(line: str, *, end_line: int = 4) -> Report:
    start = line.index(MARKED) + 1
    place = Location("a.yaml", Span(4, start, end_line, start + len(MARKED)), ("x",), line)
    fix = Fix("t", (), replacements=((place, "notify"),))
    return Report("validate", "1", findings=[Finding("PB102", "a", Severity.ERROR, "m", place, fix=fix)])


def diagnostic(line: str, **more: int) -> Any:
    return json.loads(render("rdjson", report(line, **more)))["diagnostics"][0]


@pytest.mark.parametrize("line", LINES)
def test_reviewdog_cuts_the_marked_text_out_of_the_bytes(line: str) -> None:
    found = diagnostic(line)
    place = found["location"]["range"]
    raw = line.encode()
    assert raw[place["start"]["column"] - 1 : place["end"]["column"] - 1].decode() == MARKED
    suggestion = found["suggestions"][0]
    assert suggestion == {"range": place, "text": "notify"}


def test_reviewdog_is_told_of_a_line_that_goes_but_not_of_two_changes_for_one_finding() -> None:
    place = Location("a.yaml", Span(5, 1, 6, 1), (), "id: 1")

    def suggested(*replacements: tuple[Location, str]) -> Any:
        found = Finding("PB005", "a", Severity.ERROR, "m", place, fix=Fix("t", (), replacements=replacements))
        shown = json.loads(render("rdjson", Report("validate", "1", findings=[found])))["diagnostics"][0]
        return shown.get("suggestions")

    lines = {"start": {"line": 5, "column": 1}, "end": {"line": 6, "column": 1}}
    assert suggested((place, "")) == [{"range": lines, "text": ""}]
    assert suggested((place, ""), (place, "x")) is None


@pytest.mark.parametrize("line", LINES)
def test_sarif_cuts_the_marked_text_out_of_the_code_points(line: str) -> None:
    run = json.loads(render("sarif", report(line)))["runs"][0]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == MARKED


@pytest.mark.parametrize("line", LINES)
def test_github_is_told_the_first_and_the_last_column(line: str) -> None:
    found = re.search(r"col=(\d+),endColumn=(\d+)", render("github", report(line)))
    assert found
    assert line[int(found[1]) - 1 : int(found[2])] == MARKED


def test_of_a_place_of_several_lines_only_the_beginning_is_said() -> None:
    assert "end" not in diagnostic(LINES[0], end_line=6)["location"]["range"]
    assert "endColumn" not in render("github", report(LINES[0], end_line=6))


def test_beyond_the_known_part_of_a_line_only_the_line_is_said() -> None:
    place = Location("a.yaml", Span(4, 450, 4, 460), ("x",), "x" * 400)
    found = Finding("PB102", "a", Severity.ERROR, "m", place)
    shown = json.loads(render("rdjson", Report("validate", "1", findings=[found])))["diagnostics"][0]
    assert shown["location"]["range"] == {"start": {"line": 4}}
