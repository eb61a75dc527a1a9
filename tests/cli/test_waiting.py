"""Who waits for a server is told so: how long, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.cli.progress import WaitNotes
from playbookctl.errors import Transient
from playbookctl.server.faults import Fault, FaultKind

if TYPE_CHECKING:
    import pytest

    from support.team import Team


def test_a_plan_that_waits_for_a_server_says_so_on_standard_error(synced: Team) -> None:
    synced.server.faults.arm(Fault(FaultKind.FAILURE, times=3))
    code, out, err = synced.say("plan")
    assert code == 0
    assert "waiting" not in out
    lines = [line for line in err.splitlines() if line.startswith("waiting ")]
    assert lines[0].startswith("waiting 0.4 s before another try: GET /api/v1/soc/playbooks was answered 500")


def test_it_is_silent_where_silence_is_asked_for(synced: Team) -> None:
    synced.server.faults.arm(Fault(FaultKind.FAILURE, times=3))
    assert synced.say("plan", "--quiet")[2] == ""


def test_many_workers_that_wait_for_one_server_say_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    patience = WaitNotes(quiet=False)
    for number in range(5):
        patience.retry(Transient(f"call {number} was answered 503"), 5.0)
    patience.pause(9.0)
    assert capsys.readouterr().err == "waiting 5.0 s before another try: call 0 was answered 503\n"


def test_what_a_server_says_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    WaitNotes(quiet=False).retry(Transient("\x1b[2Jgone"), 1.0)
    assert "\x1b" not in capsys.readouterr().err
