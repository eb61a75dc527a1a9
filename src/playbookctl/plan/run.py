"""What the planning of one run shares: situation, choices, live rows, and the bodies of files on demand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, digest_at, digests
from playbookctl.marker import base_by_field, self_digest
from playbookctl.model.marker import Base, Marker
from playbookctl.plan.sides import LiveClass
from playbookctl.plan.three_way import Orders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playbookctl.model.choices import Choices, Decision
    from playbookctl.plan.rows import LiveRows
    from playbookctl.plan.sides import Desired, Live, Situation


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a decision may look at. `bodies` renders the body of a key's file again (see `make_plan`)."""

    situation: Situation
    choices: Choices
    rows: LiveRows
    bodies: Callable[[str], Mapping[str, Any]]
    managed: tuple[str, ...]  # API fields that are compared, in the marker's order
    alive: frozenset[str] | None = None  # ids of connectors, persons and playbooks; None where they are not known

    def live_hash(self, live: Live) -> str:
        """Return 8 hex digits for what a person saw of a live playbook: its compared fields.

        Of one that is finished or revived these are all: the unmanaged ones are sent then, too.
        """
        seen = live.digests
        whole = self.rows.class_of.get(live.id) in (LiveClass.UNFINISHED, LiveClass.RETIRED)
        if len(self.managed) < len(POSITIONS) and not whole:
            seen = "".join([digest_at(seen, POSITIONS[field]) for field in self.managed])
        return hashlib.sha256(seen.encode()).hexdigest()[:8]

    def orders(self, key: str, live: Live) -> Orders:
        """Return what was decided for the live state of a playbook."""
        decision = self.decision(key, live)
        take = decision.take if decision else None
        unmergeable = key in self.situation.broken_merges
        expected = self.situation.expected_fields(key)
        return Orders(self.choices.on_drift, take, key in self.choices.release, unmergeable, expected)

    def decision(self, key: str, live: Live) -> Decision | None:
        """Return the first decision about `key` that was made for this live state and has not run out."""
        for decision in self.choices.resolve:
            if decision.key == key and decision.live == self.live_hash(live) and not self._is_over(decision):
                return decision
        return None

    def marker(self, desired: Desired, live: Live | None = None, echo: tuple[tuple[str, str], ...] = ()) -> Marker:
        """Return the mark of a playbook that is as the repo asks, or as far as it is written."""
        own = self_digest(live.id) if live is not None else ""
        base = Base(desired.digests, self.situation.commit, own)
        return Marker(self.situation.namespace, desired.key, base, echo=echo)

    def _is_over(self, decision: Decision) -> bool:
        return bool(decision.until and self.situation.today and self.situation.today > decision.until)


def known_base(base: Base, desired: Desired) -> dict[str, str | None]:
    """Return the base's digests by API field.

    Of the fields that its format did not know, those that the file sets count as never set before, the others are left
    out: they need no comparison.
    """
    known: dict[str, str | None] = dict(base_by_field(base))
    for field in POSITIONS.keys() - known.keys() - set(desired.unset):
        known[field] = digest_at(_DEFAULTS, POSITIONS[field])
    return known


_DEFAULTS = digests({})
