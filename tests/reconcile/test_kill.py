"""kill -9 at every request of a sync, in a process of its own over real git: the next sync ends what was begun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from playbookctl.model.choices import NO_CHOICES
from playbookctl.server.faults import Fault, FaultKind
from support import mortal
from support.estate import ROBOT, Ended, Weather
from support.laws import Run
from support.scenes import begin, recovered
from support.tally import count, say

if TYPE_CHECKING:
    from support.estate import Estate
    from support.story import Stage

MOMENTS = ("before", "after", "during")
SLOW = Fault(FaultKind.LATENCY, path="/soc/playbooks", seconds=0.15, times=None)  # the server is at it for that long


def sync(estate: Estate, number: int, moment: str) -> subprocess.CompletedProcess[str]:
    """Sync from the command line, killed at a request."""
    return subprocess.run(
        [sys.executable, mortal.__file__, "sync", "--yes", "--env", "prod"],
        cwd=estate.folder,
        env={
            **os.environ,
            "PLAYBOOKCTL_KILL": f"{number}:{moment}",
            "CPOD_API_KEY": estate.server.token(tenant=estate.tenant, sub=ROBOT),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def killed(stage: Stage, scene: str, number: int, moment: str) -> bool:
    """Kill a sync at a request, hold what it wrote to the laws, and recover; False if it made fewer requests."""
    with replace(stage, history="git").estate() as estate:
        held = begin(estate, scene)
        found = estate.survey()
        run = Run(estate, NO_CHOICES, Weather(kill_at=number))
        run.begin(found)
        estate.laws.catch_up()
        estate.server.faults.arm(*((SLOW,) if moment == "during" else ()))
        done = sync(estate, number, moment)
        estate.calm()
        assert done.returncode in (-signal.SIGKILL, 0, 6), done.stderr
        wait_for_the_server(estate)
        estate.laws.judge(run, Ended(plan=found.plan, killed=True))
        recovered(estate, held)
        return done.returncode == -signal.SIGKILL


def wait_for_the_server(estate: Estate) -> None:
    """Give the server time to end what it was at when its client was killed."""
    import time

    time.sleep(2 * SLOW.seconds if estate.server.faults.counts[FaultKind.LATENCY] else 0)


def requests(stage: Stage, scene: str) -> int:
    """Return how many requests the sync of a scene makes when nobody kills it."""
    with replace(stage, history="git").estate() as estate:
        begin(estate, scene)
        done = sync(estate, 0, "before")
        return int(done.stderr.strip().split("\n")[-1])


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("scene, number", [("create", 8), ("update", 6)])
def test_a_killed_sync_is_ended_by_the_next(stage: Stage, scene: str, number: int, moment: str) -> None:
    assert killed(stage, scene, number, moment)


@pytest.mark.soak
@pytest.mark.parametrize("scene", ["create", "update", "mixed"])
def test_whenever_a_sync_is_killed_the_next_one_ends_it(
    stage: Stage, scene: str, capsys: pytest.CaptureFixture[str]
) -> None:
    last = requests(stage, scene)
    assert last > 0
    dead = [killed(stage, scene, number, moment) for number in range(1, last + 1) for moment in MOMENTS]
    count({"runs killed at a request": sum(dead)})
    say(capsys, f"\n{scene}: {last} requests, {sum(dead)} of {len(dead)} runs killed")
    assert all(dead)
