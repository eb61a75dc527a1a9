"""Killed and interrupted runs, in processes of their own."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.server.faults import Fault, FaultKind
from support import applying
from support.plans import body
from support.world import calling

if TYPE_CHECKING:
    from pathlib import Path

    from playbookctl.model.plan import Plan
    from support.world import World


def child(world: World, plan: Plan, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    (folder / "plan").write_bytes(pickle.dumps(plan))
    token = world.server.token(tenant=world.tenant)
    arguments = [world.server.url, token, str(folder / "plan"), str(folder / "out"), *more]
    return subprocess.Popen([sys.executable, applying.__file__, *arguments], stdout=subprocess.PIPE)


def ended(folder: Path) -> Any:
    return pickle.loads((folder / "out").read_bytes())  # noqa: S301 - written by our own child


# a create is list, POST, list, GET, PATCH, GET, list; an update is GET, PATCH, GET
CALLS = 7 + 3


@pytest.mark.parametrize("calls", range(1, CALLS))
def test_whenever_a_run_is_killed_at_most_one_acts_and_the_next_run_ends_it(
    world: World, tmp_path: Path, calls: int
) -> None:
    world.files["old"] = body(name="old")
    world.settled()
    world.files = {"new": body(name="new", auto_execute=True), "old": body(name="old", description="changed")}
    process = child(world, world.plan(), tmp_path, str(calls))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert len(world.rows("new")) <= 1
    assert len(world.acting("new")) <= 1
    assert len(world.acting("old")) == 1
    world.sync()
    assert world.plan().to_write == ()
    assert len(world.acting("new")) == len(world.rows("new")) == 1
    assert world.row("old")["description"] == "changed"


def test_a_run_that_is_not_killed_makes_as_many_calls_as_the_test_above_says(world: World, tmp_path: Path) -> None:
    world.files["old"] = body(name="old")
    world.settled()
    world.files = {"new": body(name="new"), "old": body(name="old", description="changed")}
    process = child(world, world.plan(), tmp_path, str(CALLS + 1))
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_lets_what_has_begun_come_to_its_end(world: World, tmp_path: Path, number: int) -> None:
    world.files = {f"p-{number:02}": body(name=f"P {number}") for number in range(30)}
    world.settled()
    world.files = {key: {**rendered, "description": "changed"} for key, rendered in world.files.items()}
    plan = world.plan()
    world.server.faults.arm(Fault(FaultKind.LATENCY, seconds=0.1, times=None))
    process = child(world, plan, tmp_path)
    assert process.stdout is not None
    for _ in range(6):  # a few have begun, some of them have ended
        process.stdout.readline()
    process.send_signal(number)
    process.communicate(timeout=60)
    world.server.faults.clear()
    said, interrupted, code = ended(tmp_path)
    assert (process.returncode, interrupted, code) == (130, True, 130)
    kinds = dict(said)
    done = {key for key, kind in kinds.items() if kind == "done"}
    assert 1 <= len(done) < 30
    assert {kind for key, kind in kinds.items() if key not in done} == {"skipped"}
    assert {key for key in world.files if world.row(key)["description"] == "changed"} == done


def test_ctrl_c_in_the_middle_of_a_create_leaves_nothing_half_done_that_acts(world: World, tmp_path: Path) -> None:
    world.files = {"a-root": calling("leaf", auto_execute=True), "leaf": body(name="leaf")}
    plan = world.plan()
    world.server.faults.arm(Fault(FaultKind.LATENCY, seconds=0.2, times=None))
    process = child(world, plan, tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    world.server.faults.clear()
    said, interrupted, _ = ended(tmp_path)
    assert interrupted
    assert dict(said)["a-root"] == "skipped"
    assert dict(said)["leaf"] == "done"
    assert world.acting("leaf") == [world.row("leaf")["id"]]
    assert world.rows("a-root") == []


def test_a_second_ctrl_c_does_not_wait(world: World, tmp_path: Path) -> None:
    world.files = {"a": body(name="a")}
    world.settled()
    world.files = {"a": body(name="a", description="changed")}
    plan = world.plan()
    world.server.faults.arm(Fault(FaultKind.LATENCY, seconds=0.5, times=None))
    process = child(world, plan, tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode not in (0, 130)
    assert not (tmp_path / "out").exists()
