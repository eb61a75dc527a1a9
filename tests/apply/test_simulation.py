"""Seeded histories of edits on both sides, faults, interrupts and syncs; after each, what must never happen did not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.apply.presence import keys_of
from playbookctl.errors import PlaybookctlError
from playbookctl.server.faults import Fault, FaultKind
from support.plans import SPACE, body

if TYPE_CHECKING:
    from playbookctl.apply import Progress
    from support.world import World

ROUNDS = 8
KEYS = ("a", "b", "c", "d")
FAULTS = (
    Fault(FaultKind.FAILURE, chance=0.08),
    Fault(FaultKind.RESET, chance=0.08),
    Fault(FaultKind.LOSE_ANSWER, chance=0.2, path="/soc/playbooks"),
    Fault(FaultKind.CUT_BODY, chance=0.08),
    Fault(FaultKind.TOO_MANY, chance=0.03, seconds=0.02),
    Fault(FaultKind.STALE_LIST, chance=0.3, seconds=0.3),
    Fault(FaultKind.REPEATED_ROW, chance=0.3),
)


class History:
    """One tenant's story. Values are named for who set them: an analyst's begin with 'live', the repo's with 'repo'."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)  # noqa: S311 - a story, no secret
        self.steps = 0
        world.server.faults.seed = seed

    def repo_edits(self) -> None:
        for key in KEYS:
            if self.random.random() < 0.4:
                old = self.world.files.get(key, body(name=key, description="", category=""))
                self.world.files[key] = {**old, "description": self._value("repo")}

    def analyst_edits(self, field: str) -> None:
        rows = [row for row in self.world.rows() if keys_of(row, SPACE)]
        if rows and self.random.random() < 0.6:
            self.world.analyst.update_playbook(self.random.choice(rows)["id"], {field: self._value("live")})

    def sync(self) -> None:
        plan = self.world.plan()
        before = self._edits()
        self.world.stop.clear()
        stop_at = self.random.choice([None, None, 1, 2, 3])

        def meddle(progress: Progress) -> None:
            if progress.done == stop_at:
                self.world.stop.set()

        self.world.server.faults.arm(*self.random.sample(FAULTS, 4))
        try:
            self.world.apply(plan, on_progress=meddle)
        except PlaybookctlError:
            assert self.world.client.writes == []
        finally:
            self.world.server.faults.clear()
            self.world.client.writes.clear()
            self.world.stop.clear()
        after = self._edits()
        assert {place: after.get(place) for place in before} == before

    def at_most_one_acts(self) -> None:
        acting = [key for row in self.world.rows() if row["enabled"] for key in keys_of(row, SPACE)]
        assert sorted(acting) == sorted(set(acting))

    def _edits(self) -> dict[tuple[str, str], Any]:
        """Every value that only an analyst ever set."""
        return {
            (row["id"], field): row[field]
            for row in self.world.rows()
            for field in ("description", "category")
            if str(row[field]).startswith("live")
        }

    def _value(self, who: str) -> str:
        self.steps += 1
        return f"{who} {self.steps}"


@pytest.mark.parametrize("seed", range(6))
def test_no_edit_is_lost_no_two_act_and_in_the_end_nothing_is_left_to_write(world: World, seed: int) -> None:
    history = History(world, seed)
    world.files["a"] = body(name="a")
    for _ in range(ROUNDS):
        history.repo_edits()
        history.analyst_edits("description")
        history.analyst_edits("category")
        history.sync()
        history.at_most_one_acts()
    for _ in range(2):
        world.sync()
    plan = world.plan()
    assert plan.to_write == ()
    assert all(change.hint for change in plan.held)
    history.at_most_one_acts()
    for key in world.files:
        assert len([row for row in world.rows() if key in keys_of(row, SPACE)]) == 1
