"""The canonical quotes: none around plain words, double ones around the rest, single ones where that spares escapes.

| written | becomes | why |
|---|---|---|
| a plain value that other readers of YAML take for a number (`1e3`, `0o17`) | quoted | they do not agree |
| any other plain text, and every plain key | stays | nobody has to be told that text is text |
| words in quotes, in a block | plain | letters, digits and the signs of plain prose are read as text by everybody |
| anything else in quotes, and all quotes in brackets | `"…"`, or `'…'` if that spares escapes | one way to write it |

Left alone: block scalars, text over several lines, text with a tag, with an anchor, or with characters that do not show.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.edit.patch import Patch
from playbookctl.model.node import Written
from playbookctl.model.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.node import Node

_QUOTED = (Written.SINGLE, Written.DOUBLE)
_BREAKS = re.compile(r"[\r\n\x85\u2028\u2029]")
_ESCAPES = re.compile(r'\\[^"\\]')
# A letter first, then what prose has, but no sign that means something to a reader of YAML at some place.
_WORDS = re.compile(r"[^\W\d_](?:[\w ./(),'?!-]*[\w./()?!'])?")
_BOOLEANS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
# What YAML 1.1 or 1.2, or a reader that is somewhere in between, takes for a number or a date.
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?|\.(?:inf|nan))"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?",
    re.IGNORECASE,
)


def in_canonical_quotes(text: str, root: Node) -> Iterator[Patch]:
    """Yield the patches that write every text on one line in its canonical quotes."""
    pending = [(root, False, False)]
    while pending:
        node, is_key, in_brackets = pending.pop()
        inside = in_brackets or node.written in (Written.BRACES, Written.BRACKETS)
        is_mapping = node.written in (Written.MAPPING, Written.BRACES)
        pending += [(child, is_mapping and not at % 2, inside) for at, child in enumerate(node.children)]
        if node.is_text and node.start == node.inner:
            now = text[node.inner : node.end]
            wanted = _canonical(now, node, is_key=is_key, in_brackets=in_brackets)
            if wanted != now:
                yield Patch(node.inner, node.end, wanted)


def _canonical(now: str, node: Node, *, is_key: bool, in_brackets: bool) -> str:
    """Return how a text is to be written; `now` is how it is."""
    meant = node.text
    if _BREAKS.search(now) or not meant.isprintable():
        return now
    if node.written is Written.PLAIN:
        return quoted(meant) if _NUMBER.fullmatch(meant) and not is_key else now
    if node.written not in _QUOTED or (node.written is Written.DOUBLE and _ESCAPES.search(now.replace("\\\\", ""))):
        return now
    if not in_brackets and _WORDS.fullmatch(meant) and meant.lower() not in _BOOLEANS:
        return meant
    return quoted(meant)
