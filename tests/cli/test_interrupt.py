"""Ctrl-C in `playbookctl sync`, in a process of its own: what is in flight is finished, what was done is said, exit 130."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ExitCode
from playbookctl.server.faults import Fault, FaultKind
from support.recording import Recorder
from support.team import CALLEE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.team import Team

NUMBER, WORKERS = 8, 3
SYNC = [sys.executable, "-m", "playbookctl", "sync", "--yes", "--env", "prod", "--format", "json"]


@pytest.fixture
def recorder(synced: Team) -> Iterator[Recorder]:
    """A server that keeps writes; behind it a tenant in which as many playbooks are to be updated as `NUMBER` says."""
    for number in range(NUMBER):
        text = CALLEE.replace("key: notify", f"key: n-{number}").replace("name: Notify", f"name: Notify {number}")
        synced.write(f"n-{number}", text.replace("send-message", f"send-{number}"))
    synced.commit("more of them")
    assert synced.sync("--bootstrap")[0] == 0
    for number in range(NUMBER):
        path = synced.folder / "playbooks" / f"n-{number}.yaml"
        path.write_text(path.read_text("utf-8").replace("Tell the channel.", "Tell them all."), "utf-8")
    with Recorder(synced.server.url) as recorder:
        path = synced.folder / "playbookctl.yaml"
        path.write_text(path.read_text("utf-8").replace("tenant_id:", f"workers: {WORKERS}, tenant_id:"), "utf-8")
        synced.goes_through(recorder.url)
        yield recorder


@pytest.fixture
def syncing(synced: Team, recorder: Recorder) -> Iterator[subprocess.Popen[str]]:
    recorder.letting = 2
    process = subprocess.Popen(
        SYNC, cwd=synced.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    recorder.gate.set()
    process.kill()
    process.communicate(timeout=60)


def interrupt(process: subprocess.Popen[str]) -> None:
    """Send Ctrl-C, and wait until the run says that it has heard it."""
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    while "finishing the calls in flight" not in (line := process.stderr.readline()):
        assert line, "the run ended before it was stopped"


def said_more(synced: Team) -> int:
    """Return how many playbooks say by now what their files say."""
    return sum(row["description"] == "Tell them all." for row in synced.live().values())


def test_ctrl_c_finishes_the_calls_in_flight_and_reports_what_was_done(
    synced: Team, recorder: Recorder, syncing: subprocess.Popen[str]
) -> None:
    recorder.wait_until(lambda recorder: len(recorder.writes) == 2 + WORKERS)
    interrupt(syncing)
    recorder.gate.set()
    out, err = syncing.communicate(timeout=60)
    assert syncing.returncode == ExitCode.INTERRUPTED == 130, err
    ends = [(row["action"], row["kind"]) for row in json.loads(out)["outcomes"]]
    begun = 2 + WORKERS
    assert sorted(ends) == [("update", "done")] * begun + [("update", "skipped")] * (NUMBER - begun)
    assert said_more(synced) == begun
    recorder.letting = None
    assert synced.sync()[0] == 0  # the next one ends it
    assert said_more(synced) == NUMBER


def test_a_second_ctrl_c_leaves_at_once_although_the_server_does_not_answer(
    recorder: Recorder, syncing: subprocess.Popen[str]
) -> None:
    recorder.wait_until(lambda recorder: len(recorder.writes) == 2 + WORKERS)
    interrupt(syncing)
    syncing.send_signal(signal.SIGINT)
    assert syncing.wait(30) == ExitCode.INTERRUPTED  # the gate is shut, and a request may take a minute
    assert syncing.stderr is not None
    assert "what was being written may be written or not: plan again" in syncing.stderr.read()


def test_ctrl_c_while_it_still_plans_ends_it_and_nothing_was_written(
    synced: Team, recorder: Recorder, request: pytest.FixtureRequest
) -> None:
    synced.server.faults.arm(Fault(FaultKind.LATENCY, path="/soc/playbooks", seconds=30))
    syncing = request.getfixturevalue("syncing")
    recorder.wait_until(lambda recorder: ("GET", "/api/v1/soc/playbooks") in recorder.asked)
    syncing.send_signal(signal.SIGINT)
    assert syncing.wait(20) == ExitCode.INTERRUPTED
    assert "error: interrupted" in syncing.stderr.read()
    assert recorder.writes == []
