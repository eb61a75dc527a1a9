"""Alerts out of a file of JSON Lines, one after the other; a line that is no alert is named and left out.

The file is somebody else's, so no line can do harm: neither a long one, nor one that nests without end.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from playbookctl.flow.redacted import hides, visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

LONGEST_LINE = 1_000_000  # bytes
DEEPEST = 100  # brackets within brackets
MOST_NAMED = 5  # bad lines that a note names
LONGEST_ID = 80  # characters of an id that is shown
_BOM = b"\xef\xbb\xbf"
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Read(NamedTuple):
    """One alert: the number of its line, its id ('' without one), and what conditions are asked of."""

    line: int
    id: str
    facts: dict[str, Any]


class BadLineError(ValueError):
    """Why a line is no alert."""


class AlertFile:
    """Reads alerts from a file opened for bytes. While it goes, it counts: alerts, twice the same, bad lines."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._ids: set[str] = set()
        self.alerts = 0
        self.twice = 0
        self.bad = 0
        self.named: list[str] = []

    def __iter__(self) -> Iterator[Read]:
        for number, line in enumerate(_lines(self._stream), start=1):
            text = (line.removeprefix(_BOM) if number == 1 else line).rstrip()
            if not text:
                continue
            try:
                read = _read(number, text)
            except BadLineError as error:
                self.bad += 1
                if len(self.named) < MOST_NAMED:
                    self.named.append(f"line {number} ({error})")
                continue
            if read.id and read.id in self._ids:
                self.twice += 1
                continue
            self._ids.add(read.id)
            self.alerts += 1
            yield read

    def notes(self) -> tuple[str, ...]:
        """Return in sentences what was left out, once all is read."""
        said = []
        if self.bad:
            more = f" and {self.bad - len(self.named)} more" if self.bad > len(self.named) else ""
            count = "1 line is no alert and was" if self.bad == 1 else f"{self.bad} lines are no alerts and were"
            said.append(f"{count} left out: {', '.join(self.named)}{more}")
        if self.twice:
            said.append(
                f"{self.twice} {'alert stands' if self.twice == 1 else 'alerts stand'} in the file more than once"
            )
        return tuple(said)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; of one that is too long only so much that this can be seen."""
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield line


def _read(number: int, line: bytes) -> Read:
    if len(line) > LONGEST_LINE:
        raise BadLineError(f"longer than {LONGEST_LINE:,} bytes")
    if _depth(line) > DEEPEST:
        raise BadLineError(f"nested more than {DEEPEST} deep")
    try:
        alert = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadLineError("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise BadLineError(f"not JSON: {error.msg.lower()}, column {error.colno}") from error
    except BadLineError:
        raise
    except ValueError as error:  # a whole number of more digits than Python reads
        raise BadLineError("a number that is too long") from error
    if not isinstance(alert, dict):
        raise BadLineError("not a JSON object")
    facts: dict[str, Any] = {"alert": alert}
    if "«".encode() in line or b"\\u00ab" in line.lower():
        seen = visible(alert)
        facts = {"alert": seen, "redacted": True} if hides(seen) else facts
    found = alert.get("id")
    return Read(number, found[:LONGEST_ID] if isinstance(found, str) else "", facts)


def _depth(line: bytes) -> int:
    if line.count(b"[") + line.count(b"{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for character in _STRING.sub(b"", line):
        depth += (character in b"[{") - (character in b"]}")
        deepest = max(deepest, depth)
    return deepest


def _no_constant(name: str) -> NoReturn:
    raise BadLineError(f"{name} is no JSON")
