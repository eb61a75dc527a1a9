"""A playbook as something to draw: nodes, arrows, and boxes around the bodies of loops. Renderers only spell it out."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from playbookctl.flow import graph
from playbookctl.flow.conditions import template_path
from playbookctl.flow.effects import effect_of, told_by
from playbookctl.flow.graph import OUT, PASSING_BY, Edge, Flow
from playbookctl.model.workspace import Connectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.model.playbook import Playbook, Step

LONGEST_LABEL = 60  # characters


class Shape(Enum):
    """What a node stands for."""

    ACTION = "action"
    MANUAL = "manual"
    DECISION = "decision"
    PLAYBOOK = "playbook"
    SECTION = "section"
    WAIT = "wait"
    START = "start"
    END = "end"
    GATE = "gate"  # an approval, drawn before the step it guards


class Mark(Enum):
    """What a reader should see at once."""

    GATE = "gate"
    DESTRUCTIVE = "destructive"
    UNREACHED = "unreached"
    CHANGED = "changed"  # these three in a comparison only
    ADDED = "added"
    REMOVED = "removed"


class Node(NamedTuple):
    """A node: `name` is unique and safe (`s3`, `g3`, `stop`), `lines` are texts as the file has them."""

    name: str
    shape: Shape
    lines: tuple[str, ...]
    marks: frozenset[Mark] = frozenset()


class Arrow(NamedTuple):
    """An arrow; a dotted one is taken if something fails, is skipped or refused."""

    source: str
    target: str
    label: str = ""
    is_dotted: bool = False


class Box(NamedTuple):
    """The body of a loop: a title, and the nodes and boxes in it."""

    name: str
    title: str
    content: tuple[Node | Box, ...]


class Drawing(NamedTuple):
    """All of it, in the order of the file."""

    content: tuple[Node | Box, ...]
    arrows: tuple[Arrow, ...]


def draw(playbook: Playbook, connectors: Connectors | None = None) -> Drawing:
    """Return the drawing of a playbook. Without connectors the effects of actions are guessed from their verbs."""
    return _Draughtsman(Flow(playbook), connectors or Connectors({}, None)).draw()


def part_of(drawing: Drawing, marks: Mapping[str, Mark], notes: Mapping[str, str] | None = None) -> Drawing:
    """Return the nodes named in `marks`, so marked, with those next to them and the arrows between.

    `notes` are lines added to some of them.
    """
    kept = set(marks)
    for arrow in drawing.arrows:
        kept |= {arrow.source, arrow.target} if arrow.source in marks or arrow.target in marks else set()
    arrows = tuple(arrow for arrow in drawing.arrows if {arrow.source, arrow.target} <= kept)
    return Drawing(tuple(_kept(drawing.content, kept, marks, notes or {})), arrows)


def _kept(
    parts: Iterable[Node | Box], kept: set[str], marks: Mapping[str, Mark], notes: Mapping[str, str]
) -> Iterator[Node | Box]:
    for part in parts:
        if isinstance(part, Box):
            inside = tuple(_kept(part.content, kept, marks, notes))
            if inside:
                yield part._replace(content=inside)
        elif part.name in marks:
            said = (notes[part.name],) if part.name in notes else ()
            yield part._replace(marks=part.marks | {marks[part.name]}, lines=(*part.lines, *said))
        elif part.name in kept:
            yield part


_LABELS = {
    graph.BODY: "each",
    graph.AGAIN: "again",
    graph.ELSE: "else",
    graph.ERROR: "error",
    graph.SKIPPED: "skipped",
    graph.TIMEOUT: "no answer",
    graph.REFUSED: "refused",
    graph.EXPIRED: "expired",
}
_DOTTED = frozenset({graph.ERROR, graph.SKIPPED, graph.TIMEOUT, graph.REFUSED, graph.EXPIRED, graph.AGAIN})


class _Draughtsman:
    def __init__(self, flow: Flow, connectors: Connectors) -> None:
        self.flow = flow
        self.connectors = connectors
        self.at = {id(step): at for at, step in enumerate(flow.steps)}

    def draw(self) -> Drawing:
        arrows = tuple(dict.fromkeys(arrow for at in range(len(self.flow.steps)) for arrow in self.arrows(at)))
        content = tuple(part for step in self.flow.playbook.steps for part in self.parts(step))
        if any(arrow.target == "stop" for arrow in arrows):
            content += (Node("stop", Shape.END, ("end",)),)
        return Drawing(content, arrows)

    def parts(self, step: Step) -> Iterator[Node | Box]:
        at = self.at[id(step)]
        unreached = frozenset() if at in self.flow.reached else frozenset({Mark.UNREACHED})
        gate = step.gate
        if gate is not None:
            who = " or ".join(gate.by) or "any person"
            asks = f"{who} agrees?" if gate.minimum == 1 else f"{gate.minimum} of {who} agree?"
            yield Node(f"g{at}", Shape.GATE, (asks,), unreached | {Mark.GATE})
        yield Node(f"s{at}", _SHAPES[step.type], tuple(self.lines(step)), unreached | self.marks(step))
        if step.steps:
            yield Box(f"b{at}", _title(step), tuple(part for inner in step.steps for part in self.parts(inner)))

    def lines(self, step: Step) -> Iterator[str]:
        yield step.name
        if step.action:
            yield f"{step.connector}: {step.action}" if step.connector else step.action
        if step.calls:
            yield f"calls {step.calls}"
        if step.is_loop and not step.steps:
            yield _title(step)
        if step.type == "manual" and "assignee" in step.data:
            yield f"asks {step.data['assignee']}"

    def marks(self, step: Step) -> frozenset[Mark]:
        if step.type == "manual":
            return frozenset({Mark.GATE})
        if step.action:
            told = told_by(step.action, step.parameters)
            if effect_of(step.connector, step.action, self.connectors, told).is_destructive:
                return frozenset({Mark.DESTRUCTIVE})
        return frozenset()

    def arrows(self, at: int) -> Iterator[Arrow]:
        step = self.flow.steps[at]
        entry = self.entry(at)
        if entry != f"s{at}":
            yield Arrow(entry, f"s{at}", "yes")
        edges = () if step.type == "end" and not step.parent else self.flow.edges[at]
        onward = {edge.target for edge in edges if edge.kind in (graph.NEXT, graph.FALLS)}
        for edge in edges:
            if edge.kind == graph.ERROR and edge.target in onward:
                continue  # it goes on in any case
            source = entry if edge.kind in PASSING_BY else f"s{at}"
            target = "stop" if edge.target == OUT else self.entry(edge.target)
            yield Arrow(source, target, _label(edge), edge.kind in _DOTTED)

    def entry(self, at: int) -> str:
        """Return the node at which a step is come to: its gate, if it has one."""
        return f"g{at}" if "approval" in self.flow.steps[at].data else f"s{at}"


_SHAPES = {shape.value: shape for shape in Shape}


def _label(edge: Edge) -> str:
    return edge.label or _LABELS.get(edge.kind, "")


def _title(step: Step) -> str:
    data = step.data
    if "for_each" in data:
        most = f", at most {data['max_targets']}" if "max_targets" in data else ""
        return f"for each of {template_path(data['for_each']) or data['for_each']}{most}"
    most = f", at most {data['repeat']['max']} times" if "max" in data.get("repeat", ()) else ""
    return f"repeats{most}" if "repeat" in data else "body"
