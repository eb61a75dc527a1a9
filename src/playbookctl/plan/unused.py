"""Choices and decisions that do nothing in a plan: a slip refuses the sync, what is done or over already is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.nearest import did_you_mean
from playbookctl.model.plan import Action, Refusal
from playbookctl.plan.rows import Row
from playbookctl.plan.sides import LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from playbookctl.model.choices import Decision
    from playbookctl.model.plan import Change
    from playbookctl.plan.run import Run

    Changes = Mapping[str, Sequence[Change]]

ON_THE_COMMAND_LINE = "--resolve"  # the source of a decision that no config holds
_LIVE = (LiveClass.OURS, LiveClass.UNFINISHED, LiveClass.WITHOUT_BASE, LiveClass.RETIRED)


def unused(run: Run, changes: Sequence[Change]) -> Iterator[str | Refusal]:
    """Yield what is to be said of every choice of the run that had no effect: a refusal for a slip, else a sentence.

    `changes` are those of all keys, whatever `--only` says.
    """
    by_key: dict[str, list[Change]] = {}
    for change in changes:
        by_key.setdefault(change.key, []).append(change)
    for decision in run.choices.resolve:
        yield from _decision(run, decision, by_key)
    for retirement in run.choices.retire:
        yield from _retirement(run, retirement.key, by_key)
    for live_id in sorted(run.choices.keep):
        yield from _kept(run, live_id)
    for key in sorted(run.choices.release):
        if not any(
            field.brake or field.field == "enabled" for change in by_key.get(key, ()) for field in change.fields
        ):
            yield f"--release names '{key}', and nothing on the server made it safer"
    for option, keys, action in (
        ("--create", run.choices.create, Action.CREATE),
        ("--takeover", run.choices.takeover, Action.ADOPT),
    ):
        for key in sorted(keys):
            yield from _made(run, option, key, action, by_key)
    yield from _left_out(run)


def _decision(run: Run, decision: Decision, changes: Changes) -> Iterator[str | Refusal]:
    given = decision.source == ON_THE_COMMAND_LINE
    what = f"--resolve {decision.key}={decision.take.value}@{decision.live}" if given else decision.source
    if decision.key not in changes:
        near = did_you_mean(decision.key, changes) or "; remove the entry"
        yield f"{what}: there is no playbook '{decision.key}' to decide about{near}"
        return
    if decision.until and run.situation.today and decision.until < run.situation.today:
        yield f"{what}: the decision about '{decision.key}' held until {decision.until}; renew or remove the entry"
        return
    open_ = [change for change in changes[decision.key] if change.fields and change.live_hash]
    hashes = sorted({change.live_hash for change in open_})
    if not open_:
        yield f"{what}: nothing is to be decided about '{decision.key}'" + ("" if given else "; remove the entry")
    elif decision.live not in hashes:
        said = f"'{decision.key}' was decided about as it was at {decision.live}, and live is now {', '.join(hashes)}"
        if given:
            hint = f"look at the plan, then --resolve {decision.key}={decision.take.value}@{hashes[0]}"
            yield Refusal(f"{what} matches nothing: {said}", hint)
        else:
            yield f"{what}: {said}; look at it, then renew or remove the entry"


def _retirement(run: Run, key: str, changes: Changes) -> Iterator[str | Refusal]:
    if any(change.row in (Row.ORPHAN, Row.EDITED_ORPHAN) for change in changes.get(key, ())):
        return
    group = run.rows.group(key)
    if retired := group.of(LiveClass.RETIRED):
        yield f"--retire names '{key}', which is retired already ({retired[0].id})"
    elif deleted := group.of(LiveClass.DELETED):
        yield f"--retire names '{key}', which is deleted on the server ({deleted[0].id})"
    else:
        theirs = group.of(*LiveClass)
        what = f"{theirs[0].id} is {run.rows.class_of[theirs[0].id].value}" if theirs else "nothing live has that key"
        yield Refusal(
            f"--retire names '{key}', and {what}", "only what was applied from a file of this repository is retired"
        )


def _kept(run: Run, live_id: str) -> Iterator[str | Refusal]:
    live, what = run.rows.by_id[live_id], run.rows.class_of[live_id]
    key = getattr(live.marker, "key", "")
    if what not in _LIVE or not key:
        yield Refusal(
            f"--keep names {live_id}, which is {what.value}", "name one of the ids that the plan lists for a key"
        )
    elif len(run.rows.group(key).of(*_LIVE)) == 1:
        yield f"--keep names {live_id}, which is the only live playbook of '{key}'"


def _made(run: Run, option: str, key: str, action: Action, changes: Changes) -> Iterator[str]:
    if any(change.action in (action, Action.HOLD) for change in changes.get(key, ())):
        return  # a hold says itself why
    ours = run.rows.group(key).of(*_LIVE)
    if ours:
        yield f"{option} names '{key}', which is live already ({ours[0].id})"
    elif option == "--create":
        yield f"{option} names '{key}', which has no file"
    else:
        yield f"{option} names '{key}', and nothing is there to be taken over"


def _left_out(run: Run) -> Iterator[str]:
    choices = run.choices
    if not choices.only:
        return
    for option, keys in (
        ("--create", choices.create),
        ("--takeover", choices.takeover),
        ("--release", choices.release),
        ("--retire", frozenset(retirement.key for retirement in choices.retire)),
        ("--resolve", frozenset(row.key for row in choices.resolve if row.source == ON_THE_COMMAND_LINE)),
    ):
        for key in sorted(keys - choices.only):
            yield f"{option} names '{key}', which --only leaves out"
