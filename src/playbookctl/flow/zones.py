"""What one playbook can do and what stands in the way, as small JSON values that `flow/reach.py` puts together.

A zone is a part of the graph that a run can wander through without asking anybody, calling another playbook, or passing
a condition on an input. Each has the actions taken in it, the ways out, and whether the playbook can end there:

    zone   = [[action, …], [way, …], ends]
    action = [place, connector or null, action]
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
from playbookctl.flow.graph import BRANCH, ELSE, ERROR, EXIT, OUT, PASSING_BY, SKIPPED, TIMEOUT, Edge, Flow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from playbookctl.model.playbook import Condition, Input, Step
    from playbookctl.model.source import NodePath

    Guard: TypeAlias = "list[Any] | None"
    Node: TypeAlias = tuple[int, int]
    Way: TypeAlias = "tuple[int, Node, Guard, int]"

PASS, GATE, CALL = range(3)
ENTER, ACT, LEAVE = range(3)  # a step is come to, acts (after a person's yes, if it needs one), is done
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
    """Cuts the graph into zones: they begin at the first step, behind each gate, call and guard, and where two meet."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.inputs = {given.name for given in flow.playbook.inputs}
        self.gates: list[Any] = []
        self.calls: list[Any] = []
        self.ways: dict[Node, list[Way]] = {}
        self.heads: dict[Node, int] = {}
        self.owner: dict[Node, int] = {}
        self.meeting: dict[Node, None] = {}

    def zones(self) -> list[Any]:
        """Return the zones. A step that two of them come to becomes the head of its own, and all is cut anew."""
        first: list[Node] = [(0, ENTER)]
        while True:
            self.heads = {node: number for number, node in enumerate(first)}
            self.owner = {}
            self.meeting = {}
            order = list(first)
            zones = []
            for number, head in enumerate(order):  # grows while it is walked
                zones.append(self._zone(head, number))
                order += list(self.heads)[len(order) :]
            if not self.meeting:
                return zones
            first += self.meeting

    def _zone(self, head: Node, number: int) -> list[Any]:
        actions: list[Any] = []
        ways: list[Any] = []
        ends = head[0] == OUT
        self.owner[head] = number
        stack = [head]
        while stack:
            node = stack.pop()
            step = self.flow.steps[node[0]]
            if step.action and self._acts_at(node, step):
                actions.append([_place(step), step.connector, step.action])
            for kind, target, guard, index in self._ways(node):
                if guard is None and target[0] == OUT:
                    ends = True
                elif kind == PASS and guard is None and target not in self.heads:
                    stack += self._claim(target, number)
                elif kind != PASS or target != head:
                    way = [kind, self.heads.setdefault(target, len(self.heads)), guard, index]
                    ways += [] if way in ways else [way]
        return [sorted(actions, key=lambda action: action[0]), ways, ends]

    def _claim(self, node: Node, number: int) -> list[Node]:
        """Take a node into a zone; one that another zone has must become a head."""
        if node in self.owner:
            if self.owner[node] != number:
                self.meeting[node] = None
            return []
        self.owner[node] = number
        return [node]

    def _acts_at(self, node: Node, step: Step) -> bool:
        at, phase = node
        return phase == ACT or (phase == ENTER and at != OUT and _FIELDS_THAT_SPLIT.isdisjoint(step.data))

    def _ways(self, node: Node) -> list[Way]:
        if node not in self.ways:
            at, phase = node
            if at == OUT:
                self.ways[node] = []
            else:
                self.ways[node] = list(_PHASES[phase](self, self.flow.steps[at], at, self.flow.edges[at]))
        return self.ways[node]

    def _entering(self, step: Step, at: int, edges: tuple[Edge, ...]) -> Iterator[Way]:
        waits = step.type == "manual"
        if not waits and _FIELDS_THAT_SPLIT.isdisjoint(step.data):
            yield from self._acting(step, at, edges)
            return
        asked = self._asks(step.data["if"]) if "if" in step.data else None
        for edge in edges:
            if edge.kind in PASSING_BY or (waits and edge.kind == TIMEOUT):
                skips = edge.kind == SKIPPED and asked and not step.data.get("optional")
                yield PASS, (edge.target, ENTER), [None, [asked]] if skips else None, 0
        guard: Guard = [asked, []] if asked else None
        if waits or "approval" in step.data:
            self.gates.append(_gate(step))
            yield GATE, (at, ACT), guard, len(self.gates) - 1
        else:
            yield PASS, (at, ACT), guard, 0

    def _acting(self, step: Step, at: int, edges: tuple[Edge, ...]) -> Iterator[Way]:
        if not step.calls:
            yield from self._leaving(step, at, edges)
            return
        given = {name: _handed(value) for name, value in step.parameters.items()}
        self.calls.append([_place(step), step.calls, given])
        yield CALL, (at, LEAVE), None, len(self.calls) - 1
        yield from ((PASS, (edge.target, ENTER), None, 0) for edge in edges if edge.kind == ERROR)

    def _leaving(self, step: Step, _: int, edges: tuple[Edge, ...]) -> Iterator[Way]:
        guards = self._guards(step) if step.branches and self.inputs else {}
        passed = PASSING_BY | {ERROR} if step.calls else PASSING_BY
        for edge in edges:
            if edge.kind not in passed and not (edge.kind == TIMEOUT and step.type == "manual"):
                name = edge.label if edge.kind in (BRANCH, EXIT) else "" if edge.kind == ELSE else None
                yield PASS, (edge.target, ENTER), guards.get(name), 0

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


_PHASES = {ENTER: _Builder._entering, ACT: _Builder._acting, LEAVE: _Builder._leaving}  # noqa: SLF001 - this module's own
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
