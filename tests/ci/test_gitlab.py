"""The recipe for GitLab: the scripts of every job, run in a clean clone against the reference server and a forge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.standin import TOKEN, gitlab
from support.workflow import git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.standin import StandIn
    from support.team import Team
    from support.workflow import Runner

ROOT = Path(__file__).parent.parent.parent
RECIPE = ROOT / "ci" / "gitlab" / "playbooks.gitlab-ci.yml"
JOBS = ("comment", "drift", "plan", "review", "sync", "validate")


class Pipeline:
    """One pipeline: its predefined variables, and the artifacts that jobs hand on."""

    def __init__(self, runner: Runner, team: Team, **variables: str) -> None:
        self.runner = runner
        self.team = team
        self.recipe = yaml.safe_load(RECIPE.read_text("utf-8"))
        self.variables = {"GITLAB_CI": "true", "CI_DEFAULT_BRANCH": "main", "CI_PROJECT_ID": "42", **variables}
        self.artifacts: dict[str, bytes] = {}

    def job(self, name: str) -> int:
        """Run a job as GitLab does: `before_script` and `script` as one script; return the exit code."""
        job = {**self.recipe[self.recipe[name]["extends"]], **self.recipe[name]}
        self.runner.number += 1
        folder = self.runner.folder / f"{name}-{self.runner.number}"
        given = {**self.recipe["variables"], **job.get("variables", {})}
        if given.get("GIT_STRATEGY") == "none":
            folder.mkdir()
        else:
            git("clone", "-q", self.team.folder, folder)
            git("-C", folder, "checkout", "-q", self.variables["CI_COMMIT_SHA"])
        for path, data in self.artifacts.items():
            (folder / path).write_bytes(data)
        env = {**given, "PLAYBOOKCTL": str(ROOT), **self.variables}
        assert self.runner.bash("\n".join(job["before_script"]), folder, env) == 0, self.runner.output
        code = self.runner.bash("\n".join(job["script"]), folder, env)
        kept = job.get("artifacts", {})
        if code == 0 or kept.get("when") == "always":
            for path in [*kept.get("paths", ()), *kept.get("reports", {}).values()]:
                self.artifacts[path] = (folder / path).read_bytes()
        return code


@pytest.fixture
def forge() -> Iterator[StandIn]:
    with gitlab() as server:
        yield server


@pytest.fixture
def merge(team: Team, runner: Runner, forge: StandIn) -> Pipeline:
    """A pipeline of a merge request from the branch `topic`."""
    team.git("checkout", "-q", "-b", "topic")
    team.edit("triage", "Look at the host.", "Look at the host, twice.")
    head, base = (git("-C", team.folder, "rev-parse", branch) for branch in ("topic", "main"))
    forge.state.head = head
    return Pipeline(runner, team, CI_PIPELINE_SOURCE="merge_request_event", CI_COMMIT_SHA=head,
                    CI_MERGE_REQUEST_IID="7", CI_MERGE_REQUEST_DIFF_BASE_SHA=base, CI_API_V4_URL=forge.url,
                    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="topic", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="42")  # fmt: skip


def on_main(runner: Runner, team: Team, forge: StandIn, source: str = "push", **more: str) -> Pipeline:
    client_id, secret = team.server.operator.new_client(team.server.operator.caller())
    return Pipeline(runner, team, CI_PIPELINE_SOURCE=source, CI_COMMIT_SHA=git("-C", team.folder, "rev-parse", "main"),
                    CI_COMMIT_BRANCH="main", CI_API_V4_URL=forge.url, CPOD_CLIENT_ID=client_id, CPOD_CLIENT_SECRET=secret,
                    **more)  # fmt: skip


def test_a_merge_request_is_checked_reviewed_and_commented(merge: Pipeline, forge: StandIn) -> None:
    assert merge.job("validate") == 0, merge.runner.output
    assert {finding["severity"] for finding in json.loads(merge.artifacts["gl-code-quality-report.json"])} <= {"info"}
    assert merge.artifacts["playbookctl.xml"].startswith(b"<?xml")
    assert merge.job("review") == 0, merge.runner.output
    merge.variables["GITLAB_TOKEN"] = TOKEN
    assert merge.job("comment") == 0, merge.runner.output
    (note,) = forge.state.comments
    assert note["body"].startswith("<!-- playbookctl:comment -->\n")
    assert "triage" in note["body"]


def test_a_finding_fails_the_job_and_is_reported_all_the_same(merge: Pipeline) -> None:
    merge.team.edit("triage", "playbook: notify", "playbook: nowhere")
    merge.variables["CI_COMMIT_SHA"] = git("-C", merge.team.folder, "rev-parse", "topic")
    assert merge.job("validate") == 1
    codes = [finding["check_name"] for finding in json.loads(merge.artifacts["gl-code-quality-report.json"])]
    assert any("PB109" in code for code in codes)


def test_a_merge_is_planned_and_synced(runner: Runner, synced: Team, forge: StandIn) -> None:
    synced.edit("triage", "Look at the host.", "Look at the host, twice.")
    pipeline = on_main(runner, synced, forge)
    assert pipeline.job("plan") == 0, runner.output
    assert b"1 to update" in pipeline.artifacts["plan.md"]
    assert pipeline.job("sync") == 0, runner.output
    assert synced.live()["Triage"]["description"] == "Look at the host, twice."


def test_drift_opens_an_issue_and_closes_it(runner: Runner, synced: Team, forge: StandIn) -> None:
    pipeline = on_main(runner, synced, forge, "schedule", GITLAB_TOKEN=TOKEN)
    synced.analyst("Triage", description="Hot-fixed.")
    assert pipeline.job("drift") == 0, runner.output
    (issue,) = forge.state.issues
    assert "1 drifted" in issue["description"]
    synced.analyst("Triage", description="Look at the host.")
    assert pipeline.job("drift") == 0, runner.output
    assert issue["state"] == "closed"


def test_drift_that_cannot_be_asked_for_fails(runner: Runner, synced: Team, forge: StandIn) -> None:
    pipeline = on_main(runner, synced, forge, "schedule", GITLAB_TOKEN=TOKEN)
    pipeline.variables["CPOD_CLIENT_SECRET"] = "wrong"  # noqa: S105 - it is none
    assert pipeline.job("drift") == 3
    assert forge.asked == []


def rules(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(RECIPE.read_text("utf-8"))[name]["rules"]
    return found


def test_every_job_is_one_that_is_run_here() -> None:
    recipe = yaml.safe_load(RECIPE.read_text("utf-8"))
    assert (
        tuple(sorted(name for name, value in recipe.items() if isinstance(value, dict) and "script" in value)) == JOBS
    )
    assert recipe["variables"]["GIT_DEPTH"] == "0"


def test_a_sync_waits_for_a_person_and_a_forks_pipeline_comments_nothing() -> None:
    assert [rule["when"] for rule in rules("sync")] == ["manual"]
    (comment,) = rules("comment")
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in comment["if"]
    assert "$GITLAB_TOKEN" in comment["if"]
