"""A drawing as Graphviz dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.flow.drawing import LONGEST_LABEL, Box, Mark, Node, Shape, draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.model.playbook import Playbook
    from playbookctl.model.workspace import Connectors

_SHAPES = {
    Shape.ACTION: "box",
    Shape.MANUAL: "parallelogram",
    Shape.DECISION: "diamond",
    Shape.PLAYBOOK: "box3d",
    Shape.SECTION: "box",
    Shape.WAIT: "oval",
    Shape.START: "oval",
    Shape.END: "doublecircle",
    Shape.GATE: "hexagon",
}
_STYLES = {
    Mark.GATE: 'style=filled fillcolor="#fff3c4"',
    Mark.DESTRUCTIVE: 'style=filled fillcolor="#fed7d7" penwidth=2',
    Mark.UNREACHED: "style=dashed",
}


def dot(playbook: Playbook, connectors: Connectors | None = None) -> str:
    """Return the flow of a playbook in Graphviz' language, ending in a line break."""
    drawing = draw(playbook, connectors)
    lines = ["digraph playbook {", '  node [fontname="sans-serif"]', '  edge [fontname="sans-serif"]']
    lines += _content(drawing.content, "  ")
    for arrow in drawing.arrows:
        label = f" label={quoted([arrow.label])}" if arrow.label else ""
        style = " style=dotted" if arrow.is_dotted else ""
        attributes = f" [{(label + style).strip()}]" if label or style else ""
        lines.append(f"  {arrow.source} -> {arrow.target}{attributes}")
    return "\n".join([*lines, "}"]) + "\n"


def quoted(lines: Iterable[str]) -> str:
    """Return lines of text as one quoted string of dot."""
    cut = []
    for line in lines:
        plain = "".join(each for each in " ".join(line.split()) if each.isprintable())
        cut.append(plain if len(plain) <= LONGEST_LABEL else plain[: LONGEST_LABEL - 1] + "…")
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in cut) + '"'


def _content(parts: Iterable[Node | Box], indent: str) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Box):
            yield f"{indent}subgraph cluster_{part.name} {{"
            yield f"{indent}  label={quoted([part.title])}"
            yield from _content(part.content, indent + "  ")
            yield f"{indent}}}"
        else:
            styles = "".join(f" {style}" for mark, style in _STYLES.items() if mark in part.marks)
            yield f"{indent}{part.name} [shape={_SHAPES[part.shape]} label={quoted(part.lines)}{styles}]"
