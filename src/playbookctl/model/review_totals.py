"""A review in numbers: every format counts the same, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.model.review import ChangeKind, Level

if TYPE_CHECKING:
    from playbookctl.model.review import Review


@dataclass(frozen=True, slots=True)
class ReviewTotals:
    """How many playbooks of each kind of change, risks of each level, and findings; suppressed ones count nowhere.

    `silenced` are those of the new findings that a comment of the change switches off. `owners` must look: those of the
    playbooks with the worst risks, by name.
    """

    kinds: tuple[tuple[ChangeKind, int], ...]
    levels: tuple[tuple[Level, int], ...]
    new: int
    silenced: int
    fixed: int
    owners: tuple[str, ...]

    @property
    def playbooks(self) -> int:
        """All playbooks of which anything changed, be it only how the file is written."""
        return sum(number for _, number in self.kinds)

    @property
    def risks(self) -> int:
        """All risks."""
        return sum(number for _, number in self.levels)

    def of(self, level: Level) -> int:
        """Return the number of risks of one level."""
        return dict(self.levels)[level]


def count_review(review: Review) -> ReviewTotals:
    """Return the totals of a review."""
    kinds, levels = dict.fromkeys(ChangeKind, 0), dict.fromkeys(Level, 0)
    for change in review.playbooks:
        kinds[change.kind] += 1
    for risk in review.risks:
        levels[risk.level] += 1
    return ReviewTotals(
        tuple(kinds.items()),
        tuple(levels.items()),
        len(review.new_findings),
        sum(finding.silenced is not None for finding in review.new_findings),
        len(review.fixed_findings),
        _owners(review),
    )


def _owners(review: Review) -> tuple[str, ...]:
    worst = next((level for level in Level if review.of_level(level)), None)
    if worst is None:
        named = (owner for change in review.playbooks for owner in change.owners)
    else:
        named = (owner for risk in review.of_level(worst) for owner in risk.owners)
    return tuple(sorted(set(named)))
