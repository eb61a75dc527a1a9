"""Goldens: expected output in files, written anew by `pytest --update-golden` and read in review. And a team at work."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.team import Team


def pytest_configure() -> None:
    # a shell starts what it runs in the background with Ctrl-C ignored, and processes hand that on to their children
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.pop("GITHUB_ACTIONS", None)  # it adds annotations to the text that tests compare


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what the tests see as what they expect")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from support.tally import lines

    said = list(lines())
    if said:
        terminalreporter.section("what the long tests did")
        for line in said:
            terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a test that is marked `unmeasured` without measuring coverage, which takes most of the time of hot loops.

    The mark `no_cover` of pytest-cov does so as well, but not in the processes of pytest-xdist.
    """
    tracing = sys.gettrace()
    threads = threading.gettrace() if hasattr(threading, "gettrace") else None
    if tracing is None or item.get_closest_marker("unmeasured") is None:
        return (yield)
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        return (yield)
    finally:
        threading.settrace(threads)  # type: ignore[arg-type]
        sys.settrace(tracing)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return `check(name, text)`: text has to equal the file `golden/name` beside the test's module."""
    folder: Path = request.path.parent / "golden"

    def check(name: str, text: str) -> None:
        file = folder / name
        if request.config.getoption("--update-golden"):
            folder.mkdir(exist_ok=True)
            file.write_bytes(text.encode())
        if not file.exists():
            pytest.fail(f"there is no golden {file}; look at the output, then run pytest --update-golden")
        assert text == file.read_bytes().decode()

    return check


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Team]:
    from support.team import team_in

    with team_in(tmp_path, monkeypatch, capsys) as team:
        yield team


@pytest.fixture
def synced(team: Team) -> Team:
    code, ends = team.sync("--bootstrap")
    assert (code, ends) == (0, {"notify": ("create", "done"), "triage": ("create", "done")})
    return team
