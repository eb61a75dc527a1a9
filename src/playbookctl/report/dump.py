"""JSON that every reader accepts and no CI's log acts on: ASCII, no lone surrogates, no log commands."""

from __future__ import annotations

import json
import re
from typing import Any

_BEYOND_ASCII = re.compile(r"[\x7f-\U0010ffff]")


def dump(value: Any) -> str:
    r"""Return `value` as JSON in ASCII, keys in the order given, a line break at the end.

    Half a surrogate pair, which is no character, is written as the six characters of its escape: strict readers refuse
    it otherwise. `##` stands as `#\u0023`, so that `##[command]` is none while every reader of JSON sees the same text.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _BEYOND_ASCII.sub(_escape, text).replace("##", "#\\u0023") + "\n"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if "\ud800" <= character <= "\udfff":
        return f"\\\\u{ord(character):04x}"
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
