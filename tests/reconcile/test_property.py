"""Stories of edits on both sides, faults, crashes and syncs, from seeds: none breaks a law of the reconciler (`support/laws.py`).

`make soak` plays 2,000 stories of 30 acts and prints its seed; PLAYBOOKCTL_SEED tells the same ones again, PLAYBOOKCTL_STORIES
more or fewer. A story that breaks a law is cut down to what matters and printed as a script.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from support.estate import Both, Mortal, Near
from support.story import prove
from support.tally import count, count_faults, say

if TYPE_CHECKING:
    from support.story import Stage

LENGTH = 30
STORIES = int(os.environ.get("PLAYBOOKCTL_STORIES", "2000"))
MOST_BROKEN = 5  # then the rest need not be told
# of ten stories in a row, where the history is kept, how many threads write, and whether reads in fair weather go by the
# socket; a seed has its place by its last digit
PLACES: tuple[tuple[str, int, type[Mortal]], ...] = (
    *[("paper", 1, Near)] * 6,
    ("paper", 1, Mortal),
    ("paper", 4, Mortal),
    ("none", 1, Near),
    ("git", 1, Near),
)


@pytest.mark.parametrize("seed", range(8))
def test_no_story_breaks_a_law(stage: Stage, seed: int) -> None:
    prove(stage, seed, LENGTH)


@pytest.mark.parametrize("history", ["git", "none"])
def test_no_story_breaks_a_law_over_real_git_or_outside_it(stage: Stage, history: str) -> None:
    prove(replace(stage, history=history), 100, LENGTH // 2)


@pytest.mark.parametrize("seed", [100, 101])
def test_no_story_breaks_a_law_where_threads_race(stage: Stage, seed: int) -> None:
    prove(replace(stage, workers=4), seed, LENGTH)


def test_reading_past_the_socket_is_reading_over_it(stage: Stage) -> None:
    Both.compared = 0
    for seed in (200, 201):
        prove(replace(stage, client=Both), seed, LENGTH)
    assert Both.compared > 100


@pytest.mark.soak
def test_no_story_of_many_breaks_a_law(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    first = int(os.environ.get("PLAYBOOKCTL_SEED", str(time.time_ns() // 1_000_000_000)))
    began, broken = time.monotonic(), []
    say(capsys, f"\n{STORIES} stories of {LENGTH} acts, PLAYBOOKCTL_SEED={first}")
    for seed in range(first, first + STORIES):
        history, workers, client = PLACES[seed % len(PLACES)]
        stage.server.faults.counts.clear()
        try:
            writes = prove(replace(stage, history=history, workers=workers, client=client), seed, LENGTH)
        except AssertionError as error:
            broken.append(f"{history}, {workers} at once, {error}")
            say(capsys, broken[-1])
            if len(broken) == MOST_BROKEN:
                break
            continue
        struck = count_faults(stage.server.faults.counts)
        told = f"stories of {LENGTH} acts"
        count({told: 1, f"{told}: history {history}, {workers} at once": 1, "writes in stories": writes})
        count({"faults in stories": struck})
        if (seed - first) % 50 == 49:
            say(capsys, f"{seed - first + 1} stories, {time.monotonic() - began:.0f} s")
    assert broken == []
