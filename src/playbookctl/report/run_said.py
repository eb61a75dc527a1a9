"""One run of a playbook, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.run import RunEnd
from playbookctl.report.dump import dump
from playbookctl.report.page import Page
from playbookctl.report.style import BOLD, GREEN, RED, YELLOW

if TYPE_CHECKING:
    from playbookctl.model.run import Run
    from playbookctl.report import live_shapes as shapes
    from playbookctl.report.registry import Options

_COLORS = {RunEnd.SUCCEEDED: GREEN, RunEnd.FAILED: RED, RunEnd.SKIPPED: RED}


def text(run: Run, options: Options) -> str:
    """Return 'run: run_01… of phishing succeeded after 3 s', and how its runs have ended so far."""
    page = Page(options)
    after = f" after {run.seconds:.1f} s" if run.end is not RunEnd.GOING else ""
    page.add(0, "", f"run: {run.run_id} of {run.key} {run.end.value}{after}", BOLD, _COLORS.get(run.end, YELLOW))
    numbers = [(name, run.stats.get(name)) for name in ("total", "succeeded", "failed", "skipped")]
    counts = ", ".join(f"{number:,} {name}" for name, number in numbers if isinstance(number, int))
    if counts:
        page.add(2, "", f"its runs so far: {counts}")
    return page.text()


def json(run: Run) -> str:
    """Return the run as JSON in ASCII."""
    said: shapes.Run = {
        "format": "playbookctl/run",
        "version": 1,
        "key": run.key,
        "live_id": run.live_id,
        "run_id": run.run_id,
        "end": run.end.name.lower(),  # type: ignore[typeddict-item] # the names of an enum are no literals
        "seconds": round(run.seconds, 3),
        "run_stats": dict(run.stats),
    }
    return dump(said)
