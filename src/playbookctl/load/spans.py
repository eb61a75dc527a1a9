"""Where a path stands in the text, asked only when there is something to say about it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from playbookctl.load.yaml_nodes import MERGE, AliasNode
from playbookctl.model.source import Key, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import Node

    from playbookctl.model.node import Node as TextNode
    from playbookctl.model.source import NodePath

_BREAK = re.compile(r"\r\n|\n|\r")
_BLANKS = " \t\r\n\x85\u2028\u2029"  # to YAML 1.1; a no-break space is text


class Lines:
    """Offsets in characters to lines and columns. Lines end at LF, CRLF or CR, as editors and git count them.

    libyaml counts U+0085, U+2028 and U+2029 as line breaks too; so its own line numbers are not used.
    """

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return the one-based line and column of `offset`."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in _BREAK.finditer(self.text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """Return the span of `text[start:end]`, without white space at its end."""
        end = max(start, min(end, len(self.text)))
        while end > start and self.text[end - 1] in _BLANKS:
            end -= 1
        return Span(*self.position(start), *self.position(end), start, end)


class NodeSpans:
    """Locates values by walking the composed nodes along a path; what is asked about offsets and nodes is indexed once."""

    __slots__ = ("_extents", "_members", "_paths", "_scalars", "_tree", "lines", "root")

    def __init__(self, text: str, root: Node) -> None:
        self.root = root
        self.lines = Lines(text)
        self._extents: dict[int, int] | None = None
        self._members: dict[int, dict[str | int, tuple[Node, Node]]] = {}
        self._paths: dict[int, NodePath] | None = None
        self._scalars: list[tuple[int, int]] | None = None
        self._tree: TextNode | None = None

    def locate(self, path: NodePath) -> Span:
        """Return the span of the value at `path`, of its key if the last element is a `Key`, else of the nearest ancestor."""
        return self.span_of(self._find(path)[0])

    def between(self, start: int, end: int) -> Span:
        """Return the span from one offset to another, white space at its end included."""
        return Span(*self.lines.position(start), *self.lines.position(end), start, end)

    def has(self, path: NodePath) -> bool:
        """Tell whether the text has exactly this path."""
        return self._find(path)[1]

    def span_of(self, node: Any) -> Span:
        """Return the span of a node."""
        return self.lines.span(node.start_mark.index, node.end_mark.index)

    def nodes(self) -> Iterator[Node]:
        """Yield every node of the text once, parents first."""
        pending = [self.root]
        while pending:
            node = pending.pop()
            yield node
            if isinstance(node, MappingNode):
                pending += [part for pair in reversed(node.value) for part in reversed(pair)]
            elif isinstance(node, SequenceNode):
                pending += reversed(node.value)

    def in_text(self, offset: int) -> bool:
        """Tell whether `offset` lies inside a scalar, where `#` begins no comment."""
        return self._scalar_end(offset) > offset

    def ends_a_line(self, offset: int) -> bool:
        """Tell whether the line break at `offset` is more than a part of a text: something else may begin behind it."""
        return not self.lines.text[offset : self._scalar_end(offset)].strip(_BLANKS)

    def _scalar_end(self, offset: int) -> int:
        """Return where the scalar around `offset` ends, 0 where there is none."""
        if self._scalars is None:
            scalars = (node for node in self.nodes() if isinstance(node, ScalarNode))
            self._scalars = sorted((node.start_mark.index, node.end_mark.index) for node in scalars)
        at = bisect_right(self._scalars, (offset, len(self.lines.text) + 1)) - 1
        return self._scalars[at][1] if at >= 0 and offset < self._scalars[at][1] else 0

    def extent(self, offset: int) -> tuple[int, int]:
        """Return start and end of what begins at `offset`: an element of a list, or a key with its value."""
        if self._extents is None:
            self._extents = {}
            for start, end in self._beginnings():
                self._extents.setdefault(start, end)
        return offset, self._extents.get(offset, offset)

    def _beginnings(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of every element and every key with its value, outer ones first."""
        for node in self.nodes():
            if isinstance(node, MappingNode):
                for key, value in node.value:
                    yield key.start_mark.index, max(key.end_mark.index, value.end_mark.index)
            elif isinstance(node, SequenceNode):
                for child in node.value:
                    dash = self._dash(child.start_mark.index)
                    yield dash if dash >= 0 else child.start_mark.index, child.end_mark.index

    def _dash(self, offset: int) -> int:
        """Return the offset of the `-` before an element, or -1 where it stands in brackets."""
        text = self.lines.text
        while offset > 0 and text[offset - 1].isspace():
            offset -= 1
        return offset - 1 if text[offset - 1 : offset] == "-" else -1

    def tree(self) -> TextNode:
        """Return the nodes of the document, as the text has them."""
        if self._tree is None:
            from playbookctl.load.tree import tree_of

            self._tree = tree_of(self.lines.text, self.root)
        return self._tree

    def path_of(self, wanted: Node) -> NodePath:
        """Return the path of a node of this document; () if it is not found."""
        if self._paths is None:
            self._paths = {}
            for node, path in _paths(self.root, ()):
                self._paths.setdefault(id(node), path)
        return self._paths.get(id(wanted), ())

    def _find(self, path: NodePath) -> tuple[Node, bool]:
        node = self.root
        for part in path:
            found = self._child(node.target if isinstance(node, AliasNode) else node, part)
            if found is None:
                return node, False
            node = found
        return node, True

    def _child(self, node: Any, part: str | int) -> Node | None:
        if isinstance(node, MappingNode):
            members = self._members.get(id(node))
            if members is None:
                members = self._members[id(node)] = _by_key(node)
            key, value = members.get(part, (None, None))
            return key if isinstance(part, Key) else value
        if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
            child: Node = node.value[part]
            return child
        return None


def pairs(node: Any) -> Iterator[tuple[Node, Node]]:
    """Yield the pairs of a mapping as YAML 1.1 merges them: those of `<<` first, its own last, so that the last one wins."""
    for key, value in node.value:
        if key.tag == MERGE:
            source: Any = value.target if isinstance(value, AliasNode) else value
            for merged in reversed(source.value if isinstance(source, SequenceNode) else [source]):
                inner = merged.target if isinstance(merged, AliasNode) else merged
                if isinstance(inner, MappingNode):
                    yield from pairs(inner)
    for key, value in node.value:
        if key.tag != MERGE:
            yield key, value


def _by_key(node: MappingNode) -> dict[str | int, tuple[Node, Node]]:
    """Return the pairs of a mapping by the text of their keys; of two with the same one the last, as YAML has it."""
    found: dict[str | int, tuple[Node, Node]] = {}
    for key, value in pairs(node):
        scalar = key.target if isinstance(key, AliasNode) else key
        if isinstance(scalar, ScalarNode):
            found[scalar.value] = key, value
    return found


def _paths(node: Node, path: NodePath) -> Iterator[tuple[Node, NodePath]]:
    yield node, path
    if isinstance(node, MappingNode):
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else "?"
            yield key, (*path, Key(name))
            yield from _paths(value, (*path, name))
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            yield from _paths(value, (*path, index))
