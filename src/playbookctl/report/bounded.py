"""A text that may not grow beyond a limit and says how much it had to leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Bounded:
    """Collects blocks up to `limit` characters; whoever adds asks first or adds a list of rows that may be cut."""

    __slots__ = ("_blocks", "_left")

    def __init__(self, limit: int) -> None:
        self._blocks: list[str] = []
        self._left = limit

    def add(self, block: str) -> bool:
        """Add a block if it fits, a line break after it included; tell whether it did."""
        size = len(block) + 1
        if size > self._left:
            return False
        self._blocks.append(block)
        self._left -= size
        return True

    def add_rows(
        self, head: str, rows: Sequence[str], foot: str, left_out: Callable[[int], str], *, keep: int = 0
    ) -> int:
        """Add `head`, as many `rows` as fit, `left_out(shown)` if not all did, and `foot`; return how many are shown.

        `keep` characters stay free for what comes behind.
        """
        longest = max(len(left_out(0)), len(left_out(max(0, len(rows) - 1))))
        room = self._left - keep - len(head) - len(foot) - longest - 8
        shown = 0
        for row in rows:
            room -= len(row) + 1
            if room < 0:
                break
            shown += 1
        rest = [] if shown == len(rows) else ["", left_out(shown)]
        self.add("\n".join([head, *rows[:shown], *rest, *([foot] if foot else [])]))
        return shown

    def text(self) -> str:
        """Return what was added, a line break at the end of every block."""
        return "".join(f"{block}\n" for block in self._blocks)
