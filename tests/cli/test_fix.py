"""`validate --fix`, `--diff` and `fmt` on files: what is written, what is said, and that a second run finds nothing."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from playbookctl.cli.main import run
from playbookctl.errors import UsageError
from playbookctl.rewrite import write_all

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = """\
id: ply_1
name: Reset # a name
description: Reset a password.
category: containment
owner: lead
mitre_techniques: [T1562.001, T1562.006]
required_connectors: [slack]
tags:
  - playbookctl:key=x
steps:
  - id: reset
    connector: okta
    action: reset-password
    with: {user: "{{ alert.user }}", yes: 2026-01-31, pin: 0123}
"""
FIXED = """\
key: reset
name: Reset # a name
description: Reset a password.
category: containment
owner: lead
mitre_techniques: [T1685]
required_connectors: [okta]
tags: []
steps:
  - id: reset
    connector: okta
    action: reset-password
    with: {user: "{{ alert.user }}", "yes": "2026-01-31", pin: 0123}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "playbookctl.yaml").write_text("namespace: test\n", "utf-8")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "reset.yaml").write_bytes(BROKEN.encode("utf-8"))
    return tmp_path


def text(repository: Path) -> str:
    return (repository / "playbooks" / "reset.yaml").read_bytes().decode("utf-8")


def test_what_is_promised_is_repaired_and_the_rest_reported(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", "--format", "json"]) == 1
    promised = json.loads(capsys.readouterr().out)["totals"]["fixable"]
    assert run(["validate", "--fix"]) == 0
    said = capsys.readouterr()
    assert said.err == f"fixed {promised} findings in 1 file\n"
    assert text(repository) == FIXED
    assert "PB004 0123" in said.out
    assert "validate --fix" not in said.out


def test_a_second_run_changes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["validate", "--fix"])
    before = (repository / "playbooks" / "reset.yaml").stat()
    capsys.readouterr()
    assert run(["validate", "--fix"]) == 0
    assert capsys.readouterr().err == ""
    assert (repository / "playbooks" / "reset.yaml").stat().st_mtime_ns == before.st_mtime_ns


def test_unsafe_fixes_are_made_on_demand_only(repository: Path) -> None:
    run(["validate", "--fix", "--unsafe-fixes"])
    assert text(repository) == FIXED.replace("0123", '"0123"')


def test_a_diff_is_shown_and_nothing_written(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--diff"]) == 1
    said = capsys.readouterr()
    assert "-id: ply_1\n+key: reset\n name: Reset # a name\n" in said.out
    assert said.err.startswith("would fix ")
    assert text(repository) == BROKEN
    run(["validate", "--fix"])
    capsys.readouterr()
    assert (run(["validate", "--diff"]), capsys.readouterr().out) == (0, "")


def test_standard_input_comes_back_fixed(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode("utf-8"))))
    run(["validate", "--fix", "-", "--stdin-filename", "playbooks/reset.yaml"])
    said = capsys.readouterr()
    assert said.out == FIXED
    assert "PB004 0123" in said.err
    assert text(repository) == BROKEN


def test_a_mark_crlf_and_permissions_survive(repository: Path) -> None:
    file = repository / "playbooks" / "reset.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode("utf-8"))
    file.chmod(0o640)
    run(["validate", "--fix"])
    assert file.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode("utf-8")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["reset.yaml"]


def test_a_link_stays_a_link(repository: Path) -> None:
    file = repository / "playbooks" / "reset.yaml"
    (repository / "kept").mkdir()
    file.rename(repository / "kept" / "reset.yaml")
    file.symlink_to(repository / "kept" / "reset.yaml")
    run(["validate", "--fix"])
    assert file.is_symlink()
    assert (repository / "kept" / "reset.yaml").read_text("utf-8") == FIXED


def test_a_link_out_of_the_repository_is_not_followed(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "reset.yaml"
    outside.write_text(BROKEN, "utf-8")
    file = repository / "playbooks" / "reset.yaml"
    file.unlink()
    file.symlink_to(outside)
    run(["validate", "--fix"])
    run(["fmt"])
    assert outside.read_text("utf-8") == BROKEN


def test_what_somebody_else_changed_meanwhile_is_left(repository: Path) -> None:
    with pytest.raises(UsageError, match="changed by somebody else"):
        write_all(str(repository), [("playbooks/reset.yaml", "other", "new")])
    assert text(repository) == BROKEN


def test_a_suppressed_finding_is_not_fixed(repository: Path) -> None:
    file = repository / "playbooks" / "reset.yaml"
    file.write_text(BROKEN.replace("id: ply_1", "id: ply_1  # playbookctl: ignore[PB005] an example"), "utf-8")
    run(["validate", "--fix"])
    assert "id: ply_1" in text(repository)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--unsafe-fixes"],
        ["--diff", "--format", "json"],
        ["--diff", "--report", "json=x.json"],
        ["--fix", "--write-baseline", "known.json"],
        ["--fix", "-", "--format", "json"],
    ],
)
def test_options_that_contradict_each_other_write_nothing(repository: Path, arguments: list[str]) -> None:
    assert run(["validate", *arguments]) == 2
    assert text(repository) == BROKEN


def test_formatting_writes_checks_and_shows(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = repository / "playbooks" / "reset.yaml"
    messy = "steps:\n- action: b\n  id: a\nname: x"
    file.write_text(messy, "utf-8")
    assert run(["fmt", "--check"]) == 1
    assert run(["fmt", "--diff"]) == 1
    assert "+name: x\n" in capsys.readouterr().out
    assert file.read_text("utf-8") == messy
    assert run(["fmt"]) == 0
    assert file.read_text("utf-8") == "name: x\nsteps:\n  - id: a\n    action: b\n"
    assert run(["fmt", "--check"]) == 0


def test_a_file_that_formatting_could_hurt_is_left_and_named(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "playbooks" / "reset.yaml").write_text("name: x\nname: y\n", "utf-8")
    assert run(["fmt"]) == 1
    assert "playbooks/reset.yaml: left as it is: a key stands twice in one mapping" in capsys.readouterr().err
    assert text(repository) == "name: x\nname: y\n"


def test_a_key_made_from_another_name_is_no_safe_fix(repository: Path) -> None:
    file = repository / "playbooks" / "Reset_it.yaml"
    file.write_text("name: x\nsteps:\n  - id: a\n    action: b\n", "utf-8")
    run(["validate", "--fix"])
    assert file.read_text("utf-8").startswith("name: x\n")
    run(["validate", "--fix", "--unsafe-fixes"])
    assert file.read_text("utf-8").startswith("key: reset-it\nname: x\n")
