"""Two sides of a pull request: as values for the stage that compares them, or as two commits of a git repository."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from playbookctl.attack import AttackIndex
from playbookctl.check.facts import facts_of
from playbookctl.check.registry import RuleInfos
from playbookctl.check.rule import Context
from playbookctl.load.schema import accepts
from playbookctl.model.playbook import Playbook
from playbookctl.model.review import Commit, Review
from playbookctl.model.workspace import Connector, Connectors, Settings
from playbookctl.review.effects import judged
from playbookctl.review.make import Given, make_review
from playbookctl.review.sides import Held, Side, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

CATALOGUE: dict[str, Any] = {
    "edr": {
        "provider": "edr",
        "actions": {
            "isolate-host": {"effect": "reversible"},
            "wipe-host": {"effect": "irreversible"},
            "get-host": {"effect": "read"},
        },
    },
    "idp": {"provider": "idp", "actions": {"disable-user": {"effect": "reversible"}, "get-user": {"effect": "read"}}},
    "chat": {"provider": "chat", "actions": {"send-message": {"effect": "notify"}}},
}
CONFIG: dict[str, Any] = {
    "namespace": "soc",
    "playbooks": "playbooks",
    "connectors": "connectors.yaml",
    "rules": {"severity": {"PB402": "error"}},
    "environments": {"prod": {"url": "https://soc.example.test", "tenant_id": "tnt_1", "owners": {"lead": "per_1"}}},
}


def estate() -> dict[str, dict[str, Any]]:
    """Return the playbooks of the base by key: one that asks by an input, its automatic caller, loops, gates, outputs."""
    return copy.deepcopy({each["key"]: each for each in (_CONTAIN, _PHISH, _SWEEP, _LOCK, _ENRICH, _REPORT, _MANUAL)})


_CONTAIN = {
    "key": "contain", "name": "Contain a host", "owner": "lead", "description": "Isolates a host.",
    "inputs": {"host": {"required": True}, "ask_first": {"default": True}},
    "outputs": {"isolated": {}},
    "steps": [
        {"id": "decide", "type": "decision",
         "branches": [{"name": "ask", "when": {"field": "inputs.ask_first", "op": "equals", "value": True}, "next": "approve"}],
         "else": "isolate"},
        {"id": "approve", "name": "May we isolate?", "type": "manual", "message": "Isolate it?", "assignee": "lead",
         "choices": ["yes", "no"], "branches": [{"name": "yes", "next": "isolate"}, {"name": "no", "next": "end"}]},
        {"id": "isolate", "name": "Isolate the host", "connector": "edr", "action": "isolate-host",
         "with": {"host": "{{ inputs.host }}"}, "on_error": {"next": "by_hand"}, "timeout": "5m",
         "retry": {"times": 2, "delay": "10s"}, "next": "end"},
        {"id": "by_hand", "name": "Isolate it by hand", "type": "manual", "message": "Pull the plug.", "assignee": "tier-2"},
    ],
}  # fmt: skip
_PHISH = {
    "key": "phish", "name": "Phishing", "owner": "mail-team", "auto_execute": True,
    "trigger_conditions": [{"field": "alert.severity", "op": "in", "value": ["high", "critical"]}],
    "mitre_techniques": ["T1566.001"],
    "steps": [
        {"id": "look", "connector": "idp", "action": "get-user", "with": {"user": "{{ alert.user }}"}},
        {"id": "info", "connector": "edr", "action": "get-host", "with": {"host": "{{ alert.host }}"}},
        {"id": "call", "type": "playbook", "playbook": "contain", "with": {"host": "{{ alert.host }}", "ask_first": True}},
        {"id": "tell", "connector": "chat", "action": "send-message", "with": {"text": "{{ steps.call.output.isolated }}"}},
    ],
}  # fmt: skip
_SWEEP = {
    "key": "sweep", "name": "Sweep the hosts", "owner": "lead", "auto_execute": True,
    "trigger_conditions": [{"field": "alert.title", "op": "contains", "value": "worm"}],
    "steps": [
        {"id": "each", "for_each": "{{ alert.indicators }}", "max_targets": 5, "type": "section", "steps": [
            {"id": "stop", "connector": "edr", "action": "isolate-host", "with": {"host": "{{ item }}"}, "approval": "lead"},
        ]},
    ],
}  # fmt: skip
_LOCK = {
    "key": "lock", "name": "Lock an account", "owner": "idp-team", "auto_execute": True,
    "trigger_conditions": [{"field": "alert.severity", "op": "equals", "value": "critical"}],
    "steps": [
        {"id": "disable", "name": "Disable the account", "connector": "idp", "action": "disable-user",
         "with": {"user": "{{ alert.user }}"},
         "approval": {"by": ["lead", "ciso"], "min": 2, "not_author": True, "expires": "15m"}},
    ],
}  # fmt: skip
_ENRICH = {
    "key": "enrich", "name": "Enrich", "auto_execute": True,
    "trigger_conditions": [{"field": "alert.severity", "op": "equals", "value": "low"}],
    "steps": [{"id": "a", "connector": "edr", "action": "get-host"}, {"id": "b", "connector": "idp", "action": "get-user"}],
}  # fmt: skip
_REPORT = {
    "key": "report", "name": "Report", "owner": "lead",
    "inputs": {"text": {"default": "hello"}, "spare": {"default": "none"}}, "outputs": {"sent": {}},
    "steps": [{"id": "send", "connector": "chat", "action": "send-message", "with": {"text": "{{ inputs.text }}"}}],
}  # fmt: skip
_MANUAL = {
    "key": "by-hand", "name": "Started by hand", "owner": "lead",
    "steps": [
        {"id": "kill", "name": "Wipe the host", "connector": "edr", "action": "wipe-host", "approval": "lead"},
        {"id": "note", "connector": "chat", "action": "send-message", "approval": "tier-2"},
    ],
}  # fmt: skip


def catalogue(data: Mapping[str, Any] = CATALOGUE) -> Connectors:
    """Return a catalogue of connectors."""
    return Connectors({name: Connector(name, value) for name, value in data.items()}, "/connectors.yaml")


def side(
    playbooks: Mapping[str, Any], connectors: Mapping[str, Any] = CATALOGUE, config: Mapping[str, Any] = CONFIG
) -> Side:
    """Return a side; every playbook must be one by its schema."""
    settings = Settings(dict(config), "/", "/playbookctl.yaml")
    context = Context(settings, catalogue(connectors), AttackIndex.bundled())
    held = {}
    for data in playbooks.values():
        assert accepts("playbook", data), data["key"]
        playbook = Playbook(data)
        text = hashlib.sha256(json.dumps(data).encode()).hexdigest()
        held[playbook.key] = Held(
            playbook.key, f"playbooks/{playbook.key}.yaml", playbook, facts_of(playbook, context), text, digest_of(data), True
        )  # fmt: skip
    return Side(held, (), settings, catalogue(connectors))


def review_of(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    *,
    connectors: tuple[Mapping[str, Any], Mapping[str, Any]] = (CATALOGUE, CATALOGUE),
    config: tuple[Mapping[str, Any], Mapping[str, Any]] = (CONFIG, CONFIG),
) -> Review:
    """Compare two sets of playbooks without git, rules and findings."""
    sides = [side(playbooks, connectors[at], config[at]) for at, playbooks in enumerate((before, now))]
    given = Given(
        Commit("main", "a" * 40),
        Commit("HEAD", "b" * 40),
        sides[0].settings or Settings({}, "/", None),
        judged(catalogue(connectors[0]), catalogue(connectors[1])),
        "playbookctl.yaml",
        "connectors.yaml",
        rules=RuleInfos(),
    )
    return make_review(given, sides[0], sides[1], ([], []))


def step(playbook: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return a step of a playbook, wherever it stands."""
    pending: list[dict[str, Any]] = list(playbook["steps"])
    for each in pending:
        if each["id"] == id_:
            return each
        pending += each.get("steps", [])
    raise KeyError(id_)


class Clone:
    """A git repository with a base on `main`; changes are committed on `pr`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", ".")

    def git(self, *arguments: str) -> str:
        """Run git here and return what it prints."""
        names = {f"GIT_{who}_{what}": "a@example.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes | Mapping[str, Any]) -> None:
        """Write a file; a mapping as JSON, which is YAML too."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")

    def commit(self, message: str = "a change") -> str:
        """Commit everything and return the full id."""
        self.git("add", "-A")
        self.git("commit", "-qm", message, "--allow-empty")
        return self.git("rev-parse", "HEAD")

    def base(self, playbooks: Mapping[str, Any], config: Mapping[str, Any] = CONFIG) -> str:
        """Commit the base, and go to the branch of the pull request."""
        self.write("playbookctl.yaml", config)
        self.write("connectors.yaml", {"connectors": CATALOGUE})
        for key, data in playbooks.items():
            self.write(f"playbooks/{key}.yaml", data)
        commit = self.commit("base")
        self.git("checkout", "-qb", "pr")
        return commit

    def edit(self, key: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change one playbook in place."""
        file = self.folder / "playbooks" / f"{key}.yaml"
        data = json.loads(file.read_text("utf-8"))
        change(data)
        self.write(f"playbooks/{key}.yaml", data)
