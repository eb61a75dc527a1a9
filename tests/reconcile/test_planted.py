"""Mistakes planted on purpose: the same stories, under the same laws, find each of them within a bounded number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from support.planted import PLANTED
from support.story import broken_by, told
from support.tally import FOUND

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.laws import Broken
    from support.story import Stage

LENGTH = 30
MOST = 60  # stories; without a mistake none of them breaks a law
FIRST = (0, 1_000, 2_000)  # seeds to begin with, in the long run


def found(stage: Stage, history: str, first: int = 0, most: int = MOST) -> tuple[int, Broken] | None:
    """Return in which story of a row, the first being 1, which law is broken."""
    place = replace(stage, history=history)
    for number in range(1, most + 1):
        broken = broken_by(place, told(first + number - 1, LENGTH))
        if broken is not None:
            return number, broken
    return None


def by_name(plant: Callable[[pytest.MonkeyPatch], None]) -> str:
    return plant.__name__.replace("_", " ")


@pytest.mark.unmeasured
@pytest.mark.parametrize("plant", PLANTED, ids=by_name)
def test_a_planted_mistake_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    said = found(stage, "none")  # where nothing is known of the past, the laws have the least help
    assert said is not None, f"{MOST} stories did not find it"


@pytest.mark.soak
@pytest.mark.parametrize("plant", PLANTED, ids=by_name)
def test_a_planted_mistake_is_found_wherever_the_stories_begin(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    said = [found(stage, history, first, 4 * MOST) for history in ("paper", "none") for first in FIRST]
    FOUND[by_name(plant)] = [0 if one is None else one[0] for one in said]
    assert None not in said, f"{FOUND[by_name(plant)]}: 0 is where {4 * MOST} stories did not find it"
