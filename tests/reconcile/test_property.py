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
from support.tally import count, count_faults

if TYPE_CHECKING:
    from support.story import Stage

LENGTH = 30
STORIES = int(os.environ.get("PLAYBOOKCTL_STORIES", "2000"))
MOST_BROKEN = 5  # then the rest need not be told
SHARES = {"paper": 0.8, "none": 0.1, "git": 0.1}  # of all stories, by where the history is kept


@pytest.mark.parametrize("seed", range(8))
def test_no_story_breaks_a_law(stage: Stage, seed: int) -> None:
    prove(stage, seed, LENGTH)


@pytest.mark.parametrize("history", ["git", "none"])
def test_no_story_breaks_a_law_over_real_git_or_outside_it(stage: Stage, history: str) -> None:
    prove(replace(stage, history=history), 100, LENGTH // 2)


@pytest.mark.soak
@pytest.mark.parametrize("history", SHARES)
def test_no_story_of_many_breaks_a_law(stage: Stage, history: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = int(os.environ.get("PLAYBOOKCTL_SEED", str(time.time_ns() // 1_000_000_000)))
    number = max(int(STORIES * SHARES[history]), 1)
    place, writes, began = replace(stage, history=history), 0, time.monotonic()
    stage.server.faults.counts.clear()
    broken = []
    with capsys.disabled():
        print(f"\n{history}: {number} stories of {LENGTH} acts, PLAYBOOKCTL_SEED={first}", flush=True)  # noqa: T201 - to tell them again
    for seed in range(first, first + number):
        try:
            writes += prove(place, seed, LENGTH)
        except AssertionError as error:
            broken.append(str(error))
            with capsys.disabled():
                print(error, flush=True)  # noqa: T201 - an hour may pass until the end
        if len(broken) == MOST_BROKEN:
            break
        done = seed - first + 1
        if done % 100 == 0:
            with capsys.disabled():
                print(f"{history}: {done} stories, {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201 - to see that it goes on
    struck = count_faults(stage.server.faults.counts)
    count(**{f"stories_of_{LENGTH}_acts": number, "writes_of_stories_held_to_the_laws": writes})
    with capsys.disabled():
        print(f"{history}: {writes} writes, {struck} faults, {time.monotonic() - began:.0f} s")  # noqa: T201 - the figures
    assert broken == []
