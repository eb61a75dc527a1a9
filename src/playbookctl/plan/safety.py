"""Why a whole plan is refused: too much at once, a first sync nobody announced, an old pipeline run again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from playbookctl.errors import ConfigError, UsageError
from playbookctl.model.nearest import did_you_mean
from playbookctl.model.plan import Action, Refusal
from playbookctl.plan.sides import Ancestry, LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from playbookctl.model.choices import Choices
    from playbookctl.model.plan import Change
    from playbookctl.plan.rows import LiveRows
    from playbookctl.plan.run import Run
    from playbookctl.plan.sides import Desired, Situation

_OF_OURS = (
    LiveClass.OURS, LiveClass.UNFINISHED, LiveClass.WITHOUT_BASE, LiveClass.RETIRED, LiveClass.DUPLICATE,
)  # fmt: skip
_UPDATES = (Action.UPDATE, Action.REVIVE)
_HINT = "read the plan, then sync --force"


def check_choices(choices: Choices, desired: Iterable[str], rows: LiveRows, situation: Situation) -> None:
    """Raise UsageError if an option names a key or an id that is neither in a file nor live: a slip of the pen."""
    files = frozenset(desired)
    known = files | rows.keys | {file.key for file in situation.unreadable}
    named = {
        "--create": choices.create,
        "--takeover": choices.takeover,
        "--release": choices.release,
        "--retire": {retirement.key for retirement in choices.retire},
        "adopt": {adoption.key for adoption in choices.adopt},
        "--resolve": {decision.key for decision in choices.resolve if decision.source == "--resolve"},
        "the filter": choices.only,
    }
    for option, keys in named.items():
        for key in sorted(keys - known):
            raise UsageError(f"{option} names '{key}', and there is no such playbook{did_you_mean(key, known)}")
    for key in sorted({retirement.key for retirement in choices.retire} & files):
        raise UsageError(f"--retire names '{key}', and its file is still there", hint="remove the file first")
    times = Counter(adoption.key for adoption in choices.adopt)
    for key in sorted(key for key, number in times.items() if number > 1):
        raise UsageError(f"adopt names '{key}' more than once", hint="name the one live playbook that it becomes")
    ids = {*choices.keep, *(adoption.live_id for adoption in choices.adopt if adoption.live_id)}
    for id_ in sorted(ids - rows.by_id.keys()):
        raise UsageError(f"'{id_}' is not the id of a live playbook", hint="plan prints the ids")


def check_files(desired: Mapping[str, Desired], situation: Situation) -> None:
    """Raise ConfigError if there is no file at all: an empty repository is never what somebody wants to sync."""
    if not desired and not situation.unreadable:
        raise ConfigError("no playbook was found", hint="see 'playbooks' and 'exclude' in playbookctl.yaml")


def refusals(run: Run, changes: Sequence[Change]) -> Iterator[Refusal]:
    """Yield why sync refuses this plan as a whole; nothing where it may begin."""
    if run.situation.ancestry is Ancestry.OLDER and not run.choices.allow_older and not run.choices.rollback:
        yield Refusal(
            f"commit {run.situation.applied_commit} was applied, and it is no ancestor of {run.situation.commit}",
            "update the branch; to write this older state on purpose: sync --allow-older",
        )
    app_id = run.situation.sees_only
    if app_id and any(change.action is Action.CREATE for change in changes):
        yield Refusal(
            f"the token is bound to the application '{app_id}' and sees only its playbooks, so nobody can tell what is new",
            f"write environments.{run.situation.environment}.app_id: {app_id}, or take a token that is bound to none",
        )
    yield from _bootstrap(run, changes)
    if not run.choices.force:
        yield from _too_many(run, changes)


def _bootstrap(run: Run, changes: Sequence[Change]) -> Iterator[Refusal]:
    creates = sum(change.action is Action.CREATE for change in changes)
    nothing_ours = not any(run.rows.numbers[what] for what in _OF_OURS)
    if creates and nothing_ours and run.situation.bootstrap_needed and not run.choices.bootstrap:
        yield Refusal(
            f"nothing in this tenant belongs to the namespace '{run.situation.namespace}', and the plan creates {creates}",
            "if this is the first sync: sync --bootstrap",
        )


def _too_many(run: Run, changes: Sequence[Change]) -> Iterator[Refusal]:
    limits = run.situation.thresholds
    managed = run.rows.numbers[LiveClass.OURS] + run.rows.numbers[LiveClass.WITHOUT_BASE]
    creates = sum(change.action is Action.CREATE for change in changes)
    nothing_ours = not any(run.rows.numbers[what] for what in _OF_OURS)
    if not run.choices.bootstrap and not nothing_ours and _over(creates, managed, limits.create, limits.at_least):
        yield Refusal(
            f"the plan creates {creates} playbooks beside {managed} managed ones, more than {limits.create} %",
            "read the plan, then sync --bootstrap",
        )
    updates = sum(change.action in _UPDATES for change in changes)
    if _over(updates, managed, limits.update, limits.at_least):
        yield Refusal(f"the plan updates {updates} of {managed} playbooks, more than {limits.update} %", _HINT)
    yield from _mass_disable(run, changes)


def _mass_disable(run: Run, changes: Sequence[Change]) -> Iterator[Refusal]:
    """Yield a refusal if much of what is enabled would be switched off, however many playbooks there are beside."""
    limits = run.situation.thresholds
    disabled = sum(("enabled", "false") in change.write for change in changes if change.live_id)
    enabled = sum(live.enabled and run.rows.class_of[id_] is LiveClass.OURS for id_, live in run.rows.by_id.items())
    if _over(disabled, enabled, limits.update, limits.at_least):
        yield Refusal(
            f"the plan disables {disabled} of {enabled} enabled playbooks, more than {limits.update} %", _HINT
        )


def _over(number: int, whole: int, percent: int, at_least: int) -> bool:
    return number >= at_least and number * 100 > percent * whole
