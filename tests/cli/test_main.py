"""Every way out of the command line: a message that helps, the right exit code, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from playbookctl.cli.group import cli
from playbookctl.cli.main import run
from playbookctl.errors import PRECEDENCE, ExitCode, worst

ROOT = Path(__file__).parents[2]
GOOD = "key: a\nname: A\ndescription: d\nsteps:\n  - id: one\n    action: get-host\n"
BAD = "key: b\nname: B\ndescription: d\nsteps:\n  - id: one\n    action: get-host\n    next: onne\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text(GOOD, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRONG_USAGE = [
    (["validat"], "there is no command 'validat'; did you mean 'validate'?"),
    (["validate", "--nonsense"], "No such option"),
    (["validate", "nowhere.yaml"], "there is no file or folder 'nowhere.yaml'"),
    (["validate", "--select", "PB777"], "no rule has the code or name 'PB777'"),
    (["validate", "--ignore", "unknown-stp"], "did you mean 'unknown-step'?"),
    (["-v", "validat"], "there is no command 'validat'; did you mean 'validate'?"),
    (["--nonsense", "validate"], "No such option '--nonsense'"),
    (["--env", "prod", "validate"], "No such option '--env'"),
    (["validate", "--today", "tomorrow"], "'tomorrow' is no date"),
    (["review", "--base", "main", "--today", "2027-02-30"], "'2027-02-30' is no date"),
    (["validate", "--format", "xml"], "Invalid value for '--format'"),
    (["validate", "--report", "json"], "--report json is not FORMAT=PATH"),
    (["validate", "--report", "json=/nowhere/x"], "'/nowhere/x' cannot be written"),
    (["validate", "-", "playbooks/a.yaml"], "'-' stands alone"),
    (["validate", "--config", "nowhere.yaml"], "does not exist"),
    (["explain", "PB9999"], "no rule has the code or name 'PB9999'"),
    (["schema", "playbok"], "Invalid value"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_USAGE)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(
    arguments: list[str], message: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == ExitCode.USAGE, repository
    assert message in capsys.readouterr().err


def test_with_json_the_error_stands_on_standard_output_too(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", "nowhere.yaml", "--format", "json"]) == ExitCode.USAGE, repository
    assert json.loads(capsys.readouterr().out) == {
        "code": 2,
        "message": "there is no file or folder 'nowhere.yaml'",
        "hint": "",
    }


def test_several_rules_are_explained_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "pb102", "secret", "PB102"]) == ExitCode.DONE
    heads = [line for line in capsys.readouterr().out.splitlines() if line.startswith("# ")]
    assert heads == ["# PB102 unknown-step", "# PB403 secret"]


def test_the_hint_of_wrong_usage_stands_apart_from_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--nope", "--format", "json"]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert said["message"].startswith("No such option")
    assert said["hint"] == "see 'playbookctl validate --help'"
    assert err == f"error: {said['message']}\nhint: {said['hint']}\n"


FAIL_ON = [("error", "note", 0), ("warning", "warning", 1), ("note", "note", 1), ("error", "error", 1)]


@pytest.mark.parametrize(("fail_on", "severity", "code"), FAIL_ON)
def test_the_exit_code_follows_the_mildest_severity_that_fails(
    fail_on: str, severity: str, code: int, repository: Path
) -> None:
    (repository / "playbooks" / "a.yaml").write_text(BAD, "utf-8")
    (repository / "playbookctl.yaml").write_text(f"rules: {{severity: {{PB102: {severity}}}}}\n", "utf-8")
    assert run(["validate", "--select", "PB102", "--fail-on", fail_on]) == code


def test_standard_input_is_a_playbook_under_the_name_it_is_given(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "playbookctl", "validate", "-", "--stdin-filename", "editor/b.yaml", "--select", "PB102"],
        cwd=repository, input=BAD, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.FINDINGS
    assert (
        done.stdout.splitlines()[0] == "editor/b.yaml:7:11: error PB102 no step is called 'onne'; did you mean 'one'?"
    )


@pytest.mark.parametrize("name", ["playbookctl.yaml", "connectors.yaml", "playbooks/a.test.yaml", "old/x.yaml"])
def test_standard_input_under_the_name_of_another_kind_of_file_is_passed_over(repository: Path, name: str) -> None:
    (repository / "playbookctl.yaml").write_text("exclude: [old]\n", "utf-8")
    command = [sys.executable, "-m", "playbookctl", "validate", "-", "--stdin-filename", name]
    done = subprocess.run(command, cwd=repository, input="a: b\n", capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.DONE
    assert f"skipped {name}: no playbook of this repository" in done.stdout
    fixed = subprocess.run(
        [*command, "--fix"], cwd=repository, input="a:  b\n", capture_output=True, text=True, check=False
    )
    assert (fixed.returncode, fixed.stdout) == (ExitCode.DONE, "a:  b\n")


NAMED = "key: b\nname: B\nsteps:\n  - {id: a, type: manual, message: Look.}\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], []),
        (["--stdin-filename", "playbooks/b.yaml"], []),
        (["--stdin-filename", "./playbooks/../playbooks/b.yaml"], []),
        (["--stdin-filename", os.path.join("{here}", "playbooks", "b.yaml")], []),
        (["--stdin-filename", "playbooks/c.yaml"], ["PB006"]),
    ],
)
def test_a_text_without_a_name_is_the_new_text_of_the_playbook_with_its_key(
    repository: Path, more: list[str], said: list[str]
) -> None:
    (repository / "playbooks" / "b.yaml").write_text(NAMED, "utf-8")
    command = [sys.executable, "-m", "playbookctl", "validate", "-", "--select", "PB006,PB505", "--format", "json"]
    more = [word.format(here=repository) for word in more]
    done = subprocess.run([*command, *more], cwd=repository, input=NAMED, capture_output=True, text=True, check=False)
    assert [row["code"] for row in json.loads(done.stdout)["findings"] if row["code"] == "PB006"] == said


@pytest.mark.parametrize(
    "before", [["-v"], ["--verbose", "--color", "always"], ["--color=always"], ["--config", "playbookctl.yaml", "-q"]]
)
def test_options_of_a_command_may_stand_before_it(
    repository: Path, capsys: pytest.CaptureFixture[str], before: list[str]
) -> None:
    (repository / "playbookctl.yaml").write_text("namespace: a\n", "utf-8")
    (repository / "playbooks" / "b.yaml").write_text(BAD, "utf-8")
    assert run([*before, "validate", "playbooks/b.yaml"]) == ExitCode.FINDINGS
    said = capsys.readouterr()
    assert run(["validate", *before, "playbooks/b.yaml"]) == ExitCode.FINDINGS
    assert capsys.readouterr() == said


def test_a_reader_who_leaves_is_no_error(repository: Path) -> None:
    for number in range(300):
        (repository / "playbooks" / f"b{number}.yaml").write_text(BAD.replace("key: b", f"key: b{number}"), "utf-8")
    done = subprocess.run(
        f"{sys.executable} -m playbookctl validate | head -1",
        shell=True,
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_a_mistake_of_ours_is_a_message_too(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.delenv("PLAYBOOKCTL_DEBUG", raising=False)
    monkeypatch.setattr(cli, "main", break_down)
    assert run(["validate", "-q"]) == ExitCode.INTERNAL, repository
    shown = capsys.readouterr().err
    assert "an error inside playbookctl" in shown
    assert "Traceback" not in shown


def test_an_interrupt_ends_with_130(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", interrupt)
    assert run(["validate", "-q"]) == ExitCode.INTERRUPTED, repository


def test_the_severest_code_speaks_for_a_run() -> None:
    assert [worst(set(PRECEDENCE[index:])) for index in range(len(PRECEDENCE))] == list(PRECEDENCE)
    assert worst(set()) == ExitCode.DONE


def test_the_readme_lists_every_exit_code() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)}
    assert listed == set(ExitCode)


def test_the_readme_lists_every_command() -> None:
    listed = set(re.findall(r"^\| `([a-z]+)|, `([a-z]+) ", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert {first or second for first, second in listed} >= set(cli.list_commands(click.Context(cli)))


def test_every_command_has_help_and_says_what_it_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "playbookctl", "--help"], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert "\n    playbookctl validate            check every playbook of the repository\n" in done.stdout
    listing = done.stdout.partition("Commands that")[2]
    commands = [line.split()[0] for line in listing.splitlines() if line.startswith("  ")]
    assert sorted(commands) == cli.list_commands(click.Context(cli))
    assert "..." not in listing, "a help is cut off: shorten it"
    for command in commands:
        assert run([command, "--help"]) == 0


def test_a_quiet_run_without_findings_prints_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "playbookctl.yaml").write_text("rules: {ignore: [PB5]}\n", "utf-8")
    assert run(["validate", "-q"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_a_command_may_write_only_if_the_help_says_so(name: str) -> None:
    module = import_module(f"playbookctl.cli.commands.{name.replace('-', '_')}")
    source = Path(str(module.__file__)).read_text("utf-8")
    assert ("may_write=" in source) == (getattr(module, "NETWORK", "never") == "writes")
    assert ("connected(" in source) == (getattr(module, "NETWORK", "never") in {"reads", "writes"})
