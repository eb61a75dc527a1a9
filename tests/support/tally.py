"""What the long tests did, counted for the summary at the end of `make soak`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from playbookctl.server.faults import FaultKind

DONE: Counter[str] = Counter()  # by what was done, in words
STRUCK: Counter[str] = Counter()  # faults, by their kind
FOUND: dict[str, list[int]] = {}  # stories until a planted mistake was found, by its name


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Print a line at once: a long test takes many minutes."""
    with capsys.disabled():
        print(text, flush=True)  # noqa: T201 - this is what it is for


def count(done: Mapping[str, int]) -> None:
    """Add to what was done, in words."""
    DONE.update(done)


def count_faults(struck: Mapping[FaultKind, int]) -> int:
    """Add to the faults; return how many these are."""
    STRUCK.update({kind.value: number for kind, number in struck.items()})
    return sum(struck.values())


def lines() -> Iterator[str]:
    """Yield the summary."""
    yield from (f"{number:>8,} {name}" for name, number in sorted(DONE.items()))
    if STRUCK:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(STRUCK.items()))
        yield f"{STRUCK.total():>8,} faults injected: {kinds}"
    for name, numbers in sorted(FOUND.items()):
        yield f"         {name}: found in story {', '.join(map(str, numbers))}"
