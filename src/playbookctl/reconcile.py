"""The reconciling half of the pipeline: survey both sides, make the plan from them, carry it out, report it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playbookctl.applied import Applied
from playbookctl.apply.calls import ApplyOptions
from playbookctl.apply.executor import apply_plan
from playbookctl.check.plan_secrets import without_secrets
from playbookctl.errors import Refused
from playbookctl.history import History
from playbookctl.merging import broken_merges
from playbookctl.model.choices import Choices, Decision, Take
from playbookctl.model.collector import collector_paused
from playbookctl.model.finding import Severity
from playbookctl.model.moment import utc_now
from playbookctl.model.report import Report
from playbookctl.pipeline import config_findings
from playbookctl.plan.drift import drift_plan
from playbookctl.plan.expected import kept, unused
from playbookctl.plan.former import with_bases
from playbookctl.plan.make import make_plan
from playbookctl.plan.pairing import adoption_plan, in_short, pair_up
from playbookctl.plan.safety import check_choices
from playbookctl.status import warnings_of
from playbookctl.survey import survey
from playbookctl.target import state_folder

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence

    from playbookctl.api.client import Client
    from playbookctl.apply.result import Applied as Ended
    from playbookctl.apply.result import Progress
    from playbookctl.gather import Gathered
    from playbookctl.model.choices import Adoption
    from playbookctl.model.outcome import Outcome
    from playbookctl.model.plan import Plan
    from playbookctl.model.workspace import Environment
    from playbookctl.pipeline import Repository
    from playbookctl.plan.lookups import Lookups
    from playbookctl.plan.rows import LiveRows
    from playbookctl.survey import Survey

_UNUSED, _EXPIRED = "PB904", "PB905"  # entries of `expected_drift:` that cover nothing, and that are over


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A plan, and what it was made of."""

    plan: Plan
    survey: Survey
    lookups: Lookups

    @property
    def gathered(self) -> Gathered:
        """The repo's side."""
        return self.survey.gathered

    @property
    def rows(self) -> LiveRows:
        """The live side."""
        return self.survey.rows

    def in_short(self) -> Reconciled:
        """Return it with a plan of adoptions that names the pairs, and not what differs in them."""
        return replace(self, plan=in_short(self.plan))


def reconcile(
    repository: Repository,
    environment: Environment,
    client: Client,
    gathered: Gathered,
    choices: Choices,
    today: str,
) -> Reconciled:
    """Fetch the live side and return the plan, conflicts with what was applied last. Sends GET only."""
    with collector_paused():
        made = plan_from(survey(repository, environment, client, gathered, today), choices)
        applied = Applied(repository, gathered, made.lookups)
        return replace(made, plan=with_bases(made.plan, made.rows, applied.bodies))


def plan_from(found: Survey, choices: Choices) -> Reconciled:
    """Return the plan for what a survey found. Sends nothing."""
    gathered, lookups = found.gathered, found.lookups(choices)
    choices = with_decisions(choices, found.repository)
    desired, situation = gathered.desired(lookups), found.situation(lookups)

    def bodies(key: str) -> dict[str, Any]:
        return gathered.body(key, lookups)

    plan = make_plan(desired, found.rows, situation, choices, bodies)
    broken = broken_merges(plan, desired, found, lookups)
    if broken:
        plan = make_plan(desired, found.rows, replace(situation, broken_merges=broken), choices, bodies)
    warnings = (warning.sentence for warning in warnings_of(found, lookups, utc_now()))
    return Reconciled(replace(plan, notes=(*plan.notes, *warnings)), found, lookups)


def adoptions(found: Survey, named: Sequence[Adoption]) -> tuple[Reconciled, tuple[str, ...]]:
    """Return a plan that marks live playbooks as ours and does nothing else, and what is to be said beside it.

    `named` empty means all files without a live playbook. Raises UsageError for a key or an id that there is not.
    """
    desired = found.gathered.desired(found.lookups())
    pairing = pair_up(desired, found.rows, named)
    wanted = Choices(adopt=tuple(named))
    check_choices(wanted, desired, found.rows, found.situation(found.lookups()))
    choices = Choices(only=pairing.keys or frozenset(desired), adopt=pairing.bound)
    reconciled = plan_from(found, choices)
    said = [f"'{key}' is ours already: {live_id}" for key, live_id in pairing.already]
    if pairing.alone:
        number = len(pairing.alone)
        files = "1 file has" if number == 1 else f"{number:,} files have"
        said.append(f"{files} no live playbook of the same name; a sync creates what is new")
    return replace(reconciled, plan=adoption_plan(reconciled.plan, pairing)), tuple(said)


def drift_report(found: Survey, only: frozenset[str]) -> Report:
    """Return the report of what the server moved, and of the drift that the config expects. Sends nothing."""
    lookups, environment = found.lookups(), found.environment.name
    applied = Applied(found.repository, found.gathered, lookups)
    planned = plan_from(found, Choices(only=only)).plan
    plan = drift_plan(planned, found.rows, found.situation(lookups), applied.bodies)
    entries = [entry for entry in found.expectations() if not only or entry.key in only]
    keys = found.gathered.playbooks.keys() | found.rows.keys
    idle = [(_UNUSED, problem) for problem in unused(entries, plan.changes, environment, found.today, keys)]
    checked = found.gathered.report
    return Report(
        "drift",
        checked.version,
        findings=[
            *(finding for finding in checked.findings if finding.code in (_UNUSED, _EXPIRED)),
            *config_findings(found.repository, idle, found.today),
        ],
        rules=checked.rules,
        plan=without_secrets(plan),
        messages=kept(entries, plan.changes, environment, found.today),
    )


def carry_out(
    repository: Repository,
    environment: Environment,
    client: Client,
    plan: Plan,
    on_progress: Callable[[Progress], None],
    stop: threading.Event,
) -> Ended:
    """Carry the plan out, and return what became of each change. Nothing is raised for what happens to one of them."""
    options = ApplyOptions(
        workers=environment.workers,
        backups=state_folder(repository.settings) / "backup",
        replaces=environment.replaces,
        stop=stop,
    )
    return apply_plan(plan, client, options, on_progress=on_progress)


def refuse_dirty(repository: Repository) -> None:
    """Raise Refused where playbooks, or that they are gone, or the files beside them are not committed.

    Outside git nothing is refused.
    """
    settings = repository.settings
    history = History.of(settings.root)
    if history is None:
        return
    beside = [settings.config_file, os.path.join(settings.root, settings.connectors)]
    gone = (os.path.join(history.root, path) for path in history.removed(settings.root))
    removed = [file for file in gone if repository.would_have(file)]
    dirty = history.dirty([*repository.files(), *(file for file in beside if file), *removed])
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
        plan=without_secrets(reconciled.plan),
        outcomes=outcomes,
    )


def with_decisions(choices: Choices, repository: Repository) -> Choices:
    """Return the choices with those of the config's `resolve:` behind those of the command line."""
    rows = repository.settings.data.get("resolve") or ()
    decisions = tuple(
        Decision(
            row["key"], Take(row["take"]), row["live"], row["reason"], row.get("until", ""),
            repository.config_place(("resolve", number)) or "resolve",
        )
        for number, row in enumerate(rows)
    )  # fmt: skip
    return replace(choices, resolve=(*choices.resolve, *decisions))
