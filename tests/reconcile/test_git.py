"""What the shape of a history does to a sync: shallow clones, squashes, rebases, force-pushes, worktrees, no git at all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ExitCode
from support.team import CALLEE

if TYPE_CHECKING:
    from pathlib import Path

    from support.team import Team

NEW = CALLEE.replace("key: notify", "key: page").replace("name: Notify", "name: Page").replace("send-message", "page")
OLDER = "update the branch; to write this older state on purpose: sync --allow-older"


@pytest.fixture
def applied(synced: Team) -> Team:
    """A team that has applied two commits of its branch."""
    synced.edit("triage", "Look at the host.", "Look twice.")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    return synced


def move_to(team: Team, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in another folder from now on."""
    team.folder = folder
    monkeypatch.chdir(folder)


def clone(team: Team, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    team.git("clone", "-q", *options, team.folder.as_uri(), str(folder))
    move_to(team, folder, monkeypatch)


def updates_go_on_and_creates_are_held(team: Team) -> None:
    """What decisions.md says of an applied commit that is not known: digests decide, and nobody can tell a deletion."""
    team.write("page", NEW)
    team.edit("triage", "Look twice.", "Look three times.")
    change = team.plan()[1]["page"]
    assert "not in this clone" in change["reason"]
    ways = "sync --create page, or delete playbooks/page.yaml; or git fetch --unshallow, if this clone is shallow"
    assert change["hint"] == ways
    assert team.sync() == (ExitCode.REFUSED, {"page": ("hold", "held"), "triage": ("update", "done")})
    assert team.live()["Triage"]["description"] == "Look three times."
    assert team.sync("--create", "page") == (0, {"page": ("create", "done")})
    assert team.plan()[0] == 0


def test_a_shallow_clone_updates_and_asks_before_it_creates(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.write("triage", (applied.folder / "playbooks" / "triage.yaml").read_text("utf-8") + "# a remark\n")
    applied.commit("a remark")  # what was applied is below the clone's depth now
    clone(applied, tmp_path / "shallow", monkeypatch, "--depth", "1")
    assert applied.plan()[0] == 0
    updates_go_on_and_creates_are_held(applied)


def test_a_squashed_branch_updates_and_asks_before_it_creates(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.git("checkout", "-q", "--orphan", "squashed")
    applied.commit("everything in one commit")
    clone(applied, tmp_path / "fresh", monkeypatch, "--branch", "squashed", "--single-branch")
    assert applied.plan()[0] == 0
    updates_go_on_and_creates_are_held(applied)


def test_a_rebased_branch_whose_old_commits_are_gone_updates_and_asks_before_it_creates(applied: Team) -> None:
    applied.git("checkout", "-q", "-b", "upstream", "HEAD~1")
    applied.configure("exclude: ['drafts/**']\n")
    applied.git("checkout", "-q", "main")
    applied.git("-c", "user.name=a", "-c", "user.email=a@example.test", "rebase", "-q", "upstream")
    assert applied.plan()[0] == 0  # the old commit is an object still, and on no branch
    updates_go_on_and_creates_are_held(applied)


def test_a_branch_that_somebody_pushed_back_is_older_as_long_as_another_branch_has_what_was_applied(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.git("branch", "release")
    origin = tmp_path / "origin.git"
    applied.git("clone", "-q", "--bare", str(applied.folder), str(origin))
    applied.git("reset", "-q", "--hard", "HEAD~1")
    applied.git("push", "-q", "--force", str(origin), "main")
    applied.git("clone", "-q", origin.as_uri(), str(tmp_path / "ci"))
    move_to(applied, tmp_path / "ci", monkeypatch)
    code, said = applied.run("sync", "--yes")
    assert (code, said["hint"]) == (ExitCode.REFUSED, OLDER)
    assert applied.live()["Triage"]["description"] == "Look twice."


def test_a_branch_that_somebody_pushed_back_for_good_writes_what_it_says(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.git("checkout", "-q", "-b", "instead", "HEAD~1")
    clone(applied, tmp_path / "ci", monkeypatch, "--branch", "instead", "--single-branch")
    assert applied.sync() == (0, {"triage": ("update", "done")})
    assert applied.live()["Triage"]["description"] == "Look at the host."  # the repo held what it overwrote


def test_an_edit_survives_a_history_that_nobody_knows(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.analyst("Triage", description="Hot-fixed at 3 a.m.")
    applied.edit("triage", "Look twice.", "Look three times.")
    clone(applied, tmp_path / "shallow", monkeypatch, "--depth", "1")
    assert applied.sync() == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    assert applied.live()["Triage"]["description"] == "Hot-fixed at 3 a.m."


def test_a_worktree_of_the_newest_commit_is_as_good_as_the_clone(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    move_to(applied, tmp_path / "tree", monkeypatch)
    assert applied.plan()[0] == 0
    applied.write("page", NEW)
    applied.commit("add page")
    assert applied.sync() == (0, {"page": ("create", "done")})


def test_a_worktree_of_an_older_commit_is_refused(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "HEAD~1")
    move_to(applied, tmp_path / "tree", monkeypatch)
    code, said = applied.run("sync", "--yes")
    assert (code, said["hint"]) == (ExitCode.REFUSED, OLDER)


def test_the_merge_commit_that_ci_checks_out_is_newer_than_what_was_applied(applied: Team) -> None:
    applied.git("checkout", "-q", "-b", "feature")
    applied.edit("triage", "Look twice.", "Look three times.")
    applied.git("checkout", "-q", "main")
    applied.configure("exclude: ['drafts/**']\n")
    applied.git("checkout", "-q", "--detach")
    merge = ("merge", "-q", "--no-ff", "-m", "merge", "feature")
    applied.git("-c", "user.name=a", "-c", "user.email=a@example.test", *merge)
    assert applied.sync() == (0, {"triage": ("update", "done")})


def test_a_feature_branch_that_lags_behind_what_was_applied_is_refused(applied: Team) -> None:
    applied.git("checkout", "-q", "-b", "feature", "HEAD~1")
    applied.write("page", NEW)
    applied.commit("add page")
    code, said = applied.run("sync", "--yes")
    assert (code, said["hint"]) == (ExitCode.REFUSED, OLDER)
    assert sorted(applied.live()) == ["Notify", "Triage"]


def test_outside_git_everything_but_the_history_works(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(applied.folder, tmp_path / "plain", ignore=shutil.ignore_patterns(".git"))
    move_to(applied, tmp_path / "plain", monkeypatch)
    assert applied.plan()[0] == 0
    applied.write("triage", (tmp_path / "plain/playbooks/triage.yaml").read_text("utf-8").replace("twice", "thrice"))
    applied.write("page", NEW)
    assert applied.sync() == (0, {"page": ("create", "done"), "triage": ("update", "done")})
    assert any(tag.endswith(".000000000000") for tag in applied.live()["Triage"]["tags"])
    assert applied.plan()[0] == 0


def test_outside_git_a_deleted_playbook_is_not_made_again_either(
    applied: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(applied.folder, tmp_path / "plain", ignore=shutil.ignore_patterns(".git"))
    move_to(applied, tmp_path / "plain", monkeypatch)
    applied.server.delete(applied.live()["Triage"]["id"])
    assert applied.sync() == (ExitCode.REFUSED, {"triage": ("hold", "held")})


def test_what_was_applied_outside_git_is_no_older_pipeline_inside(applied: Team) -> None:
    hidden = applied.folder / ".git"
    hidden.rename(applied.folder.parent / "hidden")
    applied.write("triage", (applied.folder / "playbooks/triage.yaml").read_text("utf-8").replace("twice", "thrice"))
    assert applied.sync() == (0, {"triage": ("update", "done")})
    (applied.folder.parent / "hidden").rename(hidden)
    applied.commit("what was applied")
    assert applied.plan()[0] == 0
    applied.edit("triage", "thrice", "four times")
    assert applied.sync() == (0, {"triage": ("update", "done")})
