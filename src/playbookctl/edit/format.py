"""The canonical form of a playbook file, or a refusal: what is read, and every line that says something, stays."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from playbookctl.edit.intended import same
from playbookctl.edit.key_order import in_order
from playbookctl.edit.layout import indented, with_one_break_at_the_end, without_trailing_blanks
from playbookctl.edit.patch import Unfit

if TYPE_CHECKING:
    from playbookctl.edit.changes import Order
    from playbookctl.edit.intended import Reopen
    from playbookctl.model.source import Document, NodePath
    from playbookctl.model.workspace import Entry

_DASHES = re.compile(r"(?:-(?: +|$))+")
_LAYOUT = (
    ("blanks at the end of lines", without_trailing_blanks),
    ("the line break at the end", with_one_break_at_the_end),
    ("the indentation", indented),
)


def formatted(entry: Entry, reopen: Reopen, order: Order) -> str:
    """Return the text of a file in canonical form. Raises Unfit, which says where, if that cannot be proven lossless."""
    once = _formatted(entry, reopen, order)
    if _formatted(reopen(once), reopen, order) != once:
        raise Unfit("formatting it twice would not give the same text")
    return once


def _formatted(entry: Entry, reopen: Reopen, order: Order) -> str:
    if entry.document is None:
        raise Unfit(entry.problems[0][1].message if entry.problems else "the file cannot be read")
    if any(code == "PB003" for code, _ in entry.problems):
        raise Unfit("a key stands twice in one mapping")
    document = entry.document
    for what, change in _LAYOUT:
        document = _proven(document, change(document), what, reopen)
    passed_over: set[NodePath] = set()
    while (moved := in_order(document, order, passed_over)) is not None:
        path, text = moved
        shown = ".".join(str(part) for part in path) or "the playbook"
        document = _proven(document, text, f"the order of keys in {shown}", reopen)
        passed_over.add(path)
    return document.source.text


def _proven(before: Document, text: str, what: str, reopen: Reopen) -> Document:
    """Return the document of the new text. Raises Unfit unless it reads the same and has the same lines."""
    if text == before.source.text:
        return before
    after = reopen(text).document
    if after is None or not same(after.data, before.data):
        raise Unfit(f"{what} cannot be changed: the file would read as something else")
    if _said(text) != _said(before.source.text):
        raise Unfit(f"{what} cannot be changed: a line would be lost")
    return after


def _said(text: str) -> Counter[str]:
    """Return every line that says something, without its indentation and its dashes."""
    lines = (_DASHES.sub("", line.strip(" \t"), count=1) for line in re.split(r"\r\n|\n|\r", text))
    return Counter(line for line in lines if line)
