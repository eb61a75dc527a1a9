"""How many cells of a terminal a text takes, and which part of a long line to show around a finding."""

from __future__ import annotations

from playbookctl.model.value import Value
from playbookctl.report import escape

_TAB = 4
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"  # asks for the wide, coloured form of the character before it
# Hangul vowels and finals, drawn into the block of the consonant before them.
_VOWELS = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))


class Excerpt(Value):
    """One line as it is shown, and where in it the marked part begins and how wide it is, in cells from zero."""

    __slots__ = ("indent", "length", "text")

    def __init__(self, text: str, indent: int, length: int) -> None:
        self.text = text
        self.indent = indent
        self.length = length


def width(text: str) -> int:
    """Return how many cells `text` takes; it holds no control characters."""
    return len(text) if text.isascii() else sum(_widths(text))


def cut(text: str, limit: int, ellipsis: str = "…") -> str:
    """Return `text`, or as many of its first characters as fit into `limit` cells with an ellipsis behind them."""
    if width(text) <= limit:
        return text
    left = limit - len(ellipsis)
    shown = []
    for character, cells in zip(text, _widths(text), strict=True):
        left -= cells
        if left < 0:
            break
        shown.append(character)
    return "".join(shown) + ellipsis


def wrap(text: str, limit: int, *, hang: int = 0) -> list[str]:
    """Return `text` in pieces of at most `limit` cells, all but the first `hang` narrower, broken at spaces."""
    if limit < 1 or width(text) <= limit:
        return [text]
    pieces, start, space, left = [], 0, -1, limit
    widths = _widths(text)
    for index, character in enumerate(text):
        left -= widths[index]
        if left < 0:
            end = space + 1 if space > start else index
            pieces.append(text[start:end].rstrip())
            start = end
            left = limit - hang - sum(widths[start : index + 1])
        if character == " ":
            space = index
    return [*pieces, text[start:]]


def excerpt(line: str, start: int, end: int, limit: int = 0, *, unicode: bool = True) -> Excerpt:
    """Return `line` as shown in at most `limit` cells (0: any number), with the characters `start` to `end` marked.

    `start` and `end` count characters from zero, end exclusive; at least one cell is marked.
    """
    shown, cells = _shown(line.rstrip(), ascii_only=not unicode)
    start = min(start, len(shown))
    end = max(start, min(end, len(shown)))
    total = sum(cells)
    if limit and total > limit:
        return _window(shown, cells, start, end, limit, "…" if unicode else "...")
    return Excerpt("".join(shown), sum(cells[:start]), max(1, sum(cells[start:end])))


def _window(shown: list[str], cells: list[int], start: int, end: int, limit: int, ellipsis: str) -> Excerpt:
    """Show what is marked with some of what stands before it and as much as fits behind it."""
    room = max(1, limit - 2 * len(ellipsis))
    lead = min(room // 3, max(0, room - sum(cells[start:end])) // 2)
    first = start
    while first > 0 and lead >= cells[first - 1]:
        first -= 1
        lead -= cells[first]
    last = first
    left = room
    while last < len(shown) and left >= cells[last]:
        left -= cells[last]
        last += 1
    before = ellipsis if first else ""
    behind = ellipsis if last < len(shown) else ""
    indent = len(before) + sum(cells[first:start])
    text = before + "".join(shown[first:last]) + behind
    return Excerpt(text, indent, max(1, sum(cells[start : min(end, last)])))


def _shown(line: str, *, ascii_only: bool) -> tuple[list[str], list[int]]:
    """Return what is shown for each character, tabs as spaces, and how many cells that takes."""
    shown = escape.glyphs(line, ascii_only=ascii_only)
    cells = [len(glyph) for glyph in shown] if line.isascii() else _cells(line, shown)
    if "\t" in line:
        column = 0
        for index, character in enumerate(line):
            if character == "\t":
                cells[index] = _TAB - column % _TAB
                shown[index] = " " * cells[index]
            column += cells[index]
    return shown, cells


def _cells(line: str, shown: list[str]) -> list[int]:
    plain = _widths(line)
    return [
        plain[index] if glyph == line[index] else len(glyph)  # an escape is ASCII
        for index, glyph in enumerate(shown)
    ]


def _widths(text: str) -> list[int]:
    widths: list[int] = []
    before = ""
    for character in text:
        if character == _EMOJI_STYLE and widths and widths[-1] == 1 and before > "\u2000":
            widths[-1] = 2
            widths.append(0)
        else:
            widths.append(0 if before == _JOINER else _width(character))
        before = character
    return widths


def _width(character: str) -> int:
    if character < "\u0300":
        return 1
    import unicodedata

    if unicodedata.category(character) in ("Mn", "Me", "Cf") or any(ord(character) in part for part in _VOWELS):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
