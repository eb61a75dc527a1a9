"""Two clients at once: plans of one moment, or of two commits, carried out side by side on a server that dawdles at random."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.errors import PlaybookctlError
from playbookctl.model.choices import Choices
from playbookctl.server.faults import Fault, FaultKind
from support.laws import Broken, acts, stands_for
from support.scenes import SCENES, edits, recovered
from support.tally import count, say
from support.values import document

if TYPE_CHECKING:
    from playbookctl.reconcile import Reconciled
    from support.estate import Estate, Mortal
    from support.story import Stage

RACES = 60  # of every kind
DAWDLING = Fault(FaultKind.LATENCY, path="/soc/playbooks", chance=0.5, seconds=0.01)


def race(stage: Stage, scene: str, seed: int, *, commits: int) -> Counter[str]:
    """Let two clients carry out their plans at once; return how their changes ended. Raises Broken."""
    ends: Counter[str] = Counter()
    with stage.estate() as estate:
        estate.sync(Choices(bootstrap=True))
        SCENES[scene](estate)
        held = edits(estate)
        clients = (estate.robot, estate._client())
        try:
            plans = [estate.survey(client=clients[0])]
            if commits > 1:
                estate.files["a"] = document("a", description=f"Newer, of story {seed}.")
                estate.commit()
            plans.append(estate.survey(client=clients[1]))
            estate.laws.catch_up()
            before = estate.watch.writes(estate.tenant)[-1].number
            estate.server.faults.seed = seed
            estate.server.faults.arm(DAWDLING)
            run_both(estate, clients, plans, ends)
            estate.calm()
            ends["twins that were made"] += twins(estate, before)
            ends["moments with two that act"] += overlaps(estate, before)
            estate.laws.catch_up()
            recovered(estate, held)
        finally:
            clients[1].close()
    return ends


def run_both(estate: Estate, clients: tuple[Mortal, Mortal], plans: list[Reconciled], ends: Counter[str]) -> None:
    """Carry out both plans, beginning at the same moment."""
    start, raised = threading.Barrier(2), []

    def carry_out(client: Mortal, plan: Reconciled) -> None:
        start.wait(20)
        try:
            applied = estate.carry_out(plan, client)
            ends.update(outcome.kind.value for outcome in applied.outcomes)
        except PlaybookctlError as error:
            ends["refused"] += 1
            raised.append(error)

    threads = [threading.Thread(target=carry_out, args=both) for both in zip(clients, plans, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert raised == []


def twins(estate: Estate, after: int) -> int:
    """Return how many objects were created for a key that had one; raise Broken if two of a key act once both are done."""
    writes = estate.watch.writes(estate.tenant, after)
    made = Counter(stands_for(write.after, estate.namespace) for write in writes if write.before is None)
    acting = Counter(stands_for(row, estate.namespace) for row in estate.rows() if acts(row))
    several = sorted(str(key) for key, number in acting.items() if key is not None and number > 1)
    if several:
        raise Broken("at most one object of a key acts", several)
    return sum(number - 1 for number in made.values() if number > 1)


def overlaps(estate: Estate, after: int) -> int:
    """Return after how many writes two objects of one key could act, until the later client saw both and withdrew."""
    objects: dict[str, dict[str, Any]] = {}
    number = 0
    for write in estate.watch.writes(estate.tenant):
        objects[write.id] = write.after
        acting = Counter(stands_for(row, estate.namespace) for row in objects.values() if acts(row))
        acting.pop(None, None)
        number += write.number > after and max(acting.values(), default=0) > 1
    return number


@pytest.mark.parametrize("commits", [1, 2])
@pytest.mark.parametrize("scene", ["create", "mixed"])
def test_of_two_clients_at_once_neither_costs_an_edit_nor_leaves_a_twin_that_acts(
    stage: Stage, scene: str, commits: int
) -> None:
    ends = race(stage, scene, 1, commits=commits)
    assert ends["done"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("commits", [1, 2])
@pytest.mark.parametrize("scene", ["create", "update", "mixed"])
def test_of_many_races_none_costs_an_edit_nor_leaves_a_twin_that_acts(
    stage: Stage, scene: str, commits: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    for seed in range(RACES):
        ends += race(stage, scene, seed, commits=commits)
    count({"races of two clients": RACES, "twins made and disabled in races": ends["twins that were made"]})
    say(capsys, f"\n{scene}, plans of {commits} commit(s): {RACES} races, {dict(sorted(ends.items()))}")
