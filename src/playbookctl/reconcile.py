"""The reconciling half of the pipeline: gather the repo's side, fetch the live side, and make the plan from both."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playbookctl.apply.calls import ApplyOptions
from playbookctl.apply.executor import apply_plan
from playbookctl.canonical import missing
from playbookctl.errors import Refused, Rejected
from playbookctl.history import History
from playbookctl.model.choices import Choices, Decision, Take
from playbookctl.model.fields import MANAGED
from playbookctl.model.finding import Severity
from playbookctl.model.report import Report
from playbookctl.past import past_of
from playbookctl.plan.lookups import Lookups
from playbookctl.plan.make import make_plan
from playbookctl.plan.rows import LiveRows
from playbookctl.plan.sides import Situation, Thresholds, read_live
from playbookctl.target import state_folder

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Mapping

    from playbookctl.api.client import Client
    from playbookctl.apply.result import Applied, Progress
    from playbookctl.gather import Gathered
    from playbookctl.model.outcome import Outcome
    from playbookctl.model.plan import Plan
    from playbookctl.model.workspace import Environment, Settings
    from playbookctl.past import Past
    from playbookctl.pipeline import Repository
    from playbookctl.plan.sides import Live

API_NAMES = {field.name: field.api_name for field in MANAGED}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A plan, and what it was made of: the repo's side, the names of the environment, and the live rows by id."""

    plan: Plan
    gathered: Gathered
    lookups: Lookups
    rows: LiveRows


def reconcile(
    repository: Repository,
    environment: Environment,
    client: Client,
    gathered: Gathered,
    choices: Choices,
    today: str,
) -> Reconciled:
    """Fetch the live side and return the plan. Sends GET only."""
    settings = repository.settings
    rows = LiveRows(fetch_live(client), environment.namespace)
    connectors = _listed(client.list_connectors)
    persons = _listed(client.list_persons) if gathered.owners else None
    ids = rows.ids(choices.keep)
    lookups = Lookups(environment, repository.connectors, connectors, persons, ids, gathered.playbooks)
    past = past_of(repository, rows, gathered, environment.namespace)
    situation = make_situation(settings, environment, client, lookups, gathered, past, today)
    choices = with_decisions(choices, settings)
    plan = make_plan(gathered.desired(lookups), rows, situation, choices, lambda key: gathered.body(key, lookups))
    return Reconciled(plan, gathered, lookups, rows)


def fetch_live(client: Client) -> Iterable[Live]:
    """Yield every live playbook, deleted ones included. A row that leaves managed fields out is got whole."""
    for row in client.list_playbooks(include_deleted=True):
        yield read_live(client.get_playbook(str(row["id"])) if missing(row) and not row.get("is_deleted") else row)


def make_situation(
    settings: Settings,
    environment: Environment,
    client: Client,
    lookups: Lookups,
    gathered: Gathered,
    past: Past,
    today: str,
) -> Situation:
    """Return what is known of the run beside files, live rows and choices."""
    return Situation(
        environment=environment.name,
        namespace=environment.namespace,
        tenant_id=client.tenant_id or "",
        app_id=environment.app_id or "",
        commit=past.commit,
        ancestry=past.ancestry,
        applied_commit=past.applied_commit,
        applied_keys=past.applied_keys,
        touched=past.touched,
        config=_digest(settings.data),
        today=today,
        alive=lookups.alive,
        unmanaged_fields=frozenset(environment.unmanaged_fields),
        expected_drift=_expected(settings, environment, today),
        unreadable=gathered.unreadable,
        thresholds=Thresholds(**(settings.data.get("thresholds") or {})),
        bootstrap_needed=not environment.is_embedded,
    )


def carry_out(
    repository: Repository,
    environment: Environment,
    client: Client,
    reconciled: Reconciled,
    on_progress: Callable[[Progress], None],
    stop: threading.Event,
) -> Applied:
    """Carry the plan out, and return what became of each change. Nothing is raised for what happens to one of them."""
    options = ApplyOptions(
        workers=environment.workers,
        backups=state_folder(repository.settings) / "backup",
        replaces=environment.replaces,
        stop=stop,
    )
    return apply_plan(reconciled.plan, client, options, on_progress=on_progress)


def refuse_dirty(repository: Repository) -> None:
    """Raise Refused where playbooks or the files beside them are not committed. Outside git nothing is refused."""
    settings = repository.settings
    history = History.of(settings.root)
    if history is None:
        return
    beside = [settings.config_file, os.path.join(settings.root, settings.connectors)]
    dirty = history.dirty([*repository.files(), *(file for file in beside if file)])
    if dirty:
        raise Refused(
            f"{dirty[0]} is not committed" + (f", and {len(dirty) - 1} more files" if len(dirty) > 1 else ""),
            hint="commit first, so that the base names what was applied; or sync --allow-dirty",
        )


def report_of(command: str, reconciled: Reconciled, outcomes: Iterable[Outcome] | None = None) -> Report:
    """Return the report of a plan, with the findings that hold playbooks back."""
    checked = reconciled.gathered.report
    errors = [finding for finding in checked.findings if finding.severity is Severity.ERROR]
    return Report(
        command,
        checked.version,
        findings=errors,
        files=checked.files,
        rules=checked.rules,
        data=checked.data,
        plan=reconciled.plan,
        outcomes=outcomes,
    )


def with_decisions(choices: Choices, settings: Settings) -> Choices:
    """Return the choices with those of the config's `resolve:` behind those of the command line."""
    rows = settings.data.get("resolve") or ()
    decisions = tuple(
        Decision(row["key"], Take(row["take"]), row["live"], row["reason"], row.get("until", ""), "resolve")
        for row in rows
    )
    return replace(choices, resolve=(*choices.resolve, *decisions))


def _expected(settings: Settings, environment: Environment, today: str) -> dict[str, frozenset[str]]:
    """Return the drift that the config expects here, by key; no fields means all."""
    found: dict[str, frozenset[str]] = {}
    for row in settings.data.get("expected_drift") or ():
        if row.get("environment", environment.name) == environment.name and row.get("until", today) >= today:
            fields = frozenset(API_NAMES.get(name, name) for name in row.get("fields") or ())
            known = found.get(row["key"])
            found[row["key"]] = fields if known is None else (known | fields if known and fields else frozenset())
    return found


def _listed(rows: Callable[[], Iterable[dict[str, Any]]]) -> list[dict[str, Any]] | None:
    """Return all rows, None where this caller may not list them."""
    try:
        return list(rows())
    except Rejected:
        return None


def _digest(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
