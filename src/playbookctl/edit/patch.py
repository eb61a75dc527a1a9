"""A patch replaces one piece of a text; everything else stays as it is, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unfit(Exception):
    """An edit that cannot be made in this text; the message says why."""


class Patch(Value):
    """Put `text` in place of the characters from `start` up to `end`."""

    __slots__ = ("end", "start", "text")

    def __init__(self, start: int, end: int, text: str = "") -> None:
        self.start = start
        self.end = end
        self.text = text


def patched(text: str, patches: Iterable[Patch]) -> str:
    """Return `text` with all patches made. Raises Unfit where two of them overlap."""
    parts: list[str] = []
    done = 0
    for patch in sorted(patches, key=lambda patch: (patch.start, patch.end)):
        if patch.start < done:
            raise Unfit("two changes overlap")
        parts += (text[done : patch.start], patch.text)
        done = patch.end
    return "".join((*parts, text[done:]))
