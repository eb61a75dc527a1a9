"""What libyaml says of broken YAML, in words that name the mistake and its remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playbookctl.load.spans import Lines

if TYPE_CHECKING:
    from playbookctl.model.source import Span

_DASHES = re.compile(r" *(?:- +)*(?=[^\s#-])")
_RESERVED = {
    "@": "text that begins with '@' must stand in quotes",
    "`": "text that begins with a backtick must stand in quotes",
    "\t": "a tab cannot indent; use spaces",
    "%": "text that begins with '%' must stand in quotes",
}
_KNOWN = (
    ("tab character that violates indentation", "a tab cannot indent; use spaces"),
    ("mapping values are not allowed", "a ': ' inside plain text; put the text in quotes"),
    ("could not find expected ':'", "a key without its colon, or a line indented less than the text it belongs to"),
    ("did not find expected '-' indicator", "this line is no element of the list above; check its indentation"),
    ("did not find expected key", "this line does not line up with the keys above; check indentation and quotes"),
    ("did not find expected ',' or ']'", "a list in brackets is not closed, or lacks a comma"),
    ("did not find expected ',' or '}'", "a mapping in braces is not closed, or lacks a comma"),
    ("found unexpected end of stream", "a quote is opened here and never closed"),
    ("found unknown escape character", "in double quotes a backslash begins an escape; use single quotes for the text"),
    ("found undefined alias", "no anchor of that name stands above; text that begins with '*' must stand in quotes"),
    ("while scanning an anchor", "text that begins with '&' must stand in quotes"),
    ("while scanning an alias", "text that begins with '*' must stand in quotes"),
    ("did not find expected <document start>", "only one mapping may stand at the top of the file"),
    ("block sequence entries are not allowed", "a list cannot begin here; put it on the next line, indented"),
    ("while parsing a tag", "text that begins with '!' must stand in quotes"),
    ("while scanning a tag", "text that begins with '!' must stand in quotes"),
    ("while scanning a directive", "text that begins with '%' must stand in quotes"),
)


def explain_yaml_error(error: Any, text: str) -> tuple[str, Span]:
    """Return the message and the place of what the parser stumbled over."""
    lines = Lines(text)
    if hasattr(error, "character"):
        return f"the character U+{error.character:04X} may not stand in YAML", _at(lines, text, error.position)
    problem = getattr(error, "problem", None) or str(error)
    context = getattr(error, "context", None) or ""
    mark = getattr(error, "problem_mark", None)
    opened = getattr(error, "context_mark", None)
    if "end of stream" in problem and opened is not None:
        mark = opened
    offset = mark.index if mark is not None else 0
    return f"this is no YAML: {_said(f'{context} {problem}', text, offset)}", _at(lines, text, offset)


def _said(problem: str, text: str, offset: int) -> str:
    if "cannot start any token" in problem and text[offset : offset + 1] in _RESERVED:
        return _RESERVED[text[offset]]
    begin = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[begin : end if end >= 0 else len(text)]
    if "{{" in line and "expected" in problem:
        return "a template such as {{ x }} must stand in quotes, together with the text around it"
    if "mapping values are not allowed" in problem and (deeper := _deeper(text[:begin], text[begin:offset])):
        return deeper
    return next((said for known, said in _KNOWN if known in problem), problem.strip())


def _deeper(above: str, before: str) -> str:
    """Say that a key stands deeper than the one above, whose text it goes on; '' if it does not. `before` its `:`."""
    key = before.strip(" ")
    if not key or ":" in key or key.startswith("- "):
        return ""
    column = len(before) - len(before.lstrip(" ")) + 1
    for line in reversed(above.splitlines()):
        dashes = _DASHES.match(line)
        if not line.strip() or dashes is None or ":" not in line:
            continue
        expected = dashes.end() + 1
        if expected < column:
            name = line[dashes.end() :].partition(":")[0].strip()
            return (
                f"'{key}' stands in column {column}, deeper than '{name}' above in column {expected}, so it is read as more "
                f"of its text; begin both in one column, or put the text in quotes"
            )
    return ""


def _at(lines: Lines, text: str, offset: int) -> Span:
    """Return the word at `offset`, or one character."""
    offset = min(offset, max(len(text) - 1, 0))
    end = offset + 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return lines.span(offset, end) if text[offset:end].strip() else _one(lines, offset)


def _one(lines: Lines, offset: int) -> Span:
    from playbookctl.model.source import Span

    text = lines.text
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1  # between the two there is no place
    line, column = lines.position(offset)
    width = 1 if offset < len(text) and text[offset] not in "\r\n" else 0
    return Span(line, column, line, column + width, offset, offset + width)
