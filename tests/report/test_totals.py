"""A finding that is in one format is in all of them: each output is read back and counted."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from junitparser import Failure, JUnitXml, Skipped

from playbookctl.model.finding import Severity
from playbookctl.report.registry import Options, formats, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from playbookctl.model.report import Report


def count_text(text: str) -> Counter[str]:
    words = re.findall(r"^.*:\d+:\d+: (error|warning|note) PB\d{3} ?", text, re.MULTILINE)
    return Counter(words) + Counter(suppressed=len(re.findall(r"^ *= suppressed: ", text, re.MULTILINE)))


def count_json(text: str) -> Counter[str]:
    report = json.loads(text)
    counted = Counter(finding["severity"] for finding in report["findings"])
    assert {f"{word}s": counted[word] for word in ("error", "warning", "note")}.items() <= report["totals"].items()
    return counted + Counter(suppressed=len(report["suppressed"]))


def count_sarif(text: str) -> Counter[str]:
    results = json.loads(text)["runs"][0]["results"]
    return Counter("suppressed" if result.get("suppressions") else result["level"] for result in results)


def count_github(text: str) -> Counter[str]:
    commands = re.findall(r"^::(error|warning|notice) .*?title=PB\d{3} ", text, re.MULTILINE)
    return Counter("note" if command == "notice" else command for command in commands)


def count_gitlab(text: str) -> Counter[str]:
    words = {"major": "error", "minor": "warning", "info": "note"}
    return Counter(words[row["severity"]] for row in json.loads(text))


def count_rdjson(text: str) -> Counter[str]:
    words = {"ERROR": "error", "WARNING": "warning", "INFO": "note"}
    return Counter(words[row["severity"]] for row in json.loads(text)["diagnostics"])


def count_junit(text: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for suite in JUnitXml.fromstring(text.encode()):
        for case in suite:
            if re.match(r"PB\d{3} ", case.name):
                counted.update("suppressed" if isinstance(r, Skipped) else r.type for r in case.result)
    return counted


def count_markdown(text: str) -> Counter[str]:
    counted = Counter(re.findall(r"^\| \*\*(error|warning|note)\*\* \|", text, re.MULTILINE))
    return counted + Counter(suppressed=int((re.search(r"<summary>(\d+) suppressed<", text) or [0, 0])[1]))


COUNTS: dict[str, Callable[[str], Counter[str]]] = {
    "text": count_text,
    "json": count_json,
    "sarif": count_sarif,
    "github": count_github,
    "gitlab": count_gitlab,
    "rdjson": count_rdjson,
    "junit": count_junit,
    "markdown": count_markdown,
}
HIDES_SUPPRESSED = ("github", "gitlab", "rdjson")


@pytest.mark.parametrize("sample", ["plain", "hostile"])
@pytest.mark.parametrize("name", formats())
def test_a_format_has_as_many_findings_of_each_severity_as_the_report(
    name: str, sample: str, request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(sample)
    if name not in COUNTS:
        pytest.fail(f"say here how findings are counted in the format '{name}'")
    totals = report.totals
    expected = Counter(error=totals.errors, warning=totals.warnings, note=totals.notes, suppressed=totals.suppressed)
    if name in HIDES_SUPPRESSED:
        del expected["suppressed"]
    options = Options(verbose=True, fail_on=Severity.NOTE)
    shown = COUNTS[name](render(name, report, options))
    if name == "text":  # a suppressed finding is shown with its severity and its reason
        shown -= Counter(finding.severity.value for finding in report.suppressed)
    assert shown == expected


def test_the_sentence_of_totals_is_the_same_wherever_people_read_it(plain: Report) -> None:
    sentence = "3 errors, 2 warnings and 1 note in 2 of 4 files, 1 suppressed"
    for name in ("text", "markdown", "github"):
        assert sentence in render(name, plain)


GROUPS = {"conflict": 1, "held": 1, "drift": 1, "create": 1, "finish": 0, "update": 1, "revive": 1, "adopt": 1,
          "mark": 1, "duplicate": 1, "retire": 0, "orphan": 1, "unchanged": 3}  # fmt: skip
PLAN_SENTENCE = (
    "1 to create, 1 to update, 1 to revive, 1 to adopt, 1 to mark, 1 to mark as duplicate; 1 in conflict, 1 held; "
    "1 drifted, 1 orphaned, 3 unchanged"
)


def test_a_plan_has_the_same_groups_in_every_format_that_shows_it(planned: Report) -> None:
    read: Any = json.loads(render("json", planned))["plan"]
    assert read["totals"]["groups"] == GROUPS
    assert Counter(change["group"] for change in read["changes"]) == Counter(GROUPS)
    cases = ET.fromstring(render("junit", planned)).iter("testcase")  # noqa: S314 - our own output
    groups = Counter(case.get("name", "").split()[0] for case in cases)
    assert groups - Counter(refusal=1) == Counter(GROUPS)
    for name in ("text", "markdown", "github"):
        assert PLAN_SENTENCE in render(name, planned)
    rows = re.findall(r"^\| \*\*(\w+)\*\* \| `", render("markdown", planned), re.MULTILINE)
    assert Counter(rows) == Counter(GROUPS) - Counter(unchanged=3)


def test_outcomes_have_the_same_kinds_in_every_format_that_shows_them(synced: Report) -> None:
    sentence = "1 done, 1 already so, 1 held, 1 altered, 1 failed, 1 unknown, 1 skipped"
    for name in ("text", "markdown", "github"):
        assert sentence in render(name, synced)
    read = json.loads(render("json", synced))
    assert read["outcome_totals"]["failed"] == sum(outcome["failed"] for outcome in read["outcomes"]) == 4
    junit = JUnitXml.fromstring(render("junit", synced).encode())
    results = Counter(type(result) for suite in junit for case in suite for result in case.result)
    assert (results[Failure], results[Skipped]) == (4, 1)
    assert len(re.findall(r"^::error ", render("github", synced), re.MULTILINE)) == 4


def test_only_findings_as_bad_as_the_run_fails_for_are_failed_tests(plain: Report) -> None:
    failures = {
        severity: JUnitXml.fromstring(render("junit", plain, Options(fail_on=severity)).encode()).failures
        for severity in Severity
    }
    assert failures == {Severity.ERROR: 3, Severity.WARNING: 5, Severity.NOTE: 6}
