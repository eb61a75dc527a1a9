"""The recipes for GitHub: every shell step is run as it stands, from a clean clone, against the reference server and a forge."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.standin import REPOSITORY, github
from support.workflow import git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.standin import StandIn
    from support.team import Team
    from support.workflow import Runner

ROOT = Path(__file__).parent.parent.parent
RECIPES = ROOT / "ci" / "github"
PLAYBOOKS, COMMENT, DRIFT = (RECIPES / f"playbooks{name}.yml" for name in ("", "-comment", "-drift"))
BROKEN = ("steps:", "steps:\n  - id: lost\n    type: playbook\n    playbook: nowhere")


@pytest.fixture
def forge() -> Iterator[StandIn]:
    with github() as server:
        yield server


@pytest.fixture
def at_work(team: Team, runner: Runner, forge: StandIn) -> Runner:
    """A machine whose jobs know the team's server and the forge; the event is a push to main."""
    runner.secrets = {"playbooks-plan": client(team, "read"), "playbooks": client(team, "read", "write")}
    runner.base = {
        **runner.base,
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": REPOSITORY,
    }
    return pushed(runner, team)


def client(team: Team, *scopes: str) -> dict[str, str]:
    operator = team.server.operator
    client_id, secret = operator.new_client(replace(operator.caller(), scopes=frozenset(scopes)))
    return {"CPOD_CLIENT_ID": client_id, "CPOD_CLIENT_SECRET": secret}


def pushed(runner: Runner, team: Team, branch: str = "main") -> Runner:
    sha = git("-C", team.folder, "rev-parse", branch)
    event = {"repository": {"default_branch": "main"}}
    runner.contexts["github"] = {"event_name": "push", "ref_name": branch, "sha": sha, "repository": REPOSITORY,
                                 "token": "the-token", "event": event}  # fmt: skip
    return runner


def proposed(runner: Runner, team: Team, forge: StandIn, repository: str = REPOSITORY) -> Runner:
    """Make the event a pull request of the branch `topic`; what is checked out is the merge, as GitHub does."""
    base, head = (git("-C", team.folder, "rev-parse", branch) for branch in ("main", "topic"))
    git("-C", team.folder, "checkout", "-q", "--detach", "main")
    git(
        "-C",
        team.folder,
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.test",
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "merge",
        "topic",
    )
    sha = git("-C", team.folder, "rev-parse", "HEAD")
    git("-C", team.folder, "update-ref", "refs/pull/7/merge", sha)
    git("-C", team.folder, "checkout", "-q", "topic")
    pull = {
        "number": 7,
        "base": {"sha": base},
        "head": {"sha": head, "ref": "topic", "repo": {"full_name": repository}},
    }
    runner.contexts["github"] = {"event_name": "pull_request", "ref_name": "7/merge", "sha": sha, "repository": REPOSITORY,
                                 "token": "read-only", "event": {"number": 7, "pull_request": pull}}  # fmt: skip
    forge.state.head, forge.state.repository = head, repository
    return runner


def completed(runner: Runner) -> Runner:
    """Make the event the end of the run that `proposed` was."""
    head = runner.contexts["github"]["event"]["pull_request"]["head"]
    run = {"id": 777, "event": "pull_request", "head_sha": head["sha"], "head_branch": head["ref"],
           "head_repository": head["repo"], "pull_requests": []}  # fmt: skip
    runner.contexts["github"] = {"event_name": "workflow_run", "repository": REPOSITORY, "token": "the-token",
                                 "sha": "0" * 40, "event": {"action": "completed", "workflow_run": run}}  # fmt: skip
    return runner


def topic(team: Team, name: str, before: str, after: str) -> None:
    team.git("checkout", "-q", "-b", "topic")
    team.edit(name, before, after)


# ------------------------------------------------------------------ every push


def test_a_clean_push_is_checked_and_its_sarif_uploaded(at_work: Runner) -> None:
    assert at_work.job(PLAYBOOKS, "validate") == 0, at_work.output
    (sarif,) = at_work.sarif
    assert sarif["version"] == "2.1.0"
    assert "python -m pip install" in at_work.installed.copy().pop()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="an older Python looks for modules in the current folder first")
def test_the_installation_runs_nothing_of_the_repository(at_work: Runner, team: Team) -> None:
    for name in ("pip.py", "runpy.py"):
        (team.folder / name).write_text("raise SystemExit('ran')\n", "utf-8")
    at_work.installed = set()
    team.git("add", "-A")
    team.git("commit", "-qm", "modules of our names")
    assert pushed(at_work, team).job(PLAYBOOKS, "validate") == 0, at_work.output


def test_a_finding_fails_the_job_annotates_and_is_uploaded_all_the_same(at_work: Runner, team: Team) -> None:
    team.edit("triage", *BROKEN)
    assert pushed(at_work, team).job(PLAYBOOKS, "validate") == 1
    assert "::error file=playbooks/triage.yaml,line=" in at_work.output
    (sarif,) = at_work.sarif
    assert [result["ruleId"] for result in sarif["runs"][0]["results"] if result["level"] == "error"] == ["PB109"]


def test_a_forks_pull_request_is_checked_without_an_upload(at_work: Runner, team: Team, forge: StandIn) -> None:
    topic(team, "triage", *BROKEN)
    assert proposed(at_work, team, forge, "fork/playbooks").job(PLAYBOOKS, "validate") == 1
    assert at_work.sarif == []


def test_a_branch_of_our_own_is_not_checked_twice(at_work: Runner, team: Team, forge: StandIn) -> None:
    topic(team, "triage", "Look at the host.", "Look.")
    assert proposed(at_work, team, forge).job(PLAYBOOKS, "validate") == -1


# ------------------------------------------------------------------ the review of a pull request


def test_a_forks_review_is_written_without_secrets_and_commented_by_the_trusted_job(
    at_work: Runner, team: Team, forge: StandIn
) -> None:
    topic(team, "triage", "Look at the host.", "Look at the host, twice.")
    assert proposed(at_work, team, forge, "fork/playbooks").job(PLAYBOOKS, "review") == 0, at_work.output
    assert sorted(path.name for path in at_work.artifacts["playbookctl-review"].iterdir()) == ["number", "review.md"]
    assert completed(at_work).job(COMMENT, "comment") == 0, at_work.output
    (comment,) = forge.state.comments
    assert comment["body"].startswith("<!-- playbookctl:comment -->\n")
    assert "triage" in comment["body"]


def test_what_a_stranger_left_behind_is_only_text(at_work: Runner, team: Team, forge: StandIn) -> None:
    topic(team, "triage", "Look at the host.", "Look.")
    assert proposed(at_work, team, forge, "fork/playbooks").job(PLAYBOOKS, "review") == 0
    left = at_work.artifacts["playbookctl-review"]
    (left / "review.md").write_text(
        "@team ![x](https://evil.test/x.png) $(touch evil) `touch evil`\n/approve\n", "utf-8"
    )
    assert completed(at_work).job(COMMENT, "comment") == 0, at_work.output
    (comment,) = forge.state.comments
    assert "@team" not in comment["body"]
    assert "![" not in comment["body"]
    assert "\n/" not in comment["body"]
    assert list(at_work.folder.rglob("evil")) == []


HOSTILE_NUMBERS = {"another pull request": "8", "a command": "7; touch evil", "two lines": "7\nGITHUB_TOKEN=x"}


@pytest.mark.parametrize("number", HOSTILE_NUMBERS.values(), ids=HOSTILE_NUMBERS.keys())
def test_a_strangers_number_leads_nowhere(at_work: Runner, team: Team, forge: StandIn, number: str) -> None:
    topic(team, "triage", "Look at the host.", "Look.")
    assert proposed(at_work, team, forge, "fork/playbooks").job(PLAYBOOKS, "review") == 0
    (at_work.artifacts["playbookctl-review"] / "number").write_text(number, "utf-8")
    assert completed(at_work).job(COMMENT, "comment") in {2, 3}
    assert forge.state.comments == []
    assert list(at_work.folder.rglob("evil")) == []


def test_a_link_that_a_stranger_left_behind_is_not_followed(at_work: Runner, team: Team, forge: StandIn) -> None:
    topic(team, "triage", "Look at the host.", "Look.")
    assert proposed(at_work, team, forge, "fork/playbooks").job(PLAYBOOKS, "review") == 0
    review = at_work.artifacts["playbookctl-review"] / "review.md"
    review.unlink()
    review.symlink_to("/proc/self/environ")
    assert completed(at_work).job(COMMENT, "comment") == 2
    assert forge.state.comments == []


# ------------------------------------------------------------------ plan, sync, drift


def test_a_merge_is_planned_and_synced(at_work: Runner, team: Team) -> None:
    assert at_work.job(PLAYBOOKS, "plan") == 0, at_work.output
    assert "2 to create" in at_work.summary
    team.sync("--bootstrap")
    team.edit("triage", "Look at the host.", "Look at the host, twice.")
    assert pushed(at_work, team).job(PLAYBOOKS, "plan") == 0, at_work.output
    assert "1 to update" in at_work.summary
    assert team.live()["Triage"]["description"] == "Look at the host."
    assert at_work.job(PLAYBOOKS, "sync") == 0, at_work.output
    assert team.live()["Triage"]["description"] == "Look at the host, twice."
    assert "1 done" in at_work.summary


def test_the_credentials_of_a_plan_could_not_sync(at_work: Runner, team: Team) -> None:
    at_work.secrets["playbooks"] = at_work.secrets["playbooks-plan"]
    team.sync("--bootstrap")
    team.edit("triage", "Look at the host.", "Look at the host, twice.")
    assert pushed(at_work, team).job(PLAYBOOKS, "sync") in {3, 4}
    assert team.live()["Triage"]["description"] == "Look at the host."


def test_a_branch_is_neither_planned_nor_synced(at_work: Runner, team: Team) -> None:
    topic(team, "triage", "Look at the host.", "Look.")
    assert pushed(at_work, team, "topic").job(PLAYBOOKS, "plan") == -1
    jobs = yaml.safe_load(PLAYBOOKS.read_text("utf-8"))["jobs"]
    assert (jobs["plan"]["needs"], jobs["sync"]["needs"]) == ("validate", "plan")


def test_drift_opens_an_issue_brings_it_up_to_date_and_closes_it(at_work: Runner, synced: Team, forge: StandIn) -> None:
    pushed(at_work, synced)
    assert at_work.job(DRIFT, "drift") == 0, at_work.output
    assert forge.state.issues == []
    synced.analyst("Triage", description="Hot-fixed.")
    assert at_work.job(DRIFT, "drift") == 0, at_work.output
    (issue,) = forge.state.issues
    assert issue["title"] == "Playbooks were changed in prod"
    assert "1 drifted" in issue["body"]
    synced.analyst("Notify", description="Hot-fixed too.")
    assert at_work.job(DRIFT, "drift") == 0, at_work.output
    assert "2 drifted" in issue["body"]
    synced.analyst("Triage", description="Look at the host.")
    synced.analyst("Notify", description="Tell the channel.")
    assert at_work.job(DRIFT, "drift") == 0, at_work.output
    assert (issue["state"], len(forge.state.issues)) == ("closed", 1)


def test_drift_that_cannot_be_asked_for_fails_and_says_nothing(at_work: Runner, synced: Team, forge: StandIn) -> None:
    pushed(at_work, synced)
    at_work.secrets = {}
    assert at_work.job(DRIFT, "drift") == 3
    assert forge.asked == []


# ------------------------------------------------------------------ what the files may say


@pytest.mark.parametrize("file", [ROOT / "action.yml", *sorted(RECIPES.glob("*.yml"))], ids=lambda path: path.name)
def test_no_script_holds_an_expression_and_every_action_has_a_tag(file: Path) -> None:
    for step in steps_of(yaml.safe_load(file.read_text("utf-8"))):
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"(actions|github|OWNER)/[\w/-]+@v\d[\w.]*", step["uses"])


def steps_of(value: Any) -> list[dict[str, Any]]:
    jobs = [value["runs"]] if "runs" in value else value["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


PERMISSIONS = {
    "playbooks.yml": {"validate": {"contents": "read", "security-events": "write"}, "review": {"contents": "read"},
                      "plan": {"contents": "read"}, "sync": {"contents": "read"}},
    "playbooks-comment.yml": {"comment": {"actions": "read", "pull-requests": "write"}},
    "playbooks-drift.yml": {"drift": {"contents": "read", "issues": "write"}},
}  # fmt: skip


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_job_may_do_no_more_than_it_has_to(name: str) -> None:
    workflow = yaml.safe_load((RECIPES / name).read_text("utf-8"))
    assert workflow["permissions"] == {}
    assert {job: value["permissions"] for job, value in workflow["jobs"].items()} == PERMISSIONS[name]


def test_secrets_are_only_where_nothing_of_a_stranger_runs() -> None:
    jobs = yaml.safe_load(PLAYBOOKS.read_text("utf-8"))["jobs"]
    with_secrets = {name for name, job in jobs.items() if "secrets." in json.dumps(job)}
    assert with_secrets == {"plan", "sync"}
    assert all("environment" in jobs[name] for name in with_secrets)
    comment = yaml.safe_load(COMMENT.read_text("utf-8"))["jobs"]["comment"]
    assert "actions/checkout" not in json.dumps(comment)


SCHEMAS = {
    "vendor.github-actions": [ROOT / "action.yml"],
    "vendor.github-workflows": sorted(RECIPES.glob("*.yml")),
    "vendor.gitlab-ci": [ROOT / "ci" / "gitlab" / "playbooks.gitlab-ci.yml"],
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_file_is_one_that_its_forge_reads(schema: str) -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [tool, "--builtin-schema", schema, *SCHEMAS[schema]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    tool = Path(sys.executable).parent / "zizmor"
    files = [ROOT / "action.yml", *sorted(RECIPES.glob("*.yml"))]
    command = [tool, "--offline", "--no-progress", "--config", ROOT / "zizmor.yml", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
