"""An estate: a repository, a tenant of a reference server on a socket, and the real pipeline between the two."""

from __future__ import annotations

import itertools
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from playbookctl.api.auth import BearerToken
from playbookctl.api.client import Client
from playbookctl.errors import PlaybookctlError
from playbookctl.gather import gather
from playbookctl.model.choices import NO_CHOICES, Choices
from playbookctl.pipeline import Repository
from playbookctl.plan.render import Unrendered
from playbookctl.reconcile import carry_out, reconcile
from playbookctl.server import objects
from playbookctl.server.auth import Caller
from playbookctl.server.faults import FaultKind
from playbookctl.server.fields import CONNECTOR, PLAYBOOK
from playbookctl.server.seed import Seed
from playbookctl.server.tenants import tenant_id_of
from support.laws import Laws, Run
from support.paper import Paper
from support.world import FAST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from playbookctl.apply.result import Applied
    from playbookctl.gather import Gathered
    from playbookctl.model.plan import Plan
    from playbookctl.reconcile import Reconciled
    from playbookctl.server.embedded import EmbeddedServer
    from playbookctl.server.faults import Fault
    from support.repository import GitHistory
    from support.watch import Watch

NUMBERS = itertools.count(1)
ROBOT, ANALYST, STRANGER = "per_ROBOT", "per_ANALYST", "per_STRANGER"
CONNECTORS = {"edr": "defender_for_endpoint", "chat": "slack"}
OWNERS = ("soc-lead", "tier-2")
TODAY = "2026-01-01"
PAGE_SIZE = 4  # so that a list of a handful has several pages


class Killed(BaseException):
    """The process is gone: nothing after this call is sent."""


@dataclass(frozen=True)
class Weather:
    """What befalls one sync. Calls of the client are counted from 1, those of the survey among them.

    `kill_at`: the process ends before that call. `meddle` is done before the first call from `meddle_at` on that is no
    update: between reading and writing one round trip stays open, which nobody denies. `meddle_after` waits for so many
    updates to be sent first.
    """

    faults: tuple[Fault, ...] = ()
    kill_at: int = 0
    meddle_at: int = 0
    meddle_after: int = 0
    meddle: Callable[[], object] | None = None

    @property
    def fair(self) -> bool:
        return not self.faults and not self.kill_at and self.meddle is None


FAIR = Weather()


class Mortal(Client):
    """The client, counting its calls: it can be killed at one, and somebody may meddle before one."""

    weather = FAIR
    calls = 0
    updates = 0
    dead = False
    lock = threading.Lock()

    def brave(self, weather: Weather) -> None:
        self.weather, self.calls, self.updates, self.dead = weather, 0, 0, False

    def list_playbooks(self, *, include_deleted: bool = False, tags: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        self._called()
        return iter(list(super().list_playbooks(include_deleted=include_deleted, tags=tags)))

    def get_playbook(self, playbook_id: str) -> dict[str, Any]:
        self._called()
        return super().get_playbook(playbook_id)

    def create_playbook(self, body: dict[str, Any]) -> dict[str, Any]:
        self._called()
        return super().create_playbook(body)

    def update_playbook(self, playbook_id: str, body: dict[str, Any]) -> dict[str, Any] | None:
        self._called(meddled=False)
        self.updates += 1
        return super().update_playbook(playbook_id, body)

    def _called(self, *, meddled: bool = True) -> None:
        with self.lock:
            self.calls += 1
            weather = self.weather
            if self.dead or self.calls == weather.kill_at:
                self.dead = True
                raise Killed
            ripe = self.calls >= weather.meddle_at and self.updates >= weather.meddle_after
            if meddled and weather.meddle is not None and ripe:
                self.weather = replace(weather, meddle=None)
                weather.meddle()


class Near(Mortal):
    """Reads past the socket as long as no fault is armed: the rows are the same, a test says, at a tenth of the work."""

    estate: Estate

    def list_playbooks(self, *, include_deleted: bool = False, tags: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        if self._strikes():
            return super().list_playbooks(include_deleted=include_deleted, tags=tags)
        self._called()
        found = self._rows_of("playbook")
        wanted = [row for row in found if (include_deleted or not row["is_deleted"]) and {*tags} <= {*row["tags"]}]
        return iter(wanted)

    def get_playbook(self, playbook_id: str) -> dict[str, Any]:
        if self._strikes():
            return super().get_playbook(playbook_id)
        self._called()
        return next(row for row in self._rows_of("playbook") if row["id"] == playbook_id)

    def list_connectors(self) -> Iterator[dict[str, Any]]:
        return super().list_connectors() if self._strikes() else self._alive("connector")

    def list_persons(self) -> Iterator[dict[str, Any]]:
        return super().list_persons() if self._strikes() else self._alive("person")

    def _strikes(self) -> bool:
        return self.estate.server.faults.watches(*FaultKind)

    def _alive(self, resource: str) -> Iterator[dict[str, Any]]:
        return (row for row in self._rows_of(resource) if not row["is_deleted"])

    def _rows_of(self, resource: str) -> list[dict[str, Any]]:
        with self.lock:
            return list(self.estate.watch.objects(self.estate.tenant, resource).values())


class Both(Near):
    """Reads both ways, and sees that it is the same."""

    compared = 0

    def list_playbooks(self, *, include_deleted: bool = False, tags: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        near = list(super().list_playbooks(include_deleted=include_deleted, tags=tags))
        return self._same(near, Client.list_playbooks(self, include_deleted=include_deleted, tags=tags))

    def get_playbook(self, playbook_id: str) -> dict[str, Any]:
        (row,) = self._same([super().get_playbook(playbook_id)], [Client.get_playbook(self, playbook_id)])
        return row

    def list_connectors(self) -> Iterator[dict[str, Any]]:
        return self._same(list(super().list_connectors()), Client.list_connectors(self))

    def list_persons(self) -> Iterator[dict[str, Any]]:
        return self._same(list(super().list_persons()), Client.list_persons(self))

    def _same(self, near: list[dict[str, Any]], far: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        if not self._strikes():
            assert near == list(far)
            Both.compared += 1
        return iter(near)


@dataclass
class Ended:
    """How a sync ended: its plan (None where it could not be made), what was carried out, the error that stopped it."""

    plan: Plan | None = None
    applied: Applied | None = None
    error: PlaybookctlError | None = None
    killed: bool = False


@dataclass
class Estate:
    """Everything of one story. `files` is what the work tree holds: documents by stem, or broken text."""

    server: EmbeddedServer
    watch: Watch
    folder: Path
    history: Paper | GitHistory | None
    workers: int = 1
    client: type[Mortal] = Mortal
    config: dict[str, Any] = field(default_factory=dict)
    files: dict[str, dict[str, Any] | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tenant = tenant_id_of(f"estate {next(NUMBERS)}")
        self.server.seed(Seed(CONNECTORS, OWNERS), tenant=self.tenant)
        (self.folder / "playbooks").mkdir(parents=True)
        self._store("connectors.yaml", {"connectors": {name: {"provider": kind} for name, kind in CONNECTORS.items()}})
        self.configure(namespace="soc")
        self.robot = self._client()
        self.laws = Laws(self)
        self._checked: dict[str, bytes] = {}
        self._known: Gathered
        self.number = 0  # for values that nobody has had before

    def close(self) -> None:
        self.robot.close()
        self.server.faults.clear()
        self.watch.forget(self.tenant)

    def _client(self) -> Mortal:
        token = BearerToken(self.server.token(tenant=self.tenant, sub=ROBOT))
        client = self.client(
            self.server.url, token, tenant_id=self.tenant, may_write=True, policy=FAST, page_size=PAGE_SIZE
        )
        if isinstance(client, Near):
            client.estate = self
        return client

    # --- the repository

    @property
    def namespace(self) -> str:
        return str(self.config["namespace"])

    def configure(self, **changed: Any) -> None:
        self.config |= changed
        environment = {
            "url": self.server.url,
            "tenant_id": self.tenant,
            "workers": self.workers,
            **self.config.get("prod", {}),
        }
        rest = {name: value for name, value in self.config.items() if name != "prod"}
        self._store("playbookctl.yaml", {**rest, "environments": {"prod": environment}})

    def commit(self) -> None:
        """Write the files as they are now, and commit them."""
        kept = {f"{stem}.yaml" for stem in self.files}
        for path in (self.folder / "playbooks").iterdir():
            if path.name not in kept:
                path.unlink()
        for stem, document in self.files.items():
            self._store(f"playbooks/{stem}.yaml", document)
        if self.history is not None:
            self.history.commit(self._texts())

    def _texts(self) -> dict[str, str]:
        names = ["playbookctl.yaml", *(f"playbooks/{stem}.yaml" for stem in self.files)]
        return {name: (self.folder / name).read_text("utf-8") for name in names}

    @contextmanager
    def at(self, commit: str) -> Iterator[None]:
        """Have an older commit checked out, as a pipeline that is run again has."""
        assert self.history is not None
        self.history.checkout(commit)
        if isinstance(self.history, Paper):
            now = self._texts()
            self._lay_out(self.history.commits[commit].files)
        try:
            yield
        finally:
            if isinstance(self.history, Paper):
                self._lay_out(now)
            self.history.checkout("")

    def _lay_out(self, texts: Mapping[str, str]) -> None:
        for path in (self.folder / "playbooks").iterdir():
            path.unlink()
        for name, text in texts.items():
            (self.folder / name).write_text(text, "utf-8")

    def stems(self) -> dict[str, str]:
        """Return the stem of every file that can be read, by key."""
        return {
            str(document.get("key", stem)): stem
            for stem, document in self.files.items()
            if not isinstance(document, str)
        }

    def fresh(self) -> int:
        self.number += 1
        return self.number

    # --- the server

    def rows(self) -> list[dict[str, Any]]:
        """Return the live playbooks by id, deleted ones aside."""
        return [row for row in self.watch.playbooks(self.tenant).values() if not row["is_deleted"]]

    def edit(self, playbook_id: str, fields: dict[str, Any], by: str = ANALYST) -> None:
        """Change a live playbook in the vendor's editor, past all faults."""
        with self.server._service.store.writing() as connection:
            objects.patch(connection, PLAYBOOK, self._person(by), playbook_id, fields)

    def make(self, fields: dict[str, Any], by: str = ANALYST) -> str:
        """Make a live playbook in the vendor's editor."""
        blank = {name: kind.default for name, kind in PLAYBOOK.fields.items() if not kind.stamped}
        store = self.server._service.store
        with store.writing() as connection:
            made = objects.insert(
                connection, PLAYBOOK, self._person(by), store.ids.next("ply"), {**blank, "name": "x", **fields}
            )
        return str(made["id"])

    def clone(self, playbook_id: str) -> str:
        row = self.watch.playbooks(self.tenant)[playbook_id]
        return self.make({name: row[name] for name, kind in PLAYBOOK.fields.items() if not kind.stamped})

    def delete(self, playbook_id: str) -> None:
        with self.server._service.store.writing() as connection:
            objects.soft_delete(connection, PLAYBOOK, self._person(ANALYST), playbook_id)

    def recreate_connector(self, name: str) -> None:
        """Delete a connector and make it anew: same name, another id."""
        store = self.server._service.store
        with store.writing() as connection:
            found = connection.execute(
                "SELECT id, doc FROM objects WHERE resource = 'connector' AND tenant_id = ? AND is_deleted = 0",
                (self.tenant,),
            ).fetchall()
            old = next(json.loads(row["doc"]) for row in found if json.loads(row["doc"])["name"] == name)
            objects.soft_delete(connection, CONNECTOR, self._person(ANALYST), old["id"])
            values = {field: old[field] for field, kind in CONNECTOR.fields.items() if not kind.stamped}
            objects.insert(connection, CONNECTOR, self._person(ANALYST), store.ids.next("cnn"), values)

    def somebody(self, kind: str) -> str:
        """Return the id of a connector or a person that is there."""
        rows = list(self.robot.list_connectors() if kind == "connectors" else self.robot.list_persons())
        return str(rows[0]["id"])

    def _person(self, sub: str) -> Caller:
        return Caller(self.tenant, sub, None, frozenset({"read", "write"}))

    # --- the pipeline

    def survey(self, choices: Choices = NO_CHOICES, client: Client | None = None) -> Reconciled:
        """Plan, as `plan` does. The laws learn what the repository asks for."""
        repository = Repository(str(self.folder / "playbookctl.yaml"), str(self.folder))
        environment = repository.settings.environments["prod"]
        gathered = self._gathered(repository)
        found = reconcile(repository, environment, client or self.robot, gathered, choices, TODAY)
        self.laws.learn(found)
        return found

    def _gathered(self, repository: Repository) -> Gathered:
        """Load and check the files; where reads are near, not again as long as they are the same."""
        names = [
            "playbookctl.yaml",
            "connectors.yaml",
            *sorted(f"playbooks/{path}" for path in os.listdir(self.folder / "playbooks")),
        ]
        texts = {name: (self.folder / name).read_bytes() for name in names}
        if texts != self._checked or not issubclass(self.client, Near):
            self._checked, self._known = texts, gather(repository, TODAY)
        return self._known

    def plan(self, choices: Choices = NO_CHOICES) -> Plan:
        return self.survey(choices).plan

    def carry_out(self, found: Reconciled, client: Client | None = None) -> Applied:
        place = found.survey
        return carry_out(
            place.repository, place.environment, client or self.robot, found.plan, lambda _: None, threading.Event()
        )

    def sync(self, choices: Choices = NO_CHOICES, weather: Weather = FAIR) -> Ended:
        """Sync, and hold what was written to the laws."""
        self.laws.catch_up()
        ended = Ended()
        run = Run(self, choices, weather)
        self.robot.brave(weather)
        self.server.faults.arm(*weather.faults)
        try:
            found = self.survey(choices)
            ended.plan = self.doing = found.plan
            run.begin(found)
            if not found.plan.refusals:
                ended.applied = self.carry_out(found)
        except PlaybookctlError as error:
            ended.error = error
        except Killed:
            ended.killed = True
        finally:
            self.doing = None
            self.robot.brave(FAIR)
            self.calm()
        self.laws.judge(run, ended)
        return ended

    def calm(self) -> None:
        """Take away the faults of one sync; those that are the server's character stay."""
        self.server.faults.clear()
        self.server.faults.arm(*self.character)

    character: tuple[Fault, ...] = ()
    doing: Plan | None = None

    def body(self, found: Reconciled, key: str) -> dict[str, Any] | None:
        """Return what the file of a key asks for; None where it cannot be rendered."""
        try:
            return found.gathered.body(key, found.lookups)
        except (Unrendered, KeyError):
            return None

    def _store(self, name: str, content: dict[str, Any] | str) -> None:
        (self.folder / name).write_text(_text(content), "utf-8")


def _text(content: dict[str, Any] | str) -> str:
    return content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False) + "\n"
