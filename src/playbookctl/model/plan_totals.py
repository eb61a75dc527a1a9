"""A plan and its outcomes in numbers: every change is in exactly one group, and every format counts the same groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan import Action, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.outcome import Outcome
    from playbookctl.model.plan import Change, Plan

_GONE_FROM_REPO = (12, 13)  # rows of the three-way table: live is ours, and no file has the key


class Group(Enum):
    """What a change is shown under, in the order of a report that is read from its top."""

    CONFLICT = "conflict"
    HELD = "held"
    DRIFT = "drift"
    CREATE = "create"
    FINISH = "finish"
    UPDATE = "update"
    REVIVE = "revive"
    ADOPT = "adopt"
    MARK = "mark"
    DUPLICATE = "duplicate"
    RETIRE = "retire"
    ORPHAN = "orphan"
    UNCHANGED = "unchanged"


WRITES = (
    Group.CREATE, Group.FINISH, Group.UPDATE, Group.REVIVE, Group.ADOPT, Group.MARK, Group.DUPLICATE, Group.RETIRE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """How many changes are in each group; `also_drifted` of those that are written keep an edit made on the server.

    `expected` are those whose only drift the config expects, `riskier` those that the server made riskier.
    """

    groups: tuple[tuple[Group, int], ...]
    also_drifted: int
    expected: int
    riskier: int
    refusals: int

    def __getitem__(self, group: Group) -> int:
        return dict(self.groups)[group]

    @property
    def writes(self) -> int:
        """How many changes have something to send."""
        return sum(number for group, number in self.groups if group in WRITES)


@dataclass(frozen=True, slots=True)
class OutcomeTotals:
    """How many changes ended in each way; `failed` is the number of those that make the run end with 4."""

    kinds: tuple[tuple[OutcomeKind, int], ...]
    failed: int


def group_of(change: Change) -> Group:
    """Return the group that a change is shown under and counted in."""
    if change.writes:
        return Group(change.action.value)
    if change.standing is Standing.CONFLICT:
        return Group.CONFLICT
    if change.action is Action.HOLD or change.standing is Standing.NEEDS_HUMAN:
        return Group.HELD
    if change.row in _GONE_FROM_REPO:
        return Group.ORPHAN
    return Group.DRIFT if change.drifted else Group.UNCHANGED


def count_plan(plan: Plan) -> PlanTotals:
    """Count the changes of a plan by group."""
    numbers = dict.fromkeys(Group, 0)
    for change in plan.changes:
        numbers[group_of(change)] += 1
    return PlanTotals(
        groups=tuple(numbers.items()),
        also_drifted=sum(change.writes and change.drifted for change in plan.changes),
        expected=sum(not change.drifted and any(f.expected for f in change.fields) for change in plan.changes),
        riskier=sum(bool(change.riskier) for change in plan.changes),
        refusals=len(plan.refusals),
    )


def count_outcomes(outcomes: Iterable[Outcome]) -> OutcomeTotals:
    """Count outcomes by kind."""
    numbers = dict.fromkeys(OutcomeKind, 0)
    failed = 0
    for outcome in outcomes:
        numbers[outcome.kind] += 1
        failed += outcome.failed
    return OutcomeTotals(tuple(numbers.items()), failed)
