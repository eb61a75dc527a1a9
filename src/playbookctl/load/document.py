"""One file to a document with positions, or to the problems that keep it from being one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from playbookctl.load.characters import hidden_breaks, suspect_characters
from playbookctl.load.construct import Constructor
from playbookctl.load.limits import MAX_BYTES, MAX_DEPTH, TooLarge, may_be_deep
from playbookctl.load.spans import Lines, NodeSpans
from playbookctl.load.syntax import explain_yaml_error
from playbookctl.load.yaml_nodes import AliasNode, compose_all, events
from playbookctl.model.finding import Edit, Fix, Problem, Related, Severity
from playbookctl.model.quoting import quoted
from playbookctl.model.source import Document, Key, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.source import NodePath

    Problems = list[tuple[str, Problem]]

_TOP = Span(1, 1, 1, 1)
_SHOWN = 40  # characters of a file in a message
_COMMENT_WORD = re.compile(r"#(?=[0-9A-Za-z])")  # begins with a literal, so the search is ten times as fast
_ESCAPED_CR = re.compile(r"\r\n?")


def decode(data: bytes) -> str | Problem:
    """Return the text of a file without its byte-order mark, or why it has none."""
    if len(data) > MAX_BYTES:
        return Problem((), f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read", span=_TOP)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem((), "the file is UTF-16; save it as UTF-8", span=_TOP)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        begin = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[begin : error.start].decode("utf-8", "replace")) + 1
        message = f"the file is not UTF-8: byte 0x{data[error.start]:02X} in line {line} begins no character"
        return Problem((), message, span=Span(line, column, line, column + 1))


def parse(source: Source, data: bytes) -> tuple[Document | None, Problems]:
    """Return the document of a file and every problem of its YAML, as (code, problem) in the order of the text.

    The document is None where there is no single mapping to speak of.
    """
    text = source.text
    if may_be_deep(data) and (deep := _too_deep(text)):
        return None, [("PB008", deep)]
    try:
        roots = list(compose_all(text))
    except TooLarge as error:
        span = NodeSpans(text, error.node).span_of(error.node) if error.node else _TOP
        return None, [("PB008", Problem((), str(error), span=_first_line(span)))]
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        message, span = explain_yaml_error(error, text) if isinstance(error, yaml.YAMLError) else (str(error), _TOP)
        return None, [("PB001", Problem((), message, span=span))]
    if shape := _shape_problem(roots, text):
        return None, [("PB009", shape)]
    return _document(source, roots[0])


def _document(source: Source, root: Any) -> tuple[Document | None, Problems]:
    spans = NodeSpans(source.text, root)
    constructor = Constructor(source.text)
    try:
        data = constructor.build(root)
    except TooLarge as error:
        span = spans.span_of(error.node) if error.node else _TOP
        return None, [("PB008", Problem((), str(error), span=_first_line(span)))]
    problems: Problems = []
    met: set[tuple[str, int]] = set()  # what an alias or `<<` takes in again is said once, where it stands
    for remark in constructor.remarks:
        if (said := (remark.code, id(remark.node))) in met:
            continue
        met.add(said)
        path = spans.path_of(remark.node)
        related = (
            (Related(spans.path_of(remark.other), "it stands here first", span=spans.span_of(remark.other)),)
            if remark.other
            else ()
        )
        severity = Severity.WARNING if remark.mild else None
        span = spans.span_of(remark.node)
        fix = in_quotes(path, remark.meant, safe=not remark.mild) if remark.meant and path else None
        problem = Problem(path, remark.message, related=related, fix=fix, span=span, severity=severity)
        problems.append((remark.code, problem))
    problems += _character_problems(source.text, spans)
    problems += _comment_problems(source.text, spans)
    if not isinstance(data, dict):
        return None, problems  # `{{ x }}` is the whole file, as was said
    return Document(source, data, spans), problems


def in_quotes(path: NodePath, text: str, *, safe: bool) -> Fix:
    """Return the fix that puts the value or the key at `path` in quotes, so that it is `text`."""
    mode = "key" if isinstance(path[-1], Key) else "replace"
    return Fix("write it in quotes", (Edit(path, quoted(text), mode),), safe=safe)


def _shape_problem(roots: list[Any], text: str) -> Problem | None:
    if not roots or (len(roots) == 1 and isinstance(roots[0], ScalarNode) and _is_nothing(roots[0], text)):
        return Problem((), "the file is empty; a playbook is one mapping with 'name' and 'steps'", span=_TOP)
    if len(roots) > 1:
        offset = min(roots[1].start_mark.index, len(text.rstrip()) - 1)  # an empty document begins behind its end
        span = Lines(text).span(offset, offset + 1)
        return Problem((), f"the file has {len(roots)} documents; write one playbook per file", span=_first_line(span))
    root = roots[0].target if isinstance(roots[0], AliasNode) else roots[0]
    if isinstance(root, MappingNode):
        return None
    found = "a list" if isinstance(root, SequenceNode) else "text"
    more = "; write one playbook per file" if isinstance(root, SequenceNode) else ""
    span = NodeSpans(text, root).span_of(root)
    return Problem((), f"a mapping is expected at the top of the file, not {found}{more}", span=_first_line(span))


def _is_nothing(node: ScalarNode, text: str) -> bool:
    """Tell whether a document has a beginning (`---`) and nothing else."""
    return not text[node.start_mark.index : node.end_mark.index].strip()


def _too_deep(text: str) -> Problem | None:
    depth = 0
    try:
        for event in events(text):
            if type(event) in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    offset = event.start_mark.index
                    span = Lines(text).span(offset, offset + 1)
                    return Problem((), f"nested deeper than {MAX_DEPTH} levels", span=span)
            elif type(event) in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                depth -= 1
    except (yaml.YAMLError, UnicodeEncodeError):
        return None  # broken before it is deep: said by the parse that follows
    return None


def _character_problems(text: str, spans: NodeSpans) -> Problems:
    found: Problems = []
    rows = suspect_characters(text)
    hidden = next((at for at in hidden_breaks(text) if spans.ends_a_line(at)), None) if rows else None
    if hidden is not None:
        message = (
            f"U+{ord(text[hidden]):04X} ends a line to YAML and is not shown as one: what stands behind it is read as a line "
            "of its own, even behind a comment"
        )
        rows = sorted([*(row for row in rows if row[0] != hidden), (hidden, message, "error")])
    for offset, message, severity in rows:
        line, column = spans.lines.position(offset)
        span = Span(line, column, line, column + 1, offset, offset + 1)
        found.append(("PB007", Problem((), message, span=span, severity=Severity(severity))))
    return found


def _comment_problems(text: str, spans: NodeSpans) -> Problems:
    """Find text that ends at a `#` its author took for a part of it: `message: see #1234 ticket`."""
    offsets = [
        match.start() for match in _COMMENT_WORD.finditer(text) if text[match.start() - 1 : match.start()] in " \t"
    ]
    if not offsets:
        return []
    found: Problems = []
    nodes: Iterator[Any] = spans.nodes()
    plain = {node.end_mark.index: node for node in nodes if isinstance(node, ScalarNode) and not node.style}
    for offset in offsets:
        node = plain.get(len(text[:offset].rstrip(" \t")))
        if node is None or not (text[offset + 1].isdigit() or " " in node.value):
            continue
        line_end = _ESCAPED_CR.sub("\n", text[offset:]).partition("\n")[0]
        message = f"the text ends here: '{_short(line_end)}' is a comment to YAML; put the whole text in quotes"
        span = spans.lines.span(offset, offset + len(line_end))
        path = spans.path_of(node)
        fix = _with_comment(path, text[node.start_mark.index : offset + len(line_end)].rstrip())
        found.append(("PB004", Problem(path, message, fix=fix, span=span, severity=Severity.WARNING)))
    return found


def _with_comment(path: NodePath, line: str) -> Fix | None:
    """Return the fix that makes the comment a part of the text; not a safe one, for it may be a comment after all."""
    if "\n" in line or "\r" in line or isinstance(path[-1], Key):
        return None
    return Fix("put the whole text in quotes", (Edit(path, quoted(line), "rest"),), safe=False)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _first_line(span: Span) -> Span:
    """Return the place for a problem with a whole document: its first character, if it has one."""
    width = 1 if span.end > span.start else 0
    line, column = span.start_line, span.start_column
    return Span(line, column, line, column + width, span.start, span.start + width)
