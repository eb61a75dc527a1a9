"""What people do: an act is a name and two numbers, so that a story can be written down, cut short and told again.

Every act is total: where there is nothing to do it to, it does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from support.estate import Estate

    Doing = Callable[[Estate, int, int], None]

T = TypeVar("T")
MOST = 1000  # the numbers of an act are below


@dataclass(frozen=True)
class Act:
    """One act of a story."""

    name: str
    a: int = 0
    b: int = 0

    def __str__(self) -> str:
        return f'Act("{self.name}", {self.a}, {self.b}),'


ACTS: dict[str, Doing] = {}
WEIGHTS: dict[str, int] = {}


def act(weight: int) -> Callable[[Doing], Doing]:
    """Add a function to what people do, `weight` times as often as the rarest."""

    def add(doing: Doing) -> Doing:
        ACTS[doing.__name__] = doing
        WEIGHTS[doing.__name__] = weight
        return doing

    return add


def pick(choices: Sequence[T], number: int) -> T | None:
    """Return one of several, None of none."""
    return choices[number % len(choices)] if choices else None
