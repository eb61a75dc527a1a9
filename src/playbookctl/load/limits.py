"""What a file may cost, decided before the parser sees it: a 1 kB file must not cost a second or a gigabyte.

libyaml's composer recurses in C and takes the whole process down at some 30,000 nested brackets; aliases can turn
279 bytes into 254 MB. Real playbooks reach depth 14 and 240 kB.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_BYTES = 5_000_000
MAX_DEPTH = 200
MAX_EXPANDED_NODES = 100_000
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_INDENT = re.compile(rb"^[ \-?:]{%d}" % MAX_DEPTH, re.MULTILINE)


class TooLarge(Exception):
    """A document beyond a limit; `node` is where the limit was passed, if that is known."""

    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message)
        self.node = node


def may_be_deep(data: bytes) -> bool:
    """Tell whether `data` could nest deeper than `MAX_DEPTH`; False is certain, True must be counted by the parser.

    Brackets are counted as if none stood in text, and indentation as if every column were a level: both only overstate.
    """
    if _INDENT.search(data):
        return True
    brackets = data.translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        shorter = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    else:
        return True
    return brackets.count(b"[") + brackets.count(b"{") > MAX_DEPTH // 2
