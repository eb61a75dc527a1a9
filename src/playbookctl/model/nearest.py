"""Which known name was meant by one that is not known. Imported only once there is a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 100  # characters; names beyond are not compared
_SHORT = 3  # letters of a word in which a changed one makes another word
_MOST = 40  # names that are compared letter by letter; where more are that much alike, a guess is worth nothing


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name nearest to `word`, or None if none is near: one slip for every three characters, at most three.

    Case, `_`, `-` and spaces hardly count. A letter changed in a word of at most three is no slip: `source_ip` does not
    mean `source_id`. Of equally near names the first in the alphabet is returned.
    """
    limit = min(3, max(1, len(word) // 3))
    plain = _plain(word)
    pieces = _pieces(plain, limit + 2)
    best = None
    compared = 0
    for name in sorted({name for name in names if abs(len(name) - len(word)) <= limit and len(name) <= _LONGEST}):
        if name == word or abs(len(name) - len(word)) > limit:
            continue
        other = _plain(name)
        if other == plain:
            return name
        if any(piece in other for piece in pieces):
            compared += 1
            if not _is_another(plain, other) and (distance := _distance(plain, other, limit)) <= limit:
                best, limit = name, distance - 1  # from here on only a nearer one counts
            if compared == _MOST:
                break
    return best


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean 'name'?` for the name nearest to `word`, or nothing."""
    name = nearest(word, names)
    return f"; did you mean '{name}'?" if name else ""


def _plain(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")


def _is_another(one: str, other: str) -> bool:
    """Tell whether two names of several words differ in a short one by more than an order, a letter added or left out."""
    words, others = one.split("-"), other.split("-")
    return len(words) == len(others) > 1 and any(
        len(word) == len(twin) <= _SHORT and sorted(word) != sorted(twin)
        for word, twin in zip(words, others, strict=True)
    )


def _pieces(word: str, number: int) -> list[str]:
    """Cut a word in pieces. A slip spoils one piece, or two if it swaps letters: of more pieces than slips one is whole.

    Looking for the pieces is a hundred times faster than counting slips, and most names have none of them.
    """
    size = len(word) // number
    return [word[start : start + size] for start in range(0, size * number, size)] if size > 1 else [""]


def _distance(one: str, other: str, limit: int) -> int:
    """Return how many characters are changed, added, dropped or swapped with the next, at most `limit` + 1.

    Further than `limit` from the diagonal there are more slips than that, so those cells are not looked at.
    """
    width, far = len(other), limit + 1
    earlier: list[int] = []
    last = list(range(width + 1))
    for row, left in enumerate(one, start=1):
        here = [row] + [far] * width
        for column in range(max(1, row - limit), min(width, row + limit) + 1):
            right = other[column - 1]
            cost = min(last[column] + 1, here[column - 1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, earlier[column - 2] + 1)
            here[column] = cost
        if min(here) > limit:
            return far
        earlier, last = last, here
    return min(last[-1], far)
