"""The graph of a playbook's steps: where a run may go from each of them, and why.

Steps are known by their position in `Flow.steps` (the order of the file, bodies of loops included), because a broken
file may use an id twice. Names of steps that do not exist lead nowhere here; a rule of their own speaks of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.flow.references import conditions_of, uses
from playbookctl.model.playbook import END

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from playbookctl.flow.references import Use
    from playbookctl.model.playbook import Condition, Playbook, Step
    from playbookctl.model.source import NodePath

    Onward: TypeAlias = "tuple[Edge, ...]"

OUT = -1  # the target of an edge that ends its path

NEXT = "next"  # named by `next`
FALLS = "falls"  # the step after it in the list
BRANCH = "branch"  # a branch's target, named or fallen to
ELSE = "else"  # no branch matched
SKIPPED = "skipped"  # `if` was false, or `optional` and the connector is not there
ERROR = "error"  # `on_error`
TIMEOUT = "timeout"  # `on_timeout`
REFUSED = "refused"  # a person said no
EXPIRED = "expired"  # nobody answered in time
BODY = "body"  # into the body of a loop
AGAIN = "again"  # from the end of a body back to its loop
EXIT = "exit"  # past the body

PASSING_BY = frozenset({SKIPPED, REFUSED, EXPIRED})  # edges of a step that is left without having acted


class Edge(NamedTuple):
    """A way on from a step: its kind, the position of the step it leads to or OUT, and the branch's name."""

    kind: str
    target: int
    label: str = ""


class Flow:
    """The step graph of one playbook. `edges[i]` are the ways on from `steps[i]`; a run begins at `steps[0]`.

    Found on the way: `branching` and `looping` are the positions of steps with branches and of those that repeat;
    `names_unknown` tells whether a step names one that does not exist, `names_back` whether one names itself or a step
    above it.
    """

    __slots__ = (
        "_conditions", "_connecting", "_here", "_reached", "_uses", "branching", "edges", "looping", "names_back",
        "names_unknown", "playbook", "position", "steps",
    )  # fmt: skip

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self.steps: list[Step] = playbook.all_steps
        self.position: dict[str, int] = {}
        for at, step in enumerate(self.steps):
            self.position.setdefault(step.id, at)
        self.branching: list[int] = []
        self.looping: list[int] = []
        self.names_unknown = self.names_back = False
        self._here = 0
        self.edges: list[Onward] = [()] * len(self.steps)
        self._reached: dict[int, frozenset[int]] = {}
        self._uses: list[Use] | None = None
        self._conditions: list[tuple[NodePath, Condition]] | None = None
        self._connecting: list[tuple[Step, str]] | None = None
        self._connect(playbook.steps, 0, (Edge(FALLS, OUT),))

    @property
    def uses(self) -> list[Use]:
        """What the playbook reads, in the order of the file; see `flow/references.py`."""
        if self._uses is None:
            self._uses = uses(self.playbook)
        return self._uses

    @property
    def conditions(self) -> list[tuple[NodePath, Condition]]:
        """Every condition of the playbook, whole, with its path: triggers, then what steps ask."""
        if self._conditions is None:
            self._conditions = conditions_of(self.playbook)
        return self._conditions

    @property
    def connecting(self) -> list[tuple[Step, str]]:
        """The steps that name a connector, each with the name as written; it may be a template."""
        if self._connecting is None:
            self._connecting = [(step, step.data["connector"]) for step in self.steps if "connector" in step.data]
        return self._connecting

    @property
    def reached(self) -> frozenset[int]:
        """The positions a run can come to from the beginning."""
        return self.reached_from(0)

    def reached_from(self, start: int) -> frozenset[int]:
        """Return the positions a run can come to from `start`, itself included."""
        if start not in self._reached:
            self._reached[start] = frozenset(reach(self.edges, (start,)))
        return self._reached[start]

    def comes_before(self, earlier: int, later: int) -> bool:
        """Tell whether a run can have passed `earlier` when it comes to `later`."""
        return any(later in self.reached_from(edge.target) for edge in self.edges[earlier] if edge.target != OUT)

    def arrivals(self) -> list[list[tuple[int, Edge]]]:
        """Return for each step the edges that lead to it, each with the position it comes from."""
        arriving: list[list[tuple[int, Edge]]] = [[] for _ in self.steps]
        for source, edges in enumerate(self.edges):
            for edge in edges:
                if edge.target != OUT:
                    arriving[edge.target].append((source, edge))
        return arriving

    def is_round(self, source: int, target: int) -> bool:
        """Tell whether an edge goes back to a loop around `source`: to the loop or to the beginning of its body."""
        loop = self.steps[source].parent
        while loop is not None:
            if self.steps[target] is loop or self.steps[target] is loop.steps[0]:
                return True
            loop = loop.parent
        return False

    def _connect(self, steps: list[Step], first: int, leave: Onward) -> int:
        """Fill in the edges of a list of steps that begins at `first`; `leave` is where its end leads."""
        here = first
        for step in steps:
            self._here = here
            after = here + 1 + (_size(step.steps) if step.steps else 0)
            falls: Onward = (Edge(FALLS, after),) if step.following else leave
            if step.type == END:
                self.edges[here] = leave
            elif _PLAIN_FIELDS.issuperset(step.data):
                self.edges[here] = self._then(step, falls, leave)
            else:
                self.edges[here] = self._edges(step, here, falls, leave)
            here = after
        return here

    def _edges(self, step: Step, here: int, falls: Onward, leave: Onward) -> Onward:
        data = step.data
        then = onward = self._then(step, falls, leave)
        edges: list[Edge] = []
        if "approval" in data and isinstance(data["approval"], dict):
            edges += self._outcome(data["approval"].get("on_refused"), REFUSED, then, leave)
            edges += self._outcome(data["approval"].get("on_expired"), EXPIRED, then, leave)
        if "if" in data or data.get("optional"):
            edges += _as(SKIPPED, then)
        if "branches" in data:
            self.branching.append(here)
            onward = tuple(self._branches(step, then, leave))
        if step.is_loop:
            self.looping.append(here)
        edges += self._body(step, here, onward) if step.steps else onward
        self._here = here
        if "on_timeout" in data:
            edges += self._outcome(data["on_timeout"], TIMEOUT, then, leave)
        if "on_error" in data:
            edges += self._outcome(data["on_error"], ERROR, then, leave)
        return tuple(edges)

    def _body(self, step: Step, here: int, onward: Onward) -> Onward:
        """Connect a loop with its body; it may be passed by, except where it asks only after a round (no `while`)."""
        past = tuple(Edge(EXIT, edge.target, edge.label) for edge in onward)
        into = Edge(BODY, here + 1)
        if not step.is_loop:
            self._connect(step.steps, here + 1, past)
            return (into,)
        if "for_each" in step.data or "while" in step.data["repeat"]:
            self._connect(step.steps, here + 1, (Edge(AGAIN, here),))
            return (into, *past)
        self._connect(step.steps, here + 1, (Edge(AGAIN, here + 1), *past))
        return (into,)

    def _branches(self, step: Step, then: Onward, leave: Onward) -> list[Edge]:
        edges: list[Edge] = []
        for branch in step.branches:
            name = branch["name"]
            if "next" in branch:
                edges += self._to(BRANCH, branch["next"], leave, name)
            else:
                edges += _as(BRANCH, then, name)
        if "else" in step.data:
            return edges + self._to(ELSE, step.data["else"], leave)
        return edges if _catches_every_answer(step) else edges + _as(ELSE, leave)

    def _then(self, step: Step, falls: Onward, leave: Onward) -> Onward:
        return tuple(self._to(NEXT, step.data["next"], leave)) if "next" in step.data else falls

    def _outcome(self, value: Any, kind: str, then: Onward, leave: Onward) -> list[Edge]:
        """Where `stop` (the default: the run has failed), `continue`, `end` or `{next: …}` lead."""
        if value is None or value == "stop":
            return []
        if isinstance(value, dict):
            return self._to(kind, value["next"], leave)
        return _as(kind, leave if value == END else then)

    def _to(self, kind: str, value: str | list[str], leave: Onward, label: str = "") -> list[Edge]:
        edges: list[Edge] = []
        for name in (value,) if isinstance(value, str) else value:
            at = self.position.get(name)
            if name == END:
                edges += _as(kind, leave, label)
            elif at is None:
                self.names_unknown = True
            else:
                edges.append(Edge(kind, at, label))
                self.names_back |= at <= self._here
        return edges


def _as(kind: str, edges: Onward, label: str = "") -> list[Edge]:
    return [Edge(kind, edge.target, label) for edge in edges]


def _catches_every_answer(step: Step) -> bool:
    """Tell whether a person can only give answers that have a branch."""
    answers = step.data.get("choices") if step.type == "manual" else None
    return answers is not None and set(answers) <= {branch["name"] for branch in step.branches if "when" not in branch}


def reach(edges: list[Onward], starts: Iterable[int]) -> set[int]:
    """Return the positions that can be come to from any of `starts`, themselves included."""
    stack = list(starts)
    seen = set(stack)
    while stack:
        for edge in edges[stack.pop()]:
            target = edge.target
            if target not in seen and target != OUT:
                seen.add(target)
                stack.append(target)
    return seen


_PLAIN_FIELDS = frozenset(
    {"id", "type", "name", "description", "connector", "action", "with", "playbook", "message", "next", "retry"}
)  # a step that has only these goes on to its next, and nowhere else


def _size(steps: list[Step]) -> int:
    return sum(1 + _size(step.steps) for step in steps)
