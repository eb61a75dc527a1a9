"""Notes of one rule that come in crowds are one line of the text, so that an error among them is seen."""

from __future__ import annotations

import pytest

from playbookctl.model.finding import Finding, Location, Severity, Suppression
from playbookctl.model.report import Report
from playbookctl.model.source import Span
from playbookctl.report.registry import Options, formats, render


def findings(number: int, code: str = "PB502", severity: Severity = Severity.NOTE, per_file: int = 1) -> list[Finding]:
    return [
        Finding(code, "owner", severity, "there is no owner", Location(f"p{index // per_file:03}.yaml", Span(index + 1, 1, index + 1, 2)))
        for index in range(number)
    ]  # fmt: skip


def lines(found: list[Finding], options: Options | None = None) -> list[str]:
    return [line for line in render("text", Report("validate", "1", findings=found), options).splitlines() if line]


def test_twenty_are_shown_and_twenty_one_are_said() -> None:
    assert lines(findings(20))[0] == "p000.yaml:1:1: note PB502 there is no owner"
    assert len(lines(findings(20))) == 20 + 2
    assert lines(findings(21)) == [
        "note PB502 owner: 21 times, first in p000.yaml and p001.yaml; -v shows all",
        "21 notes in 21 of 21 files",
        "  playbookctl explain PB502  why it matters, how to fix or suppress it",
    ]


def test_what_is_not_in_a_crowd_stays_and_comes_first() -> None:
    shown = lines([*findings(300), *findings(3, "PB102", Severity.ERROR), *findings(2, "PB112")])
    assert [line.split(" ")[:3] for line in shown[:6]] == [
        ["p000.yaml:1:1:", "error", "PB102"],
        ["p000.yaml:1:1:", "note", "PB112"],
        ["p001.yaml:2:1:", "error", "PB102"],
        ["p001.yaml:2:1:", "note", "PB112"],
        ["p002.yaml:3:1:", "error", "PB102"],
        ["note", "PB502", "owner:"],
    ]
    assert shown[6] == "3 errors and 302 notes in 300 of 300 files"


@pytest.mark.parametrize("severity", [Severity.ERROR, Severity.WARNING])
def test_errors_and_warnings_are_never_gathered(severity: Severity) -> None:
    assert sum(f": {severity.value} PB502" in line for line in lines(findings(50, severity=severity))) == 50


def test_of_a_rule_that_says_errors_too_only_the_notes_are_gathered() -> None:
    shown = lines([*findings(30), *findings(30, severity=Severity.ERROR)])
    assert sum(": error PB502" in line for line in shown) == 30
    assert sum("note PB502" in line for line in shown) == 1


ASKED = [Options(verbose=True), Options(fail_on=Severity.NOTE)]


@pytest.mark.parametrize("options", ASKED)
def test_all_are_shown_where_they_are_asked_for_or_fail_the_run(options: Options) -> None:
    assert sum(": note PB502" in line for line in lines(findings(50), options)) == 50


FILES = [(1, "first in p000.yaml and p001.yaml"), (15, "in p000.yaml and p001.yaml"), (30, "in p000.yaml")]


@pytest.mark.parametrize(("per_file", "where"), FILES)
def test_the_first_two_files_are_named(per_file: int, where: str) -> None:
    assert lines(findings(30, per_file=per_file))[0] == f"note PB502 owner: 30 times, {where}; -v shows all"


def test_several_crowds_have_a_line_each_by_code() -> None:
    shown = lines([*findings(21, "PB503"), *findings(21, "PB502")])
    assert [line.split(" ")[1] for line in shown[:2]] == ["PB502", "PB503"]


def test_suppressed_ones_make_no_crowd() -> None:
    known = [
        Finding(f.code, f.rule, f.severity, f.message, f.location, suppression=Suppression("external", "known"))
        for f in findings(30)
    ]
    assert lines(known) == ["0 files checked, no findings, 30 suppressed"]


def test_a_hostile_name_of_a_file_cannot_act() -> None:
    place = Location("\x1b[31m::error::x\n::error::y.yaml", Span(1, 1, 1, 2))
    shown = render("text", Report("validate", "1", findings=[Finding("PB502", "o", Severity.NOTE, "m", place)] * 30))
    assert "\x1b" not in shown
    assert not any(line.startswith("::") for line in shown.splitlines())


@pytest.mark.parametrize("name", [name for name in formats() if name != "text"])
def test_other_formats_have_them_all_whatever_the_options(name: str) -> None:
    report = Report("validate", "1", findings=findings(40))
    assert render(name, report, Options()) == render(name, report, Options(verbose=True))
