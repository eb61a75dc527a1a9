"""A regular expression as states: parsed by Python's own parser, refused where it has no bounded form."""

from __future__ import annotations

import warnings
from functools import lru_cache
from importlib import import_module
from re import IGNORECASE, MULTILINE, error
from sys import version_info
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.flow.characters import character_test, position_test

if TYPE_CHECKING:
    from collections.abc import Iterable

PARSER: Any = import_module("re._parser" if version_info >= (3, 11) else "sre_parse")

MAX_PATTERN = 1_000  # characters
MAX_STATES = 3_000  # `(a{50}){50}` is short to write
MAX_NESTING = 40

CHAR, SPLIT, AT, LOOK, MATCH = range(5)
AHEAD = -1  # the width of a lookahead


class UnusablePatternError(ValueError):
    """The text is no regular expression, or none that can be run in bounded time; the message says why."""


class BrokenPatternError(UnusablePatternError):
    """The text is no regular expression of Python's."""


class Look(NamedTuple):
    """A lookaround: the state its own pattern starts at, its width if it looks behind (else AHEAD), and its sense."""

    start: int
    width: int
    negate: bool


class State(NamedTuple):
    """One state: `arg` is a CharacterTest (CHAR), a PositionTest (AT), a Look (LOOK), else None; `to` leads on."""

    kind: int
    arg: Any
    to: tuple[int, ...]


class Program(NamedTuple):
    """A pattern ready to run."""

    states: tuple[State, ...]
    start: int


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, *, ignore_case: bool = False) -> Program:
    """Return `pattern` as states. Raises UnusablePatternError for what is broken, too large or needs backtracking."""
    if len(pattern) > MAX_PATTERN:
        raise UnusablePatternError(f"it has {len(pattern)} characters, more than {MAX_PATTERN}")
    if _nesting(pattern) > MAX_NESTING:
        raise UnusablePatternError(f"its groups are nested more than {MAX_NESTING} deep")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = PARSER.parse(pattern, IGNORECASE if ignore_case else 0)
    except (error, OverflowError, RecursionError) as problem:
        raise BrokenPatternError(f"it is no regular expression: {problem}") from problem
    builder = _Builder()
    start = builder.sequence(tree, builder.add(MATCH, None), tree.state.flags)
    return Program(tuple(builder.states), start)


def _nesting(pattern: str) -> int:
    """Return how deep parentheses nest at most; escaped ones count, which only errs to the safe side."""
    depth = deepest = 0
    for character in pattern:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


class _Builder:
    """Adds states from the end of the pattern to its beginning: each piece is told which state follows it."""

    def __init__(self) -> None:
        self.states: list[State] = []

    def add(self, kind: int, arg: Any, *to: int) -> int:
        if len(self.states) >= MAX_STATES:
            raise UnusablePatternError(f"it needs more than {MAX_STATES} states; its counted repeats are too large")
        self.states.append(State(kind, arg, to))
        return len(self.states) - 1

    def sequence(self, pieces: Iterable[tuple[Any, Any]], following: int, flags: int) -> int:
        for code, arg in reversed(list(pieces)):
            following = self.piece(str(code), arg, following, flags)
        return following

    def piece(self, code: str, arg: Any, following: int, flags: int) -> int:
        match code:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self.add(CHAR, character_test(code, arg, flags), following)
            case "AT":
                return self.add(AT, position_test(str(arg), multiline=bool(flags & MULTILINE)), following)
            case "SUBPATTERN":
                _, added, removed, pieces = arg
                return self.sequence(pieces, following, (flags | added) & ~removed)
            case "BRANCH":
                return self.add(SPLIT, None, *(self.sequence(each, following, flags) for each in arg[1]))
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self.repeat(arg, following, flags)
            case "ASSERT" | "ASSERT_NOT":
                return self.look(arg, following, flags, negate=code == "ASSERT_NOT")
            case "FAILURE":
                return self.add(SPLIT, None)
        raise UnusablePatternError(
            f"it uses {_WORDS.get(code, code.lower())}, which only a backtracking search can follow"
        )

    def repeat(self, arg: tuple[int, Any, Any], following: int, flags: int) -> int:
        least, most, pieces = arg
        if most == PARSER.MAXREPEAT:
            entry = loop = self.add(SPLIT, None)
            body = self.sequence(pieces, loop, flags)
            self.states[loop] = State(SPLIT, None, (body, following))
        else:
            entry = following
            for _ in range(int(most) - least):
                entry = self.add(SPLIT, None, self.sequence(pieces, entry, flags), following)
        for _ in range(least):
            entry = self.sequence(pieces, entry, flags)
        return entry

    def look(self, arg: tuple[int, Any], following: int, flags: int, *, negate: bool) -> int:
        direction, pieces = arg
        least, most = pieces.getwidth()
        if direction < 0 and least != most:
            raise UnusablePatternError("it looks behind for a text of no fixed width")
        start = self.sequence(pieces, self.add(MATCH, None), flags)
        return self.add(LOOK, Look(start, least if direction < 0 else AHEAD, negate), following)


_WORDS = {
    "GROUPREF": "a backreference",
    "GROUPREF_EXISTS": "a condition on a group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repeat",
}
