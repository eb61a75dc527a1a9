"""One edit to patches, by its mode: replace, key, rest, insert, delete, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.edit.patch import Patch, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playbookctl.edit.outline import Outline
    from playbookctl.model.finding import Edit
    from playbookctl.model.source import NodePath

    Order = Callable[[NodePath], Sequence[str]]

_QUOTES = ("'", '"')
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


def patches(outline: Outline, edit: Edit, order: Order) -> list[Patch]:
    """Return the patches of an edit. `order` returns the order of a mapping's keys. Raises Unfit."""
    return _MODES[edit.mode](outline, edit, order)


def _replace(outline: Outline, edit: Edit, _: Order) -> list[Patch]:
    outline.get(edit.path)
    start, end = outline.value(edit.path)
    if start == end:
        raise Unfit("there is no text to replace")
    quote = outline.text[start]
    keeps_quotes = quote in _QUOTES and _PLAIN.issuperset(edit.text)
    return [Patch(start, end, f"{quote}{edit.text}{quote}" if keeps_quotes else edit.text)]


def _rename(outline: Outline, edit: Edit, _: Order) -> list[Patch]:
    outline.get(edit.path)
    return [Patch(*outline.key(edit.path), edit.text)]


def _replace_with_rest(outline: Outline, edit: Edit, _: Order) -> list[Patch]:
    """Replace a value and the rest of its line: what is a comment to YAML becomes a part of the text."""
    outline.get(edit.path)
    if outline.in_brackets(edit.path):
        raise Unfit("in brackets it cannot be told where the text was to end")
    start, end = outline.value(edit.path)
    stop = outline.after_line(end)
    return [Patch(start, start + len(outline.text[start:stop].rstrip()), edit.text)]


def _delete(outline: Outline, edit: Edit, _: Order) -> list[Patch]:
    path = edit.path
    outline.get(path)
    siblings = outline.siblings(path)
    at = siblings.index(path)
    if outline.in_brackets(path):
        return [_delete_in_brackets(outline, siblings, at)]
    if len(siblings) == 1:
        return _delete_only_one(outline, path)
    start, end = outline.item(path)
    if outline.is_first(start):
        return [_whole_lines(outline, start, end)]
    if at + 1 == len(siblings):
        raise Unfit("it shares its line with what holds it")
    # `- id: x` with more keys below: the next one takes its place behind the dash
    follows = outline.item(siblings[at + 1])[0]
    outline.bare(outline.after_line(end), follows)
    return [Patch(start, follows)]


def _delete_in_brackets(outline: Outline, siblings: list[NodePath], at: int) -> Patch:
    start, end = outline.item(siblings[at])
    if at + 1 < len(siblings):
        follows = outline.item(siblings[at + 1])[0]
        outline.bare(end, follows)
        return Patch(start, follows)
    if at:
        before = outline.item(siblings[at - 1])[1]
        outline.bare(before, start)
        return Patch(before, end)
    opening, closing = outline.value(siblings[at][:-1])
    outline.bare(opening, start)
    outline.bare(end, closing)
    return Patch(opening + 1, closing - 1)


def _delete_only_one(outline: Outline, path: NodePath) -> list[Patch]:
    """Delete the only element of a block list: `[]` is written behind the key."""
    if len(path) < 2 or isinstance(path[-1], str) or isinstance(path[-2], int):  # noqa: PLR2004 - the list and its key
        raise Unfit("nothing would be left of what holds it")
    start, end = outline.item(path)
    if not outline.is_first(start):
        raise Unfit("it shares its line with what holds it")
    key_end = outline.key(path[:-1])[1]
    colon = outline.text.find(":", key_end, start)
    if colon < 0:
        raise Unfit("its key has no colon")
    return [Patch(colon + 1, colon + 1, " []"), _whole_lines(outline, start, end)]


def _whole_lines(outline: Outline, start: int, end: int) -> Patch:
    """Delete the lines of an item with the comment behind it; at the end of the text the break before goes instead."""
    first, stop = outline.line_start(start), outline.after_line(end)
    if stop == len(outline.text) and outline.text[stop - 1] not in "\r\n":
        first = len(outline.text[:first].rstrip("\r\n")) if outline.text[:first].endswith(("\n", "\r")) else first
    return Patch(first, stop)


def _insert(outline: Outline, edit: Edit, order: Order) -> list[Patch]:
    path = edit.path
    parent = outline.get(path[:-1])
    if isinstance(parent, list):
        return [_insert_element(outline, edit)]
    if not isinstance(parent, dict) or path[-1] in parent:
        raise Unfit("there is no place for the key")
    text = f"{path[-1]}: {edit.text}"
    siblings = outline.siblings(path) if parent else []
    before = _predecessor(outline, siblings, str(path[-1]), order(path[:-1]))
    if outline.in_brackets(path):
        return [_insert_in_brackets(outline, path, siblings, before, text)]
    if not siblings:
        raise Unfit("the mapping is empty")
    return [_insert_lines(outline, siblings[0], before, text)]


def _predecessor(outline: Outline, siblings: list[NodePath], name: str, order: Sequence[str]) -> NodePath | None:
    """Return the sibling to insert behind: the last in `order` that comes before `name`; None to insert at the top."""
    ranks = {key: rank for rank, key in enumerate(order)}
    if name not in ranks:
        return siblings[-1] if siblings else None
    ranked = [(ranks.get(str(path[-1]), -1), path) for path in siblings]
    earlier = [(rank, path) for rank, path in ranked if 0 <= rank < ranks[name]]
    if earlier:
        return max(earlier, key=lambda pair: pair[0])[1]
    if siblings and not outline.in_brackets(siblings[0]) and _has_comment_above(outline, outline.item(siblings[0])[0]):
        return siblings[0]  # what the comment says is about that key, not about ours
    return None


def _has_comment_above(outline: Outline, start: int) -> bool:
    """Tell whether the line above is a comment; the file's first line speaks of the whole file."""
    above = outline.line_start(start) - 1
    if above <= 0:
        return False
    if outline.text[above - 1 : above + 1] == "\r\n":
        above -= 1
    begin = outline.line_start(above)
    return begin > 0 and outline.text[begin:above].lstrip().startswith("#")


def _insert_lines(outline: Outline, first: NodePath, before: NodePath | None, text: str) -> Patch:
    if before is None:
        start = outline.item(first)[0]
        return Patch(start, start, f"{text}{outline.line_break(start)}{' ' * outline.column(start)}")
    start, end = outline.item(before)
    return _line_after(outline, end, " " * outline.column(start) + text)


def _insert_element(outline: Outline, edit: Edit) -> Patch:
    path = edit.path
    siblings = outline.siblings(path)
    before = next((one for one in reversed(siblings) if int(one[-1]) < int(path[-1])), None)
    if outline.in_brackets(path):
        return _insert_in_brackets(outline, path, siblings, before, edit.text)
    if before is None:
        raise Unfit("there is no element to put it behind")
    start, end = outline.item(before)
    return _line_after(outline, end, f"{' ' * outline.column(start)}- {edit.text}")


def _insert_in_brackets(
    outline: Outline, path: NodePath, siblings: list[NodePath], before: NodePath | None, text: str
) -> Patch:
    if before is not None:
        end = outline.item(before)[1]
        return Patch(end, end, f", {text}")
    start = outline.item(siblings[0])[0] if siblings else outline.value(path[:-1])[0] + 1
    return Patch(start, start, f"{text}, " if siblings else text)


def _line_after(outline: Outline, end: int, line: str) -> Patch:
    """Insert a line below the one in which `end` stands; a text without a break at its end stays so."""
    at, line_break = outline.after_line(end), outline.line_break(end)
    has_break = outline.text[at - 1 : at] in ("\n", "\r")
    return Patch(at, at, f"{line}{line_break}" if has_break else f"{line_break}{line}")


def _rewrite_comment(outline: Outline, edit: Edit, _: Order) -> list[Patch]:
    """Write a comment anew; one that is deleted takes the blanks before it along, or the line that it stood on alone."""
    text, start = outline.text, edit.at
    if not text.startswith("#", start):
        raise Unfit("there is no such comment any more")
    stop = outline.line_end(start)
    end = start + len(text[start:stop].rstrip())
    if edit.text:
        return [Patch(start, end, edit.text)]
    blank = len(text[:start].rstrip(" \t"))
    return [_whole_lines(outline, outline.line_start(start), stop) if outline.is_first(start) else Patch(blank, end)]


_MODES = {
    "replace": _replace,
    "key": _rename,
    "rest": _replace_with_rest,
    "insert": _insert,
    "delete": _delete,
    "comment": _rewrite_comment,
}
