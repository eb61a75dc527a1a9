"""Which known name was meant by one that is not known. Imported only once there is a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 100  # characters; names beyond are not compared


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name nearest to `word`, or None if none is near: one slip for every three characters, at most three.

    Case, `_`, `-` and spaces hardly count. Of equally near names the first in the alphabet is returned.
    """
    limit = min(3, max(1, len(word) // 3))
    plain = _plain(word)
    best: tuple[float, str] | None = None
    for name in sorted(set(names)):
        if name == word or abs(len(name) - len(word)) > limit or len(name) > _LONGEST:
            continue
        distance = _distance(plain, _plain(name), limit) if plain != _plain(name) else 0
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, name)
    return best[1] if best else None


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean 'name'?` for the name nearest to `word`, or nothing."""
    name = nearest(word, names)
    return f"; did you mean '{name}'?" if name else ""


def _plain(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")


def _distance(one: str, other: str, limit: int) -> int:
    """Return how many characters are changed, added, dropped or swapped with the next, at most `limit` + 1."""
    earlier: list[int] = []
    last = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        here = [row]
        for column, right in enumerate(other, start=1):
            cost = min(last[column] + 1, here[-1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, earlier[column - 2] + 1)
            here.append(cost)
        if min(here) > limit:
            return limit + 1
        earlier, last = last, here
    return last[-1]
