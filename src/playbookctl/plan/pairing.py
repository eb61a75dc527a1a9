"""Which live playbook each file would adopt: by name, and only where there is no doubt. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playbookctl.model.choices import Adoption
from playbookctl.model.plan import Action, Standing
from playbookctl.plan import wording
from playbookctl.plan.by_field import hold
from playbookctl.plan.sides import LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from playbookctl.model.plan import Change, Plan
    from playbookctl.plan.rows import LiveRows
    from playbookctl.plan.sides import Desired, Live

FREE = (LiveClass.UNMANAGED, LiveClass.COPY)
_TAKEN = (LiveClass.OURS, LiveClass.UNFINISHED, LiveClass.WITHOUT_BASE, LiveClass.RETIRED)


@dataclass(frozen=True, slots=True)
class Unbound:
    """A file that adopts nothing, although somebody named it or something has its name: why, and what helps."""

    key: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """`bound` pairs keys with ids, `unbound` is left to a person, `alone` are files whose name no live playbook has.

    `already` maps the keys that were named and are ours already to their live id.
    """

    bound: tuple[Adoption, ...] = ()
    unbound: tuple[Unbound, ...] = ()
    alone: tuple[str, ...] = ()
    already: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The keys that something is to be said of in a plan."""
        return frozenset(adoption.key for adoption in self.bound) | {entry.key for entry in self.unbound}


def pair_up(desired: Mapping[str, Desired], rows: LiveRows, named: Sequence[Adoption]) -> Pairing:
    """Pair files with live playbooks that are not ours: those `named`, or all files that have none when none is named.

    A name counts trimmed and case-folded. A pair is bound if nothing else on either side has the name, or if the id was
    given.
    """
    sides = _Sides(desired, rows)
    wanted = named or [Adoption(key) for key in sorted(desired) if not sides.taken(key)]
    already = [(adoption.key, lives[0].id) for adoption in wanted if (lives := sides.taken(adoption.key))]
    bound: list[Adoption] = []
    unbound: list[Unbound] = []
    alone: list[str] = []
    for adoption in wanted:
        if sides.taken(adoption.key):
            continue
        found = sides.counterpart(adoption)
        if isinstance(found, Adoption):
            bound.append(found)
        elif named or sides.lives(adoption.key):
            unbound.append(found)
        else:
            alone.append(adoption.key)
    return Pairing(*_without_shared_ids(bound, unbound), tuple(alone), tuple(already))


def adoption_plan(plan: Plan, pairing: Pairing) -> Plan:
    """Return `plan` with nothing in it but the marks of what is adopted, and what is left to a person."""
    unbound = {entry.key: entry for entry in pairing.unbound}
    changes = []
    for change in plan.changes:
        if change.key in unbound:
            entry = unbound[change.key]
            changes.append(hold(change, Standing.NEEDS_HUMAN, entry.reason, entry.hint))
        elif change.action is Action.ADOPT:
            changes.append(replace(change, reason=_reason(change)))
        elif change.action is Action.HOLD and change.key in pairing.keys:
            changes.append(change)
    refusals = plan.refusals if changes else ()
    taken = sum(change.action is Action.ADOPT for change in changes)
    counts = replace(plan.counts, unmanaged=max(plan.counts.unmanaged - taken, 0))
    return replace(plan, changes=tuple(changes), refusals=refusals, counts=counts, notes=())


def in_short(plan: Plan) -> Plan:
    """Return a plan of adoptions without the contents that differ: of hundreds, people want to see the pairs."""
    return replace(plan, changes=tuple(replace(change, fields=()) for change in plan.changes))


class _Sides:
    """Files that have no live playbook and live playbooks that are free, by name."""

    def __init__(self, desired: Mapping[str, Desired], rows: LiveRows) -> None:
        self._desired = desired
        self._rows = rows
        self._lives: dict[str, list[Live]] = {}
        self._files: dict[str, list[str]] = {}
        for id_ in sorted(rows.by_id):
            if rows.class_of[id_] in FREE:
                self._lives.setdefault(_folded(rows.by_id[id_].name), []).append(rows.by_id[id_])
        for key in sorted(desired):
            if not self.taken(key):
                self._files.setdefault(_folded(desired[key].name), []).append(key)

    def taken(self, key: str) -> list[Live]:
        """Return the live playbooks that are this key's already."""
        return self._rows.group(key).of(*_TAKEN)

    def lives(self, key: str) -> list[Live]:
        """Return the live playbooks that are free and have the name of this key's file."""
        return self._lives.get(_folded(self._desired[key].name), []) if key in self._desired else []

    def counterpart(self, adoption: Adoption) -> Adoption | Unbound:
        """Return what a key is bound to, or why it is not."""
        key, live_id = adoption.key, adoption.live_id
        file = self._desired.get(key)
        if file is None:
            return Unbound(key, "its file cannot be read, so nobody knows what it asks for", "playbookctl validate")
        if not file.has_key:
            reason = "its file has no 'key:', and would lose its live playbook when it is renamed"
            return Unbound(key, reason, f"playbookctl validate --fix {file.file}")
        if live_id:
            what = self._rows.class_of.get(live_id, LiveClass.UNMANAGED)  # an id that there is not is refused elsewhere
            reason = f"{live_id} is {what.value}, and only what is nobody's can be adopted"
            return adoption if what in FREE else Unbound(key, reason, f"adopt {key}=ID")
        return self._by_name(key, file.name)

    def _by_name(self, key: str, name: str) -> Adoption | Unbound:
        lives, files = self.lives(key), self._files[_folded(name)]
        if not lives:
            return Unbound(key, f"no live playbook that is free is called '{name}'", f"adopt {key}=ID")
        if len(lives) > 1:
            reason = f"{len(lives)} live playbooks have its name: {', '.join(live.id for live in lives)}"
            return Unbound(key, reason, f"adopt {key}=ID")
        if len(files) > 1:
            others = wording.listed(other for other in files if other != key)
            reason = f"{others} has the same name, and {lives[0].id} can be only one's"
            return Unbound(key, reason, f"adopt {key}={lives[0].id}")
        return Adoption(key, lives[0].id)


def _without_shared_ids(
    bound: Iterable[Adoption], unbound: list[Unbound]
) -> tuple[tuple[Adoption, ...], tuple[Unbound, ...]]:
    """Take apart adoptions that name one id twice: neither is carried out."""
    by_id: dict[str, list[Adoption]] = {}
    for adoption in bound:
        by_id.setdefault(adoption.live_id, []).append(adoption)
    kept = [group[0] for group in by_id.values() if len(group) == 1]
    clashes = [
        Unbound(adoption.key, f"{adoption.live_id} was given for {len(group)} playbooks", f"adopt {adoption.key}=ID")
        for group in by_id.values()
        if len(group) > 1
        for adoption in group
    ]
    ordered = sorted([*unbound, *clashes], key=lambda entry: entry.key)
    return tuple(sorted(kept, key=lambda adoption: adoption.key)), tuple(ordered)


def _folded(name: str) -> str:
    return name.strip().casefold()


def _reason(change: Change) -> str:
    fields = wording.names(change.fields)
    differs = f"differs in {fields}, which will show as drift" if fields else "agrees with its file"
    return f"{change.live_id} becomes ours; it {differs}"
