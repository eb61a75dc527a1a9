"""Playbooks on both sides of a plan, with defaults, and the smallest server that a plan can be carried out on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import digests, fill, fingerprint
from playbookctl.marker import unfinished, write_tags
from playbookctl.model.choices import NO_CHOICES, Choices
from playbookctl.model.marker import Base, Marker
from playbookctl.model.plan import Action, Change, Plan
from playbookctl.plan import Desired, LiveClass, LiveRows, Situation, make_plan, read_live
from playbookctl.plan.render import pending_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPACE = "soc"
COMMIT = "c0ffee000001"


def body(**fields: Any) -> dict[str, Any]:
    """A rendered playbook: all managed fields."""
    return {
        "name": "Phishing",
        "description": "Look at it.",
        "category": "containment",
        "trigger_conditions": [{"field": "alert.severity", "op": "in", "value": ["high", "critical"]}],
        "auto_execute": False,
        "mitre_tactics": ["TA0001"],
        "mitre_techniques": ["T1566.001"],
        "steps": [{"id": "look", "connector": "cnn_mail", "action": "get-message"}, {"id": "ask", "type": "manual", "message": "Ask."}],
        "required_connector_ids": ["cnn_mail"],
        "owner_id": "per_lead",
        "enabled": True,
        "tags": ["email"],
        **fields,
    }  # fmt: skip


def wanted(key: str, rendered: Mapping[str, Any], **known: Any) -> Desired:
    calls = tuple(sorted({step["playbook"] for step in rendered["steps"] if "playbook" in step}))
    return Desired(
        **{
            "key": key,
            "name": rendered["name"],
            "file": f"playbooks/{key}.yaml",
            "digests": digests(rendered),
            "pending": pending_in(rendered),
            "calls": known.pop("calls", calls),
            **known,
        }
    )


def marks(key: str, base: Mapping[str, Any] | None, live_id: str, *, space: str = SPACE, **said: Any) -> list[str]:
    """The tags of a mark: `base` is the body that the repo last asked for, None for no base."""
    bound_to, commit = said.pop("bound_to", live_id), said.pop("commit", COMMIT)
    known = None if base is None else Base(digests(base), commit)
    return list(write_tags(Marker(space, key, known, **said), bound_to))


def row(live_id: str, shown: Mapping[str, Any], tags: Sequence[str] = (), **stamps: Any) -> dict[str, Any]:
    """An object as the server lists it; `tags` are reserved ones beside those of the body."""
    return {
        "id": live_id,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-02T00:00:00Z",
        "updated_by": "per_analyst",
        "source_type": "frontend",
        "is_deleted": False,
        **shown,
        "tags": [*shown["tags"], *tags],
        **stamps,
    }


@dataclass
class Scene:
    """Files by key, rows of the server, and what else is known."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)  # of a file: what `Desired` has beside its body
    situation: Situation = field(
        default_factory=lambda: Situation("prod", SPACE, "tnt_a", commit=COMMIT, bootstrap_needed=False)
    )

    def plan(self, choices: Choices = NO_CHOICES) -> Plan:
        desired = {key: wanted(key, rendered, **self.known.get(key, {})) for key, rendered in self.files.items()}
        rows = LiveRows(map(read_live, self.rows), SPACE)
        return make_plan(desired, rows, self.situation, choices, self.files.__getitem__)

    def change(self, key: str = "phishing", choices: Choices = NO_CHOICES) -> Change:
        """The one change of a key."""
        found = [change for change in self.plan(choices).changes if change.key == key]
        assert len(found) == 1, found
        return found[0]


@dataclass
class Server:
    """A server in a dozen lines: ids and stamps are its own, a write replaces whole top-level fields."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock: int = 0

    def create(self, sent: Mapping[str, Any], by: str = "per_robot") -> str:
        live_id = f"ply_{len(self.objects) + 1:04}"
        now = self._now()
        self.objects[live_id] = {"id": live_id, "created_at": now, "updated_at": now, "updated_by": by, **sent}
        return live_id

    def patch(self, live_id: str, sent: Mapping[str, Any], by: str = "per_robot") -> None:
        self.objects[live_id] |= {**sent, "updated_at": self._now(), "updated_by": by}

    def rows(self) -> list[dict[str, Any]]:
        return [dict(found) for found in self.objects.values() if not found.get("is_deleted")]

    def _now(self) -> str:
        self.clock += 1
        return f"2026-01-01T00:{self.clock // 60:02}:{self.clock % 60:02}Z"


def carry_out(plan: Plan, server: Server, ids: dict[str, str], *, stop_after: int | None = None) -> int:
    """Do what a plan says, request by request; with `stop_after`, crash after so many. Return the number of requests."""
    requests = 0
    for change in plan.to_write:
        for phase in _phases(fill(change, ids), server, ids):
            if stop_after is not None and requests == stop_after:
                return requests
            phase()
            requests += 1
    return requests


def _phases(change: Change, server: Server, ids: dict[str, str]) -> list[Any]:
    sent: dict[str, Any] = {name: json.loads(text) for name, text in change.write}
    if change.action is Action.CREATE:
        assert change.mark is not None
        mark = change.mark

        def post() -> None:
            off = {"enabled": False, "auto_execute": False}
            ids[change.key] = server.create({**sent, **off, "tags": [*change.tags, *write_tags(unfinished(mark))]})

        def finish() -> None:
            live_id = ids[change.key]
            named = LiveRows(map(read_live, server.rows()), mark.namespace).group(mark.key)
            smaller = [live for live in named.of(LiveClass.UNFINISHED) if live.id < live_id]
            if smaller or named.of(LiveClass.OURS):
                return  # somebody else was faster; the next plan clears this one away
            switches = {name: sent[name] for name in ("enabled", "auto_execute")}
            server.patch(live_id, {**switches, "tags": [*change.tags, *write_tags(mark, live_id)]})

        return [post, finish]

    def patch() -> None:
        if fingerprint(server.objects[change.live_id]) != change.expect:
            return  # stale: another run, or a person, was faster
        tags = {} if change.mark is None else {"tags": [*change.tags, *write_tags(change.mark, change.live_id)]}
        server.patch(change.live_id, sent | tags)

    return [patch]
