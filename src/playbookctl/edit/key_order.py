"""The keys of the playbook and of its steps in the order of the schema; every comment goes with what it stands above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.edit.outline import after_line, line_start
from playbookctl.edit.patch import Patch, Unfit, patched
from playbookctl.model.node import Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playbookctl.edit.changes import Order
    from playbookctl.model.node import Node
    from playbookctl.model.source import NodePath

_LEAD = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")


class _Part:
    """A key with its value: the blank lines above, the comments above, and its own lines, without the indentation."""

    def __init__(self, blanks: str, comments: str, body: str) -> None:
        self.blanks = blanks
        self.comments = comments
        self.body = body


def in_order(text: str, root: Node, order: Order, only: NodePath | None = None) -> Iterator[tuple[NodePath, Patch]]:
    """Yield the outermost patches that put mappings in order, with the path of each; what lies within comes along.

    A mapping stays as it is where a comment would lose its place: above a key that would come behind a dash. `only`
    limits it to one mapping. Raises Unfit where more than comments stands between two keys.
    """
    yield from _ordered(text, root, (), order, only)


def mappings(root: Node, path: NodePath = ()) -> Iterator[NodePath]:
    """Yield the paths of the mappings that have an order: the playbook and its steps."""
    yield path
    for index, step in enumerate(_steps(root)):
        yield from mappings(step, (*path, "steps", index))


def _ordered(
    text: str, node: Node, path: NodePath, order: Order, only: NodePath | None
) -> Iterator[tuple[NodePath, Patch]]:
    inner = [
        found
        for index, step in enumerate(_steps(node))
        for found in _ordered(text, step, (*path, "steps", index), order, only)
    ]
    if node.written is Written.MAPPING and only in (None, path):
        keys = [key.text for key in node.children[::2]]
        wanted = _ranked(keys, order(path))
        if wanted != [*range(len(keys))]:
            patch = _sorted(text, node, path, wanted, [patch for _, patch in inner])
            if patch is not None:
                yield path, patch
                return
    yield from inner


def _steps(node: Node) -> tuple[Node, ...]:
    if node.written is Written.MAPPING:
        for key, value in zip(node.children[::2], node.children[1::2], strict=True):
            if key.text == "steps" and value.written is Written.LIST:
                return value.children
    return ()


def _ranked(keys: Sequence[str], order: Sequence[str]) -> list[int]:
    """Return the places of the keys, sorted by `order`; a key that it lacks stays behind the one it stands behind now."""
    ranks = {key: rank for rank, key in enumerate(order)}
    rank, ranked = -1, []
    for place, key in enumerate(keys):
        rank = ranks.get(key, rank)
        ranked.append((rank, place))
    return [place for _, place in sorted(ranked)]


def _sorted(text: str, node: Node, path: NodePath, wanted: Sequence[int], inner: Sequence[Patch]) -> Patch | None:
    """Return the patch that puts one mapping in order, or None where that is not certain to keep each comment's place."""
    starts = [key.start for key in node.children[::2]]
    last = zip(node.children[::2], node.children[1::2], strict=True)
    ends = [after_line(text, max(key.end, value.end)) for key, value in last]
    column = starts[0] - line_start(text, starts[0])
    opening = starts[0] if path else _comments_above(text, starts[0])
    parts = [_Part("", text[opening : starts[0]], "")]
    for start, end in zip(starts[1:], ends, strict=False):
        tail, blanks, comments = _between(text[end : line_start(text, start)], column)
        parts[-1].body = tail
        parts.append(_Part(blanks, comments, ""))
    for part, start, end in zip(parts, starts, ends, strict=True):
        part.body = _patched_slice(text, start, end, inner) + part.body
    first = parts[wanted[0]]
    if path and first.comments:
        return None
    if wanted[0]:
        parts[0].blanks, first.blanks = first.blanks, ""
    indentation = " " * column
    body = "".join(f"{part.blanks}{part.comments}{indentation}{part.body}" for part in map(parts.__getitem__, wanted))
    return Patch(opening, ends[-1], body if not path else body[column:])


def _patched_slice(text: str, start: int, end: int, patches: Sequence[Patch]) -> str:
    inside = [Patch(one.start - start, one.end - start, one.text) for one in patches if start <= one.start < end]
    return patched(text[start:end], inside)


def _comments_above(text: str, start: int) -> int:
    """Return where the comments directly above begin; those that begin on the first line speak of the file."""
    at = line_start(text, start)
    while at > 0:
        above = line_start(text, at - 1 - text.startswith("\r\n", at - 2))
        if not text.startswith("#", above):
            return at
        at = above
    return line_start(text, start)


def _between(text: str, column: int) -> tuple[str, str, str]:
    """Split the lines between two keys: deeper comments (of the key above), blank lines, comments of the key below."""
    tail, blanks, comments = "", "", ""
    for line in _LEAD.findall(text):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            raise Unfit("there is more between two keys than comments")
        if not stripped and not comments:
            blanks += line
        elif stripped and not comments and len(line) - len(line.lstrip(" ")) > column:
            tail, blanks = tail + blanks + line, ""
        else:
            comments += line
    return tail, blanks, comments
