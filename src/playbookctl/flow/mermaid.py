"""A drawing as Mermaid, for pull requests and documentation. Names and texts are hostile: they end up in a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.flow.drawing import LONGEST_LABEL, Box, Drawing, Mark, Node, Shape, draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.model.playbook import Playbook
    from playbookctl.model.workspace import Connectors

_SHAPES = {
    Shape.ACTION: ("[", "]"),
    Shape.MANUAL: ("[/", "/]"),
    Shape.DECISION: ("{", "}"),
    Shape.PLAYBOOK: ("[[", "]]"),
    Shape.SECTION: ("(", ")"),
    Shape.WAIT: ("([", "])"),
    Shape.START: ("([", "])"),
    Shape.END: ("((", "))"),
    Shape.GATE: ("{{", "}}"),
}
_STYLES = {
    Mark.GATE: "fill:#fff3c4,stroke:#b7791f,color:#1a202c",
    Mark.DESTRUCTIVE: "fill:#fed7d7,stroke:#c53030,stroke-width:2px,color:#1a202c",
    Mark.UNREACHED: "stroke-dasharray:4 4,opacity:0.6",
    Mark.CHANGED: "stroke:#2b6cb0,stroke-width:4px",
    Mark.ADDED: "stroke:#2f855a,stroke-width:4px",
    Mark.REMOVED: "stroke:#718096,stroke-width:4px,stroke-dasharray:6 4",
}
_SAID = {Mark.CHANGED: "CHANGED", Mark.ADDED: "NEW", Mark.REMOVED: "GONE"}  # for who cannot tell the colours apart


def mermaid(playbook: Playbook, connectors: Connectors | None = None) -> str:
    """Return the flow of a playbook as a Mermaid flowchart, ending in a line break."""
    return spell(draw(playbook, connectors))


def spell(drawing: Drawing) -> str:
    """Return a drawing as a Mermaid flowchart, ending in a line break."""
    lines = ["flowchart TD", *_content(drawing.content, "  ")]
    for arrow in drawing.arrows:
        line = "-.->" if arrow.is_dotted else "-->"
        label = f'|"{escape(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  {arrow.source} {line}{label} {arrow.target}")
    used = {mark for node in _nodes(drawing.content) for mark in node.marks}
    lines += (f"  classDef {mark.value} {style}" for mark, style in _STYLES.items() if mark in used)
    for mark in _STYLES:
        names = [node.name for node in _nodes(drawing.content) if mark in node.marks]
        lines += [f"  class {','.join(names)} {mark.value}"] if names else []
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return text for the inside of a quoted Mermaid label: one line, cut, and nothing in it that means anything."""
    plain = " ".join(text.split())
    if len(plain) > LONGEST_LABEL:
        plain = plain[: LONGEST_LABEL - 1] + "…"
    return "".join(
        each if each.isalnum() or each in _PLAIN else f"#{ord(each)};" for each in plain if each.isprintable()
    )


_PLAIN = " -_.,:?!()/+='…→@"


def _content(parts: Iterable[Node | Box], indent: str) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Box):
            yield f'{indent}subgraph {part.name}["{escape(part.title)}"]'
            yield from _content(part.content, indent + "  ")
            yield f"{indent}end"
        else:
            left, right = _SHAPES[part.shape]
            said = [f"{word}:" for mark, word in _SAID.items() if mark in part.marks]
            yield f'{indent}{part.name}{left}"{"<br/>".join(map(escape, (*said, *part.lines)))}"{right}'


def _nodes(parts: Iterable[Node | Box]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, Box):
            yield from _nodes(part.content)
        else:
            yield part
