"""`--changed-since`: what changed against the merge base, what calls it, and why; in real git repositories."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from playbookctl.attack.update import build_from_file, write_index
from playbookctl.check.affected import Affected, affected
from playbookctl.cli.changes import explain
from playbookctl.cli.main import run
from playbookctl.errors import ExitCode
from playbookctl.history import History, why_no_history
from playbookctl.model.workspace import Summary
from support.stix import small_bundle

NAMES = {f"GIT_{who}_{what}": f"a@{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, text=True,
        env={**os.environ, **NAMES, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
    )  # fmt: skip
    return done.stdout.strip()


def playbook(key: str, calls: str = "") -> str:
    step = f"{{id: one, type: playbook, playbook: {calls}}}" if calls else "{id: one, action: get-host}"
    return f"key: {key}\nname: {key}\nsteps:\n  - {step}\n"


def commit(folder: Path, message: str = "more") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository on a branch `topic` of `main`: a calls b, b calls c; d and e stand alone."""
    folder = tmp_path / "work"
    (folder / "playbooks").mkdir(parents=True)
    for key, calls in {"a": "b", "b": "c", "c": "", "d": "", "e": ""}.items():
        (folder / "playbooks" / f"{key}.yaml").write_text(playbook(key, calls), "utf-8")
    (folder / "playbookctl.yaml").write_text("attack: {version: '19'}\n", "utf-8")
    (folder / "connectors.yaml").write_text("connectors: {}\n", "utf-8")
    git(folder, "init", "-q", "-b", "main", ".")
    commit(folder, "first")
    git(folder, "checkout", "-q", "-b", "topic")
    monkeypatch.chdir(folder)
    return folder


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """Return the stems of the files that were checked, and what was said on standard error."""
    capsys.readouterr()
    code = run(["validate", "--fail-on", "note", "--report", "junit=/dev/null", "--format", "junit", *arguments])
    shown = capsys.readouterr()
    assert code in (0, 1), shown.err
    named = sorted({Path(word).stem for word in shown.out.split('"') if word.endswith(".yaml") and " " not in word})
    return "".join(named), shown.err.strip()


def touch(folder: Path, *names: str) -> None:
    for name in names:
        with (folder / "playbooks" / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write("# touched\n")


def test_nothing_changed(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert git(work, "status", "--porcelain") == ""
    assert checked(capsys, "--changed-since", "main") == ("", "no playbook changed since main: 0 of 5 are checked")


def test_committed_staged_unstaged_and_untracked_changes_count_alike(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    touch(work, "a")
    commit(work)
    touch(work, "d")
    git(work, "add", "-A")
    touch(work, "e")
    (work / "playbooks" / "f.yaml").write_text(playbook("f"), "utf-8")
    assert checked(capsys, "--changed-since", "main") == ("adef", "4 playbooks changed since main: 4 of 6 are checked")


def test_what_main_did_meanwhile_does_not_count(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(work, "a")
    commit(work)
    git(work, "checkout", "-q", "main")
    touch(work, "d")
    commit(work)
    git(work, "checkout", "-q", "topic")
    assert checked(capsys, "--changed-since", "main")[0] == "a"


def test_callers_are_checked_too_and_so_are_theirs(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(work, "c")
    said = "1 playbook changed since main, and 2 that call them: 3 of 5 are checked"
    assert checked(capsys, "--changed-since", "main") == ("abc", said)


def test_verbose_says_why_each_file_is_checked(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(work, "b")
    assert checked(capsys, "--changed-since", "main", "-v")[1].splitlines() == [
        "1 playbook changed since main, and 1 that calls them: 2 of 5 are checked",
        "  playbooks/a.yaml: calls 'b'",
        "  playbooks/b.yaml: changed",
    ]


def test_quiet_says_nothing_of_it(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(work, "b")
    assert checked(capsys, "--changed-since", "main", "-q") == ("ab", "")


def test_the_callers_of_a_deleted_playbook_are_checked_and_say_what_is_missing(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "playbooks" / "c.yaml").unlink()
    said = "1 playbook deleted since main, and 2 that call them: 2 of 4 are checked"
    assert checked(capsys, "--changed-since", "main") == ("ab", said)
    assert run(["validate", "--changed-since", "main", "--select", "PB109"]) == ExitCode.FINDINGS
    assert "no playbook has the key 'c'" in capsys.readouterr().out


def test_the_callers_of_a_playbook_that_got_another_key_are_checked(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "playbooks" / "c.yaml").write_text(playbook("new"), "utf-8")
    assert checked(capsys, "--changed-since", "main")[0] == "abc"


def test_a_renamed_playbook_counts_with_its_callers(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(work, "mv", "playbooks/c.yaml", "playbooks/z.yaml")
    commit(work)
    assert checked(capsys, "--changed-since", "main")[0] == "abz"


def test_a_playbook_that_can_no_longer_be_read_counts_with_its_callers(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "playbooks" / "c.yaml").write_text("name: [", "utf-8")
    assert checked(capsys, "--changed-since", "main")[0] == "abc"


@pytest.mark.parametrize("name", ["connectors.yaml", "playbookctl.yaml", "known.json"])
def test_what_decides_about_all_playbooks_has_all_of_them_checked(
    name: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["validate", "--write-baseline", "known.json", "-q"])
    (work / "playbookctl.yaml").write_text("rules: {baseline: known.json}\n", "utf-8")
    commit(work)
    git(work, "branch", "-f", "main", "topic")
    with (work / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    said = f"{name} changed since main and decides about all: all 5 playbooks are checked"
    assert checked(capsys, "--changed-since", "main", "--ignore", "PB1")[1] == said


def test_a_pinned_attack_index_decides_about_all(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "bundle.json").write_text(json.dumps(small_bundle("20.0")), "utf-8")
    (work / "playbookctl.yaml").write_text("attack: {file: attack.tsv, version: '20'}\n", "utf-8")
    commit(work)
    git(work, "branch", "-f", "main", "topic")
    write_index(work / "attack.tsv", build_from_file(work / "bundle.json", "20"))
    assert checked(capsys, "--changed-since", "main")[1].startswith(
        "attack.tsv changed since main and decides about all"
    )


def test_a_config_that_was_deleted_decides_about_all(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "playbookctl.yaml").unlink()
    assert checked(capsys, "--changed-since", "main")[0] == "abcde"


def test_a_config_of_another_folder_decides_nothing(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "other").mkdir()
    (work / "other" / "playbookctl.yaml").write_text("namespace: other\n", "utf-8")
    commit(work)
    git(work, "branch", "-f", "main", "topic")
    (work / "other" / "playbookctl.yaml").unlink()
    assert checked(capsys, "--changed-since", "main")[0] == ""


def test_files_that_are_no_playbooks_do_not_count(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "README.md").write_text("x", "utf-8")
    (work / "playbooks" / "a.test.yaml").write_text("x: y\n", "utf-8")
    commit(work)
    (work / "playbooks" / "a.test.yaml").unlink()
    assert checked(capsys, "--changed-since", "main") == ("", "no playbook changed since main: 0 of 5 are checked")


def another_repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main", ".")
    (folder / "s.yaml").write_text(playbook("s"), "utf-8")
    commit(folder)
    return folder


def test_a_submodule_among_the_playbooks_decides_about_all(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """git tells of a submodule that it is another one, and not which of its files."""
    other = another_repository(tmp_path / "other")
    git(work, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "playbooks/sub")
    git(work, "config", "-f", ".gitmodules", "submodule.playbooks/sub.ignore", "all")
    commit(work, "a submodule")
    git(work, "branch", "-f", "main")
    assert checked(capsys, "--changed-since", "main")[0] == ""
    (work / "playbooks" / "sub" / "s.yaml").write_text(playbook("s", calls="a"), "utf-8")
    named, said = checked(capsys, "--changed-since", "main")
    assert (named, "playbooks/sub changed since main and decides about all" in said) == ("abcdes", True)
    commit(work / "playbooks" / "sub")
    commit(work)
    assert checked(capsys, "--changed-since", "main")[0] == "abcdes"
    git(work, "rm", "-qf", "playbooks/sub")
    commit(work)
    assert checked(capsys, "--changed-since", "main")[0] == "abcde"


def test_a_submodule_elsewhere_does_not_count(work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = another_repository(tmp_path / "other")
    git(work, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "tools")
    assert checked(capsys, "--changed-since", "main")[0] == ""


def test_a_repository_that_git_does_not_know_decides_about_all(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    another_repository(work / "playbooks" / "nested")
    assert checked(capsys, "--changed-since", "main")[0] == "abcdes"


def test_what_a_link_to_a_deciding_file_leads_to_decides(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (work / "shared.yaml").write_text("connectors: {}\n", "utf-8")
    (work / "connectors.yaml").unlink()
    (work / "connectors.yaml").symlink_to("shared.yaml")
    commit(work)
    git(work, "branch", "-f", "main")
    (work / "shared.yaml").write_text("connectors: {edr: {provider: edr}}\n", "utf-8")
    assert checked(capsys, "--changed-since", "main")[0] == "abcde"


def test_paths_narrow_it_further(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(work, "c", "d")
    assert checked(capsys, "--changed-since", "main", "playbooks/d.yaml", "playbooks/e.yaml")[0] == "d"


def test_from_a_folder_below_and_through_a_link_it_is_the_same(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    touch(work, "d")
    monkeypatch.chdir(work / "playbooks")
    assert checked(capsys, "--changed-since", "main")[0] == "d"
    (work.parent / "link").symlink_to(work)
    monkeypatch.chdir(work.parent / "link")
    assert checked(capsys, "--changed-since", "main")[0] == "d"


def test_a_repository_of_playbooks_below_the_root_of_git(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "team" / "playbooks").mkdir(parents=True)
    (work / "team" / "playbookctl.yaml").write_text("namespace: team\n", "utf-8")
    (work / "team" / "playbooks" / "x.yaml").write_text(playbook("x"), "utf-8")
    commit(work)
    git(work, "branch", "-f", "main", "topic")
    touch(work, "a")
    monkeypatch.chdir(work / "team")
    assert checked(capsys, "--changed-since", "main")[1] == "no playbook changed since main: 0 of 1 are checked"
    touch(work / "team", "x")
    assert checked(capsys, "--changed-since", "main")[1] == "1 playbook changed since main: 1 of 1 is checked"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    capsys.readouterr()
    assert run(["validate", "--changed-since", *arguments]) == ExitCode.USAGE
    return capsys.readouterr().err.strip().splitlines()


def test_a_ref_that_is_not_there(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert work.is_dir()
    assert refused(capsys, "mian") == [
        "error: git knows no commit 'mian'; did you mean 'main'?",
        "hint: name a branch, tag or commit that is here, such as origin/main after 'git fetch'",
    ]


@pytest.mark.parametrize("ref", ["--output=pwned", "-h", "main:playbooks", "", "main^{tree}", "a b"])
def test_what_is_no_commit_is_refused_and_no_option_of_git(
    ref: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, ref)[0].startswith(f"error: git knows no commit '{ref}'")
    assert not (work / "pwned").exists()


def test_a_shallow_clone_says_how_to_fetch_the_rest(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(work, "checkout", "-q", "main")
    touch(work, "d")
    commit(work)
    git(work, "checkout", "-q", "topic")
    touch(work, "a")
    commit(work)
    clone = work.parent / "clone"
    git(work.parent, "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{work}", str(clone))
    monkeypatch.chdir(clone)
    hint = "hint: this clone is shallow; fetch the rest: git fetch --unshallow, or in actions/checkout 'fetch-depth: 0'"
    assert refused(capsys, "origin/main") == [
        "error: 'origin/main' and HEAD have no commit in common, as far as this shallow clone reaches", hint,
    ]  # fmt: skip
    assert refused(capsys, "origin/other")[1] == hint
    git(clone, "fetch", "-q", "--unshallow")
    assert checked(capsys, "--changed-since", "origin/main")[0] == "a"


def test_histories_without_a_common_commit(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(work, "checkout", "-q", "--orphan", "other")
    commit(work)
    assert refused(capsys, "main") == [
        "error: 'main' and HEAD have no commit in common", "hint: name a commit of the same history",
    ]  # fmt: skip


def test_outside_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "playbooks").mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, "main") == [
        "error: --changed-since needs git, and . has no history: not a git repository (or any of the parent directories): .git",
        "hint: check all playbooks, without --changed-since",
    ]
    git(tmp_path, "init", "-q")
    assert refused(capsys, "main")[0].endswith(": there is no commit yet")


def test_without_git(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(work))
    assert History.of(str(work)) is None
    assert why_no_history(str(work)) == "git cannot be run"


def test_standard_input_has_no_history(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert work.is_dir()
    assert refused(capsys, "main", "-") == [
        "error: '-' and --changed-since do not go together: git knows nothing of standard input"
    ]


def summary(file: str, key: str, *calls: str) -> Summary:
    return Summary(file, key, key, {"calls": [[[], call] for call in calls]}, has_key=True)


RING = [
    summary("1", "a", "b"),
    summary("2", "b", "c"),
    summary("3", "c", "a"),
    summary("4", "d", "d"),
    summary("5", "e"),
]
# changed files, keys they had before, callers with the key that each calls
DECISIONS = [
    ([], [], {}),
    (["1"], ["a"], {"3": "a", "2": "c"}),
    (["5"], ["e"], {}),
    (["4"], ["d"], {}),
    ([], ["b"], {"1": "b", "3": "a", "2": "c"}),
    (["1", "2", "3"], ["a", "b", "c"], {}),
    (["5"], ["c"], {"2": "c", "1": "b", "3": "a"}),
    ([], ["nobody"], {}),
]


@pytest.mark.parametrize(("changed", "gone", "callers"), DECISIONS)
def test_callers_are_found_through_circles_too(changed: list[str], gone: list[str], callers: dict[str, str]) -> None:
    found = affected({"1", "2", "3", "4", "5"}, changed, gone, RING)
    assert found.callers == callers
    assert found.files == tuple(sorted({*changed, *callers}))


WORDS = [
    (Affected((), (), {}), "no playbook changed since x: 0 of 9 are checked"),
    (Affected(("a",), ("a",), {}), "1 playbook changed since x: 1 of 9 is checked"),
    (Affected(("a",), (), {"a": "k"}, 1), "1 playbook deleted since x, and 1 that calls them: 1 of 9 is checked"),
    (Affected(("a",), ("a",), {}, 2), "1 playbook changed, 2 playbooks deleted since x: 1 of 9 is checked"),
    (
        Affected(("a",), (), {}, 0, "c.yaml"),
        "c.yaml changed since x and decides about all: all 9 playbooks are checked",
    ),
]


@pytest.mark.parametrize(("found", "line"), WORDS)
def test_what_is_said(found: Affected, line: str) -> None:
    assert list(explain(found, "x", 9)) == [line]


def test_a_hostile_file_name_cannot_act_on_the_terminal() -> None:
    found = Affected(("\x1b[31m.yaml",), ("\x1b[31m.yaml",))
    assert "\x1b" not in "".join(explain(found, "\x1b[31m", 1, verbose=True))
