"""Secrets in a single line of a file that may be no YAML: what a report shows of it holds stars in their place.

Where a document can be read, PB403 knows which values are secrets, and reports mask those. This needs no document, so
it also covers broken files, and runs in which PB403 is off.
"""

from __future__ import annotations

import re

from playbookctl.check.secret_formats import FORMATS, holds_secret, is_secret

_TELLING = ("pass", "pwd", "secret", "token", "key", "auth")
_KEY_EDGE = r"-----(BEGIN|END) (?:[A-Z]+ )*PRIVATE KEY-----"
_NAME = r"([A-Za-z][\w .-]{0,60})[\"']?\s?[:=]\s?"
_PLAIN = r"[^\s,;}\]]*"
_UNDER = r"(?:^|[\s{,\"'-])([A-Za-z][\w .-]{0,60})[\"']?:(?:\s*[|>][-+\d]*)?\s*$"


def without_secrets(line: str, above: str = "") -> str:
    """Return a line with stars in place of each secret; its length stays. `above` is the text before it."""
    if _is_inside_key(above) or _is_alone(line, above):
        return _stars(line, len(line) - len(line.lstrip()), len(line.rstrip()))
    for _, marker, pattern, _ in FORMATS:
        if marker in line:
            for match in re.finditer(rf"(?<![A-Za-z0-9_])(?:{pattern})", line):
                line = _stars(line, *match.span())
    lowered = line.lower()
    if any(word in lowered for word in _TELLING):
        for match in re.finditer(_NAME, line):
            start, end = _value_at(line, match.end())
            if holds_secret(match[1]) and is_secret(match[1], line[start:end]):
                line = _stars(line, start, end)
    return line


def _value_at(line: str, at: int) -> tuple[int, int]:
    """Return where the text in quotes begins and ends, or the word; quotes that are not closed last to the end."""
    quote = line[at : at + 1]
    if quote in ("'", '"'):
        end = line.find(quote, at + 1)
        return at + 1, end if end >= 0 else len(line)
    word = re.compile(_PLAIN).match(line, at)
    return word.span() if word else (at, at)


def _is_inside_key(above: str) -> bool:
    edges = re.findall(_KEY_EDGE, above)
    return edges[-1:] == ["BEGIN"]


def _is_alone(line: str, above: str) -> bool:
    """Tell whether a line is nothing but the secret that the line above gives a name to."""
    field = None if ":" in line else re.search(_UNDER, above.rstrip().rpartition("\n")[2])
    return field is not None and holds_secret(field[1]) and is_secret(field[1], line.strip(" \t\"'"))


def _stars(line: str, start: int, end: int) -> str:
    return line[:start] + "*" * (end - start) + line[end:]
