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

from support.story import prove
from support.tally import count, count_faults, say

if TYPE_CHECKING:
    from support.story import Stage

LENGTH = 30
STORIES = int(os.environ.get("PLAYBOOKCTL_STORIES", "2000"))
MOST_BROKEN = 5  # then the rest need not be told
SHARES = {  # of all stories, by where the history is kept, and how many threads write
    ("paper", 1): 0.7,
    ("paper", 4): 0.1,
    ("none", 1): 0.1,
    ("git", 1): 0.1,
}


@pytest.mark.parametrize("seed", range(8))
def test_no_story_breaks_a_law(stage: Stage, seed: int) -> None:
    prove(stage, seed, LENGTH)


@pytest.mark.parametrize("history", ["git", "none"])
def test_no_story_breaks_a_law_over_real_git_or_outside_it(stage: Stage, history: str) -> None:
    prove(replace(stage, history=history), 100, LENGTH // 2)


@pytest.mark.parametrize("seed", [100, 101])
def test_no_story_breaks_a_law_where_threads_race(stage: Stage, seed: int) -> None:
    prove(replace(stage, workers=4), seed, LENGTH)


@pytest.mark.soak
@pytest.mark.parametrize("history, workers", SHARES)
def test_no_story_of_many_breaks_a_law(
    stage: Stage, history: str, workers: int, capsys: pytest.CaptureFixture[str]
) -> None:
    first = int(os.environ.get("PLAYBOOKCTL_SEED", str(time.time_ns() // 1_000_000_000)))
    number = max(int(STORIES * SHARES[history, workers]), 1)
    place, writes, began = replace(stage, history=history, workers=workers), 0, time.monotonic()
    stage.server.faults.counts.clear()
    broken = []
    say(capsys, f"\n{history}, {workers} at once: {number} stories of {LENGTH} acts, PLAYBOOKCTL_SEED={first}")
    for seed in range(first, first + number):
        try:
            writes += prove(place, seed, LENGTH)
        except AssertionError as error:
            broken.append(str(error))
            say(capsys, str(error))
        if len(broken) == MOST_BROKEN:
            break
        done = seed - first + 1
        if done % 100 == 0:
            say(capsys, f"{history}: {done} stories, {time.monotonic() - began:.0f} s")
    struck = count_faults(stage.server.faults.counts)
    count(**{f"stories_of_{LENGTH}_acts": number, "writes_of_stories_held_to_the_laws": writes})
    say(capsys, f"{history}: {writes} writes, {struck} faults, {time.monotonic() - began:.0f} s")
    assert broken == []
