"""Whether a document can hold a secret at all. Nearly none does, so this is asked of every file before any search.

It may say yes where there is none, and never no where there is one.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.check.secret_formats import FORMATS, Format, holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator


class Traces(NamedTuple):
    """The formats whose markers occur; whether a field is made to hold a secret; whether a text names one it holds."""

    formats: tuple[Format, ...]
    is_named: bool
    is_said: bool

    def __bool__(self) -> bool:
        return bool(self.formats or self.is_named or self.is_said)


_RUN = 16  # bytes without a break: the shortest token of a format that has no space
_IN_RUN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+=~%:@&?#"
_SHAPE = bytes(ord("x") if byte in _IN_RUN else ord(" ") for byte in range(256))
_LONG = b"x" * _RUN
_IN_RUNS = [(form.marker.encode(), form) for form in FORMATS if form.in_run]
_ANYWHERE = [(form.marker.encode(), form) for form in FORMATS if not form.in_run]
_BETWEEN = b" \t\"'"  # may stand between a name and its `=` or `:`
_CONTAINERS: frozenset[type] = frozenset({dict, list})
_DIGITS = frozenset(b"0123456789")
_VALUE = 210  # bytes of a value in which a digit must stand; longer ones are not read either
_NAMES = (b"password", b"passwd", b"pwd", b"passphrase", b"passcode", b"secret", b"token", b"key")


def traces(data: dict[str, Any]) -> Traces:
    """Return what in a document hints at a secret."""
    try:
        text = marshal.dumps(data)  # all keys and texts in one piece, four times as fast as walking through them
    except ValueError:  # something that is no JSON value
        text = repr(data).encode()
    runs = b" ".join(_runs(text))
    formats = [form for marker, form in _IN_RUNS if marker in runs]
    formats += [form for marker, form in _ANYWHERE if marker in text]
    return Traces(tuple(formats), any(map(holds_secret, _fields(data))), _says(text))


def _runs(text: bytes) -> Iterator[bytes]:
    """Yield the long words of a text."""
    shape = text.translate(_SHAPE)
    at = shape.find(_LONG)
    while at >= 0:
        end = shape.find(b" ", at)
        yield text[at:end] if end >= 0 else text[at:]
        at = shape.find(_LONG, end) if end >= 0 else -1


def _fields(data: dict[str, Any]) -> set[str]:
    """Return the names of all fields, and those of inputs that have a default."""
    fields: set[str] = set()
    pending: list[Any] = [data]
    for value in pending:
        rows: Any = value
        if isinstance(value, dict):
            fields.update(value)
            if "default" in value and isinstance(value.get("name"), str):
                fields.add(value["name"])
            rows = value.values()
        for each in rows:
            if each.__class__ in _CONTAINERS:
                pending.append(each)  # noqa: PERF401 - a list made first takes half as long again
    return fields


def _says(text: bytes) -> bool:
    """Tell whether a text has a telling name before a `=` or `:`, and then a value with a digit."""
    plain = text.lower().translate(None, _BETWEEN).replace(b"=", b":")
    pieces = plain.split(b":")
    return any(
        name.endswith(_NAMES) and not _DIGITS.isdisjoint(value[:_VALUE])
        for name, value in zip(pieces, pieces[1:], strict=False)  # noqa: RUF007 - as fast on Python 3.10
    )
