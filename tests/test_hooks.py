"""The hooks as a team has them: pre-commit installs them from a clone of this work tree and runs them at commits.

The installation fetches the build backend and the dependencies, so these tests need an index that pip can reach; without
one they are skipped, and where REQUIRE_ALL is set they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.repository import git

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
NETWORK = 41  # the exit code of a hook that reaches for the network
WATCHED = f"""\
import os, sys
def watch(event, _):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        os._exit({NETWORK})
sys.addaudithook(watch)
"""
CALLEE = """\
key: contain
name: Contain a host
description: Take a host off the network.
category: containment
owner: lead
mitre_techniques:
  - T1566
inputs: {host: {required: true, description: Which.}}
steps:
  - id: ask
    type: manual
    message: Take it off the network.
"""
CALLER = """\
key: triage
name: Triage
description: Look, then contain.
category: identification
owner: lead
mitre_techniques: [T1566]
steps:
  - id: contain
    type: playbook
    playbook: contain
    with: {host: "{{ alert.host }}"}
"""
OTHER = "services: {db: {image: postgres}}\n"


class Desk:
    """A repository of playbooks with pre-commit installed in it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
        tools = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
        self.env |= {"PRE_COMMIT_HOME": str(home), "NO_COLOR": "1", "PATH": tools}

    def run(self, *command: str) -> tuple[int, str]:
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False
        )  # fmt: skip
        return done.returncode, done.stdout

    def commit(self, files: Mapping[str, str]) -> tuple[int, str]:
        """Write, stage and commit files, as a person does; return the exit code of git and all that was said."""
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        git(self.folder, "add", "-A")
        return self.run("git", "-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-m", "change")

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder, home = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("home")
    _reach_an_index(tmp_path_factory.mktemp("index"))
    tool = _clone(tmp_path_factory.mktemp("tool"))
    desk = Desk(folder, home)
    git(folder, "init", "-q", "-b", "main")
    hooks = "".join(f"      - id: {hook['id']}\n" for hook in HOOKS)
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: file://{tool}\n    rev: {git(tool, 'rev-parse', 'HEAD')}\n    hooks:\n{hooks}", "utf-8"
    )
    for command in (("pre-commit", "install"), ("pre-commit", "install-hooks")):
        code, said = desk.run(*command)
        assert code == 0, said
    (packages,) = home.glob("repo*/py_env-*/lib/python*/site-packages")  # one environment serves both hooks
    (packages / "sitecustomize.py").write_text(WATCHED, "utf-8")
    config = "namespace: test\nplaybooks: playbooks\nconnectors: connectors.yaml\n"
    files = {"playbooks/contain.yaml": CALLEE, "playbooks/triage.yaml": CALLER, "playbookctl.yaml": config}
    code, said = desk.commit(
        {**files, "connectors.yaml": "connectors:\n  edr: {provider: edr}\n", "compose.yaml": OTHER}
    )
    assert code == 0, said
    return desk


def _reach_an_index(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "0", "--timeout", "20"]
    done = subprocess.run([*pip, "--dest", str(folder), "hatchling"], capture_output=True, text=True, check=False)
    if done.returncode:
        if os.environ.get("REQUIRE_ALL"):
            pytest.fail(f"REQUIRE_ALL is set, and pip reaches no index: {done.stderr}")
        pytest.skip("needs an index that pip can reach")


def _clone(folder: Path) -> Path:
    """Return a repository whose one commit is this work tree: what pre-commit would clone once it is committed."""
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "the tool")
    return folder


@pytest.fixture
def clean(desk: Desk) -> Desk:
    """Return the desk as it was after the first commit."""
    git(desk.folder, "reset", "-q", "--hard", git(desk.folder, "rev-list", "--max-parents=0", "HEAD"))
    git(desk.folder, "clean", "-qfd")
    return desk


def test_both_hooks_take_the_names_of_yaml_files_and_run_alone() -> None:
    assert [hook["id"] for hook in HOOKS] == ["playbookctl-validate", "playbookctl-fmt"]
    for hook in HOOKS:
        assert (hook["language"], hook["types"], hook["require_serial"]) == ("python", ["yaml"], True)
        assert hook.get("pass_filenames", True)


@pytest.mark.slow
def test_a_good_playbook_is_committed(clean: Desk) -> None:
    code, said = clean.commit({"playbooks/contain.yaml": CALLEE.replace("a host off", "one host off")})
    assert (code, said.count("Passed")) == (0, 2), said


@pytest.mark.slow
def test_a_bad_playbook_stops_the_commit_and_the_line_is_named(clean: Desk) -> None:
    before = git(clean.folder, "rev-parse", "HEAD")
    code, said = clean.commit({"playbooks/contain.yaml": CALLEE.replace("type: manual", "type: manuel")})
    assert code == 1
    assert "playbooks/contain.yaml:11:11: error PB002" in said, said
    assert git(clean.folder, "rev-parse", "HEAD") == before


@pytest.mark.slow
def test_a_broken_call_stops_the_commit_of_either_end_alone(clean: Desk) -> None:
    renamed = CALLEE.replace("{host:", "{machine:")
    code, said = clean.commit({"playbooks/contain.yaml": renamed})
    assert (code, "playbooks/triage.yaml:10:15: error PB114" in said) == (1, True), said
    misspelt = CALLER.replace("playbook: contain", "playbook: contian")
    code, said = clean.commit({"playbooks/contain.yaml": CALLEE, "playbooks/triage.yaml": misspelt})
    assert (code, "playbooks/triage.yaml:10:15: error PB109" in said) == (1, True), said


@pytest.mark.slow
def test_a_change_of_the_connectors_alone_is_judged_by_all_playbooks(clean: Desk) -> None:
    step = '    connector: edr\n    action: isolate\n    with: {host: "{{ alert.host }}"}\n    on_error: stop\n'
    looked = CALLER.replace("steps:\n", f"required_connectors: [edr]\nsteps:\n  - id: look\n{step}")
    assert clean.commit({"playbooks/triage.yaml": looked})[0] == 0
    code, said = clean.commit({"connectors.yaml": "connectors:\n  edr: {provider: edr, actions: {get-host: {}}}\n"})
    assert (code, "error PB204 'edr' has no action 'isolate'" in said) == (1, True), said


@pytest.mark.slow
def test_formatting_rewrites_and_the_second_commit_goes_through(clean: Desk) -> None:
    messy = (
        CALLEE.replace("key: contain\n", "").replace("steps:", "key: contain\nsteps:").replace("lead\n", "lead   \n")
    )
    code, said = clean.commit({"playbooks/contain.yaml": messy, "compose.yaml": "services:   {}\n"})
    assert (code, "files were modified by this hook" in said) == (1, True), said
    assert clean.text("playbooks/contain.yaml") == CALLEE
    assert clean.text("compose.yaml") == "services:   {}\n", "not a playbook, not ours to format"
    assert clean.commit({})[0] == 0


@pytest.mark.slow
def test_with_fix_the_hook_mends_and_the_second_commit_goes_through(clean: Desk) -> None:
    config = clean.text(".pre-commit-config.yaml")
    mending = config.replace("id: playbookctl-validate", "id: playbookctl-validate\n        args: [--fix]")
    revoked = CALLEE.replace("T1566", "T1562.001  # since v19")
    code, said = clean.commit({".pre-commit-config.yaml": mending, "playbooks/contain.yaml": revoked})
    assert (code, "fixed 1 finding in 1 file" in said, "files were modified by this hook" in said) == (1, True, True), (
        said
    )
    assert clean.text("playbooks/contain.yaml") == CALLEE.replace("T1566", "T1685  # since v19")
    assert clean.commit({})[0] == 0


@pytest.mark.slow
def test_the_watch_for_the_network_would_have_noticed(desk: Desk) -> None:
    (python,) = Path(desk.env["PRE_COMMIT_HOME"]).glob("repo*/py_env-*/bin/python")
    reach = "import socket; socket.create_connection(('127.0.0.1', 9))"
    assert desk.run(str(python), "-c", reach)[0] == NETWORK
