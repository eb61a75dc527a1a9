"""Both sides as found: the repo's files, the live rows, the names of the environment, and what was applied before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import missing
from playbookctl.errors import Forbidden, Rejected
from playbookctl.model.choices import NO_CHOICES
from playbookctl.model.fields import MANAGED
from playbookctl.past import past_of
from playbookctl.plan.expected import Expectation, by_key
from playbookctl.plan.lookups import Lookups
from playbookctl.plan.rows import LiveRows
from playbookctl.plan.sides import NOTHING_KNOWN, LiveClass, Situation, Thresholds, read_live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playbookctl.api.client import Client
    from playbookctl.gather import Gathered
    from playbookctl.model.choices import Choices
    from playbookctl.model.workspace import Environment
    from playbookctl.past import Past
    from playbookctl.pipeline import Repository
    from playbookctl.plan.sides import Known, Live

API_NAMES = {field.name: field.api_name for field in MANAGED}


@dataclass(frozen=True, slots=True)
class Survey:
    """What a plan is made of. `today` is YYYY-MM-DD.

    `connectors` and `persons` are rows of the API, None where they may not be listed or are not asked for. `sees_only` is
    the application that the token is bound to although the environment pins none.
    """

    repository: Repository
    environment: Environment
    gathered: Gathered
    rows: LiveRows
    connectors: tuple[Mapping[str, Any], ...] | None
    persons: tuple[Mapping[str, Any], ...] | None
    past: Past
    tenant_id: str
    today: str
    sees_only: str = ""

    def lookups(self, choices: Choices = NO_CHOICES) -> Lookups:
        """Return the names of the environment; a playbook that is to be adopted or taken over has its id already."""
        adopted = {adoption.key: adoption.live_id for adoption in choices.adopt if adoption.live_id}
        for key in choices.takeover:
            theirs = self.rows.group(key).of(LiveClass.FOREIGN)
            if len(theirs) == 1:
                adopted[key] = theirs[0].id
        return Lookups(
            self.environment,
            self.repository.connectors,
            self.connectors,
            self.persons,
            {**adopted, **self.rows.ids(choices.keep)},
            self.gathered.playbooks,
        )

    def expectations(self) -> tuple[Expectation, ...]:
        """Return the drift that the config expects, in this environment or another."""
        rows = self.repository.settings.data.get("expected_drift") or ()
        return tuple(_expectation(number, row) for number, row in enumerate(rows))

    def situation(self, lookups: Lookups) -> Situation:
        """Return what is known of the run beside files, live rows and choices."""
        settings, environment, past = self.repository.settings, self.environment, self.past
        return Situation(
            environment=environment.name,
            namespace=environment.namespace,
            tenant_id=self.tenant_id,
            app_id=environment.app_id or "",
            commit=past.commit,
            ancestry=past.ancestry,
            applied_commit=past.applied_commit,
            applied_keys=past.applied_keys,
            touched=past.touched,
            config=_digest(settings.data),
            today=self.today,
            alive=lookups.alive,
            unmanaged_fields=frozenset(API_NAMES.get(name, name) for name in environment.unmanaged_fields),
            expected_drift=by_key(self.expectations(), environment.name, self.today),
            unreadable=self.gathered.unreadable,
            thresholds=Thresholds(**(settings.data.get("thresholds") or {})),
            bootstrap_needed=not environment.is_embedded,
            sees_only=self.sees_only,
        )


def survey(
    repository: Repository,
    environment: Environment,
    client: Client,
    gathered: Gathered,
    today: str,
    on_row: Callable[[Mapping[str, Any]], object] | None = None,
) -> Survey:
    """Fetch the live side: every playbook, connectors, and persons where owners are named. Sends GET only.

    `on_row` sees each playbook as the server sent it, before all but its digests are dropped.
    """
    rows = LiveRows(fetch_live(client, on_row, gathered.seen(environment.name)), environment.namespace)
    connectors = _listed(client.list_connectors)
    persons = _listed(client.list_persons) if gathered.owners else None
    past = past_of(repository, rows, gathered, environment.namespace)
    tenant = client.tenant_id or ""
    app_id = (client.claims.app_id if client.claims is not None else None) or ""
    sees_only = "" if environment.app_id else app_id
    return Survey(repository, environment, gathered, rows, connectors, persons, past, tenant, today, sees_only)


def fetch_live(
    client: Client,
    on_row: Callable[[Mapping[str, Any]], object] | None = None,
    known: Mapping[str, Known] = NOTHING_KNOWN,
) -> Iterator[Live]:
    """Yield every live playbook, deleted ones included; `known` as for `read_live`."""
    return live_of(client, client.list_playbooks(include_deleted=True), on_row, known)


def live_of(
    client: Client,
    listed_rows: Iterable[dict[str, Any]],
    on_row: Callable[[Mapping[str, Any]], object] | None = None,
    known: Mapping[str, Known] = NOTHING_KNOWN,
) -> Iterator[Live]:
    """Yield listed rows as a plan needs them; one that leaves managed fields out is got whole."""
    for listed in listed_rows:
        lacking = missing(listed) and not listed.get("is_deleted")
        row = client.get_playbook(str(listed["id"])) if lacking else listed
        if on_row is not None:
            on_row(row)
        yield read_live(row, known)


def _expectation(number: int, row: Mapping[str, Any]) -> Expectation:
    return Expectation(
        key=row["key"],
        reason=row["reason"],
        fields=frozenset(API_NAMES.get(name, name) for name in row.get("fields") or ()),
        environment=row.get("environment") or "",
        until=row.get("until") or "",
        path=("expected_drift", number),
    )


def _listed(rows: Callable[[], Iterable[dict[str, Any]]]) -> tuple[dict[str, Any], ...] | None:
    """Return all rows, None where this caller may not list them."""
    try:
        return tuple(rows())
    except (Forbidden, Rejected):
        return None


def _digest(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
