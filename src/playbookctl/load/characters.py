"""Characters that cannot be seen and mean something, or nothing, to a parser: one remark per kind and file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUSPECT = re.compile(
    "[\u0080-\u009f\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\u3164\ufeff\uffa0\ufff9-\ufffc\U000e0000-\U000e007f]"
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HIDDEN_BREAK = re.compile("[\u0085\u2028\u2029]")
_JOINER = "\u200d"
_SPACES = frozenset("\u00a0\u202f\u205f\u3000")


def suspect_characters(text: str) -> list[tuple[int, str, str]]:
    """Return (offset, message, severity) for the first of each kind of invisible character in `text`.

    A zero-width joiner between two emoji belongs to the emoji and is left alone. Severity is 'error' for characters
    that change the order in which text is shown (the source then reads otherwise than it is run), else 'warning'.
    """
    if text.isascii():
        return []
    met: dict[str, list[int]] = {}
    for match in _SUSPECT.finditer(text):
        offset, character = match.start(), match.group()
        if character == _JOINER and _between_emoji(text, offset):
            continue
        met.setdefault(character, []).append(offset)
    return sorted(_remark(character, offsets) for character, offsets in met.items())


def hidden_breaks(text: str) -> Iterator[int]:
    """Yield where line breaks stand that YAML 1.1 knows and editors, git and forges mostly do not."""
    return (match.start() for match in _HIDDEN_BREAK.finditer(text))


def _remark(character: str, offsets: list[int]) -> tuple[int, str, str]:
    import unicodedata

    name = unicodedata.name(character, "a control character").lower()
    more = f" (and {len(offsets) - 1} more in this file)" if len(offsets) > 1 else ""
    point = f"U+{ord(character):04X}"
    if character in _BIDI:
        said = (
            f"{name} ({point}) changes the order in which this text is shown, so that it reads otherwise than it runs"
        )
        return offsets[0], said + more, "error"
    if character in _SPACES:
        return offsets[0], f"{name} ({point}) looks like a space but is not one to a program{more}", "warning"
    return offsets[0], f"{name} ({point}) cannot be seen but is part of the text{more}", "warning"


def _between_emoji(text: str, offset: int) -> bool:
    before, after = text[offset - 1 : offset], text[offset + 1 : offset + 2]
    return before > "\u2000" and after > "\u2000"
