"""`init`: what it writes works at once, and what is there is left alone."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from playbookctl.cli.main import run
from playbookctl.errors import ExitCode
from playbookctl.load.schema.files import schema_text

if TYPE_CHECKING:
    from pathlib import Path

PLAYBOOK = """\
key: triage
name: Triage
description: Look at the host.
required_connectors: [edr, chat]
steps:
  - id: look
    connector: edr
    action: get-host
  - id: tell
    connector: chat
    action: post-message
"""
ALL = [
    "playbooks/suspicious-login.yaml",
    "playbookctl.yaml",
    "connectors.yaml",
    ".pre-commit-config.yaml",
    "schemas/playbook.schema.json",
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "SOC Playbooks"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def init(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, str], str]:
    """Return the exit code, what became of each file, and everything that was said."""
    capsys.readouterr()
    code = run(["init", *arguments])
    said = capsys.readouterr()
    rows = [line.split() for line in said.out.splitlines()]
    return code, {row[1]: row[0] for row in rows if row and row[0] in ("wrote", "left")}, said.out + said.err


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_an_empty_folder_becomes_a_repository_that_validates_and_syncs(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    code, files, _ = init(capsys)
    assert (code, files) == (0, dict.fromkeys(ALL, "wrote"))
    assert yaml.safe_load((here / "playbookctl.yaml").read_text("utf-8"))["namespace"] == "soc-playbooks"
    assert run(["validate", "--fail-on", "note"]) == 0
    assert run(["fmt", "--check"]) == 0
    assert json.loads((here / "schemas" / "playbook.schema.json").read_text("utf-8")) == json.loads(
        schema_text("playbook")
    )
    subprocess.run(["git", "add", "-A"], cwd=here, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"], cwd=here, check=True)
    assert run(["sync", "--yes"]) == 0
    assert run(["plan", "--detailed-exitcode"]) == 0
    assert run(["run", "suspicious-login", "--wait"]) == 0


def test_what_is_written_is_what_the_hook_looks_at(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(capsys)
    paths = ["playbooks/suspicious-login.yaml", "connectors.yaml", "playbookctl.yaml"]
    assert run(["validate", *paths]) == 0
    assert (here / ".pre-commit-config.yaml").read_text("utf-8").startswith("repos:\n  - repo: local\n")


def test_a_second_time_nothing_is_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(capsys)
    before = tree(here)
    code, files, _ = init(capsys)
    assert (code, set(files.values())) == (0, {"left"})
    assert tree(here) == before


@pytest.mark.parametrize("name", ALL[1:])
def test_no_file_is_overwritten(here: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (here / name).parent.mkdir(exist_ok=True)
    mine = {"connectors.yaml": "connectors: {}\n", "playbookctl.yaml": "namespace: mine\n"}.get(name, "# mine\n")
    (here / name).write_text(mine, "utf-8")
    before = (here / name).read_text("utf-8")
    code, files, _ = init(capsys)
    assert (code, files) == (0, {**dict.fromkeys(ALL, "wrote"), name: "left"})
    assert (here / name).read_text("utf-8") == before


def test_a_link_is_not_written_through(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "connectors.yaml").symlink_to(here.parent / "elsewhere.yaml")
    assert init(capsys)[1]["connectors.yaml"] == "left"
    assert not (here.parent / "elsewhere.yaml").exists()


def test_playbooks_that_are_there_say_where_they_lie_and_which_connectors_they_use(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "soc" / "response").mkdir(parents=True)
    (here / "soc" / "response" / "triage.yaml").write_text(PLAYBOOK, "utf-8")
    (here / "soc" / "other.yaml").write_text("a: b\n", "utf-8")
    code, files, said = init(capsys, "--namespace", "blue")
    assert (code, files) == (0, dict.fromkeys(ALL[1:], "wrote"))
    config = yaml.safe_load((here / "playbookctl.yaml").read_text("utf-8"))
    assert (config["namespace"], config["playbooks"]) == ("blue", "soc/response")
    assert yaml.safe_load((here / "connectors.yaml").read_text("utf-8")) == {
        "connectors": {
            "chat": {"provider": "chat", "actions": {"post-message": {}}},
            "edr": {"provider": "edr", "actions": {"get-host": {}}},
        }
    }
    assert "$schema=../../schemas/playbook.schema.json" in said
    assert run(["validate"]) == 0


def test_a_config_that_is_there_says_where_playbooks_lie(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "playbookctl.yaml").write_text("playbooks: mine\n", "utf-8")
    for folder in ("mine", "theirs"):
        (here / folder).mkdir()
    (here / "mine" / "a.yaml").write_text(PLAYBOOK, "utf-8")
    (here / "theirs" / "b.yaml").write_text(PLAYBOOK.replace("edr", "siem"), "utf-8")
    assert init(capsys)[1]["playbookctl.yaml"] == "left"
    assert sorted(yaml.safe_load((here / "connectors.yaml").read_text("utf-8"))["connectors"]) == ["chat", "edr"]


def test_a_hook_file_that_is_there_is_left_and_the_entry_is_printed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".pre-commit-config.yaml").write_text("repos: []\n", "utf-8")
    said = init(capsys)[2]
    assert "put this under 'repos:' in .pre-commit-config.yaml:\n\n  - repo: local\n" in said
    (here / ".pre-commit-config.yaml").write_text(
        "repos: [{repo: local, hooks: [{id: playbookctl-validate}]}]\n", "utf-8"
    )
    assert "put this under" not in init(capsys)[2]


def test_in_a_subfolder_the_hook_belongs_to_the_top(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=here, check=True)
    (here / "soc").mkdir()
    monkeypatch.chdir(here / "soc")
    code, files, said = init(capsys)
    assert (code, ".pre-commit-config.yaml" in files) == (0, False)
    assert "in ../.pre-commit-config.yaml:" in said
    assert "files: '^soc/(playbooks/" in said
    assert not (here / ".pre-commit-config.yaml").exists()


def test_a_folder_that_belongs_to_a_config_above_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    init(capsys)
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")
    code, files, said = init(capsys)
    assert (code, files) == (ExitCode.USAGE, {})
    assert "this folder belongs to " in said
    assert tree(here / "sub") == {}


@pytest.mark.parametrize("namespace", ["SOC", "a b", "", "x" * 33, "a/b"])
def test_a_namespace_that_is_none_is_refused_before_anything_is_written(
    here: Path, capsys: pytest.CaptureFixture[str], namespace: str
) -> None:
    assert init(capsys, "--namespace", namespace)[0] == ExitCode.USAGE
    assert tree(here) == {}


def test_a_folder_that_cannot_be_written_ends_with_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "playbooks").write_text("a file", "utf-8")
    code, _, said = init(capsys)
    assert (code, "'playbooks/suspicious-login.yaml' cannot be written" in said) == (ExitCode.USAGE, True)
