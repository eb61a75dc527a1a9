"""A team: a repository in git, a reference server on a socket, and what people do to both."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from playbookctl.cli.main import run
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.seed import Seed
from support.server import CONNECTORS as CONNECTORS_PATH
from support.server import NO_TLS, PLAYBOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

CONNECTORS = "connectors:\n  edr: {provider: defender_for_endpoint}\n  chat: {provider: slack}\n"
CALLEE = """\
key: notify
name: Notify
description: Tell the channel.
inputs: {text: {required: true}}
required_connectors: [chat]
steps:
  - id: send
    connector: chat
    action: send-message
    with: {text: "{{ inputs.text }}"}
"""
CALLER = """\
key: triage
name: Triage
description: Look at the host.
owner: soc-lead
required_connectors: [edr]
tags: [endpoint]
steps:
  - id: look
    connector: edr
    action: get-host
    with: {host: "{{ alert.host }}"}
  - id: tell
    type: playbook
    playbook: notify
    with: {text: looked}
"""


class Team:
    """A repository, a server, and what people do to both."""

    def __init__(self, folder: Path, server: EmbeddedServer, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.server = server
        self._capsys = capsys
        self.http = httpx.Client(
            base_url=server.url, headers={"Authorization": f"Bearer {server.token(sub='per_ANALYST')}"}, verify=NO_TLS
        )

    def close(self) -> None:
        self.http.close()

    def write(self, name: str, text: str) -> None:
        path = self.folder / "playbooks" / f"{name}.yaml"
        path.write_text(text, "utf-8")

    def edit(self, name: str, before: str, after: str) -> None:
        path = self.folder / "playbooks" / f"{name}.yaml"
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
        self.commit(f"edit {name}")

    def configure(self, text: str) -> None:
        """Add lines at the top level of playbookctl.yaml, and commit."""
        path = self.folder / "playbookctl.yaml"
        path.write_text(path.read_text("utf-8") + text, "utf-8")
        self.commit("configure")

    def goes_through(self, url: str) -> None:
        """Have the environment talk to another address, such as a recorder's."""
        path = self.folder / "playbookctl.yaml"
        path.write_text(path.read_text("utf-8").replace(self.server.url, url), "utf-8")
        self.commit("another address")

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-qm", message)

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, check=True)

    def say(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command as a person does; return its exit code, standard output and standard error."""
        return self.say_locally(*arguments, "--env", "prod")

    def review(self, *arguments: str) -> tuple[int, str, str]:
        """Review the commit that is checked out against main, unless the arguments say otherwise."""
        return self.say_locally("review", "--base", "main", *arguments)

    def say_locally(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command that has no environment."""
        self._capsys.readouterr()
        code = run([*arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Run a command with `--format json`; return its exit code and what it printed."""
        code, out, _ = self.say(*arguments, "--format", "json")
        return code, json.loads(out)

    def sync(self, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
        """Sync; return the exit code, and action and end by key."""
        code, said = self.run("sync", "--yes", *arguments)
        return code, {row["key"]: (row["action"], row["kind"]) for row in said["outcomes"]}

    def plan(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Plan; return the detailed exit code, and the changes by key."""
        code, said = self.run("plan", "--detailed-exitcode", *arguments)
        return code, {row["key"]: row for row in said["plan"]["changes"]}

    def live(self) -> dict[str, dict[str, Any]]:
        """Return the live playbooks by name."""
        return {row["name"]: row for row in self.http.get(PLAYBOOKS).json()["data"]}

    def analyst(self, name: str, **fields: Any) -> None:
        """Change a live playbook by hand."""
        answer = self.http.patch(f"{PLAYBOOKS}/{self.live()[name]['id']}", json=fields)
        assert answer.status_code == 200, answer.text

    def by_hand(self, **fields: Any) -> str:
        """Make a live playbook in the vendor's editor; return its id."""
        answer = self.http.post(PLAYBOOKS, json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def connectors(self) -> dict[str, dict[str, Any]]:
        """Return the live connectors by name."""
        return {row["name"]: row for row in self.http.get(CONNECTORS_PATH).json()["data"]}

    def connector(self, name: str, **fields: Any) -> None:
        """Change a live connector."""
        answer = self.http.patch(f"{CONNECTORS_PATH}/{self.connectors()[name]['id']}", json=fields)
        assert answer.status_code == 200, answer.text


@contextmanager
def team_in(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Team]:
    """Give a team at work below `folder`: two playbooks that call each other, a commit, a server that holds none yet."""
    repository = folder / "repository"
    (repository / "playbooks").mkdir(parents=True)
    (repository / "connectors.yaml").write_text(CONNECTORS, "utf-8")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "home"))
    seed = Seed(connectors={"edr": "defender_for_endpoint", "chat": "slack"}, persons=("soc-lead",))
    with EmbeddedServer(folder / "server.db", seed=seed) as server:
        monkeypatch.setenv("CPOD_API_KEY", server.token())
        (repository / "playbookctl.yaml").write_text(
            f"namespace: soc\nenvironments:\n  prod: {{url: '{server.url}', tenant_id: {server.tenant_id}}}\n", "utf-8"
        )
        team = Team(repository, server, capsys)
        team.write("notify", CALLEE)
        team.write("triage", CALLER)
        team.git("init", "-q", "-b", "main")
        team.commit("first")
        yield team
        team.close()
