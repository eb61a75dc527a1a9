"""A finding keeps its fingerprint while lines move, and two findings never share one."""

from __future__ import annotations

from playbookctl.model.finding import Finding, Location, Severity
from playbookctl.model.source import Span
from playbookctl.report.fingerprint import fingerprints


def finding(
    line: int, text: str = "  next: notfy", file: str = "a.yaml", code: str = "PB102", message: str = "m"
) -> Finding:
    return Finding(
        code, "a-rule", Severity.ERROR, message, Location(file, Span(line, 3, line, 9), ("steps", line), text)
    )


def test_it_stays_when_lines_above_are_added_and_when_the_line_is_indented() -> None:
    assert fingerprints([finding(3)]) == fingerprints([finding(70, "      next:  notfy")])


def test_it_stays_when_the_message_names_something_else_of_the_file() -> None:
    assert fingerprints([finding(3, message="did you mean 'a'?")]) == fingerprints([finding(3)])


def test_it_differs_by_file_code_and_text() -> None:
    several = [finding(3), finding(3, file="b.yaml"), finding(3, code="PB101"), finding(3, "next: other")]
    assert len(set(fingerprints(several))) == 4


def test_equal_lines_of_a_file_are_numbered_in_their_order() -> None:
    first, second, third = fingerprints([finding(3), finding(9), finding(20)])
    assert len({first, second, third}) == 3
    assert fingerprints([finding(4), finding(5)]) == [first, second]


def test_without_a_source_line_the_message_tells_findings_apart() -> None:
    assert len(set(fingerprints([finding(1, "", message="a"), finding(1, "", message="b")]))) == 2
