"""Search for a regular expression in bounded time, whatever the pattern and the text.

The pattern runs as a set of states that moves over the text once. Nothing is tried twice, so `(a+)+$` costs what
`a+$` costs. Patterns that only backtracking can follow, and anything beyond the limits, are not run: then the answer
is None, "cannot be told". Apart from that the answer is that of Python's `re.search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.flow.pattern import AT, CHAR, MATCH, SPLIT, Look, Program, UnusablePatternError, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TEXT = 100_000  # characters
MAX_MOVES = 300_000  # states entered in one search; well under a second


def search(pattern: str, text: str, *, ignore_case: bool = False) -> bool | None:
    """Tell whether `pattern` is found anywhere in `text`; None if that cannot be told within the limits."""
    if len(text) > MAX_TEXT:
        return None
    try:
        return _Search(compile_pattern(pattern, ignore_case=ignore_case), text).find()
    except (UnusablePatternError, _TooManyMovesError):
        return None


class _TooManyMovesError(Exception):
    """The search has entered more than MAX_MOVES states."""


class _Search:
    """One run of a program over a text."""

    def __init__(self, program: Program, text: str) -> None:
        self.states = program.states
        self.start = program.start
        self.text = text
        self.moves = 0
        self.looked: dict[tuple[int, int], bool] = {}

    def find(self) -> bool:
        """Move all states along the text, beginning anew at each position, until one of them is a match."""
        current: set[int] = set()
        for position in range(len(self.text) + 1):
            current.add(self.start)
            readers, matched = self.closure(current, position)
            if matched:
                return True
            current = self.read(readers, position)
        return False

    def closure(self, current: Iterable[int], position: int) -> tuple[list[int], bool]:
        """Return the states that want a character and are reached without reading one, and whether a match is."""
        stack = list(current)
        seen = set(stack)
        readers: list[int] = []
        matched = False
        while stack:
            index = stack.pop()
            kind, arg, to = self.states[index]
            if kind == CHAR:
                readers.append(index)
            elif kind == MATCH:
                matched = True
            elif kind == SPLIT or (arg(self.text, position) if kind == AT else self.look(arg, position)):
                fresh = [each for each in to if each not in seen]
                seen.update(fresh)
                stack.extend(fresh)
        self.moves += len(seen)
        if self.moves > MAX_MOVES:
            raise _TooManyMovesError
        return readers, matched

    def read(self, readers: list[int], position: int) -> set[int]:
        """Return where the states are after the character at `position`; nowhere at the end of the text."""
        if position == len(self.text):
            return set()
        character = self.text[position]
        return {self.states[each].to[0] for each in readers if self.states[each].arg(character)}

    def look(self, look: Look, position: int) -> bool:
        """Tell whether a lookaround holds at `position`."""
        place = (look.start, position)
        if place not in self.looked:
            self.looked[place] = self.begins(look.start, position if look.width < 0 else position - look.width)
        return self.looked[place] is not look.negate

    def begins(self, start: int, position: int) -> bool:
        """Tell whether the pattern at `start` matches from `position` on; one of fixed width ends where it must."""
        if position < 0:
            return False
        current = {start}
        while current:
            readers, matched = self.closure(current, position)
            if matched:
                return True
            current = self.read(readers, position)
            position += 1
        return False
