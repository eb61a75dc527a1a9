"""A tenant of the reference server, the files of a repository as bodies, and a plan and sync between the two."""

from __future__ import annotations

import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

from playbookctl.api import BearerToken, Client, RetryPolicy
from playbookctl.apply import Applied, ApplyOptions, Patience, apply_plan
from playbookctl.marker import read_tags
from playbookctl.model.choices import Choices
from playbookctl.model.marker import Marker
from playbookctl.model.plan import placeholder, placeholder_key
from playbookctl.plan import LiveRows, Situation, read_live
from playbookctl.plan.render import pending_in
from playbookctl.server.tenants import tenant_id_of
from playbookctl.steps import all_steps
from support.plans import COMMIT, SPACE, Scene, body

if TYPE_CHECKING:
    from collections.abc import Callable

    from playbookctl.apply import Progress
    from playbookctl.model.outcome import Outcome
    from playbookctl.model.plan import Plan
    from playbookctl.server.embedded import EmbeddedServer

FAST = RetryPolicy(4, wait_initial=0.001, wait_max=0.01, wait_jitter=0.001)
BRISK = Patience(4, 0.001, 0.01, 0.001, read_back=(0.0, 0.02, 0.05, 0.1))
FORCED = Choices(force=True)  # no thresholds
NUMBERS = itertools.count(1)


class Recording(Client):
    """The client, and a list of the writes it was asked for, as (method, id, body)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.writes: list[tuple[str, str, dict[str, Any]]] = []
        self.gets = 0

    def get_playbook(self, playbook_id: str) -> dict[str, Any]:
        self.gets += 1
        return super().get_playbook(playbook_id)

    def create_playbook(self, body: dict[str, Any]) -> dict[str, Any]:
        self.writes.append(("POST", "", body))
        return super().create_playbook(body)

    def update_playbook(self, playbook_id: str, body: dict[str, Any]) -> dict[str, Any] | None:
        self.writes.append(("PATCH", playbook_id, body))
        return super().update_playbook(playbook_id, body)


class World:
    """One tenant. `files` holds the rendered bodies of the repository, by key."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        self.tenant = tenant_id_of(f"world {next(NUMBERS)}")
        self.files: dict[str, dict[str, Any]] = {}
        self.stop = threading.Event()
        self._clients: list[Recording] = []
        self.client = self.new_client()
        self.analyst = Client(
            server.url, BearerToken(server.token(tenant=self.tenant, sub="per_analyst")), may_write=True
        )

    def new_client(self, **options: Any) -> Recording:
        token = BearerToken(self.server.token(tenant=self.tenant))
        client = Recording(self.server.url, token, tenant_id=self.tenant, may_write=True, policy=FAST, **options)
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in (*self._clients, self.analyst):
            client.close()

    def plan(self, choices: Choices = FORCED) -> Plan:
        situation = Situation("prod", SPACE, self.tenant, commit=COMMIT, bootstrap_needed=False)
        rows = list(self.analyst.list_playbooks(include_deleted=True))
        ids = LiveRows(map(read_live, rows), SPACE).ids()
        known = {key: {"calls": pending_in(rendered)} for key, rendered in self.files.items()}
        files = {key: _with_ids(rendered, ids) for key, rendered in self.files.items()}
        return Scene(files, rows, known, situation).plan(choices)

    def apply(self, plan: Plan, *, on_progress: Callable[[Progress], None] | None = None, **options: Any) -> Applied:
        settings = {"patience": BRISK, "stop": self.stop, **options}
        return apply_plan(plan, settings.pop("client", self.client), ApplyOptions(**settings), on_progress=on_progress)

    def sync(self, choices: Choices = FORCED, **options: Any) -> Applied:
        return self.apply(self.plan(choices), **options)

    def settled(self) -> World:
        """Bring the tenant in step with the files, and forget how."""
        applied = self.sync()
        assert not any(outcome.failed for outcome in applied.outcomes), applied.outcomes
        assert self.plan().to_write == ()
        self.client.writes.clear()
        return self

    def rows(self, key: str = "") -> list[dict[str, Any]]:
        """All live rows, or those whose mark names `key`, by id."""
        marked = [(row, read_tags(row["tags"])) for row in self.analyst.list_playbooks()]
        return [row for row, mark in marked if not key or (isinstance(mark, Marker) and mark.key == key)]

    def row(self, key: str) -> dict[str, Any]:
        (found,) = self.rows(key)
        return found

    def mark(self, key: str) -> Marker:
        mark = read_tags(self.row(key)["tags"])
        assert isinstance(mark, Marker)
        return mark

    def edit(self, key: str, **fields: Any) -> dict[str, Any]:
        """Change a live playbook as an analyst would, marks kept."""
        row = self.row(key)
        if "tags" in fields:
            fields["tags"] = [*fields["tags"], *(tag for tag in row["tags"] if tag.startswith("playbookctl:"))]
        self.analyst.update_playbook(row["id"], fields)
        return self.analyst.get_playbook(row["id"])

    def acting(self, key: str) -> list[str]:
        return [row["id"] for row in self.rows(key) if row["enabled"] or row["auto_execute"]]


def calling(*keys: str, **fields: Any) -> dict[str, Any]:
    """A rendered playbook that calls others, whose ids `World.plan` fills in where they have one."""
    steps = [
        {"id": f"call-{index}", "type": "playbook", "playbook": placeholder(key)} for index, key in enumerate(keys)
    ]
    return body(**{"name": f"calls {', '.join(keys)}", "steps": steps, **fields})


def _with_ids(rendered: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    steps = json.loads(json.dumps(rendered["steps"]))
    for step in all_steps(steps):
        key = placeholder_key(step.get("playbook"))
        if key in ids:
            step["playbook"] = ids[key]
    return {**rendered, "steps": steps}


def kinds(applied: Applied) -> dict[str, str]:
    """How each change ended, by key."""
    return {outcome.key: outcome.kind.value for outcome in applied.outcomes}


def only(applied: Applied) -> Outcome:
    (outcome,) = applied.outcomes
    return outcome
