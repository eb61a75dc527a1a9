"""Syncs: in fair weather and foul, obedient and ordered about, by pipelines new and old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import PlaybookctlError
from playbookctl.model.choices import NO_CHOICES, Choices, OnDrift, Retirement
from playbookctl.server.faults import Fault, FaultKind
from support.acts import act, pick
from support.acts_live import edit
from support.acts_repo import add_a_file, commit_an_edit
from support.estate import Killed, Weather
from support.hints import follow, hold_of, join, obey, orphan_of
from support.laws import Run
from support.values import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.estate import Estate

PATH = "/soc/playbooks"
FOUL: tuple[Fault, ...] = (
    Fault(FaultKind.LOSE_ANSWER, method="POST", path=PATH),
    Fault(FaultKind.LOSE_ANSWER, method="PATCH", path=PATH),
    Fault(FaultKind.LOSE_ANSWER, method="PATCH", path=PATH, times=None),
    Fault(FaultKind.TOO_MANY, path=PATH, chance=0.2, seconds=0.01),
    Fault(FaultKind.FAILURE, path=PATH, chance=0.15),
    Fault(FaultKind.FAILURE, method="PATCH", path=PATH, times=None),
    Fault(FaultKind.RESET, path=PATH, chance=0.15),
    Fault(FaultKind.CUT_BODY, path=PATH, chance=0.15),
    Fault(FaultKind.TRUNCATED_PAGE, path=PATH),
    Fault(FaultKind.TRUNCATED_PAGE, path=PATH, times=None),
    Fault(FaultKind.TRUNCATED_PAGE, path=PATH, times=None, rows=2),
    Fault(FaultKind.LIST_WITHOUT, path=PATH, times=None),
    Fault(FaultKind.REPEATED_ROW, path=PATH, times=None),
    Fault(FaultKind.STALE_LIST, seconds=0.05, times=None),
)
DISTORTED: tuple[Fault, ...] = (
    Fault(FaultKind.ALTER_FIELD, field="description", path=PATH, times=None),
    Fault(FaultKind.ALTER_FIELD, field="name", path=PATH, times=None),
    Fault(FaultKind.ALTER_FIELD, field="tags", path=PATH, times=None),
    Fault(FaultKind.ALTER_FIELD, field="mitre_techniques", path=PATH, times=None),
    Fault(FaultKind.DROP_FIELD, field="category", path=PATH, times=None),
    Fault(FaultKind.DROP_FIELD, field="steps", path=PATH),
    Fault(FaultKind.DROP_FIELD, field="tags", path=PATH),
    Fault(FaultKind.DROP_FIELD, field="enabled", path=PATH),
    Fault(FaultKind.REPLACE, path=PATH),
)


@act(22)
def sync(estate: Estate, _: int, __: int) -> None:
    estate.sync()


@act(2)
def revert_drift(estate: Estate, _: int, __: int) -> None:
    estate.sync(Choices(on_drift=OnDrift.REVERT))


@act(1)
def fail_for_drift(estate: Estate, _: int, __: int) -> None:
    estate.sync(Choices(on_drift=OnDrift.FAIL))


@act(8)
def follow_a_hint(estate: Estate, a: int, b: int) -> None:
    change = hold_of(estate.plan(), a)
    if change is not None:
        obey(estate, follow(estate, change, b))


@act(2)
def follow_every_hint(estate: Estate, a: int, _: int) -> None:
    choices = NO_CHOICES
    for change in estate.plan().held:
        choices = join(choices, follow(estate, change, a))
    obey(estate, choices)


@act(3)
def retire(estate: Estate, a: int, _: int) -> None:
    change = pick(orphan_of(estate.plan()), a)
    if change is not None:
        asked = Retirement(change.key, change.live_hash if "@" in change.hint else "")
        estate.sync(Choices(retire=(asked,)))


@act(2)
def release(estate: Estate, a: int, _: int) -> None:
    key = pick(sorted(estate.stems()), a)
    if key is not None:
        estate.sync(Choices(release=frozenset({key})))


@act(14)
def sync_in_foul_weather(estate: Estate, a: int, b: int) -> None:
    _give_it_work(estate, a, b)
    faults = {FOUL[a % len(FOUL)], FOUL[b % len(FOUL)]} if b % 3 == 0 else {FOUL[a % len(FOUL)]}
    estate.server.faults.seed = a + b
    estate.sync(weather=Weather(tuple(sorted(faults, key=repr))))


@act(3)
def sync_with_a_server_that_distorts(estate: Estate, a: int, b: int) -> None:
    _give_it_work(estate, a, b)
    estate.sync(weather=Weather((DISTORTED[a % len(DISTORTED)],)))


@act(10)
def die_in_a_sync(estate: Estate, a: int, b: int) -> None:
    _give_it_work(estate, a, b)
    estate.sync(weather=Weather(kill_at=3 + a % 14))


@act(10)
def edit_in_the_middle_of_a_sync(estate: Estate, a: int, b: int) -> None:
    _give_it_work(estate, a, b)
    estate.sync(weather=Weather(meddle_at=2 + a % 12, meddle=_edit(estate, a // 12, b)))


@act(10)
def edit_in_the_middle_of_foul_weather(estate: Estate, a: int, b: int) -> None:
    _give_it_work(estate, a, b)
    fault = FOUL[b % 8]
    meddle = _edit(estate, a // 12, b // 8)
    if a % 3 == 0:  # right after a write whose end the client may not know
        estate.sync(weather=Weather((fault,), meddle_after=1 + a % 2, meddle=meddle))
    else:
        estate.sync(weather=Weather((fault,), meddle_at=2 + a % 12, meddle=meddle))


@act(2)
def sync_two_plans(estate: Estate, a: int, b: int) -> None:
    """Two pipelines plan at the same time, and one is carried out after the other; somebody may edit in between."""
    estate.laws.catch_up()
    runs = []
    for _ in range(2):
        run = Run(estate, NO_CHOICES, Weather(meddle=lambda: None))
        try:
            found = estate.survey()
        except PlaybookctlError:
            return
        run.begin(found)
        runs.append((run, found))
    for at, (run, found) in enumerate(runs):
        estate.robot.brave(Weather(kill_at=1 + a % 9 if at == b % 3 else 0))
        ended = _carried_out(estate, found)
        estate.laws.judge(run, ended)
        if a % 2:
            _edit(estate, a, b)()


@act(3)
def sync_an_older_commit(estate: Estate, a: int, b: int) -> None:
    older = _older(estate, a)
    if older is not None:
        with estate.at(older):
            _quietly(estate, Choices(allow_older=b % 3 > 0, on_drift=OnDrift.REVERT if b % 5 == 0 else OnDrift.KEEP))


@act(1)
def roll_back(estate: Estate, a: int, _: int) -> None:
    older = _older(estate, a)
    if older is not None:
        with estate.at(older):
            _quietly(estate, Choices(rollback=True))


def _give_it_work(estate: Estate, a: int, b: int) -> None:
    """Mostly have something to write: weather does nothing to a sync that has nothing to do."""
    turn = (a + b) % 5
    if turn == 1:
        add_a_file(estate, a // 5, b)
    elif turn > 1:
        commit_an_edit(estate, a // 5, b // 5)


def _older(estate: Estate, number: int) -> str | None:
    return None if estate.history is None else pick(estate.history.line()[1:8], number)


def _quietly(estate: Estate, choices: Choices) -> None:
    estate.sync(choices)


def _edit(estate: Estate, a: int, b: int) -> Callable[[], None]:
    """Return an edit of anything, or of something that this very sync writes."""

    def doing() -> None:
        change = pick(estate.doing.to_write if estate.doing is not None else (), a)
        name = pick([field for field, _ in change.write], b // 2) if change is not None else None
        rows = [row for row in estate.rows() if change is None or row["id"] == change.live_id]
        if b % 2 and rows and name is not None:
            edit(estate, rows[0], FIELDS.index(name) + len(FIELDS) * b)
        elif row := pick(estate.rows(), a):
            edit(estate, row, b)

    return doing


def _carried_out(estate: Estate, found):  # noqa: ANN001, ANN202 - as `Estate.sync` does it
    from support.estate import Ended

    ended = Ended(plan=found.plan)
    try:
        if not found.plan.refusals:
            ended.applied = estate.carry_out(found)
    except PlaybookctlError as error:
        ended.error = error
    except Killed:
        ended.killed = True
    finally:
        estate.robot.brave(Weather())
    return ended
