"""Several processes make the report that one makes, whatever happens to them; and none stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ExitCode
from playbookctl.workers import CAN_FORK, spread

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="there is no fork here")

GOOD = "key: p{0}\nname: Playbook {0}\nsteps:\n  - {{id: look, action: get-host}}\n"
ODD = {
    "broken": "name: [\n", "calls": "name: Calls\nsteps: [{id: a, type: playbook, playbook: gone}]\n", "empty": "",
    "trap": "name: 12\nsteps: [{id: on, action: a}]\n", "again": GOOD.format(7), "latin": "name: \u00e9",
    "known": "name: Known  # playbookctl: ignore[PB5] all of it\nsteps: [{id: a, action: isolate-host}]\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "playbooks").mkdir(parents=True)
    (folder / "playbookctl.yaml").write_text("namespace: test\n", "utf-8")
    texts = {**{f"p{number}": GOOD.format(number) for number in range(400)}, **ODD}
    for name, text in texts.items():
        (folder / "playbooks" / f"{name}.yaml").write_text(text, "latin-1")
    return folder


def validate(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "playbookctl", "validate", "--today", "2026-06-01", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "XDG_CACHE_HOME": str(folder.parent / "home")},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_report_is_the_same_for_any_number_of_processes(folder: Path, form: str) -> None:
    alone = validate(folder, "--no-cache", "-j1", "--format", form)
    assert alone[0] == ExitCode.FINDINGS
    assert "broken.yaml" in alone[1]
    for arguments in (["--no-cache", "-j2"], ["--no-cache", "-j5"], ["-j2"], ["-j2"], ["-j1"], []):
        assert validate(folder, *arguments, "--format", form) == alone


def test_each_number_is_worked_once_and_its_result_comes_back_whole() -> None:
    done = spread(500, lambda number: str(number).encode() * (number * 13 % 997), 3)
    assert done == {number: str(number).encode() * (number * 13 % 997) for number in range(500)}
    assert spread(0, lambda _: b"", 3) == {}
    assert spread(2, lambda _: b"", 9) == {0: b"", 1: b""}


def test_the_work_is_done_by_several_processes_and_none_is_left() -> None:
    def work(_: int) -> bytes:
        time.sleep(0.005)
        return str(os.getpid()).encode()

    workers = {int(process) for process in spread(60, work, 3).values()}
    assert len(workers) == 3
    assert os.getpid() not in workers
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("end", ["raise", "kill", "leave"])
def test_what_a_failing_process_leaves_undone_is_missing(end: str) -> None:
    def work(number: int) -> bytes:
        if number == 7:
            if end == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if end == "leave":
                sys.exit(3)
            raise ValueError(number)
        time.sleep(0.001)
        return b"x" * 100_000

    done = spread(40, work, 2)
    assert 7 not in done
    assert set(done.values()) == {b"x" * 100_000}
    assert len(done) == 39


def test_what_every_process_leaves_undone_is_done_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from playbookctl import workers
    from playbookctl.pipeline import CheckOptions, Repository, check

    def fail(_: int, __: object, ___: int) -> dict[int, bytes]:
        return {}

    expected = check(Repository(None, str(folder), jobs=2), (), CheckOptions(today="2026-06-01"))
    monkeypatch.setattr(workers, "spread", fail)
    found = check(Repository(None, str(folder), jobs=2), (), CheckOptions(today="2026-06-01"))
    assert found.findings == expected.findings
    assert found.files == expected.files


SLOW = """
import os, sys, time
from playbookctl.workers import spread
def work(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(600)
    return b""
spread(10, work, 2)
"""


def two_of(lines: Iterable[str]) -> set[int]:
    """Read until both workers have said their number."""
    found: set[int] = set()
    for line in lines:
        found.add(int(line))
        if len(found) > 1:
            break
    return found


@pytest.mark.parametrize("to_all", [True, False])
def test_an_interrupt_ends_all_processes(to_all: bool) -> None:
    process = subprocess.Popen([sys.executable, "-c", SLOW], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)  # fmt: skip
    assert process.stdout is not None
    workers = two_of(process.stdout)
    if to_all:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_no_process_outlives_one_that_was_killed() -> None:
    script = SLOW.replace("time.sleep(600)", "time.sleep(0.2)").replace("spread(10", "spread(1000")
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    workers = two_of(process.stdout)
    process.kill()
    process.communicate(timeout=20)
    deadline = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{worker}") for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{worker}") for worker in workers)


def test_ctrl_c_ends_a_check_with_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    for number in range(3000):
        (folder / f"p{number}.yaml").write_text(GOOD.format(number), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "playbookctl", "validate", "-j2", "--no-cache"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 30
    while not (workers := children.read_text("ascii").split()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert workers
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (ExitCode.INTERRUPTED, "", "\nerror: interrupted\n")
    assert not any(os.path.exists(f"/proc/{worker}") for worker in workers)
