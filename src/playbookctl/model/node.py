"""The nodes of a document as the text has them: what stands where, and how it is written."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Written(Enum):
    """How a value is written."""

    PLAIN = "plain"
    SINGLE = "'"
    DOUBLE = '"'
    BLOCK = "|"
    ALIAS = "*"
    MAPPING = "key:"
    LIST = "-"
    BRACES = "{"
    BRACKETS = "["


class Node:
    """A value in the text, from `start` (its anchor and tag, if any) over `inner` (itself) up to `end`, in characters.

    `children` are the elements of a list, or key, value, key, value of a mapping. `text` is what a scalar reads as before
    it is a number or a date; `is_text` tells whether it is text in the end. `limit` is where the parser is done with a
    block scalar: below the blank lines that follow it. They are no part of it unless it says so (`|+`).
    """

    __slots__ = ("children", "end", "inner", "is_text", "limit", "start", "text", "written")

    def __init__(
        self,
        written: Written,
        start: int,
        inner: int,
        end: int,
        children: tuple[Node, ...] = (),
        text: str = "",
        *,
        is_text: bool = False,
        limit: int = 0,
    ) -> None:
        self.written = written
        self.start = start
        self.inner = inner
        self.end = end
        self.children = children
        self.text = text
        self.is_text = is_text
        self.limit = limit or end

    def scalars(self) -> Iterator[Node]:
        """Yield all scalars and aliases, in the order of the text."""
        pending = [self]
        while pending:
            node = pending.pop()
            if node.children:
                pending += reversed(node.children)
            elif node.written not in COLLECTIONS:
                yield node


COLLECTIONS = (Written.MAPPING, Written.LIST, Written.BRACES, Written.BRACKETS)
