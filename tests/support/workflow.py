"""Runs GitHub's workflows and GitLab's jobs on this machine: their shell steps as they stand, the rest as far as it matters.

A step's `run` is given to bash untouched, so it may hold no `${{ }}`; these stand in `env`, `with` and `if`, and are
evaluated by the few lines below, which know the contexts and operators that our recipes use and fail on anything else.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>&&|\|\||==|!=|!|\(|\))|(?P<name>[A-Za-z_][\w.-]*(?:\(\))?))"
)
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
TIMEOUT_S = 240


@dataclass
class Runner:
    """Where jobs run. `origin` is the repository that is cloned, `action` the folder of our own action.

    `secrets` are those of each environment; a job without one has none. `artifacts` and `sarif` are what jobs left behind; `output` is what the last step printed. `installed` remembers
    installations that were done already: all jobs share one machine here.
    """

    folder: Path
    origin: Path
    action: Path
    base: dict[str, str]
    contexts: dict[str, Any]
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)
    sarif: list[Any] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    installed: set[str] = field(default_factory=set)
    output: str = ""
    summary: str = ""
    number: int = 0

    def job(self, file: Path, name: str) -> int:
        """Run one job of a workflow; return the exit code of the step that failed, else 0. -1: its `if` said no."""
        workflow = yaml.safe_load(file.read_text("utf-8"))
        job = workflow["jobs"][name]
        assert workflow["permissions"] == {}
        assert workflow["defaults"] == {"run": {"shell": "bash"}}
        if "if" in job and not self.true(str(job["if"])):
            return -1
        self.number += 1
        workspace = self.folder / f"{name}-{self.number}"
        workspace.mkdir()
        contexts = self.contexts
        self.contexts = {**contexts, "secrets": self.secrets.get(job.get("environment", ""), {})}
        code = self.steps(job["steps"], workspace, job["permissions"], {})
        self.contexts = contexts
        return code

    def steps(
        self, steps: list[dict[str, Any]], workspace: Path, permissions: dict[str, str], inputs: dict[str, Any]
    ) -> int:
        failed = 0
        contexts = self.contexts
        self.contexts = {"secrets": {}, **contexts, "inputs": inputs}
        for step in steps:
            condition = str(step.get("if", ""))
            wanted = self.true(condition) if condition else True
            if not wanted or (failed and "cancelled()" not in condition):
                continue
            code = self.uses(step, workspace, permissions) if "uses" in step else self.run(step, workspace)
            failed = failed or code
        self.contexts = contexts
        return failed

    def uses(self, step: dict[str, Any], workspace: Path, permissions: dict[str, str]) -> int:
        given = {name: self.text(value) for name, value in step.get("with", {}).items()}
        match step["uses"].partition("@")[0]:
            case "actions/checkout":
                assert permissions["contents"] == "read"
                assert given == {"fetch-depth": "0", "persist-credentials": "false"}
                git("clone", "-q", self.origin, workspace)
                git("-C", workspace, "fetch", "-q", "origin", "+refs/*:refs/remotes/origin/*")
                git("-C", workspace, "checkout", "-q", self.contexts["github"]["sha"])
            case "OWNER/playbookctl":
                return self.our_action(given, workspace, permissions)
            case "actions/setup-python":
                assert re.fullmatch(r"3\.\d+", given["python-version"])
            case "github/codeql-action/upload-sarif":
                assert permissions["security-events"] == "write"
                self.sarif.append(json.loads((workspace / given["sarif_file"]).read_text("utf-8")))
            case "actions/upload-artifact":
                self.artifacts[given["name"]] = workspace / given["path"]
            case "actions/download-artifact":
                assert permissions["actions"] == "read"
                assert (given["run-id"], given["github-token"]) == ("777", "the-token")
                shutil.copytree(self.artifacts[given["name"]], workspace / given["path"], symlinks=True)
            case other:
                raise AssertionError(f"{other} is no action that the recipes may use")
        return 0

    def our_action(self, given: dict[str, str], workspace: Path, permissions: dict[str, str]) -> int:
        action = yaml.safe_load((self.action / "action.yml").read_text("utf-8"))
        assert set(given) <= set(action["inputs"])
        inputs = {name: given.get(name, value["default"]) for name, value in action["inputs"].items()}
        assert action["runs"]["using"] == "composite"
        return self.steps(action["runs"]["steps"], workspace, permissions, inputs)

    def run(self, step: dict[str, Any], workspace: Path) -> int:
        env = {name: self.text(value) for name, value in step.get("env", {}).items()}
        return self.bash(step["run"], workspace, env)

    def bash(self, script: str, workspace: Path, env: dict[str, str]) -> int:
        """Run a script as GitHub does for `shell: bash`; the GITHUB_ variables are those of the event."""
        assert "${{" not in script, "an expression in a script is filled in before bash reads it"
        if script in self.installed:
            return 0
        summary, event = self.folder / "summary.md", self.folder / "event.json"
        summary.write_text("", "utf-8")
        event.write_text(json.dumps(self.contexts.get("github", {}).get("event", {})), "utf-8")
        variables = {**self.base, "GITHUB_ACTION_PATH": str(self.action), "GITHUB_STEP_SUMMARY": str(summary),
                     "GITHUB_EVENT_PATH": str(event), **env}  # fmt: skip
        file = self.folder / "step.sh"
        file.write_text(script, "utf-8")
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)]
        done = subprocess.run(command, cwd=workspace, env=variables, capture_output=True, text=True, timeout=TIMEOUT_S,
                              check=False)  # fmt: skip
        self.output = done.stdout + done.stderr
        self.summary = summary.read_text("utf-8")
        self.ran.append(script)
        assert "Traceback" not in self.output, self.output
        if (" pip install " in script or script.endswith(" install")) and done.returncode == 0:
            self.installed.add(script)
        return done.returncode

    # -------------------------------------------------------------- expressions

    def text(self, value: Any) -> str:
        """Return a value of `env` or `with` with its expressions filled in."""
        if isinstance(value, bool):
            return str(value).lower()
        return _EXPRESSION.sub(lambda found: shown(self.value(found[1])), str(value))

    def true(self, condition: str) -> bool:
        inner = _EXPRESSION.fullmatch(condition.strip())
        return bool(self.value(inner[1] if inner else condition))

    def value(self, expression: str) -> Any:
        """Evaluate an expression of GitHub's, by Python's own operators on values of its contexts."""
        python: list[str] = []
        values: list[Any] = []
        place = 0
        while place < len(expression.rstrip()):
            token = _TOKEN.match(expression, place)
            assert token is not None, f"'{expression[place:]}' is not understood"
            place = token.end()
            if token["mark"]:
                python.append({"&&": "and", "||": "or", "!": "not"}.get(token["mark"], token["mark"]))
                continue
            python.append(f"values[{len(values)}]")
            values.append(token["text"][1:-1].replace("''", "'") if token["text"] else self.named(token["name"]))
        return eval(" ".join(python), {"__builtins__": {}}, {"values": values})  # noqa: S307 - built from a table, just above

    def named(self, name: str) -> Any:
        if name == "cancelled()":
            return False
        context, *parts = name.split(".")
        assert context in self.contexts, f"there is no context '{context}'"
        value: Any = self.contexts[context]
        for part in parts:
            value = value.get(part, "") if isinstance(value, dict) else ""  # GitHub: what is not there is empty
        return value


def shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def git(*arguments: Any) -> str:
    done = subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True, text=True)
    return done.stdout.strip()
