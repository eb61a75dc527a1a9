"""The stories of `test_property.py` as hypothesis tells them: under the same laws, cut down by its means to what matters.

Its stories follow what it has seen; the seeded ones follow their seed alone. `make soak` has it tell hundreds.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from support.acts import MOST, WEIGHTS, Act
from support.laws import Broken
from support.planted import base_taken_from_live
from support.story import begin, finish, perform

if TYPE_CHECKING:
    from support.story import Stage

LENGTH = 30
NAMES = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
NUMBERS = st.integers(0, MOST - 1)
STORIES = int(os.environ.get("PLAYBOOKCTL_STORIES", "300"))
FIRST = int(os.environ.get("PLAYBOOKCTL_SEED", "20261123"))


def machine(stage: Stage) -> type[RuleBasedStateMachine]:
    """Return the machine whose steps are acts on an estate of this stage."""

    class Reconciler(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.place = stage.estate()
            self.estate = self.place.__enter__()
            self.broken = False

        @initialize()
        def begin(self) -> None:
            begin(self.estate)

        @rule(name=st.sampled_from(NAMES), a=NUMBERS, b=NUMBERS)
        def act(self, name: str, a: int, b: int) -> None:
            try:
                perform(self.estate, Act(name, a, b))
            except Broken:
                self.broken = True
                raise

        def teardown(self) -> None:
            try:
                if not self.broken:
                    finish(self.estate, 0)
            finally:
                self.place.__exit__(None, None, None)

    return Reconciler


def tell(stage: Stage, stories: int, first: int, *, cut_down: bool = True) -> None:
    """Have hypothesis tell so many stories, the same ones for the same seed. Raises Broken."""
    told = settings(
        max_examples=stories,
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if cut_down else (Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(first)(machine(stage)), settings=told)


def test_no_story_of_a_few_breaks_a_law(stage: Stage) -> None:
    tell(stage, 3, 0)


@pytest.mark.soak
def test_no_story_of_hundreds_breaks_a_law(stage: Stage) -> None:
    tell(stage, STORIES, FIRST)


def test_a_planted_mistake_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    base_taken_from_live(monkeypatch)
    with pytest.raises(Broken):
        tell(stage, 60, 0, cut_down=False)
