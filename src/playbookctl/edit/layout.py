"""Indentation of two spaces, no blanks at the end of lines, one line break at the end: the layout of the canonical form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playbookctl.edit.outline import Outline
from playbookctl.edit.patch import Patch, patched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.source import Document, NodePath

_STEP = 2
_TRAILING = re.compile(r"[ \t]+(?=\r\n|\n|\r|\Z)")
_LINE = re.compile(r"([ ]*)([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_END = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*[ \t]*\Z")


def without_trailing_blanks(document: Document) -> str:
    """Return the text without blanks at the end of lines, those inside of values left alone."""
    text = document.source.text
    found = [match for match in _TRAILING.finditer(text) if not document.spans.in_text(match.start())]
    return patched(text, [Patch(match.start(), match.end()) for match in found])


def with_one_break_at_the_end(document: Document) -> str:
    """Return the text with exactly one line break at its end, of the kind that the first line has."""
    text = document.source.text
    end = _END.search(text)
    stop = end.start() if end else len(text)
    return text[:stop] + Outline(document).line_break(len(text))


def indented(document: Document) -> str:
    """Return the text with every block two columns inside the one that holds it, dashes of lists included.

    A line that begins nothing (a comment, or a further line of a value) moves as far as the one it belongs to.
    """
    outline = Outline(document)
    columns: dict[int, int] = {}
    gaps: list[Patch] = []
    for start, column in _columns(outline, (), document.data, 0, gaps):
        if outline.is_first(start):
            columns[outline.line_start(start)] = column
    return patched(outline.text, [*_moves(outline, columns), *gaps])


def _columns(outline: Outline, path: NodePath, value: Any, column: int, gaps: list[Patch]) -> Iterator[tuple[int, int]]:
    """Yield where keys and dashes of blocks stand, with the column they belong in; collect the gaps behind dashes."""
    is_alias = outline.text.startswith("*", outline.document.spans.locate(path).start)
    if not value or not isinstance(value, (dict, list)) or is_alias:
        return
    for child in list(value) if isinstance(value, dict) else range(len(value)):
        inner: NodePath = (*path, child)
        outline.get(inner)
        if outline.in_brackets(inner):
            return
        start = document_start = outline.document.spans.locate(inner).start
        if isinstance(child, str):
            start = outline.key(inner)[0]
        else:
            start = outline.dash(document_start)
            if not {*outline.text[start + 1 : document_start]} - {" "}:
                gaps.append(Patch(start + 1, document_start, " "))
        yield start, column
        yield from _columns(outline, inner, value[child], column + _STEP, gaps)


def _moves(outline: Outline, columns: dict[int, int]) -> Iterator[Patch]:
    """Yield a patch for the indentation of each line; comments go with the line below, the rest with the one above."""
    lines = [match for match in _LINE.finditer(outline.text) if match.end() > match.start()]
    shift = 0
    waiting: list[re.Match[str]] = []
    for match in lines:
        blanks, rest = match.groups()
        if match.start() in columns:
            shift = columns[match.start()] - len(blanks)
            for comment in waiting:
                yield _moved(comment, shift if len(comment.group(1)) == len(blanks) else _last(comment, shift))
            waiting = []
            yield _moved(match, shift)
        elif rest.startswith("#") and not outline.document.spans.in_text(match.start(2)):
            waiting.append(match)
        elif rest.strip():
            for comment in waiting:
                yield _moved(comment, shift)
            waiting = []
            yield _moved(match, shift)
    for comment in waiting:
        yield _moved(comment, 0)


def _last(comment: re.Match[str], shift: int) -> int:
    """Keep a comment that does not line up with the line below where it is, but on an even column."""
    return -(len(comment.group(1)) % _STEP) if shift else 0


def _moved(match: re.Match[str], shift: int) -> Patch:
    blanks = match.group(1)
    return Patch(match.start(), match.start() + len(blanks), " " * max(0, len(blanks) + shift))
