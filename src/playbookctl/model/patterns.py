"""Patterns of paths, as the config has them: relative to its folder, with `/`."""

from __future__ import annotations

import re


def path_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a path pattern: `**` any folders, `*` and `?` within one name, a pattern without wildcard a folder or file."""
    parts: list[str] = []
    rest = pattern.removeprefix("./").rstrip("/")
    while rest:
        for token, regex in (("**/", "(?:.*/)?"), ("**", ".*"), ("*", "[^/]*"), ("?", "[^/]")):
            if rest.startswith(token):
                parts.append(regex)
                rest = rest[len(token) :]
                break
        else:
            parts.append(re.escape(rest[0]))
            rest = rest[1:]
    return re.compile("".join(parts) + "(?:/.*)?")
