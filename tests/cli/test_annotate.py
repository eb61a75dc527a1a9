"""In GitHub Actions the text is joined by annotations, unless the run says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from playbookctl.cli import annotate
from playbookctl.cli.main import run
from playbookctl.model.finding import Finding, Location, Severity
from playbookctl.model.report import Report
from playbookctl.model.source import Span

if TYPE_CHECKING:
    from pathlib import Path

BAD = "key: b\nname: B\ndescription: d\nsteps:\n  - id: one\n    action: get-host\n    next: onne\n"
ERROR = "::error file=playbooks/b.yaml,line=7,col=11,endColumn=14,title=PB102 unknown-step::no step is called 'onne'"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "b.yaml").write_text(BAD, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# GITHUB_ACTIONS, arguments, text for people, annotations
TOLD = [
    ("true", [], True, True),
    ("true", ["--no-annotations"], True, False),
    ("true", ["--format", "text"], True, False),
    ("true", ["--format=text"], True, False),
    ("true", ["--format", "github"], False, True),
    ("true", ["--format", "json"], False, False),
    ("", [], True, False),
    ("false", [], True, False),
    (None, [], True, False),
]


@pytest.mark.parametrize(("variable", "arguments", "text", "annotations"), TOLD)
def test_who_gets_annotations(
    variable: str | None, arguments: list[str], text: bool, annotations: bool, repository: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    if variable is not None:
        monkeypatch.setenv("GITHUB_ACTIONS", variable)
    assert run(["validate", "--select", "PB102", *arguments]) == 1, repository
    lines = capsys.readouterr().out.splitlines()
    assert ("playbooks/b.yaml:7:11: error PB102 no step is called 'onne'; did you mean 'one'?" in lines) is text
    assert any(line.startswith(ERROR) for line in lines) is annotations


def test_without_findings_only_the_totals_are_annotated(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(["validate", "--select", "PB103"]) == 0, repository
    assert capsys.readouterr().out.splitlines() == [
        "1 file checked, no findings", "", "::notice title=playbookctl validate::1 file checked, no findings",
    ]  # fmt: skip


def test_a_quiet_run_without_findings_stays_silent(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run(["validate", "-q", "--select", "PB103"]) == 0, repository
    assert capsys.readouterr().out == ""


def findings(severity: Severity, number: int) -> list[Finding]:
    return [
        Finding(
            "PB102", "a-rule", severity, f"number {line}", Location(f"{severity.value}.yaml", Span(line, 1, line, 2))
        )
        for line in range(1, number + 1)
    ]


KINDS = [(Severity.ERROR, "error", 10), (Severity.WARNING, "warning", 10), (Severity.NOTE, "notice", 9)]


@pytest.mark.parametrize(("severity", "word", "most"), KINDS)
def test_no_more_are_printed_than_github_shows(severity: Severity, word: str, most: int) -> None:
    for number in (most - 1, most, most + 1, 300):
        *lines, totals = annotate.of(Report("validate", "1", findings=findings(severity, number))).splitlines()
        assert [line for line in lines if line.startswith(f"::{word} ")] == lines[1:]
        assert len(lines) - 1 == min(number, most)
        assert totals.startswith(f"::notice title=playbookctl validate::{number} ")


def test_the_worst_come_first_and_each_kind_has_room_of_its_own() -> None:
    crowd = [*findings(Severity.NOTE, 30), *findings(Severity.WARNING, 30), *findings(Severity.ERROR, 2)]
    words = [line.split(" ")[0] for line in annotate.of(Report("validate", "1", findings=crowd)).splitlines()]
    assert words == ["", *["::error"] * 2, *["::warning"] * 10, *["::notice"] * 9, "::notice"]


def test_a_name_that_the_terminal_cannot_show_breaks_nothing(repository: Path) -> None:
    (repository / "playbooks" / "b.yaml").write_text(BAD.replace("onne", "öne封"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "playbookctl", "validate", "--select", "PB0"], capture_output=True, check=False,
        env={**os.environ, "GITHUB_ACTIONS": "true", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert b"::error file=playbooks/b.yaml" in done.stdout
    assert done.stdout.isascii()
