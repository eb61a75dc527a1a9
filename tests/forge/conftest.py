from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.cli.main import run
from support import standin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.standin import StandIn


class Job:
    """A job of a CI with a forge behind it: what it writes to review.md, and what `comment` then does."""

    def __init__(self, forge: str, server: StandIn, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.forge = forge
        self.server = server
        self.state = server.state
        self.folder = folder
        self._capsys = capsys

    @property
    def lists(self) -> str:
        return {"github": "issues/list-comments", "gitlab": "list notes"}[self.forge]

    @property
    def creates(self) -> str:
        return {"github": "issues/create-comment", "gitlab": "create note"}[self.forge]

    @property
    def edits(self) -> str:
        return {"github": "issues/update-comment", "gitlab": "edit note"}[self.forge]

    def writes(self) -> list[str]:
        """Return the operations carried out that change anything."""
        return [
            name
            for name in self.server.done
            if name.split("/")[-1].split("-")[0].split(" ")[0] not in {"list", "get", "who"}
        ]

    def bodies(self) -> list[str]:
        return [row["body"] for row in self.state.comments]

    def already(self, post_id: int, author: str, body: str, **more: Any) -> None:
        make: Any = {"github": standin.github_comment, "gitlab": standin.gitlab_note}[self.forge]
        self.state.comments.append(make(post_id, author, body, **more))

    def issue(self, number: int, author: str, body: str, **more: Any) -> None:
        make: Any = {"github": standin.github_issue, "gitlab": standin.gitlab_issue}[self.forge]
        self.state.issues.append(make(number, author, body, "Drift", **more))

    def comment(self, text: str | None = None, *arguments: str) -> tuple[int, str, str]:
        """Run the command about `text`; return exit code, standard output and standard error."""
        if text is not None:
            (self.folder / "review.md").write_text(text, "utf-8")
        self._capsys.readouterr()
        code = run(["comment", "--forge", self.forge, "--file", str(self.folder / "review.md"), *arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def event(self, value: Any) -> None:
        """Make this the event that GitHub started the job for."""
        (self.folder / "event.json").write_text(json.dumps(value), "utf-8")
        os.environ["GITHUB_EVENT_PATH"] = str(self.folder / "event.json")


def pull_event(number: int = 7, commit: str = standin.HEAD, repository: str = standin.REPOSITORY) -> dict[str, Any]:
    head = {"sha": commit, "ref": "topic", "repo": {"full_name": repository}}
    return {"action": "synchronize", "number": number, "pull_request": {"number": number, "head": head}}


@pytest.fixture
def job_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Job]]:
    for name in [
        name for name in os.environ if name.startswith(("GITHUB_", "CI_", "GITLAB_", "HTTP_PROXY", "http_proxy"))
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GITHUB_EVENT_PATH", "")  # so that the one a test sets goes with it
    opened: list[StandIn] = []

    def start(forge: str, **state: Any) -> Job:
        server = {"github": standin.github, "gitlab": standin.gitlab}[forge](**state).__enter__()
        opened.append(server)
        variables = {
            "github": {"GITHUB_TOKEN": "the-token", "GITHUB_REPOSITORY": standin.REPOSITORY, "GITHUB_API_URL": server.url},
            "gitlab": {"GITLAB_TOKEN": "the-token", "CI_PROJECT_ID": standin.PROJECT, "CI_API_V4_URL": server.url,
                       "CI_MERGE_REQUEST_IID": "7", "CI_COMMIT_SHA": standin.HEAD,
                       "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42"},
        }[forge]  # fmt: skip
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        job = Job(forge, server, tmp_path, capsys)
        if forge == "github":
            job.event(pull_event())
        return job

    yield start
    for server in opened:
        server.__exit__(None, None, None)


@pytest.fixture(params=["github", "gitlab"])
def job(request: pytest.FixtureRequest, job_of: Callable[..., Job]) -> Job:
    return job_of(request.param)


@pytest.fixture
def github_job(job_of: Callable[..., Job]) -> Job:
    return job_of("github")
