"""However much there is to say, a comment fits, and what is left out is counted to the last one."""

from __future__ import annotations

import re

import pytest

from playbookctl.model.finding import Finding, Location, Severity, Suppression
from playbookctl.model.outcome import Outcome, OutcomeKind
from playbookctl.model.plan import Action, Change, Plan, Refusal, Standing
from playbookctl.model.report import Report, Skipped
from playbookctl.model.source import Span
from playbookctl.report.bounded import Bounded
from playbookctl.report.formats.markdown import LIMIT
from playbookctl.report.registry import render

SEVERITIES = list(Severity)


def findings(count: int, **more: object) -> list[Finding]:
    return [
        Finding(f"PB{number % 400:03}", "a-rule", SEVERITIES[number % 3], "no step is called 'notfy'",
                Location(f"playbooks/number-{number}.yaml", Span(number + 1, 3, number + 1, 9)), **more)
        for number in range(count)
    ]  # fmt: skip


def left_out(text: str, words: str) -> int:
    found = re.search(rf"… ([\d,]+) more {words}", text)
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("count", [1, 10, 500, 5000])
def test_findings_shown_and_left_out_are_all_findings_worst_first(count: int) -> None:
    text = render("markdown", Report("validate", "1", findings=findings(count)))
    shown = re.findall(r"^\| \*\*(\w+)\*\* \|", text, re.MULTILINE)
    assert len(text) <= LIMIT
    assert len(shown) + left_out(text, "findings?") == count
    assert shown == sorted(shown, key=["error", "warning", "note"].index)
    by_severity = re.search(r"not shown here: (.*?)\. Run", text)
    numbers = (
        [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?= )", by_severity[1])] if by_severity else []
    )
    assert sum(numbers) == left_out(text, "findings?")


def test_every_list_counts_what_it_leaves_out() -> None:
    suppression = Suppression("inSource", "known")
    report = Report(
        "validate",
        "1",
        findings=[*findings(3000), *findings(2000, suppression=suppression)],
        skipped=[Skipped(f"other-{number}.yaml", "outside 'playbooks:'") for number in range(1000)],
    )
    text = render("markdown", report)
    assert len(text) <= LIMIT
    assert len(re.findall(r"^\| known \|", text, re.MULTILINE)) + left_out(text, "suppressed") == 2000
    assert len(re.findall(r"^- skipped ", text, re.MULTILINE)) + left_out(text, "notes?") == 1000
    assert len(re.findall(r"^\| PB\d+ \| [\d,]+ \|", text, re.MULTILINE)) + left_out(text, "rules?") == 400


def changes(action: Action, standing: Standing, count: int) -> list[Change]:
    return [
        Change(f"{action.value}-{number}", "", action, standing, 5, f"playbooks/{number}.yaml", reason="moved")
        for number in range(count)
    ]


def test_a_plan_of_thousands_counts_changes_contents_and_refusals() -> None:
    rows = (*changes(Action.HOLD, Standing.CONFLICT, 3000), *changes(Action.UPDATE, Standing.REPO_AHEAD, 2000))
    refusals = tuple(Refusal(f"refusal {number}", "read it") for number in range(500))
    text = render("markdown", Report("plan", "1", plan=Plan("prod", "n", "t", changes=rows, refusals=refusals)))
    assert len(text) <= LIMIT
    conflicts, updates = (
        len(re.findall(rf"^\| \*\*{word}\*\* \|", text, re.MULTILINE)) for word in ("conflict", "update")
    )
    numbers = [int(number.replace(",", "")) for number in re.findall(r"… ([\d,]+) more playbooks", text)]
    assert [conflicts + numbers[0], updates + numbers[1]] == [3000, 2000]
    assert text.count("```diff") + left_out_contents(text) == 5000
    assert len(re.findall(r"^- \*\*sync refuses", text, re.MULTILINE)) + left_out(text, "refusals") == 500


def left_out_contents(text: str) -> int:
    found = re.search(r"… the contents of ([\d,]+) more changes not shown here", text)
    return int(found[1].replace(",", "")) if found else 0


def test_outcomes_of_thousands_are_counted() -> None:
    outcomes = [Outcome(f"key-{number}", Action.UPDATE, list(OutcomeKind)[number % 8]) for number in range(8000)]
    text = render("markdown", Report("sync", "1", outcomes=outcomes))
    shown = len(re.findall(r"^\| `key-\d+` \|", text, re.MULTILINE))
    rest = sum(int(number.replace(",", "")) for number in re.findall(r"… ([\d,]+) more playbooks", text))
    assert len(text) <= LIMIT
    assert shown + rest == 8000


def test_a_list_without_room_for_one_row_says_how_many_it_has() -> None:
    page = Bounded(2100)
    page.add_rows("head", ["x" * 500] * 7, "foot", lambda shown: f"{7 - shown} left out", at_most=4000)
    assert page.text() == "\n7 left out\n"


def test_a_block_that_does_not_fit_is_not_added() -> None:
    page = Bounded(2010)
    assert page.add("x" * 9)
    assert not page.add("")
    assert page.text() == "x" * 9 + "\n"
