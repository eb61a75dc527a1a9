"""The run as a whole: waves, canaries, workers, progress, and why it may end early."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from playbookctl.apply import Applied
from playbookctl.errors import AuthError, ExitCode, PartlyDone, Refused, ServerError
from playbookctl.model.outcome import Outcome, OutcomeKind
from playbookctl.model.plan import Action, Refusal
from playbookctl.server.faults import Fault, FaultKind
from support.plans import body
from support.world import World, calling, kinds

if TYPE_CHECKING:
    from playbookctl.apply import Progress
    from playbookctl.model.plan import Plan


def many(world: World, number: int) -> Plan:
    """Return a plan that updates `number` playbooks."""
    world.files = {f"p-{index:02}": body(name=f"P {index}") for index in range(number)}
    world.settled()
    world.files = {key: {**rendered, "description": "changed"} for key, rendered in world.files.items()}
    return world.plan()


def test_an_unsafe_plan_is_refused(world: World) -> None:
    plan = replace(many(world, 1), refusals=(Refusal("too much", "sync --force"),))
    with pytest.raises(Refused, match="too much"):
        world.apply(plan)
    assert world.client.writes == []


def test_an_empty_plan_makes_no_call(world: World) -> None:
    world.files["a"] = body()
    world.settled()
    plan = world.plan()
    world.server.faults.arm(Fault(FaultKind.RESET, times=None))
    assert world.apply(plan) == Applied(())


def test_outcomes_stand_in_the_plans_order_and_held_ones_among_them(world: World) -> None:
    world.files = {"a": body(name="A"), "c": body(name="C")}
    world.settled()
    world.edit("c", description="theirs")
    world.files = {"a": body(name="A", enabled=False), "b": body(name="B"), "c": body(name="C", description="ours")}
    applied = world.sync()
    assert [(outcome.key, outcome.kind.value) for outcome in applied.outcomes] == [
        ("a", "done"),
        ("b", "done"),
        ("c", "held"),
    ]
    assert applied.outcomes[2].message
    assert applied.exit_code is ExitCode.DONE


def test_the_first_change_of_each_kind_is_proven_before_the_rest_begins(world: World) -> None:
    plan = many(world, 6)
    world.files |= {f"new-{index}": body(name=f"New {index}") for index in range(3)}
    plan = world.plan()
    log: list[tuple[str, bool]] = []
    world.apply(plan, on_progress=lambda progress: log.append((progress.change.key, progress.outcome is not None)))
    assert log[:4] == [("new-0", False), ("new-0", True), ("p-00", False), ("p-00", True)]
    begun_before_an_end = [key for key, is_end in log[4:8] if not is_end]
    assert len(begun_before_an_end) == 4


def test_a_change_that_proves_nothing_leaves_the_canary_to_the_next(world: World) -> None:
    plan = many(world, 4)
    world.edit("p-00", description="theirs")
    world.edit("p-01", description="theirs")
    log: list[tuple[str, bool]] = []
    applied = world.apply(
        plan, on_progress=lambda progress: log.append((progress.change.key, progress.outcome is not None))
    )
    assert [key for key, _ in log[:6]] == ["p-00", "p-00", "p-01", "p-01", "p-02", "p-02"]
    assert kinds(applied) == {"p-00": "stale", "p-01": "stale", "p-02": "done", "p-03": "done"}


def test_progress_is_told_in_the_calling_thread_and_adds_up(world: World) -> None:
    plan = many(world, 9)
    told: list[Progress] = []
    threads: set[int] = set()

    def tell(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.get_ident())

    world.apply(plan, on_progress=tell)
    assert threads == {threading.get_ident()}
    assert [progress.done for progress in told if progress.outcome is not None] == list(range(1, 10))
    assert {progress.total for progress in told} == {9}


def test_workers_write_at_the_same_time(world: World) -> None:
    plan = many(world, 17)
    world.server.faults.arm(Fault(FaultKind.LATENCY, seconds=0.2, times=None))
    begun = time.monotonic()
    applied = world.apply(plan, workers=16)
    seconds = time.monotonic() - begun
    assert set(kinds(applied).values()) == {"done"}
    assert seconds < 17 * 3 * 0.2 / 2  # one by one it would take 10.2 s


def test_a_caller_begins_only_after_its_callee_has_ended(world: World) -> None:
    world.files = {"z-leaf": body(name="leaf"), "a-root": calling("z-leaf"), "b": body(name="b"), "c": body(name="c")}
    log: list[tuple[str, bool]] = []
    world.sync(on_progress=lambda progress: log.append((progress.change.key, progress.outcome is not None)))
    assert log.index(("a-root", False)) > log.index(("z-leaf", True))


# ------------------------------------------------------------------ ending early


def test_refused_credentials_end_the_run(world: World) -> None:
    plan = many(world, 12)
    world.server.faults.arm(Fault(FaultKind.LATENCY, seconds=0.02, times=None))
    expiring = world.new_client()

    def expire(progress: Progress) -> None:
        if progress.done == 3:
            expiring._caller.session._token = replace(expiring._caller.session.token(), value="not-a-token")

    applied = world.apply(plan, client=expiring, workers=2, on_progress=expire)
    assert isinstance(applied.halt, AuthError)
    assert applied.exit_code is ExitCode.NOT_AUTHENTICATED
    said = kinds(applied)
    assert list(said.values()).count("done") >= 2
    assert said["p-11"] == "skipped"
    assert "not tried, the run was ended: " in applied.outcomes[-1].message


def test_a_server_that_has_gone_is_not_asked_for_every_playbook(world: World) -> None:
    plan = many(world, 12)
    world.server.faults.arm(Fault(FaultKind.RESET, path="/ply_", nth=10, times=None))
    applied = world.apply(plan, workers=1)
    said = list(kinds(applied).values())
    assert said.count("done") == 3
    assert said.count("skipped") >= 5
    assert isinstance(applied.halt, ServerError)
    assert applied.halt.message.startswith("3 playbooks in a row could not be written")
    assert applied.exit_code is ExitCode.SERVER


def test_a_stop_begins_nothing_more(world: World) -> None:
    plan = many(world, 12)

    def stop(progress: Progress) -> None:
        if progress.done == 4:
            world.stop.set()

    applied = world.apply(plan, workers=2, on_progress=stop)
    said = list(kinds(applied).values())
    assert applied.interrupted
    assert applied.exit_code is ExitCode.INTERRUPTED
    assert 4 <= said.count("done") <= 6
    assert said.count("skipped") == 12 - said.count("done")
    assert applied.outcomes[-1].message == "not tried, interrupted"


def test_a_flaky_server_is_worked_through(world: World) -> None:
    plan = many(world, 20)
    world.files |= {f"new-{index}": body(name=f"New {index}") for index in range(5)}
    world.server.faults.arm(
        Fault(FaultKind.FAILURE, chance=0.05),
        Fault(FaultKind.RESET, chance=0.05),
        Fault(FaultKind.LOSE_ANSWER, chance=0.1, path="/soc/playbooks"),
    )
    plan = world.plan()
    world.apply(plan)
    for _ in range(5):
        world.sync()
    world.server.faults.clear()
    world.sync()
    assert world.plan().to_write == ()
    for key in world.files:
        assert len(world.acting(key)) == 1
    assert sum(world.server.faults.counts.values()) > 10


CODES = [
    ((), False, None, ExitCode.DONE),
    ((OutcomeKind.DONE, OutcomeKind.ALREADY, OutcomeKind.HELD), False, None, ExitCode.DONE),
    *(
        ((OutcomeKind.DONE, kind), False, None, ExitCode.PARTLY_DONE)
        for kind in (
            OutcomeKind.STALE,
            OutcomeKind.ALTERED,
            OutcomeKind.FAILED,
            OutcomeKind.UNKNOWN,
            OutcomeKind.SKIPPED,
        )
    ),
    ((OutcomeKind.SKIPPED,), False, ServerError("gone"), ExitCode.SERVER),
    ((OutcomeKind.SKIPPED,), False, AuthError("no"), ExitCode.NOT_AUTHENTICATED),
    ((OutcomeKind.SKIPPED,), False, PartlyDone("lost"), ExitCode.PARTLY_DONE),
    ((OutcomeKind.SKIPPED,), True, AuthError("no"), ExitCode.INTERRUPTED),
]


@pytest.mark.parametrize("ended, interrupted, halt, code", CODES)
def test_the_exit_code_is_the_worst_of_all(
    ended: tuple[OutcomeKind, ...],
    interrupted: bool,
    halt: ServerError | None,
    code: ExitCode,
) -> None:
    outcomes = tuple(Outcome("k", Action.UPDATE, kind) for kind in ended)
    assert Applied(outcomes, interrupted, halt).exit_code is code
