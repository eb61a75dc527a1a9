"""Where things stand around a value: its siblings, its line, its indentation, the brackets it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playbookctl.edit.patch import Unfit
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from playbookctl.model.source import Document, NodePath

_LINE_END = re.compile(r"\r\n|\n|\r|\Z")
_PROPERTIES = re.compile(r"(?:[&!][^\s\[\]{},]*\s+)*")
_REST = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?:\r\n|\n|\r|\Z)")


def line_start(text: str, offset: int) -> int:
    """Return where the line of `offset` begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def after_line(text: str, offset: int) -> int:
    """Return where the next line begins. Raises Unfit if more than a comment follows `offset` in its line."""
    rest = _REST.match(text, offset)
    if rest is None:
        raise Unfit("more follows on the same line")
    return rest.end()


class Outline:
    """Answers questions about the layout of one document, in offsets of characters."""

    __slots__ = ("data", "document", "text")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = document.data
        self.text = document.source.text

    def get(self, path: NodePath) -> Any:
        """Return the value at `path`. Raises Unfit if the text has none there."""
        value: Any = self.data
        try:
            for part in path:
                value = value[part]
        except (KeyError, IndexError, TypeError):
            raise Unfit("there is no such value any more") from None
        if not self.document.spans.has(path):
            raise Unfit("the value does not stand in the text by itself")
        return value

    def value(self, path: NodePath) -> tuple[int, int]:
        """Return start and end of the value at `path`; comments below a block do not belong to it."""
        span = self.document.spans.locate(path)
        start, end = span.start, span.end
        value = self.get(path)
        if not value or not isinstance(value, (dict, list)) or self.text[start : start + 1] in ("{", "["):
            return start, end
        last = next(reversed(value)) if isinstance(value, dict) else len(value) - 1
        last_end = self.item((*path, last))[1]
        return start, last_end if start <= last_end <= end else end

    def key(self, path: NodePath) -> tuple[int, int]:
        """Return start and end of the key of `path`."""
        span = self.document.spans.locate((*path[:-1], Key(path[-1])))
        return span.start, span.end

    def item(self, path: NodePath) -> tuple[int, int]:
        """Return start and end of an element with its dash, or of a key with its value."""
        start, end = self.value(path)
        if isinstance(path[-1], str):
            key = self.key(path)
            return key[0], max(key[1], end)
        return (start, end) if self.in_brackets(path) else (self.dash(start), end)

    def in_brackets(self, path: NodePath) -> bool:
        """Tell whether the collection that holds `path` is written in brackets or braces."""
        start = self.document.spans.locate(path[:-1]).start
        properties = _PROPERTIES.match(self.text, start)
        return self.text.startswith(("{", "["), properties.end() if properties else start)

    def siblings(self, path: NodePath) -> list[NodePath]:
        """Return the paths of all members of the collection that holds `path`, in the order of the text."""
        parent = self.get(path[:-1])
        children = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
        paths = [(*path[:-1], child) for child in children]
        return sorted(paths, key=lambda one: self.item(one)[0])

    def dash(self, start: int) -> int:
        """Return where the `-` before an element stands."""
        before = self.text[:start].rstrip()
        if not before.endswith("-"):
            raise Unfit("the element has no dash of its own")
        return len(before) - 1

    def line_start(self, offset: int) -> int:
        """Return where the line of `offset` begins."""
        return line_start(self.text, offset)

    def is_first(self, offset: int) -> bool:
        """Tell whether only white space stands before `offset` in its line."""
        return not self.text[self.line_start(offset) : offset].strip(" \t")

    def after_line(self, offset: int) -> int:
        """Return where the next line begins. Raises Unfit if more than a comment follows `offset` in its line."""
        return after_line(self.text, offset)

    def line_break(self, offset: int) -> str:
        """Return the line break at the end of the line of `offset`; at the end of the text, that of the first line."""
        found = _LINE_END.search(self.text, offset)
        first = _LINE_END.search(self.text)
        return (found and found.group()) or (first and first.group()) or "\n"

    def line_end(self, offset: int) -> int:
        """Return where the line of `offset` ends, without its line break."""
        found = _LINE_END.search(self.text, offset)
        return found.start() if found else len(self.text)

    def column(self, offset: int) -> int:
        """Return the characters before `offset` in its line."""
        return offset - self.line_start(offset)

    def bare(self, start: int, end: int) -> str:
        """Return `text[start:end]`, where only a comma and blanks may stand. Raises Unfit for a comment."""
        between = self.text[start:end]
        if "#" in between:
            raise Unfit("a comment stands in between")
        return between
