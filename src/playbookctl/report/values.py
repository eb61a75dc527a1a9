"""JSON values of a plan in the words of its reader: short ones on a line, long ones as lines to compare."""

from __future__ import annotations

import json
import re
from difflib import unified_diff
from typing import Any

_SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=\S)")
_WORD = re.compile(r"[A-Za-z_][\w./-]*|\d+[a-zA-Z][\w]*")  # needs no quotes
_FROM_THE_TOP = re.compile(r"@@ -[01][, ]")  # a hunk with nothing left out before it
_LONG_TEXT = 60  # characters of a text that is compared sentence by sentence rather than shown on one line
_MANY_LINES = 2000  # difflib needs the product of both sides; beyond this it is not asked
NOTHING = "(nothing)"


def parse(text: str) -> Any:
    """Return the value of a JSON text; None for the empty text of an absent value."""
    return json.loads(text) if text else None


def short(text: str) -> str:
    """Return a JSON text for one line, as one would write it in YAML's flow style; a text by itself is in quotes."""
    value = parse(text)
    if value is None or value in ([], {}):
        return NOTHING
    try:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _flow(value)
    except RecursionError:
        return text  # nested as deeply as no file may be


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    if isinstance(value, str) and _WORD.fullmatch(value) and value not in ("true", "false", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)


def is_list_of_words(*texts: str) -> bool:
    """Tell whether all texts are lists of texts (or absent): tags, ATT&CK ids, connector ids."""
    values = [parse(text) for text in texts]
    lists = [value for value in values if value is not None]
    return bool(lists) and all(
        isinstance(value, list) and all(isinstance(item, str) for item in value) for value in lists
    )


def is_short(text: str) -> bool:
    """Tell whether a value fits on a line of its own."""
    value = parse(text)
    if isinstance(value, str):
        return len(value) <= _LONG_TEXT and "\n" not in value
    return len(text) <= _LONG_TEXT


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Return a unified diff of two JSON texts as pairs of mark ('+', '-', ' ', '@') and line."""
    old, new = _lines(parse(before)), _lines(parse(after))
    if max(len(old), len(new)) > _MANY_LINES:
        return [("~", f"{len(old):,} lines before, {len(new):,} lines after, too many to compare here")]
    rows = list(unified_diff(old, new, n=1, lineterm=""))[2:]  # the first two name files
    return [_row(row) for number, row in enumerate(rows) if number or not _FROM_THE_TOP.match(row)]


def _row(row: str) -> tuple[str, str]:
    return ("@", "") if row.startswith("@@") else (row[0], row[1:])


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [part for line in value.split("\n") for part in _SENTENCE_END.split(line)]
    if isinstance(value, list):
        return [_flow(item) for item in value]
    if isinstance(value, dict):
        return [f"{_flow(key)}: {_flow(item)}" for key, item in value.items()]
    return [_flow(value)]
