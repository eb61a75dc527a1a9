"""Killed and interrupted runs, in processes of their own."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support import applying
from support.plans import body
from support.recording import Recorder
from support.world import calling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playbookctl.model.plan import Plan
    from support.world import World


def child(world: World, plan: Plan, folder: Path, *more: str, url: str = "") -> subprocess.Popen[bytes]:
    (folder / "plan").write_bytes(pickle.dumps(plan))
    token = world.server.token(tenant=world.tenant)
    arguments = [url or world.server.url, token, str(folder / "plan"), str(folder / "out"), *more]
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


@pytest.fixture
def recorder(world: World) -> Iterator[Recorder]:
    """Stands before the server and keeps writes, so that it is certain what is in flight when a signal comes."""
    with Recorder(world.server.url) as recorder:
        yield recorder


def interrupt(process: subprocess.Popen[bytes], number: int = signal.SIGINT) -> None:
    """Send a signal, and wait until the run has heard of it."""
    assert process.stdout is not None
    process.send_signal(number)
    while (line := process.stdout.readline()) != b"stopping\n":
        assert line, "the run ended before it was stopped"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_lets_what_has_begun_come_to_its_end(
    world: World, recorder: Recorder, tmp_path: Path, number: int
) -> None:
    world.files = {f"p-{number:02}": body(name=f"P {number}") for number in range(20)}
    world.settled()
    world.files = {key: {**rendered, "description": "changed"} for key, rendered in world.files.items()}
    recorder.letting, begun = 3, 3 + applying.WORKERS
    process = child(world, world.plan(), tmp_path, url=recorder.url)
    recorder.wait_until(lambda recorder: len(recorder.writes) == begun)
    interrupt(process, number)
    recorder.gate.set()
    process.communicate(timeout=60)
    said, interrupted, code = ended(tmp_path)
    assert (process.returncode, interrupted, code) == (130, True, 130)
    done = {key for key, kind in said if kind == "done"}
    assert len(done) == begun
    assert {kind for key, kind in said if key not in done} == {"skipped"}
    assert {key for key in world.files if world.row(key)["description"] == "changed"} == done


def test_ctrl_c_in_the_middle_of_a_create_leaves_nothing_half_done_that_acts(
    world: World, recorder: Recorder, tmp_path: Path
) -> None:
    world.files = {"a-root": calling("leaf", auto_execute=True), "leaf": body(name="leaf")}
    recorder.letting = 0
    process = child(world, world.plan(), tmp_path, url=recorder.url)
    recorder.wait_until(lambda recorder: bool(recorder.writes))
    interrupt(process)
    recorder.gate.set()
    process.communicate(timeout=60)
    said, interrupted, _ = ended(tmp_path)
    assert interrupted
    assert dict(said) == {"a-root": "skipped", "leaf": "done"}
    assert world.acting("leaf") == [world.row("leaf")["id"]]
    assert world.rows("a-root") == []


def test_a_second_ctrl_c_is_as_if_nobody_minded_signals(world: World, recorder: Recorder, tmp_path: Path) -> None:
    world.files = {"a": body(name="a")}
    world.settled()
    world.files = {"a": body(name="a", description="changed")}
    recorder.letting = 0
    process = child(world, world.plan(), tmp_path, url=recorder.url)
    recorder.wait_until(lambda recorder: bool(recorder.writes))
    interrupt(process)
    process.send_signal(signal.SIGINT)
    recorder.gate.set()
    process.communicate(timeout=60)
    assert process.returncode not in (0, 130)
    assert not (tmp_path / "out").exists()
