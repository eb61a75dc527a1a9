"""Text as YAML that reads back as this text and nothing else."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def written(text: str) -> str:
    """Return `text` as it is where that is certain to be read as text, in brackets too; else in quotes."""
    certain = _NAME.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if certain else quoted(text)


def quoted(text: str) -> str:
    """Return `text` in double quotes, or in single ones where that spares escapes."""
    plain = text.isprintable()
    if plain and '"' not in text and "\\" not in text:
        return f'"{text}"'
    if plain and "'" not in text:
        return f"'{text}'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    point = ord(character)
    if point < 0x100:  # noqa: PLR2004 - what two digits can say
        return f"\\x{point:02X}"
    return f"\\u{point:04X}" if point < 0x1_0000 else f"\\U{point:08X}"  # noqa: PLR2004 - what four can say
