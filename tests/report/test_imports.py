"""What the hook pays for: choosing and rendering costs no import that is not used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("json", "difflib", "dataclasses", "hashlib", "typing_extensions", "pydantic", "rich", "deepdiff", "urllib",
         "playbookctl.model.plan", "playbookctl.report.fingerprint", "playbookctl.report.plan_text")  # fmt: skip

NOTHING_FOUND = """
from playbookctl.model.report import Report
from playbookctl.report.registry import render
assert render("text", Report("validate", "1", files=["a"]))
"""
ONE_FOUND = """
from playbookctl.model.finding import Finding, Location, Severity
from playbookctl.model.report import Report
from playbookctl.model.source import Span
from playbookctl.report.registry import render
place = Location("a", Span(1, 1, 1, 2), (), "x: y")
assert render("text", Report("validate", "1", findings=[Finding("PB102", "a", Severity.ERROR, "m", place)]))
"""
CHOICE = "from playbookctl.report.registry import formats; assert formats()"


def imported(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("code", [NOTHING_FOUND, ONE_FOUND])
def test_the_text_of_a_check_imports_nothing_heavy(code: str) -> None:
    assert imported(code) & set(HEAVY) == set()


def test_nothing_found_needs_no_escaping_either() -> None:
    assert imported(NOTHING_FOUND) & {"playbookctl.report.escape", "playbookctl.report.cells"} == set()


def test_the_choice_of_formats_imports_none_of_them() -> None:
    assert {name for name in imported(CHOICE) if name.startswith("playbookctl.report.")} == {
        "playbookctl.report.registry"
    }


def test_a_format_that_needs_something_heavy_is_seen() -> None:
    assert "json" in imported(NOTHING_FOUND.replace('"text"', '"json"'))
