"""Indentation of two spaces, no blanks at the end of lines, one line break at the end: the layout of the canonical form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.edit.patch import Patch, Unfit
from playbookctl.model.node import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.node import Node

_STEP = 2
_LINE = re.compile(r"([ ]*)([^\r\n]*?)([ \t]*)(?:\r\n|\n|\r|\Z)")
_BREAK = re.compile(r"\r\n|\n|\r")
_TO_DASH = re.compile(r"(?:\s+|#[^\r\n]*)*-")


def without_trailing_blanks(text: str, root: Node) -> Iterator[Patch]:
    """Yield the patches that take away the blanks at the end of lines, but not those inside of values."""
    inside = _Inside(text, root)
    for match in _lines(text[: _end(text)]):
        start = match.start(3) if match.group(2) else match.start()
        if start < match.end(3) and match.end() not in inside.breaks:
            yield Patch(start, match.end(3))


def with_one_break_at_the_end(text: str, root: Node) -> Iterator[Patch]:
    """Yield the patch that leaves exactly one line break at the end, of the kind that the first line has.

    Below a block scalar that ends the text, blank lines may be a part of it; they are left alone.
    """
    last = max(root.scalars(), key=lambda node: node.limit, default=root)
    start, first = _end(text), _BREAK.search(text)
    wanted = first.group() if first else "\n"
    if text[start:] != wanted and not (last.written is Written.BLOCK and last.limit >= start):
        yield Patch(start, len(text), wanted)


def indented(text: str, root: Node) -> Iterator[Patch]:
    """Yield the patches that put every block two columns inside the one that holds it, dashes of lists included.

    A line that begins nothing (a comment, or a further line of a value) moves as far as the one it belongs to.
    """
    shifts: dict[int, dict[int, int]] = {}
    begins = {match.start(2): match.start() for match in _lines(text)}
    line = -1
    for start, column in _columns(text, root, 0):
        line = begins.get(start, line)
        if start in begins or (line in shifts and not _BREAK.search(text, line, start)):
            shifts.setdefault(line, {})[start - line] = column - (start - line)
    yield from _moves(text, shifts, _Inside(text, root))
    yield from _gaps(text, root)


def dashes(text: str, node: Node) -> list[int]:
    """Return where the dashes of a block list stand. Raises Unfit where a comment hides one."""
    found = []
    at = node.inner
    for child in node.children:
        dash = _TO_DASH.match(text, at)
        if dash is None:
            raise Unfit("a comment ends with U+0085, U+2028 or U+2029, a line break to YAML that is not shown as one")
        found.append(dash.end() - 1)
        at = max(child.end, dash.end())
    return found


def _columns(text: str, node: Node, column: int) -> Iterator[tuple[int, int]]:
    """Yield where keys and dashes of blocks stand, with the column they belong in."""
    if node.written is Written.LIST:
        for dash, child in zip(dashes(text, node), node.children, strict=True):
            yield dash, column
            yield from _columns(text, child, column + _STEP)
    elif node.written is Written.MAPPING:
        for key, value in zip(node.children[::2], node.children[1::2], strict=True):
            yield key.start, column
            yield from _columns(text, value, column + _STEP)


def _gaps(text: str, node: Node) -> Iterator[Patch]:
    """Yield the patches that leave one space between a dash and what follows it on its line."""
    if node.written is Written.LIST:
        for dash, child in zip(dashes(text, node), node.children, strict=True):
            between = text[dash + 1 : child.start]
            if len(between) > 1 and not between.strip(" "):
                yield Patch(dash + 1, child.start, " ")
    if node.written in (Written.LIST, Written.MAPPING):
        for child in node.children:
            yield from _gaps(text, child)


def _moves(text: str, shifts: dict[int, dict[int, int]], inside: _Inside) -> Iterator[Patch]:
    """Yield a patch for the indentation of each line; comments go with what they line up with, the rest with the line above.

    `shifts` has, for lines that begin something, how far that moves: {column now: shift}, in the order of the line.
    """
    shift = 0
    levels: dict[int, int] = {}  # the columns in which something began above, and has not ended
    waiting: list[re.Match[str]] = []
    for match in _lines(text[: _end(text)]):
        column, rest = len(match.group(1)), match.group(2)
        if match.start() in shifts:
            here = shifts[match.start()]
            for comment in waiting:
                yield from _moved(comment, _shift_of(comment, {**levels, column: here[column]}, here[column]))
            waiting = []
            yield from _moved(match, here[column])
            levels = {at: by for at, by in levels.items() if at < column} | here
            shift = [*here.values()][-1]
        elif match.start() in inside.lines:
            yield from _moved(match, shift)
        elif rest.startswith("#"):
            waiting.append(match)
        elif rest:
            for comment in waiting:
                yield from _moved(comment, shift)
            waiting = []
            yield from _moved(match, shift)
    for comment in waiting:
        yield from _moved(comment, _shift_of(comment, levels, 0))


def _shift_of(comment: re.Match[str], levels: dict[int, int], below: int) -> int:
    """Return how far a comment moves: with what stands in its column; else it stays, but on an even column."""
    column = len(comment.group(1))
    return levels.get(column, -(column % _STEP) if below else 0)


def _moved(match: re.Match[str], shift: int) -> Iterator[Patch]:
    start, end = match.span(1)
    if shift and match.group().strip("\r\n") and (column := max(0, end - start + shift)) != end - start:
        yield Patch(start, end, " " * column)


def _lines(text: str) -> Iterator[re.Match[str]]:
    """Yield the lines of a text: indentation, what stands in it, blanks at its end."""
    return (match for match in _LINE.finditer(text) if match.end() > match.start())


def _end(text: str) -> int:
    """Return where what is written in a text ends: behind it are blanks and line breaks only."""
    return len(text.rstrip(" \t\r\n"))


class _Inside:
    """Where scalars go over several lines: `lines` begin inside one, the line breaks before `breaks` belong to one."""

    def __init__(self, text: str, root: Node) -> None:
        self.lines: set[int] = set()
        self.breaks: set[int] = set()
        for node in root.scalars():
            if text.find("\n", node.inner, node.limit) < 0 and text.find("\r", node.inner, node.limit) < 0:
                continue
            starts = [match.end() for match in _BREAK.finditer(text, node.inner, node.limit)]
            self.breaks.update(starts)
            self.lines.update(start for start in starts if start < node.limit)
