"""The three ways in which a check ends, said shortly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.checkup import Check, Topic, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from playbookctl.errors import ExitCode, PlaybookctlError

_NAMED = 3  # of many, how many are named


def ok(topic: Topic, said: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(topic, Verdict.OK, said)


def warn(topic: Topic, said: str, remedy: str = "") -> Check:
    """Return a check that found something to know."""
    return Check(topic, Verdict.WARN, said, remedy)


def fail(topic: Topic, said: str, remedy: str, code: ExitCode) -> Check:
    """Return a check that found what stops a sync, which would end with `code`."""
    return Check(topic, Verdict.FAIL, said, remedy, int(code))


def failed(topic: Topic, error: PlaybookctlError) -> Check:
    """Return a check that an error ended."""
    return fail(topic, error.message, error.hint, error.code)


def some(names: Iterable[str]) -> str:
    """Return 'a, b, c and 4 more'."""
    listed: Sequence[str] = list(names)
    rest = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def count(number: int, word: str) -> str:
    """Return '1 playbook', '2 playbooks'."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
