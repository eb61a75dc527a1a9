"""Every fault of the reference server, on every kind of request, in a small run and in a mixed one; then a sync without faults.

The laws look at every write; afterwards no edit is lost, of each key at most one object acts, and nothing is left to write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from playbookctl.model.fields import MANAGED
from playbookctl.server.faults import Fault, FaultKind
from support.estate import Weather
from support.scenes import SCENES, begin, recovered
from support.tally import count, count_faults, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.story import Stage

PATH = "/soc/playbooks"
WHERE = {
    "post": ("POST", PATH + "$"),
    "patch": ("PATCH", PATH),
    "list": ("GET", PATH + r"(\?|$)"),
    "get": ("GET", PATH + "/ply"),
}
BROKEN = (FaultKind.LATENCY, FaultKind.TOO_MANY, FaultKind.FAILURE, FaultKind.RESET, FaultKind.CUT_BODY)
ON_LISTS = (FaultKind.TRUNCATED_PAGE, FaultKind.REPEATED_ROW, FaultKind.LIST_WITHOUT, FaultKind.STALE_LIST)
ON_FIELDS = (FaultKind.DROP_FIELD, FaultKind.ALTER_FIELD)
FIELDS = tuple(one.api_name for one in MANAGED)
SECONDS = {FaultKind.LATENCY: 0.005, FaultKind.TOO_MANY: 0.01, FaultKind.STALE_LIST: 0.05}


@dataclass(frozen=True)
class Cell:
    """One fault, where it strikes, how often (`times` None: always), in which scene."""

    kind: FaultKind
    where: str
    nth: int
    times: int | None
    scene: str
    field: str = "steps"

    def __str__(self) -> str:
        often = f"{self.nth}" if self.times else "always"
        return f"{self.kind.value} {self.field if self.kind in ON_FIELDS else ''} {self.where} {often} {self.scene}"

    @property
    def fault(self) -> Fault:
        method, path = WHERE[self.where]
        return Fault(
            self.kind, method=method, path=path, nth=self.nth, times=self.times,
            seconds=SECONDS.get(self.kind, 1.0), field=self.field,
        )  # fmt: skip


def places() -> Iterator[tuple[FaultKind, str, str]]:
    """Yield every fault with every kind of request that it can strike, and each field of those that strike fields."""
    yield from ((kind, where, "steps") for kind in BROKEN for where in WHERE)
    yield from ((FaultKind.LOSE_ANSWER, where, "steps") for where in ("post", "patch"))
    yield from ((kind, "list", field) for kind in ON_LISTS for field in ("steps", "tags"))
    yield from ((kind, where, field) for kind in ON_FIELDS for where in ("post", "patch") for field in FIELDS)
    yield (FaultKind.REPLACE, "patch", "steps")


WHOLE = tuple(
    Cell(kind, where, nth, times, scene, field)
    for kind, where, field in places()
    for nth, times in ((1, 1), (2, 1), (1, None))
    for scene in SCENES
    if scene != "read" or where in ("list", "get")
)
SHORT = tuple(
    Cell(kind, where, 1, 1, "mixed", field)
    for kind, where, field in places()
    if kind not in ON_FIELDS or field in ("steps", "tags")
)


def strike(stage: Stage, cell: Cell) -> tuple[int, int]:
    """Play one cell; return how often the fault struck, and how many playbooks had to be decided about afterwards."""
    stage.server.faults.counts.clear()
    with stage.estate() as estate:
        held = begin(estate, cell.scene)
        estate.sync(weather=Weather((cell.fault,)))
        struck = stage.server.faults.counts[cell.kind]
        return struck, recovered(estate, held)


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_in_a_mixed_run_costs_no_edit_and_makes_no_twin(stage: Stage, kind: FaultKind) -> None:
    struck = [strike(stage, cell)[0] for cell in SHORT if cell.kind is kind]
    assert sum(struck) > 0


def test_every_fault_that_the_server_knows_is_in_the_matrix() -> None:
    assert {cell.kind for cell in WHOLE} == {cell.kind for cell in SHORT} == set(FaultKind)
    assert {cell.scene for cell in WHOLE} == set(SCENES)


@pytest.mark.soak
@pytest.mark.parametrize("kind", FaultKind)
def test_no_fault_anywhere_costs_an_edit_or_makes_a_twin(
    stage: Stage, kind: FaultKind, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [cell for cell in WHOLE if cell.kind is kind]
    faults = decided = 0
    wrong = []
    for cell in cells:
        try:
            struck, held = strike(stage, cell)
        except AssertionError as error:
            wrong.append(f"{cell}: {str(error)[:600]}")
            continue
        finally:
            count_faults(stage.server.faults.counts)
        faults += struck
        decided += held
    count({"runs of the fault matrix": len(cells), "holds walked out of after a fault": decided})
    say(capsys, f"\n{kind.value}: {len(cells)} runs, {faults} faults, {decided} holds walked out of")
    assert wrong == []
    assert faults > 0
