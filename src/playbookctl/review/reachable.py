"""What each playbook of one side can take away from somebody, and who is asked before: `flow/reach.py`, by names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.flow.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Collection

    from playbookctl.flow.reach import Gate, Reached, Site
    from playbookctl.model.playbook import Step
    from playbookctl.model.workspace import Connectors
    from playbookctl.review.sides import Side


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked by a gate. `step` is the id, `name` what people call it; `by` empty means anybody."""

    key: str
    step: str
    name: str
    by: frozenset[str]
    minimum: int
    not_author: bool

    def is_as_strict_as(self, other: Asked) -> bool:
        """Tell whether whoever passes this gate could have passed `other`."""
        people = not other.by or (bool(self.by) and self.by <= other.by)
        return people and self.minimum >= other.minimum and self.not_author >= other.not_author


@dataclass(frozen=True, slots=True)
class Act:
    """A destructive action that a run of `entry` reaches: where it stands, on which way, and who is asked last before it.

    `calls` are the keys on the way, from the entry point down to the playbook that acts; `calling` the steps that call.
    """

    entry: str
    key: str
    step: str
    name: str
    connector: str | None
    action: str
    kind: str
    gates: tuple[Asked, ...]
    is_ungated: bool
    calls: tuple[str, ...]
    calling: tuple[tuple[str, str], ...]

    @property
    def does(self) -> tuple[str | None, str]:
        """What it does: connector and action."""
        return self.connector, self.action


class Reachable:
    """One side. `starting` are the keys that a person does not have to start."""

    def __init__(self, side: Side, connectors: Connectors, entry_points: Collection[str]) -> None:
        self.side = side
        self._connectors = connectors
        self._facts = {key: held.facts["reach"] for key, held in side.playbooks.items() if held.facts}
        self._reach = Reach(self._facts)
        self._acts: dict[str, tuple[Act, ...]] = {}
        self.starting = frozenset(
            key
            for key, held in side.playbooks.items()
            if held.facts and (held.facts.get("auto") or key in entry_points)
        )
        self.called_by: dict[str, list[str]] = {}
        for key in sorted(side.playbooks):
            for callee in sorted({callee for _, callee in side.playbooks[key].facts.get("calls", ())}):
                self.called_by.setdefault(callee, []).append(key)

    def acts(self, key: str) -> tuple[Act, ...]:
        """Return the destructive actions that a run of the playbook `key` reaches."""
        if key not in self._acts:
            rows = self._reach.from_entry(key)
            self._acts[key] = tuple(act for row in rows if (act := self._act(key, row)) is not None)
        return self._acts[key]

    def number_of_gates(self) -> int:
        """Return how many places of all playbooks ask a person."""
        return sum(len(facts["gates"]) for facts in self._facts.values())

    def ungated(self) -> int:
        """Return how many steps take something away with nobody asked, reached from what starts by itself."""
        return len({(act.key, act.step) for key in self.starting for act in self.acts(key) if act.is_ungated})

    def step(self, site: Site) -> Step | None:
        """Return the step at a place, None where the file could not be read."""
        held = self.side.playbooks.get(site.key)
        steps = held.playbook.steps if held is not None and held.playbook is not None else []
        found = None
        for index in (part for part in site.path if isinstance(part, int)):
            if index >= len(steps):
                return None
            found = steps[index]
            steps = found.steps
        return found

    def _act(self, entry: str, row: Reached) -> Act | None:
        effect = row.effect(self._connectors)
        step = self.step(row.site)
        if not effect.is_destructive or step is None:
            return None
        return Act(
            entry=entry,
            key=row.site.key,
            step=step.id,
            name=step.name,
            connector=row.connector,
            action=row.action,
            kind=effect.kind,
            gates=tuple(self._asked(gate) for gate in row.gates),
            is_ungated=row.is_ungated,
            calls=tuple(dict.fromkeys((entry, *(site.key for site in row.calls), row.site.key))),
            calling=tuple((site.key, calling.id) for site in row.calls if (calling := self.step(site)) is not None),
        )

    def _asked(self, gate: Gate) -> Asked:
        step = self.step(gate.site)
        approval = step.gate if step is not None else None
        return Asked(
            gate.site.key,
            step.id if step is not None else "",
            step.name if step is not None else "",
            frozenset(gate.by),
            gate.minimum,
            approval.not_author if approval is not None and gate.kind == "approval" else False,
        )
