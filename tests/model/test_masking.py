"""A secret that a rule has found is in no report, whichever rule shows its line, and in whatever format."""

from __future__ import annotations

import pytest

from playbookctl.model.finding import Finding, Location, Severity
from playbookctl.model.report import Report
from playbookctl.model.source import Span
from playbookctl.report.registry import Options, formats, render

LINE = "    with: {token: xoxb-1234-abcd, channel: soc}"
SECRET = "xoxb-1234-abcd"  # noqa: S105 - an example of the format


def place(line: int, start: int, end: int, text: str, *, end_line: int = 0, file: str = "a.yaml") -> Location:
    return Location(file, Span(line, start, end_line or line, end), (), text)


def finding(code: str, location: Location, *related: tuple[Location, str]) -> Finding:
    return Finding(code, "a-rule", Severity.ERROR, "a secret", location, related=related)


def lines(*findings: Finding) -> dict[str, str]:
    return {each.code: each.location.line_text for each in Report("validate", "1", findings=findings).findings}


def test_it_is_masked_in_its_own_finding_and_in_those_of_the_same_line() -> None:
    stars = LINE.replace(SECRET, "*" * len(SECRET))
    shown = lines(finding("PB403", place(3, 19, 33, LINE)), finding("PB205", place(3, 5, 9, LINE)))
    assert shown == {"PB403": stars, "PB205": stars}


def test_every_line_of_a_long_secret_is_masked() -> None:
    key = place(3, 10, 6, "    key: |-", end_line=5)
    shown = lines(
        finding("PB403", key),
        finding("PB001", place(4, 5, 9, "      abc")),
        finding("PB002", place(5, 8, 9, "  def: more")),
        finding("PB003", place(6, 8, 9, "  def: more")),
    )
    assert shown == {"PB403": "    key: **", "PB001": "*********", "PB002": "*****: more", "PB003": "  def: more"}


def test_other_files_and_other_lines_stay_as_they_are() -> None:
    shown = lines(finding("PB403", place(3, 19, 33, LINE)), finding("PB205", place(3, 5, 9, LINE, file="b.yaml")))
    assert shown["PB205"] == LINE


@pytest.mark.parametrize("name", formats())
def test_no_format_shows_it(name: str) -> None:
    secret = place(3, 19, 33, LINE)
    findings = [finding("PB403", secret, (secret, "again")), finding("PB205", place(3, 5, 9, LINE))]
    assert SECRET not in render(name, Report("validate", "1", findings=findings), Options(verbose=True))
