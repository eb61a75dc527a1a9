"""Secrets in a single line of a file that may be no YAML: what a report shows of it holds stars in their place.

Where a document can be read, PB403 knows which values are secrets, and reports mask those. This needs no document, so
it also covers broken files, and runs in which PB403 is off.
"""

from __future__ import annotations

import re

from playbookctl.check.secret_formats import FORMATS, holds_secret, is_secret

_TELLING = ("pass", "pwd", "secret", "token", "key", "auth")
_KEY_BEGINS, _KEY_ENDS = "PRIVATE KEY-----", "-----END"
_NAME = r"(?P<name>[A-Za-z][\w .-]{0,60})[\"']?\s?[:=]\s?"
_VALUE = r"\"(?P<double>[^\"]*)|'(?P<single>[^']*)|(?P<plain>[^\s\"',;}\]][^\s,;}\]]*)"
_UNDER = r"(?:^|[\s{,\"'-])(?P<name>[A-Za-z][\w .-]{0,60})[\"']?:(?:\s*[|>][-+\d]*)?\s*$"


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
            line = _without_value(line, match)
    return line


def _without_value(line: str, name: re.Match[str]) -> str:
    value = re.compile(_VALUE).match(line, name.end())
    if value is None or value.lastgroup is None or not holds_secret(name["name"]):
        return line
    group = value.lastgroup
    return _stars(line, *value.span(group)) if is_secret(name["name"], value[group]) else line


def _is_inside_key(above: str) -> bool:
    begin = above.rfind(_KEY_BEGINS)
    return begin >= 0 and above.rfind("BEGIN", 0, begin) > above.rfind(_KEY_ENDS)


def _is_alone(line: str, above: str) -> bool:
    """Tell whether a line is nothing but the secret that the line above gives a name to."""
    if not above or ":" in line:
        return False
    field = re.search(_UNDER, above.rstrip().rpartition("\n")[2])
    return field is not None and holds_secret(field["name"]) and is_secret(field["name"], line.strip(" \t\"'"))


def _stars(line: str, start: int, end: int) -> str:
    return line[:start] + "*" * (end - start) + line[end:]
