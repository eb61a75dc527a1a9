"""The recipe for any other CI: each of its steps, run in a clean clone against the reference server and a forge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from support.standin import REPOSITORY, github
from support.workflow import git

if TYPE_CHECKING:
    from support.team import Team
    from support.workflow import Runner

ROOT = Path(__file__).parent.parent.parent
RECIPE = ROOT / "ci" / "shell" / "playbooks.sh"


def clone(runner: Runner, team: Team) -> Path:
    folder = runner.folder / f"clone-{runner.number}"
    runner.number += 1
    git("clone", "-q", team.folder, folder)
    return folder


def step(runner: Runner, folder: Path, name: str, **variables: str) -> int:
    return runner.bash(f"'{RECIPE}' {name}", folder, {"PLAYBOOKCTL": str(ROOT), **variables})


def test_a_change_is_checked_reviewed_and_commented(team: Team, runner: Runner) -> None:
    team.git("checkout", "-q", "-b", "topic")
    team.edit("triage", "Look at the host.", "Look at the host, twice.")
    folder = clone(runner, team)
    assert step(runner, folder, "install") == 0, runner.output
    assert step(runner, folder, "validate") == 0, runner.output
    assert sorted(path.name for path in folder.glob("playbookctl.*")) == [
        "playbookctl.sarif", "playbookctl.xml", "playbookctl.yaml",
    ]  # fmt: skip
    assert step(runner, folder, "review") == 0, runner.output
    with github(login_told=True, me="ci-bot", number=7) as forge:
        event = {"number": 7, "pull_request": {"number": 7, "head": {"sha": forge.state.head, "ref": "topic"}}}
        runner.contexts = {"github": {"event": event}}
        variables = {
            "FORGE": "github",
            "GITHUB_TOKEN": "the-token",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": forge.url,
        }
        assert step(runner, folder, "comment", **variables) == 0, runner.output
        (comment,) = forge.state.comments
    assert "triage" in comment["body"]


def test_a_finding_ends_the_check(team: Team, runner: Runner) -> None:
    team.edit("triage", "playbook: notify", "playbook: nowhere")
    folder = clone(runner, team)
    step(runner, folder, "install")
    assert step(runner, folder, "validate") == 1
    assert "PB109" in runner.output


def test_a_merge_is_planned_synced_and_watched(synced: Team, runner: Runner) -> None:
    synced.edit("triage", "Look at the host.", "Look at the host, twice.")
    folder = clone(runner, synced)
    token = {"CPOD_API_KEY": synced.server.token()}
    step(runner, folder, "install")
    assert step(runner, folder, "plan", **token) == 0, runner.output
    assert "1 to update" in (folder / "plan.md").read_text("utf-8")
    (folder / "plan.md").unlink()
    assert step(runner, folder, "sync", **token) == 0, runner.output
    assert synced.live()["Triage"]["description"] == "Look at the host, twice."
    assert step(runner, folder, "drift", **token) == 0, runner.output
    synced.analyst("Triage", description="Hot-fixed.")
    assert step(runner, folder, "drift", **token) == 1
    assert "1 drifted" in (folder / "drift.md").read_text("utf-8")


def test_a_word_that_is_no_step_is_refused(runner: Runner) -> None:
    assert step(runner, runner.folder, "'validate; id'") == 2
    assert "playbooks.sh install | validate | review" in runner.output
