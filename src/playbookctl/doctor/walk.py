"""Looks at one layer after the other, from the configuration to the marks; where one fails, those above are not tried."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playbookctl.doctor import live, repository
from playbookctl.doctor.said import failed
from playbookctl.errors import AuthError, Forbidden, PlaybookctlError, UsageError, WrongTenant
from playbookctl.gather import Gathered, gather
from playbookctl.history import History
from playbookctl.model.checkup import Check, Checkup, Topic, Verdict
from playbookctl.model.moment import utc_now
from playbookctl.model.report import Report
from playbookctl.past import past_of
from playbookctl.pipeline import Repository
from playbookctl.plan.rows import LiveRows
from playbookctl.status import warnings_of
from playbookctl.survey import Survey, fetch_live
from playbookctl.target import choose_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Any

    from playbookctl.api.client import Client
    from playbookctl.model.workspace import Environment


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at. `open_client` opens the environment's API, read-only, for the owners that are named."""

    config: str | None
    here: str
    environment: str | None
    variables: Mapping[str, str]
    today: str
    open_client: Callable[[Repository, Environment, Iterable[str]], AbstractContextManager[Client]]


def examine(patient: Patient) -> Checkup:
    """Return every check. Sends GET and the token request only; raises nothing that a set-up can be wrong in."""
    walk = _Walk(patient)
    with suppress(_Halt):
        walk.run()
    seen = {check.topic for check in walk.checks}
    rest = [Check(topic, Verdict.SKIPPED, "") for topic in Topic if topic not in seen]
    ordered = sorted([*walk.checks, *rest], key=lambda check: list(Topic).index(check.topic))
    return Checkup(walk.environment.name if walk.environment else "", tuple(ordered))


class _Halt(Exception):
    """A layer failed: nothing above it can be looked at."""


@dataclass
class _Walk:
    """One examination: the checks so far, and what later layers need of earlier ones."""

    patient: Patient
    checks: list[Check] = field(default_factory=list)
    environment: Environment | None = None

    def run(self) -> None:
        patient = self.patient
        with self.layer(Topic.CONFIG):
            repo = Repository(patient.config, patient.here)
        settings = repo.settings
        self.add(repository.config(settings, repo.shown(settings.config_file) if settings.config_file else ""))
        gathered = self.gathered(repo)
        with self.layer(Topic.HISTORY):
            history = History.of(settings.root)
            shallow = history is not None and history.is_shallow()
        self.add(repository.clone(history.head if history else None, shallow=shallow))
        with self.layer(Topic.ENVIRONMENT):
            self.environment = choose_environment(settings, patient.environment)
        self.add(repository.environment(self.environment))
        self.add(repository.credentials(patient.variables, embedded=self.environment.is_embedded))
        with self.layer(Topic.SERVER), patient.open_client(repo, self.environment, gathered.owners) as client:
            self.connection(self.environment, client)
            with self.layer(Topic.LISTS):
                survey = self.survey(repo, self.environment, gathered, client)
        if history is not None:
            self.checks = [check for check in self.checks if check.topic is not Topic.HISTORY]
            self.add(repository.history(survey.past, shallow=shallow), halts=False)
        self.names(survey)
        for check in live.marks(survey.rows, self.environment.namespace):
            self.add(check, halts=False)

    def gathered(self, repo: Repository) -> Gathered:
        """Look at the files. A repository without any is no reason to stop."""
        try:
            gathered = gather(repo, self.patient.today)
        except UsageError:
            gathered = Gathered({}, (), Report("doctor", ""), frozenset())
        self.add(repository.playbooks(gathered), halts=False)
        return gathered

    def connection(self, environment: Environment, client: Client) -> None:
        """Look whether somebody answers, what time it is there, and whether a token is to be had."""
        answer = client.greet()
        self.add(live.server(environment, answer.status))
        self.add(live.clock(answer.headers.get("date"), utc_now()))
        with self.layer(Topic.TOKEN):
            client.log_in()

    def survey(self, repo: Repository, environment: Environment, gathered: Gathered, client: Client) -> Survey:
        """Look at everything that the token lets us read."""
        rows = self.listed(environment, client)
        self.add(self.token(client))
        app_id = client.claims.app_id if client.claims else None
        self.add(live.tenant(environment, client.tenant_id, app_id))
        connectors, persons = _tried(client.list_connectors), _tried(client.list_persons)
        allowed = live.Allowed(_got(client, rows), connectors is not None, persons is not None)
        self.add(live.permissions(allowed))
        self.add(live.lists(rows))
        past = past_of(repo, rows, gathered, environment.namespace)
        tenant = client.tenant_id or ""
        return Survey(repo, environment, gathered, rows, connectors, persons, past, tenant, self.patient.today)

    def listed(self, environment: Environment, client: Client) -> LiveRows:
        """List all playbooks: the token may be refused, or may not list; the list may not be complete."""
        try:
            return LiveRows(fetch_live(client), environment.namespace)
        except Forbidden as error:
            self.add(self.token(client))
            self.add(failed(Topic.PERMISSIONS, error))
            raise  # not reached: add has ended the examination

    def token(self, client: Client) -> Check:
        """Judge the token once the server has accepted it."""
        environment = self.environment
        embedded = environment is not None and environment.is_embedded
        return live.token(
            client.claims, utc_now(), renewable=embedded or not self.patient.variables.get("CPOD_API_KEY")
        )

    def names(self, survey: Survey) -> None:
        """Look whether the names in playbooks have ids here, and whether what they mean works."""
        lookups = survey.lookups()
        users: dict[str, dict[str, set[str]]] = {"connector": {}, "owner": {}}
        for key, loaded in survey.gathered.playbooks.items():
            for kind, name in loaded.names:
                if kind in users:
                    users[kind].setdefault(name, set()).add(key)
        environment = survey.environment.name
        unwell = warnings_of(survey, lookups, utc_now())
        for check in (
            *live.connectors(users["connector"], lookups, unwell, environment),
            live.owners(users["owner"], lookups, environment),
        ):
            self.add(check, halts=False)

    def add(self, check: Check, *, halts: bool = True) -> None:
        self.checks.append(check)
        if halts and check.verdict is Verdict.FAIL:
            raise _Halt

    @contextmanager
    def layer(self, topic: Topic) -> Iterator[None]:
        """Take an error inside as the failure of a layer: of its own where it has one, else of `topic`."""
        try:
            yield
        except PlaybookctlError as error:
            self.add(failed(next((own for kind, own in _OWN.items() if isinstance(error, kind)), topic), error))


_OWN: dict[type[PlaybookctlError], Topic] = {WrongTenant: Topic.TENANT, AuthError: Topic.TOKEN}


def _tried(rows: Callable[[], Iterable[dict[str, Any]]]) -> tuple[dict[str, Any], ...] | None:
    try:
        return tuple(rows())
    except Forbidden:
        return None


def _got(client: Client, rows: LiveRows) -> bool | None:
    """Tell whether a playbook may be got by itself, None if there is none to get."""
    live_id = next((id_ for id_ in sorted(rows.by_id) if not rows.by_id[id_].is_deleted), None)
    if live_id is None:
        return None
    try:
        client.get_playbook(live_id)
    except Forbidden:
        return False
    return True
