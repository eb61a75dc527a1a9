"""The canonical form of a playbook file, or a refusal: what is read, and every line that says something, stays.

The text is parsed as seldom as can be: layout and quotes are patches of one reading, the order of keys one of the next,
and the last reading proves it all: the same data, the same lines, and nothing more to change.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from playbookctl.edit.intended import same
from playbookctl.edit.key_order import in_order, mappings
from playbookctl.edit.layout import indented, with_one_break_at_the_end, without_trailing_blanks
from playbookctl.edit.patch import Patch, Unfit, patched
from playbookctl.edit.quotes import in_canonical_quotes
from playbookctl.model.node import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.edit.changes import Order
    from playbookctl.model.node import Node
    from playbookctl.model.source import Document
    from playbookctl.model.workspace import Entry

    Change = Callable[[str, Node], Iterable[Patch]]
    Reread = Callable[[str], Document | None]

_DASHES = re.compile(r"(?:-(?: +|$))+")
_BREAK = re.compile(r"\r\n|\n|\r")
_ON_ONE_LINE = (Written.PLAIN, Written.SINGLE, Written.DOUBLE)
_IN_PLACE: tuple[tuple[str, Change], ...] = (
    ("blanks at the end of lines", without_trailing_blanks),
    ("the line break at the end", with_one_break_at_the_end),
    ("the indentation", indented),
    ("the quotes", in_canonical_quotes),
)


def formatted(entry: Entry, reread: Reread, order: Order) -> str:
    """Return the text of a file in canonical form. Raises Unfit, which says where, if that cannot be proven lossless.

    `reread` reads a text as this file was read, and returns None for what is no document.
    """
    if entry.document is None:
        raise Unfit(entry.problems[0][1].message if entry.problems else "the file cannot be read")
    if any(code == "PB003" for code, _ in entry.problems):
        raise Unfit("a key stands twice in one mapping")
    after = _changed(entry.document, reread, order)
    if after is entry.document:
        return after.source.text
    if after is None or not _is_lossless(entry.document, after):
        raise Unfit(_what_loses(entry.document, reread, order))
    if _in_place(after, order) or _of_order(after, order):
        raise Unfit("formatting it twice would not give the same text")
    return after.source.text


def _changed(document: Document, reread: Reread, order: Order) -> Document | None:
    """Return the document in canonical form, the same one if it is; None if what came of it cannot be read."""
    for needed in (_in_place, _of_order):
        text = patched(document.source.text, needed(document, order))
        if text != document.source.text:
            after = reread(text)
            if after is None:
                return None
            document = after
    return document


def _in_place(document: Document, _: Order) -> list[Patch]:
    text, root = document.source.text, document.spans.tree()
    return [patch for _, change in _IN_PLACE for patch in change(text, root)]


def _of_order(document: Document, order: Order) -> list[Patch]:
    return [patch for _, patch in in_order(document.source.text, document.spans.tree(), order)]


def _is_lossless(before: Document, after: Document) -> bool:
    return same(after.data, before.data) and _said(after) == _said(before)


def _said(document: Document) -> Counter[str]:
    """Return every line that says something: without its indentation and its dashes, quotes set aside."""
    pieces: list[str] = []
    at = 0
    text = document.source.text
    for node in document.spans.tree().scalars():
        if node.is_text and node.written in _ON_ONE_LINE and not _BREAK.search(text, node.inner, node.end):
            pieces += (text[at : node.inner], json.dumps(node.text))
            at = node.end
    lines = (_DASHES.sub("", line.strip(" \t"), count=1) for line in _BREAK.split("".join((*pieces, text[at:]))))
    return Counter(line for line in lines if line)


def _what_loses(document: Document, reread: Reread, order: Order) -> str:
    """Say which of the changes, made alone, would lose something."""
    for what, text in _one_by_one(document, order):
        after = reread(text)
        if after is None or not same(after.data, document.data):
            return f"{what} cannot be changed: the file would read as something else"
        if _said(after) != _said(document):
            return f"{what} cannot be changed: a line would be lost"
    return "its layout and the order of its keys cannot both be changed: the file would read as something else"


def _one_by_one(document: Document, order: Order) -> Iterator[tuple[str, str]]:
    text, root = document.source.text, document.spans.tree()
    for what, change in _IN_PLACE:
        yield what, patched(text, change(text, root))
    for path in mappings(root):
        shown = ".".join(str(part) for part in path) or "the playbook"
        yield f"the order of keys in {shown}", patched(text, [patch for _, patch in in_order(text, root, order, path)])
