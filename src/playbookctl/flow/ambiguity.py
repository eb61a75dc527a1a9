"""Whether a pattern can make a backtracking search take exponential time.

It can if some loop reads one and the same text in two ways: with n repetitions there are 2^n ways to fail, and such a
search tries them all. `(a+)+b` does: `aa` is one round of two, or two rounds of one. Platforms mostly run patterns
through such a search; ours (`flow/regex.py`) does not, so here only the pattern is judged.

Characters are compared by examples: those of the pattern, their neighbours, and a few of each kind.
"""

from __future__ import annotations

from sys import maxunicode
from typing import TYPE_CHECKING

from playbookctl.flow.pattern import CHAR, MATCH, SPLIT, Program, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXAMPLES = "aAzZ019_ \t\n-./:@,;=+*#%&?!\"'()[]{}<>|~\\\u00e9\u00df\u20ac\u4e2d"
_MOST_READERS = 120  # states in loops; pairs of them are looked at
_MOST_WAYS = 20_000


def is_explosive(pattern: str) -> bool:
    """Tell whether `pattern` has a loop that reads a text in two ways and can still fail after it.

    Raises UnusablePatternError for what is no pattern, or none that can be judged. A pattern too large to be judged in a
    moment is taken to be harmless.
    """
    program = compile_pattern(pattern)
    readers = [index for index, state in enumerate(program.states) if state.kind == CHAR]
    steps = {index: _onward(program, index) for index in readers}
    looping = _looping(steps)
    if len(looping) > _MOST_READERS:
        return False
    inner = {index: {to: ways for to, ways in steps[index].items() if to in looping} for index in looping}
    may_fail = {index for index in looping if not _ends_at_once(program, index)}
    if any(
        ways > 1 and index in may_fail and index in _reach(inner, to)
        for index in inner
        for to, ways in inner[index].items()
    ):
        return True
    return _two_ways(program, pattern, inner, may_fail)


def _onward(program: Program, reader: int) -> dict[int, int]:
    """Return the readers that can come next after one, each with the number of ways to it: 1, or 2 for more."""
    found: dict[int, int] = {}
    stack: list[tuple[int, frozenset[tuple[int, int]]]] = [(program.states[reader].to[0], frozenset())]
    looked = 0
    while stack and looked < _MOST_WAYS:
        looked += 1
        index, passed = stack.pop()
        state = program.states[index]
        if state.kind == CHAR:
            found[index] = min(2, found.get(index, 0) + 1)
        elif state.kind != MATCH:
            stack += ((to, passed | {(index, to)}) for to in state.to if (index, to) not in passed)
    return found


def _ends_at_once(program: Program, reader: int) -> bool:
    """Tell whether the pattern is found as soon as the reader has read: then a search has no reason to go back."""
    stack, seen = [program.states[reader].to[0]], set()
    while stack:
        index = stack.pop()
        state = program.states[index]
        if state.kind == MATCH:
            return True
        if state.kind == SPLIT and index not in seen:
            seen.add(index)
            stack += state.to
    return False


def _looping(steps: dict[int, dict[int, int]]) -> set[int]:
    """Return the readers that can come after themselves."""
    left = set(steps)
    fading = left
    while fading:  # what leads nowhere that is left is in no loop; most patterns are gone after a few rounds
        fading = {index for index in left if left.isdisjoint(steps[index])}
        left -= fading
    return {index for index in left if any(index in _reach(steps, to) for to in steps[index] if to in left)}


def _reach(steps: dict[int, dict[int, int]], start: int) -> set[int]:
    seen = {start}
    stack = [start]
    while stack:
        for to in steps[stack.pop()]:
            if to not in seen:
                seen.add(to)
                stack.append(to)
    return seen


def _two_ways(program: Program, pattern: str, steps: dict[int, dict[int, int]], may_fail: set[int]) -> bool:
    """Look for a reader from which two different ways over the same text lead back to it."""
    reads = {index: _read_examples(program, index, pattern) for index in steps}
    for start in sorted(may_fail):
        pairs = {(start, start): False}
        stack = [(start, start)]
        looked = 0
        while stack and looked < _MOST_WAYS:
            looked += 1
            one, other = stack.pop()
            parted = pairs[one, other]
            for left in steps[one]:
                for right in steps[other]:
                    if not (reads[left] & reads[right]):
                        continue
                    apart = parted or left != right
                    if apart and left == right == start:
                        return True
                    if (left, right) not in pairs or (apart and not pairs[left, right]):
                        pairs[left, right] = apart
                        stack.append((left, right))
    return False


def _read_examples(program: Program, index: int, pattern: str) -> int:
    """Return the example characters a reader accepts, as bits."""
    test = program.states[index].arg
    return sum(1 << bit for bit, character in enumerate(_alphabet(pattern)) if test(character))


def _alphabet(pattern: str) -> Iterable[str]:
    near = {point + by for point in map(ord, pattern) for by in (-1, 0, 1)}
    return sorted({chr(point) for point in near if 0 <= point <= maxunicode} | set(_EXAMPLES))
