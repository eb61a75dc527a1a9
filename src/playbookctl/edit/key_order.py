"""The keys of the playbook and of its steps in the order of the schema; every comment goes with what it stands above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playbookctl.edit.outline import Outline
from playbookctl.edit.patch import Patch, Unfit, patched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playbookctl.edit.changes import Order
    from playbookctl.model.source import Document, NodePath

_LEAD = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")


class _Part:
    """A key with its value: the blank lines above, the comments above, and its own lines, without the indentation."""

    def __init__(self, blanks: str, comments: str, body: str) -> None:
        self.blanks = blanks
        self.comments = comments
        self.body = body


def first_out_of_order(document: Document, order: Order) -> NodePath | None:
    """Return the path of the first mapping whose keys are in another order, None if all are in order."""
    return next((path for path, _ in _mappings(Outline(document), order)), None)


def in_order(document: Document, order: Order, passed_over: set[NodePath]) -> tuple[NodePath, str] | None:
    """Return the text with one mapping put in order, and its path; None if there is nothing (more) to be done.

    `passed_over` are mappings left as they are. It gains those where a comment has no certain place: above a key that
    would come behind a dash.
    """
    outline = Outline(document)
    for path, keys in _mappings(outline, order):
        if path in passed_over:
            continue
        patch = _sorted(outline, path, keys)
        if patch is not None:
            return path, patched(outline.text, [patch])
        passed_over.add(path)
    return None


def _mappings(outline: Outline, order: Order) -> Iterator[tuple[NodePath, list[str]]]:
    """Yield the block mappings that are not in order, with their keys as they should be."""
    pending: list[NodePath] = [(), *_steps(outline.data, ())]
    for path in pending:
        value = outline.get(path)
        if not isinstance(value, dict) or not value or outline.in_brackets((*path, next(iter(value)))):
            continue
        present = [str(one[-1]) for one in outline.siblings((*path, next(iter(value))))]
        wanted = _ranked(present, order(path))
        if present != wanted:
            yield path, wanted


def _steps(value: Any, path: NodePath) -> Iterator[NodePath]:
    steps = value.get("steps") if isinstance(value, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        yield (*path, "steps", index)
        yield from _steps(step, (*path, "steps", index))


def _ranked(keys: Sequence[str], order: Sequence[str]) -> list[str]:
    """Sort by `order`; a key that it lacks stays behind the key it stands behind now."""
    ranks = {key: rank for rank, key in enumerate(order)}
    rank, ranked = -1, []
    for key in keys:
        rank = ranks.get(key, rank)
        ranked.append((rank, key))
    return [key for _, key in sorted(ranked, key=lambda pair: pair[0])]


def _sorted(outline: Outline, path: NodePath, keys: Sequence[str]) -> Patch | None:
    """Return the patch that puts one mapping in order, or None where that is not certain to keep each comment's place."""
    siblings = outline.siblings((*path, keys[0]))
    starts = [outline.item(one)[0] for one in siblings]
    ends = [outline.after_line(outline.item(one)[1]) for one in siblings]
    column = outline.column(starts[0])
    parts: dict[str, _Part] = {}
    opening = _comments_above(outline, starts[0]) if not path else starts[0]
    parts[str(siblings[0][-1])] = _Part("", outline.text[opening : starts[0]], "")
    for at, one in enumerate(siblings):
        if at:
            tail, blanks, comments = _between(outline.text[ends[at - 1] : outline.line_start(starts[at])], column)
            parts[str(siblings[at - 1][-1])].body += tail
            parts[str(one[-1])] = _Part(blanks, comments, "")
        parts[str(one[-1])].body = outline.text[starts[at] : ends[at]]
    first = parts[keys[0]]
    if path and first.comments:
        return None
    was_first = parts[str(siblings[0][-1])]
    if first is not was_first:
        was_first.blanks, first.blanks = first.blanks, ""
    indentation = " " * column
    body = "".join(f"{parts[key].blanks}{parts[key].comments}{indentation}{parts[key].body}" for key in keys)
    return Patch(opening, ends[-1], body if not path else body[column:])


def _comments_above(outline: Outline, start: int) -> int:
    """Return where the comments directly above begin; those that begin on the first line speak of the file."""
    at = outline.line_start(start)
    while at > 0:
        above = outline.line_start(at - 1 - outline.text[:at].endswith("\r\n"))
        if not outline.text[above:at].startswith("#"):
            return at
        at = above
    return outline.line_start(start)


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
