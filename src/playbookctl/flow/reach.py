"""Gate dominance: which actions an entry point can reach, through calls and inputs, and which persons are asked before.

A gate guards an action if every path to the action passes it. What matters on a path is the last gate before the
action: earlier ones only add to it. So for each action the set of last gates is computed, over all paths; None in that
set is a path on which nobody is asked. Known inputs (constants handed over, constants by default) close the branches
that they make impossible; whatever cannot be known may go either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.flow.conditions import UNKNOWN
from playbookctl.flow.effects import Effect, effect_of
from playbookctl.flow.evaluate import evaluate
from playbookctl.flow.zones import CALL, GATE, step_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Connectors

    Worth: TypeAlias = "dict[str, list[Any] | None]"  # [constant], [] for none, None for unknown

_DEEPEST = 200  # calls inside calls; the deepest chain seen in real repositories is seven


class Site(NamedTuple):
    """A step of a playbook, by the playbook's key and the step's path."""

    key: str
    path: NodePath


class Gate(NamedTuple):
    """A person who is asked: an approval or a manual step. `by` empty means anybody."""

    site: Site
    kind: str
    by: tuple[str, ...]
    minimum: int


class Reached(NamedTuple):
    """An action that can be reached; `told` is the parameter that tells it what to do, see `flow/effects.py`.

    `calls` are the steps that call, from the entry point down, on the first path.
    `gates` are the last gates on the paths to it, sorted; `is_ungated` says that there is also a path without any, and
    `calls` is then of such a path.
    """

    site: Site
    connector: str | None
    action: str
    told: str
    gates: tuple[Gate, ...]
    is_ungated: bool
    calls: tuple[Site, ...]

    def effect(self, connectors: Connectors) -> Effect:
        """Return what the action does."""
        return effect_of(self.connector, self.action, connectors, self.told)


class Reach:
    """What can be reached from any playbook of a workspace. `facts` are those of `zone_facts`, by key."""

    def __init__(self, facts: Mapping[str, dict[str, Any]]) -> None:
        self._facts = facts
        self._known: dict[tuple[str, str], _Effects] = {}
        self._open: set[tuple[str, str]] = set()
        self._is_circular = False

    def from_entry(self, key: str) -> list[Reached]:
        """Return every action that a run of the playbook `key` can reach, in the order of playbooks and files.

        Of a playbook that is not there, or could not be read, nothing is known.
        """
        if key not in self._facts:
            return []
        inputs: Worth = self._facts[key]["inputs"]
        without_defaults = {name: worth or None for name, worth in inputs.items()}  # not known here
        found = self._effects(key, without_defaults)
        if self._is_circular:  # what was found on the way is complete for this entry point only
            self._known.clear()
            self._is_circular = False
        return [_reached(action, found.actions[action]) for action in sorted(found.actions, key=_order)]

    def taking(self, act: list[Any], connectors: Connectors, *, asked: bool) -> tuple[str, Effect] | None:
        """Return an action that takes something away, and its effect: the act itself, or the first that a call reaches.

        `act` is as in `check/facts.py`. With `asked` actions count before which the called playbook asks a person, too.
        """
        if len(act) != 1:
            effect = effect_of(act[0], act[1], connectors, *act[2:]) if act else None
            return (act[1], effect) if effect and effect.is_destructive else None
        for action in self.from_entry(act[0]):
            effect = action.effect(connectors)
            if effect.is_destructive and (asked or action.is_ungated):
                return action.action, effect
        return None

    def _effects(self, key: str, inputs: Worth) -> _Effects:
        """Return what the playbook does with these inputs. A call that is open already adds nothing to its caller."""
        place = (key, repr(sorted(inputs.items())))
        if place not in self._known:
            if key not in self._facts:
                return _Effects(ends={None: None})
            if place in self._open or len(self._open) >= _DEEPEST:
                self._is_circular = True
                return _Effects(ends={None: None})
            self._open.add(place)
            self._known[place] = self._run(key, inputs)
            self._open.discard(place)
        return self._known[place]

    def _run(self, key: str, inputs: Worth) -> _Effects:
        facts = self._facts[key]
        world = {"inputs": {name: _value(worth) for name, worth in inputs.items()}}
        found = _Effects()
        queue: list[tuple[int, Gate | None]] = [(0, None)]
        seen = set(queue)
        for zone, last in queue:
            actions, ways, ends = facts["zones"][zone]
            for place, connector, action, *told in actions:
                found.add(_Action(Site(key, step_path(place)), connector, action, "".join(told)), last, ())
            if ends:
                found.ends.setdefault(last)
            for kind, to, guard, index in ways:
                if guard is None or _may_pass(guard, world):
                    for gate in self._passed(kind, key, index, last, inputs, found):
                        if to >= 0 and (to, gate) not in seen:
                            seen.add((to, gate))
                            queue.append((to, gate))
        return found

    def _passed(
        self, kind: int, key: str, index: int, last: Gate | None, inputs: Worth, found: _Effects
    ) -> Iterator[Gate | None]:
        """Yield the last gates with which a run comes out of a way; what a called playbook does goes to `found`."""
        if kind == GATE:
            place, sort, who, least = self._facts[key]["gates"][index]
            yield Gate(Site(key, step_path(place)), sort, tuple(who), least)
        elif kind == CALL:
            place, callee, given = self._facts[key]["calls"][index]
            site = Site(key, step_path(place))
            inner = self._effects(callee, self._handed(callee, given, inputs))
            for action, paths in inner.actions.items():
                for gate, calls in paths.items():
                    found.add(action, gate or last, (site, *calls))
            yield from (gate or last for gate in inner.ends)
        else:
            yield last

    def _handed(self, callee: str, given: dict[str, Any], inputs: Worth) -> Worth:
        declared: Worth = self._facts[callee]["inputs"] if callee in self._facts else {}
        return {
            name: default
            if name not in given
            else inputs.get(given[name])
            if isinstance(given[name], str)
            else given[name]
            for name, default in declared.items()
        }


class _Action(NamedTuple):
    site: Site
    connector: str | None
    action: str
    told: str


class _Effects:
    """What a playbook does: for each action the last gates before it, each with the calls on the way; how it ends."""

    def __init__(self, ends: dict[Gate | None, None] | None = None) -> None:
        self.actions: dict[_Action, dict[Gate | None, tuple[Site, ...]]] = {}
        self.ends: dict[Gate | None, None] = ends or {}

    def add(self, action: _Action, gate: Gate | None, calls: tuple[Site, ...]) -> None:
        self.actions.setdefault(action, {}).setdefault(gate, calls)


def _may_pass(guard: list[Any], world: dict[str, Any]) -> bool:
    needed, others = guard
    if needed is not None and evaluate(needed, world) is False:
        return False
    return not any(evaluate(other, world) is True for other in others)


def _value(worth: list[Any] | None) -> Any:
    return UNKNOWN if worth is None else worth[0] if worth else None


def _order(action: _Action) -> tuple[str, tuple[int, ...]]:
    return action.site.key, tuple(part for part in action.site.path if isinstance(part, int))


def _reached(action: _Action, paths: dict[Gate | None, tuple[Site, ...]]) -> Reached:
    gates = tuple(sorted((gate for gate in paths if gate is not None), key=repr))
    calls = paths[None] if None in paths else next(iter(paths.values()))
    return Reached(*action, gates, None in paths, calls)
