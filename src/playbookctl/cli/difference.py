"""Texts before and after as a unified diff."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def unified(changes: Iterable[tuple[str, str, str]]) -> bytes:
    """Return (file, before, after) as one unified diff; line breaks are shown as they are in the files."""
    lines: list[str] = []
    for shown, before, after in changes:
        for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{shown}", f"b/{shown}"):
            lines += [line] if line.endswith("\n") else [line, "\n\\ No newline at end of file\n"]
    return "".join(lines).encode("utf-8")


def _lines(text: str) -> list[str]:
    """Split at LF alone, as diff and git do."""
    lines = text.split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), *([lines[-1]] if lines[-1] else [])]
