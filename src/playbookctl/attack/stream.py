"""A STIX bundle object by object: MITRE's enterprise bundle is some 50 MB, and one object of it at most 100 kB."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 400_000_000  # characters of a bundle; five times MITRE's largest
LARGEST_OBJECT = 8_000_000  # characters of one object: the memory that this takes
_CHUNK = 1 << 20
_BLANK = " \t\r\n"
_AFTER_VALUE = tuple(_BLANK + ",:]}")


def read_objects(stream: IO[str], name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of the bundle in `stream`, a text file opened as UTF-8; `name` is for messages.

    Raises ConfigError if it is no STIX bundle, is cut off or damaged, or exceeds the limits above. What was yielded by
    then must not be used: read to the end first.
    """
    reader = _Reader(stream, name)
    try:
        yield from _objects(reader)
    except UnicodeDecodeError as error:
        raise reader.refused(f"is not UTF-8: byte {error.object[error.start]:#04x}") from error
    except RecursionError as error:
        raise reader.refused("is nested too deeply") from error


def _objects(reader: _Reader) -> Iterator[dict[str, Any]]:
    """Walk over `{"type": "bundle", "objects": [...]}`, its keys in any order."""
    said_type, has_objects = None, False
    reader.expect("{")
    while reader.peek() != "}":
        key = reader.value()
        reader.expect(":")
        if key == "objects":
            has_objects = True
            yield from _array(reader)
        else:
            value = reader.value()
            said_type = value if key == "type" else said_type
        if reader.peek() != "}":
            reader.expect(",")
    reader.expect("}")
    if reader.peek():
        raise reader.refused("goes on after its end")
    if said_type != "bundle" or not has_objects:
        raise reader.refused("is JSON, but no STIX bundle with 'type' and 'objects'")


def _array(reader: _Reader) -> Iterator[dict[str, Any]]:
    reader.expect("[")
    while reader.peek() != "]":
        value = reader.value()
        if not isinstance(value, dict):
            raise reader.refused("has something among its objects that is none")
        yield value
        if reader.peek() != "]":
            reader.expect(",")
    reader.expect("]")


class _Reader:
    """A window over the text that holds one value at a time."""

    def __init__(self, stream: IO[str], name: str) -> None:
        self._stream = stream
        self._name = name
        self._decode = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._before = 0  # characters that have left the window

    def refused(self, said: str) -> ConfigError:
        """Return the error for a file that cannot be used, with how far it was read."""
        where = f" (character {self._before + self._at:,})"
        return ConfigError(
            f"'{self._name}' {said}{where}",
            hint="take a STIX 2.1 bundle such as enterprise-attack.json from github.com/mitre-attack/attack-stix-data",
        )

    def peek(self) -> str:
        """Return the next character that is not blank, '' at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text) or not self._grow():
                return self._text[self._at : self._at + 1]

    def expect(self, mark: str) -> None:
        """Step over `mark`."""
        found = self.peek()
        if found != mark:
            raise self.refused(f"is no JSON bundle: {repr(found) if found else 'it ends'} where '{mark}' should be")
        self._at += 1

    def value(self) -> Any:
        """Return the next JSON value. At the window's end '1' may begin '1.5', so the window grows first."""
        self.peek()
        while True:
            value, end, said = self._try()
            if (said or self._text[end : end + 1] not in _AFTER_VALUE) and self._grow():
                continue
            if said:
                raise self.refused(f"is no JSON: {said}")
            self._at = end
            return value

    def _try(self) -> tuple[Any, int, str]:
        try:
            return *self._decode(self._text, self._at), ""
        except ValueError as error:
            return None, 0, str(error.args[0]).partition(":")[0]

    def _grow(self) -> bool:
        """Read on, twice as much as is held, so that a large value is not scanned again for every chunk."""
        held = len(self._text) - self._at
        if held > LARGEST_OBJECT:
            raise self.refused(f"is damaged, or has a value of more than {LARGEST_OBJECT:,} characters")
        more = self._stream.read(max(_CHUNK, held))
        if not more:
            return False
        self._before += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        if self._before + len(self._text) > LIMIT:
            raise self.refused(f"is larger than {LIMIT:,} characters")
        return True
