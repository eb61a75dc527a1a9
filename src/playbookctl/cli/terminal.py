"""What the terminal, the clock and the environment say; without click, for the shortest way to a report."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from playbookctl.model.finding import Severity
from playbookctl.report.registry import Options

if TYPE_CHECKING:
    from collections.abc import Mapping


def user_folder(variables: Mapping[str, str]) -> str | None:
    """Return the folder for what is kept for this user, whatever the repository: `~/.cache/playbookctl`; None without one."""
    caches = variables.get("XDG_CACHE_HOME") or variables.get("LOCALAPPDATA")
    if not caches and (home := variables.get("HOME")):
        caches = os.path.join(home, ".cache")
    return os.path.join(caches, "playbookctl") if caches else None


def display(color: str, *, verbose: bool = False, fail_on: Severity = Severity.ERROR) -> Options:
    """Return how to render for whoever reads standard output."""
    terminal = sys.stdout.isatty()
    return Options(
        color=wants_color(color, terminal=terminal), width=_width() if terminal else 0, unicode=can_unicode(),
        verbose=verbose, fail_on=fail_on,
    )  # fmt: skip


def wants_color(choice: str, *, terminal: bool) -> bool:
    """Decide colour: `always` and `never` are orders; `auto` asks NO_COLOR, TERM and whether a terminal reads."""
    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def today() -> str:
    """Return today's date as ISO text in UTC, or that of SOURCE_DATE_EPOCH where it is set (reproducible builds)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime("%Y-%m-%d", time.gmtime(int(epoch) if epoch.isdigit() else None))


def cores() -> int:
    """Return the number of cores that this process may use: in a container fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _width() -> int:
    return os.get_terminal_size(sys.stdout.fileno()).columns


def can_unicode() -> bool:
    """Tell whether standard output takes any character."""
    return "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
