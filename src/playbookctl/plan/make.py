"""make_plan: files and live rows -> the plan. Everything else in this folder is called from here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.model.fields import MANAGED
from playbookctl.model.plan import Action, Change, Counts, Plan, Refusal, Standing
from playbookctl.plan import wording
from playbookctl.plan.by_field import hold
from playbookctl.plan.by_key import by_key
from playbookctl.plan.rows import LiveRows, Row
from playbookctl.plan.run import Run
from playbookctl.plan.safety import check_choices, check_files, refusals
from playbookctl.plan.sides import LiveClass
from playbookctl.plan.switched_off import created_beside, orphans
from playbookctl.plan.unused import unused
from playbookctl.plan.waves import waves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from playbookctl.model.choices import Choices
    from playbookctl.plan.sides import Desired, Live, Situation, Unreadable


def make_plan(
    desired: Mapping[str, Desired],
    live: Iterable[Live] | LiveRows,
    situation: Situation,
    choices: Choices,
    bodies: Callable[[str], Mapping[str, Any]],
) -> Plan:
    """Return the plan for all files and all live rows of an environment. Pure: same values in, same plan out.

    `desired` is by key. `bodies` returns the rendered body of a key (`render.render`); it is asked only for playbooks
    that something moved in. Raises UsageError for a choice that names nothing, ConfigError if there is no file at all.
    """
    rows = live if isinstance(live, LiveRows) else LiveRows(live, situation.namespace)
    check_files(desired, situation)
    check_choices(choices, desired, rows, situation)
    unmanaged = situation.unmanaged_fields
    managed = tuple(field.api_name for field in MANAGED if not {field.name, field.api_name} & unmanaged)
    run = Run(situation, choices, rows, bodies, managed, _alive(situation, rows))
    unreadable = {file.key: file for file in situation.unreadable}
    ids = rows.ids() if unreadable else {}
    changes = [_unreadable(file, ids.get(key, "")) for key, file in sorted(unreadable.items())]
    changes += _of_files(run, {key: wanted for key, wanted in desired.items() if key not in unreadable})
    for key in sorted(rows.keys - desired.keys() - unreadable.keys()):
        changes += orphans(run, key, desired)
    said = (*created_beside(changes, desired, rows), *unused(run, changes))
    if choices.only:
        changes = [change for change in changes if change.key in choices.only]
    changes.sort(key=lambda change: (change.key, change.live_id))
    return Plan(
        environment=situation.environment,
        namespace=situation.namespace,
        tenant_id=situation.tenant_id,
        app_id=situation.app_id,
        commit=situation.commit,
        config=situation.config,
        choices=choices,
        changes=tuple(changes),
        refusals=(*(slip for slip in said if isinstance(slip, Refusal)), *refusals(run, changes)),
        counts=_counts(rows, len(desired) + len(unreadable)),
        notes=(*_notes(run), *(note for note in said if isinstance(note, str))),
    )


def _of_files(run: Run, desired: Mapping[str, Desired]) -> list[Change]:
    """Return the changes of all keys that have a file, callees first: a caller waits for a callee that gets no id."""
    numbers, rings = waves({key: wanted.calls for key, wanted in desired.items()})
    changes: list[Change] = []
    gain: set[str] = set()  # these get an id in this run, which their callers are told
    taken: dict[str, str] = {}
    without = _promised(run)  # until it is ours, the id that somebody named for a key must not be called
    for key in sorted(desired, key=lambda key: (numbers[key], key)):
        wanted = desired[key]
        first, *duplicates = by_key(run, wanted, numbers[key])
        first = _waiting(first, wanted, gain, without, in_ring=key in rings)
        if not run.choices.only or key in run.choices.only:
            if first.action is Action.ADOPT and taken.setdefault(first.live_id, key) != key:
                reason = f"{first.live_id} becomes '{taken[first.live_id]}' in this run, and can be only one's"
                first = hold(first, Standing.NEEDS_HUMAN, reason, f"name one key for {first.live_id}")
            if first.action in (Action.CREATE, Action.ADOPT):
                gain.add(key)
                without.discard(key)
        changes += [first, *duplicates]
    return changes


def _promised(run: Run) -> set[str]:
    """Return the keys that have no live playbook of ours, and of which one is to become it in this run."""
    choices = run.choices
    named = {*choices.takeover, *(adoption.key for adoption in choices.adopt)}
    return named - run.rows.ids(choices.keep).keys() if named else set()


def _waiting(change: Change, desired: Desired, gain: set[str], without: set[str], *, in_ring: bool) -> Change:
    """Return the change, held if the playbook calls one that has no id and gets none, or itself in a ring (row 10).

    `gain` are keys that get an id in this run; `without` those whose adoption was asked for and is not carried out.
    """
    if change.action is Action.HOLD:
        return change
    if in_ring:
        reason = f"it calls itself, through {wording.listed(desired.calls)}"
        return hold(replace(change, row=Row.WAITS), Standing.NEEDS_HUMAN, reason, "take one call out of the ring")
    waits = [key for key in desired.calls if key in without or (key in desired.pending and key not in gain)]
    if waits:
        return hold(
            replace(change, row=Row.WAITS),
            Standing.NEEDS_HUMAN,
            f"it waits for {wording.listed(waits)}, which has no id on the server and gets none in this run",
            f"end the hold of {wording.listed(waits)} first",
        )
    return change


def _alive(situation: Situation, rows: LiveRows) -> frozenset[str] | None:
    """Return every id that the environment has, live playbooks included; None where its connectors are not known."""
    if situation.alive is None:
        return None
    return situation.alive.union(id_ for id_, live in rows.by_id.items() if not live.is_deleted)


def _unreadable(file: Unreadable, live_id: str) -> Change:
    change = Change(file.key, file.key, Action.NONE, Standing.NEEDS_HUMAN, Row.UNREADABLE, file.file, live_id)
    reason = "its file is not a valid playbook, so nobody knows what it asks for"
    return hold(change, Standing.NEEDS_HUMAN, reason, f"playbookctl validate {file.file}")


def _counts(rows: LiveRows, files: int) -> Counts:
    numbers = rows.numbers
    return Counts(
        files=files,
        managed=numbers[LiveClass.OURS] + numbers[LiveClass.WITHOUT_BASE] + numbers[LiveClass.UNFINISHED],
        retired=numbers[LiveClass.RETIRED],
        duplicates=numbers[LiveClass.DUPLICATE],
        copies=numbers[LiveClass.COPY],
        foreign=numbers[LiveClass.FOREIGN],
        unmanaged=numbers[LiveClass.UNMANAGED] + numbers[LiveClass.BAD],
        deleted=numbers[LiveClass.DELETED],
    )


def _notes(run: Run) -> Iterable[str]:
    if run.situation.unreadable:
        yield f"nothing is retired in this run: {wording.invalid(run.situation.unreadable)}"
    yield from wording.acting_duplicates(run.rows.acting_duplicates())
