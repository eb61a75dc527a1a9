"""What one playbook can do and what stands in the way, as small JSON values that `flow/reach.py` puts together.

A zone is a part of the graph that a run can wander through without asking anybody, calling another playbook, or passing
a condition on an input. Each has the actions taken in it, the ways out, and whether the playbook can end there:

    zone   = [[action, …], [way, …], ends]
    action = [place, connector or null, action, and the parameter that tells it what to do, where one does]
    way    = [kind, zone, guard or null, index]     kind: PASS, GATE (index into gates) or CALL (index into calls)
    guard  = [condition that must not be false, or null; [conditions none of which may be true]]
    gate   = [place, 'approval' or 'manual', [who], least number of them]
    call   = [place, key, {input: value}]
    value  = [constant], [] where there is none, null where it cannot be known; or the name of the caller's own input
    place  = [position in `steps`, position in the loop's `steps`, …]

Conditions are kept as far as they ask for inputs. What else they ask can go either way, and stands as an empty `expr`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.flow.conditions import template_path
from playbookctl.flow.effects import acting
from playbookctl.flow.graph import BRANCH, ELSE, ERROR, EXIT, OUT, PASSING_BY, SKIPPED, TIMEOUT, Edge, Flow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from playbookctl.model.playbook import Condition, Input, Step
    from playbookctl.model.source import NodePath

    Guard: TypeAlias = "list[Any] | None"
    Way: TypeAlias = "tuple[int, int, Guard, int]"

PASS, GATE, CALL = range(3)
ENTER, ACT, LEAVE = range(3)  # a step is come to; acts, where somebody had to say yes; is done, where it was a call
_LONGEST = 100  # characters of a constant that can matter


def zone_facts(flow: Flow) -> dict[str, Any]:
    """Return the facts of a playbook: `inputs` (what each is worth by default), `zones`, `gates` and `calls`."""
    builder = _Builder(flow)
    zones = builder.zones()
    return {
        "inputs": {given.name: _default(given) for given in flow.playbook.inputs},
        "zones": zones,
        "gates": builder.gates,
        "calls": builder.calls,
    }


def step_path(place: list[int]) -> NodePath:
    """Return the path of the step at a place: [3, 0] is ('steps', 3, 'steps', 0)."""
    return tuple(part for index in place for part in ("steps", index))


class _Builder:
    """Cuts the graph into zones: they begin at the first step, behind each gate, call and guard, and where two meet.

    A node is a step in one of its phases, as the number `3 * position + phase`; what ends a path leads to `_END`.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.inputs = {given.name for given in flow.playbook.inputs}
        self.gates: list[Any] = []
        self.calls: list[Any] = []
        self.plain: dict[int, list[int]] = {_END: []}  # where a node leads as it is
        self.ways: dict[int, list[Way]] = {_END: []}  # and where by a gate, a call or a guard
        self.acts: set[int] = set()

    def zones(self) -> list[Any]:
        """Return the zones, in an order in which a run can come to them."""
        nodes = self._walk()
        owner = self._owners(nodes)
        heads = [node for node in nodes if owner[node] == node]
        number = {head: index for index, head in enumerate(heads)}
        zones: list[Any] = [[[], [], False] for _ in heads]
        for node in nodes:
            mine, plain = owner[node], self.plain[node]
            zone = zones[number[mine]]
            if node in self.acts:
                step = self.flow.steps[node // 3]
                zone[0].append([_place(step), *acting(step)])
            zone[2] |= node == _END or _END in plain
            onward = [(PASS, to, None, 0) for to in plain if to != mine and to in number] if len(heads) > 1 else []
            for kind, to, guard, index in onward + self.ways[node]:
                way = [kind, number[to], guard, index]
                if way not in zone[1]:
                    zone[1].append(way)
        return zones

    def _walk(self) -> list[int]:
        """Find the nodes and their ways; a node comes after those that lead to it, unless they go round."""
        done: list[int] = []
        seen = {0}
        stack = [(0, self._look(0))]
        while stack:
            node, onward = stack[-1]
            for to in onward:
                if to not in seen:
                    seen.add(to)
                    stack.append((to, self._look(to)))
                    break
            else:
                stack.pop()
                done.append(node)
        done.reverse()
        return done

    def _owners(self, nodes: list[int]) -> dict[int, int]:
        """Return for each node the head of its zone: itself, or the one owner of all nodes that lead plainly to it."""
        heads = {0} | {way[1] for ways in self.ways.values() for way in ways}
        if len(heads) == 1:
            return dict.fromkeys(nodes, 0)
        before: dict[int, list[int]] = {node: [] for node in nodes if node not in heads}
        for node in nodes:
            for to in self.plain[node]:
                if to in before:
                    before[to].append(node)
        owner = {head: head for head in heads}
        moved = True
        while moved:
            moved = False
            for node, leading in before.items():
                owners = {owner[each] for each in leading if each in owner}
                mine = owners.pop() if len(owners) == 1 else node
                if owner.get(node) not in (mine, node):
                    owner[node] = mine
                    moved = True
        return owner

    def _look(self, node: int) -> Iterator[int]:
        """Note the ways on from a node, and return where they lead."""
        if node == _END:
            return iter(())
        at, phase = divmod(node, 3)
        step = self.flow.steps[at]
        edges = self.flow.edges[at]
        plain: list[int] = []
        ways: list[Way] = []
        self.plain[node], self.ways[node] = plain, ways
        if phase == ENTER and (step.type == "manual" or not _FIELDS_THAT_SPLIT.isdisjoint(step.data)):
            self._enter(node, step, edges)
        elif phase != LEAVE and step.type == "playbook":
            given = {name: _handed(value) for name, value in step.parameters.items()}
            self.calls.append([_place(step), step.calls, given])
            ways.append((CALL, 3 * at + LEAVE, None, len(self.calls) - 1))
            plain += [3 * edge.target for edge in edges if edge.kind == ERROR]
        else:
            if phase != LEAVE and "action" in step.data:
                self.acts.add(node)
            self._leave(node, step, edges)
        onward = [to for to in plain if to != _END] if _END in plain else plain
        return iter([*onward, *(way[1] for way in ways)] if ways else onward)

    def _enter(self, node: int, step: Step, edges: tuple[Edge, ...]) -> None:
        """Give a step that can be passed by, or that somebody has to say yes to, a node of its own to act at."""
        asked = self._asks(step.data["if"]) if "if" in step.data else None
        waits = step.type == "manual"
        for edge in edges:
            if edge.kind in PASSING_BY or (waits and edge.kind == TIMEOUT):
                if edge.kind == SKIPPED and asked and not step.data.get("optional"):
                    self.ways[node].append((PASS, 3 * edge.target, [None, [asked]], 0))
                else:
                    self.plain[node].append(3 * edge.target)
        guard: Guard = [asked, []] if asked else None
        if waits or "approval" in step.data:
            self.gates.append(_gate(step))
            self.ways[node].append((GATE, node + ACT, guard, len(self.gates) - 1))
        else:
            self.ways[node].append((PASS, node + ACT, guard, 0))

    def _leave(self, node: int, step: Step, edges: tuple[Edge, ...]) -> None:
        guards = self._guards(step) if "branches" in step.data and self.inputs else {}
        plain, done = self.plain[node], _DONE_WITH.get(step.type, PASSING_BY)
        for kind, target, label in edges:
            if kind in done:
                continue
            guard = guards.get(label if kind in (BRANCH, EXIT) else "" if kind == ELSE else None) if guards else None
            if guard is None:
                plain.append(3 * target)
            else:
                self.ways[node].append((PASS, 3 * target, guard, 0))

    def _guards(self, step: Step) -> dict[str | None, Guard]:
        """Return what must hold for each branch by its name, and for `else` under ''."""
        earlier: list[Condition] = []
        guards: dict[str | None, Guard] = {}
        for branch in step.branches:
            asked = self._asks(branch["when"]) if "when" in branch else None
            others = [] if step.data.get("match") == "all" else list(earlier)
            if asked or others:
                guards[branch["name"]] = [asked, others]
            if asked:
                earlier.append(asked)
        if earlier:
            guards[""] = [None, earlier]
        return guards

    def _asks(self, condition: Condition) -> Condition | None:
        """Return what a condition asks of inputs, everything else made opaque; None if it asks nothing of them."""
        if "field" in condition:
            field = condition["field"]
            known = field.startswith("inputs.") and field[7:].split(".")[0] in self.inputs
            return condition if known and "{{" not in str(condition.get("value")) else None
        if "not" in condition:
            inner = self._asks(condition["not"])
            return {"not": inner} if inner else None
        for word in ("all", "any"):
            if word in condition:
                parts = [self._asks(part) for part in condition[word]]
                return {word: [part or {"expr": ""} for part in parts]} if any(parts) else None
        return None


_END = 3 * OUT
# The edges of a step that it was left by before it had acted, by its type: a call fails before it returns.
_DONE_WITH = {"playbook": PASSING_BY | {ERROR}, "manual": PASSING_BY | {TIMEOUT}}
_FIELDS_THAT_SPLIT = frozenset({"if", "approval", "optional"})  # the step can be passed by, or has to be asked for


def _gate(step: Step) -> list[Any]:
    gate = step.gate
    if gate is None:
        who = step.data.get("assignee")
        return [_place(step), "manual", [who] if who else [], 1]
    return [_place(step), "approval", sorted(gate.by), gate.minimum]


def _place(step: Step) -> list[int]:
    return [part for part in step.path if isinstance(part, int)]


def _default(given: Input) -> Any:
    if not given.has_default:
        return []
    value = _handed(given.default)
    return value if isinstance(value, list) else None


def _handed(value: Any) -> Any:
    """Return a value as facts have it: a constant in a list, the name of an input, or None if it cannot be known."""
    if isinstance(value, str) and "{{" in value:
        path = template_path(value) or ""
        return path[7:] if path.startswith("inputs.") else None
    if value is None:
        return []
    return (
        [value]
        if isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= _LONGEST)
        else None
    )
