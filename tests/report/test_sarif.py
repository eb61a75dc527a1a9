"""SARIF: what a viewer and code scanning make of it, and what the vendor's own checker says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.model.finding import Edit, Finding, Fix, Location, Severity
from playbookctl.model.report import Report
from playbookctl.model.source import Span
from playbookctl.report.registry import render

if TYPE_CHECKING:
    from pathlib import Path


def run_of(report: Report) -> Any:
    return json.loads(render("sarif", report))["runs"][0]


PLACE = Location("a.yaml", Span(3, 9, 3, 14), ("steps", 0, "next"), "  next: notfy")
LINE = Location("a.yaml", Span(5, 1, 6, 1), (), "  next: notfy")


def with_fix(fix: Fix) -> Any:
    place = PLACE
    found = Finding("PB102", "unknown-step", Severity.ERROR, "m", place, fix=fix)
    return run_of(Report("validate", "1", findings=[found]))["results"][0]


def test_a_fix_is_said_as_what_it_replaces_by_what() -> None:
    fix = with_fix(Fix("write 'notify'", (), replacements=((PLACE, "notify"), (LINE, ""))))["fixes"][0]
    assert fix["description"] == {"text": "write 'notify'"}
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "a.yaml"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 14},
            "insertedContent": {"text": "notify"},
        },
        {"deletedRegion": {"startLine": 5, "startColumn": 1, "endLine": 6, "endColumn": 1}},
    ]


def test_a_fix_that_takes_courage_says_so() -> None:
    fix = with_fix(Fix("end here", (), safe=False, replacements=((PLACE, "end"),)))["fixes"][0]
    assert fix["description"] == {"text": "end here; this may change what is sent"}


def test_a_fix_of_which_nobody_knows_whether_it_can_be_made_is_not_shown() -> None:
    assert "fixes" not in with_fix(Fix("t", (Edit(("steps", 0, "next"), "notify"),)))


def test_every_result_names_its_rule_by_id_and_index(plain: Report) -> None:
    run = run_of(plain)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    assert {"PB404"} <= {rule["id"] for rule in rules}  # of which the report knows nothing but what the finding says


def test_a_rule_explains_itself_in_markdown(plain: Report) -> None:
    rule = next(rule for rule in run_of(plain)["tool"]["driver"]["rules"] if rule["id"] == "PB102")
    assert rule["name"] == "UnknownStep"
    assert rule["shortDescription"]["text"] == "A step names another step that does not exist."
    assert "```yaml" in rule["help"]["markdown"]
    assert rule["defaultConfiguration"] == {"level": "error"}


def test_suppressed_findings_are_results_with_their_reason(plain: Report) -> None:
    suppressions = [result["suppressions"] for result in run_of(plain)["results"] if "suppressions" in result]
    assert suppressions == [[{"kind": "inSource", "justification": "the name says it"}]]


def test_fingerprints_are_unique_and_those_of_the_other_formats(plain: Report) -> None:
    marks = [result["partialFingerprints"]["playbookctl/v1"] for result in run_of(plain)["results"]]
    assert len(set(marks)) == len(marks)
    listed = json.loads(render("json", plain))["findings"]
    assert {each["fingerprint"] for each in listed} <= set(marks)
    assert {each["fingerprint"] for each in listed} == {
        each["fingerprint"] for each in json.loads(render("gitlab", plain))
    }


def test_paths_are_references_from_the_root(hostile: Report) -> None:
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run_of(hostile)["results"]]
    assert all(re.fullmatch(r"[\w\-.~/%]+", place["uri"]) for place in places if "uriBaseId" in place)
    assert [place["uri"] for place in places if "uriBaseId" not in place] == ["file:///abs/e%2520%3F%23.yaml"]


@pytest.mark.node
@pytest.mark.parametrize("sample", ["plain", "hostile", "planned"])
def test_the_checker_of_sarif_and_of_github_finds_nothing(
    sample: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    tool = shutil.which("sarif-multitool")
    if tool is None:
        missing = "npm install --global @microsoft/sarif-multitool"
        if os.environ.get("REQUIRE_ALL"):
            pytest.fail(missing)
        pytest.skip(missing)
    file = tmp_path / "a.sarif"
    file.write_text(render("sarif", request.getfixturevalue(sample)), encoding="utf-8")
    command = [tool, "validate", str(file), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "Analysis completed successfully" in done.stdout, done.stdout + done.stderr
    found = re.findall(r"(?:error|warning) ([A-Z]+\d+)", done.stdout)
    assert set(found) <= {"SARIF2005"}, done.stdout  # the tool's page, whose address is not known yet
