"""One file to an entry: read, decode, parse, check the shape."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from playbookctl.load.document import decode, in_quotes, parse
from playbookctl.load.limits import MAX_BYTES
from playbookctl.load.schema import accepts
from playbookctl.model.finding import Edit, Fix, Problem
from playbookctl.model.playbook import Playbook
from playbookctl.model.quoting import written
from playbookctl.model.source import Key, Source, Span
from playbookctl.model.workspace import Entry

if TYPE_CHECKING:
    from playbookctl.load.schema.error import SchemaError
    from playbookctl.model.source import Document, NodePath

    Problems = list[tuple[str, Problem]]

TOP = Span(1, 1, 1, 1)


def read_bytes(file: str) -> bytes:
    """Return the content of a file, up to one byte more than the limit. Raises OSError."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        chunks: list[bytes] = []
        left = MAX_BYTES + 1
        while left > 0 and (chunk := os.read(descriptor, min(left, 65_536))):
            chunks.append(chunk)
            left -= len(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def unreadable(shown: str, reason: str) -> Entry:
    """Return the entry of a file that could not be read at all."""
    return Entry(Source(shown, ""), None, None, (("PB001", Problem((), reason, span=TOP)),))


def load_entry(shown: str, data: bytes, kind: str = "playbook") -> Entry:
    """Return the entry of a file's bytes. `shown` is its path for people; `kind` names the schema.

    `playbook` is set only for kind 'playbook' and only where the schema has accepted the document.
    """
    text = decode(data)
    if isinstance(text, Problem):
        code = "PB008" if len(data) > MAX_BYTES else "PB001"
        return Entry(Source(shown, ""), None, None, ((code, text),))
    source = Source(shown, text)
    document, problems = parse(source, data)
    if document is None:
        return Entry(source, None, None, tuple(problems))
    if accepts(kind, document.data):
        playbook = Playbook(document.data, stem(shown)) if kind == "playbook" else None
        return Entry(source, document, playbook, tuple(problems))
    return Entry(source, document, None, tuple(_with_schema_problems(kind, document, problems)))


def stem(path: str) -> str:
    """Return the file's name without folder and ending; the key of a playbook without `key:`."""
    return path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or path


def key_in(entry: Entry) -> str:
    """Return the key that a file claims, whether or not the schema has accepted it: its `key:`, else its stem."""
    key = entry.document.data.get("key") if entry.document else None
    return key if isinstance(key, str) else stem(entry.source.path)


def _with_schema_problems(kind: str, document: Document, problems: Problems) -> Problems:
    """Join what the YAML and the schema say, one finding per mistake: where a trap explains a wrong type, it wins."""
    from playbookctl.load.schema import explain

    merged = list(problems)
    said = {
        (problem.span.start, problem.span.end): index for index, (_, problem) in enumerate(problems) if problem.span
    }
    for error in explain(kind, document.data):
        span = document.spans.locate(error.path)
        index = said.get((span.start, span.end))
        if index is not None and merged[index][0] in ("PB003", "PB004"):
            code, problem = merged[index]
            if code == "PB004" and error.path and isinstance(error.path[-1], Key):
                merged[index] = ("PB002", Problem(error.path, error.message, span=span))
            elif code == "PB004":
                merged[index] = (code, Problem(problem.path, problem.message, fix=_now_safe(problem.fix), span=span))
            continue
        if error.kind == "type" and "string" in error.expected and (trap := _trap(document, error.path)):
            fix = in_quotes(error.path, document.source.text[span.start : span.end], safe=True)
            merged.append(("PB004", Problem(error.path, trap, fix=fix, span=span)))
        else:
            merged.append(("PB002", Problem(error.path, error.message, span=span, fix=_remedy(error))))
    return merged


def _remedy(error: SchemaError) -> Fix | None:
    """Return the fix for what the schema does not accept: drop what a set has already, write what was probably meant."""
    if error.kind == "repeat":
        is_set = len(error.path) == 2 and isinstance(error.path[0], str)  # noqa: PLR2004 - a list at the top, and its place
        return Fix("remove it", (Edit(error.path, "", "delete"),)) if is_set else None
    if not error.suggestion:
        return None
    mode = "key" if isinstance(error.path[-1], Key) else "replace"
    edit = Edit(error.path, written(error.suggestion), mode)
    return Fix(f"write '{error.suggestion}'", (edit,), safe=False)


def _now_safe(fix: Fix | None) -> Fix | None:
    """Return the fix as a safe one: the schema takes text only here, so nothing else can be meant."""
    return Fix(fix.title, fix.edits) if fix is not None else None


def _trap(document: Document, path: NodePath) -> str:
    """Return what YAML 1.1 made of a plain word that was meant as text; '' if it is no such word."""
    span = document.spans.locate(path)
    text = document.source.text[span.start : span.end]
    value: Any = document.data
    for part in path:
        value = value[part]
    if text[:1] in ("'", '"', "[", "{", "") or "\n" in text:
        return ""
    kinds = {bool: f"the boolean {str(value).lower()}", int: f"the number {value}", float: f"the number {value}"}
    what = kinds.get(type(value))
    return f"{text} is {what} in YAML 1.1, not text; write it in quotes: '{text}'" if what else ""
