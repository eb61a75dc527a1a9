"""A text that may not grow beyond a limit and says how much it had to leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_RESERVE = 2000  # characters kept for saying what was left out


class Bounded:
    """Collects blocks up to `limit` characters. What does not fit is counted, never dropped in silence."""

    __slots__ = ("_blocks", "_left")

    def __init__(self, limit: int) -> None:
        self._blocks: list[str] = []
        self._left = limit - _RESERVE

    def add(self, block: str) -> bool:
        """Add a block and a line break if it fits; tell whether it did."""
        if len(block) + 1 > self._left:
            return False
        self._take(block)
        return True

    def say_left_out(self, sentence: str) -> None:
        """Add a sentence of at most some hundred characters from what is reserved for it."""
        self._take(sentence)

    def add_rows(
        self, head: str, rows: Sequence[str], foot: str, left_out: Callable[[int], str], *, at_most: int
    ) -> None:
        """Add `head`, as many `rows` as fit into `at_most` characters, `left_out(shown)` if not all did, and `foot`."""
        if not rows:
            return
        longest = max(len(left_out(0)), len(left_out(len(rows) - 1)))
        room = min(self._left, at_most) - len(head) - len(foot) - longest - 8
        shown = 0
        for row in rows:
            room -= len(row) + 1
            if room < 0:
                break
            shown += 1
        if not shown:
            self.say_left_out(f"\n{left_out(0)}")
            return
        rest = [] if shown == len(rows) else ["", left_out(shown)]
        self.add("\n".join([head, *rows[:shown], *rest, *([foot] if foot else [])]))

    def text(self) -> str:
        """Return what was added, a line break at the end of every block."""
        return "".join(f"{block}\n" for block in self._blocks)

    def _take(self, block: str) -> None:
        self._blocks.append(block)
        self._left -= len(block) + 1
