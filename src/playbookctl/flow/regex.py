"""Search for a regular expression in bounded time, whatever the pattern and the text.

The pattern runs as a set of states that moves over the text once. Nothing is tried twice, so `(a+)+$` costs what
`a+$` costs. Patterns that only backtracking can follow, and anything beyond the limits, are not run: then the answer
is None, "cannot be told". Apart from that the answer is that of Python's `re.search`.

Where a set of states goes depends on the character it reads and on those beside it, so each move is remembered: a
pattern that is searched in many texts soon costs one look-up a character.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from playbookctl.flow.pattern import AT, CHAR, LOOK, MATCH, SPLIT, Look, Program, UnusablePatternError, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Place: TypeAlias = tuple[str, str, bool]

MAX_TEXT = 100_000  # characters
MAX_MOVES = 300_000  # states entered in one search; well under a second
MOST_REMEMBERED = 5_000  # moves of one pattern


def search(pattern: str, text: str, *, ignore_case: bool = False) -> bool | None:
    """Tell whether `pattern` is found anywhere in `text`; None if that cannot be told within the limits."""
    if len(text) > MAX_TEXT:
        return None
    try:
        return _machine(pattern, ignore_case).find(text)
    except (UnusablePatternError, _TooManyMovesError):
        return None


class _TooManyMovesError(Exception):
    """The search has entered more than MAX_MOVES states."""


class _Node:
    """A set of states, and the moves from it that are known, by place.

    A place is the next character; where a state of the set asks about the position (`minds`), also the character before
    and whether the next one is the last.
    """

    __slots__ = ("minds", "moves", "states")

    def __init__(self, states: frozenset[int], *, minds: bool) -> None:
        self.states = states
        self.minds = minds
        self.moves: dict[str | Place, _Move] = {}


class _Move(NamedTuple):
    """What comes of a set of states at one place: where it goes, whether it has matched, how many were entered."""

    to: _Node
    matched: bool
    entered: int


class _Machine:
    """A program, and the moves it is known to make. A pattern that looks around needs the whole text: none is known."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.looks_around = any(state.kind == LOOK for state in program.states)
        self.nodes: dict[frozenset[int], _Node] = {}
        self.remembered = 0

    def find(self, text: str) -> bool:
        """Move all states along the text, beginning anew at each position, until one of them is a match."""
        if self.looks_around:
            return _Search(self.program, text).find()
        node = self.node({self.program.start})
        moves, last = 0, len(text)
        for position in range(last + 1):
            following = text[position] if position < last else ""
            place: str | Place = following
            if node.minds:
                place = (text[position - 1] if position else "", following, position + 1 >= last)
            move = node.moves.get(place) or self.moved(node, place)
            if move.matched:
                return True
            moves += move.entered
            if moves > MAX_MOVES:
                raise _TooManyMovesError
            node = move.to
        return False

    def moved(self, node: _Node, place: str | Place) -> _Move:
        """Make a move, in a text just long enough for what a position can ask about, and remember it."""
        before, following, is_last = ("", place, True) if isinstance(place, str) else place
        search = _Search(self.program, before + following + ("" if is_last else "x"))
        readers, matched = search.closure(node.states, len(before))
        to = search.read(readers, len(before)) if following else set()
        if self.remembered >= MOST_REMEMBERED:
            self.nodes.clear()
            self.remembered = 0
        move = _Move(self.node({*to, self.program.start}), matched, search.moves)
        node.moves[place] = move
        self.remembered += 1
        return move

    def node(self, states: set[int]) -> _Node:
        """Return the node of a set of states."""
        key = frozenset(states)
        if key not in self.nodes:
            self.nodes[key] = _Node(key, minds=self.minds(states))
        return self.nodes[key]

    def minds(self, states: set[int]) -> bool:
        """Tell whether a state that asks about the position is reached without reading a character."""
        stack = list(states)
        seen = set(stack)
        while stack:
            state = self.program.states[stack.pop()]
            if state.kind == AT:
                return True
            if state.kind == SPLIT:
                fresh = [each for each in state.to if each not in seen]
                seen.update(fresh)
                stack += fresh
        return False


@lru_cache(maxsize=256)
def _machine(pattern: str, ignore_case: bool) -> _Machine:  # noqa: FBT001 - a key of the cache
    return _Machine(compile_pattern(pattern, ignore_case=ignore_case))


class _Search:
    """One run of a program over a text."""

    def __init__(self, program: Program, text: str) -> None:
        self.states = program.states
        self.start = program.start
        self.text = text
        self.moves = 0
        self.looked: dict[tuple[int, int], bool] = {}

    def find(self) -> bool:
        """Tell whether the pattern is found from any position on, every move made anew."""
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
