"""Mistakes planted on purpose: the same stories, under the same laws, find each of them within a bounded number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from support.planted import PLANTED
from support.story import broken_by, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.laws import Broken
    from support.story import Stage

LENGTH = 30
MOST = 60  # stories; without a mistake none of them breaks a law


def found(stage: Stage) -> tuple[int, Broken] | None:
    """Return the first seed whose story breaks a law, and the law."""
    place = replace(stage, history="none")  # where nothing is known of the past, the laws have the least help
    for seed in range(MOST):
        broken = broken_by(place, told(seed, LENGTH))
        if broken is not None:
            return seed, broken
    return None


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.replace("_", " "))
def test_a_planted_mistake_is_found(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    said = found(stage)
    assert said is not None, f"{MOST} stories did not find it"
