"""Text to YAML nodes with marks: PyYAML's libyaml parser, a cheaper resolver, and aliases that keep their own place.

Stock `yaml.compose(…, CSafeLoader)` spends over half its time in the resolver's path checks and regular expressions;
a table of words and first characters gives the same tags (a test compares the two) at a third of the cost.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from playbookctl.load.limits import MAX_EXPANDED_NODES, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    from yaml._yaml import CParser

    PARSER: Any = CParser
except ImportError:  # pragma: no cover - wheels of PyYAML carry libyaml; this is for platforms without one
    from playbookctl.load.python_parser import PythonParser

    PARSER = PythonParser

_PREFIX = "tag:yaml.org,2002:"
STR, SEQ, MAP = _PREFIX + "str", _PREFIX + "seq", _PREFIX + "map"
BOOL, INT, FLOAT, NULL = _PREFIX + "bool", _PREFIX + "int", _PREFIX + "float", _PREFIX + "null"
TIMESTAMP, MERGE, VALUE = _PREFIX + "timestamp", _PREFIX + "merge", _PREFIX + "value"

_TRUE, _FALSE = ("yes", "true", "on"), ("no", "false", "off")
BOOLEANS = {
    form: truth for words, truth in ((_TRUE, True), (_FALSE, False)) for word in words
    for form in (word, word.capitalize(), word.upper())
}  # fmt: skip
_WORDS = {
    **dict.fromkeys(BOOLEANS, BOOL),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), NULL),
    "=": VALUE,
    "<<": MERGE,
}
_NUMERIC_START = frozenset("-+.0123456789")
_INT = re.compile(
    r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
_FLOAT = re.compile(
    r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
)
_MAY_ALIAS = re.compile(r"(?:^|[\s\[{,:?-])\*[^\s*]")
_MAY_ANCHOR = re.compile(r"(?:^|[\s\[{,:?-])&[^\s&]")


class AliasNode(Node):
    """`*name`: its own place in the text, and the node it stands for."""

    def __init__(self, target: Any, start_mark: Any, end_mark: Any) -> None:
        super().__init__(target.tag, target.value, start_mark, end_mark)
        self.target = target


def scalar_tag(text: str) -> str:
    """Return the YAML 1.1 tag of a plain scalar, as PyYAML's SafeLoader resolves it."""
    word = _WORDS.get(text)
    if word is not None:
        return word
    if text[0] not in _NUMERIC_START:
        return STR
    if _INT.fullmatch(text):
        return INT
    if _FLOAT.fullmatch(text):
        return FLOAT
    return TIMESTAMP if _TIMESTAMP.fullmatch(text) else STR


def composer(parser: Any) -> Any:
    """Return a class that composes nodes with `parser`; its methods are what the parser asks of its subclass."""

    class Composer(parser):  # type: ignore[misc] # a Cython class without stubs
        def resolve(self, kind: type, value: str, implicit: Any) -> str:
            if kind is ScalarNode:
                return scalar_tag(value) if implicit[0] else STR
            return SEQ if kind is SequenceNode else MAP

        # Paths do not decide tags here. Builtins take the two calls a node: a tenth less than methods that do nothing.
        descend_resolver = operator.is_
        ascend_resolver = tuple

    return Composer


_Composer = composer(PARSER)


def compose_all(text: str) -> Iterator[Any]:
    """Yield the root node of each document in `text`.

    Raises `yaml.YAMLError` where the text is no YAML and `TooLarge` where aliases would blow it up.
    """
    if "*" in text and "&" in text and _MAY_ALIAS.search(text) and _MAY_ANCHOR.search(text):
        yield from _EventComposer(text).documents()
        return
    parser = _Composer(text)
    try:
        while parser.check_node():
            yield parser.get_node()
    finally:
        parser.dispose()


def versions() -> tuple[str, str]:
    """Return the version of PyYAML and the name of the parser behind it: what the reading of a text depends on."""
    return yaml.__version__, str(PARSER)


def events(text: str) -> Iterator[Any]:
    """Yield the parser's events; iterative, so that depth costs no stack."""
    parser = _Composer(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


class _EventComposer:
    """Composes from events in Python, three times slower, for the few files with aliases: these keep their place."""

    def __init__(self, text: str) -> None:
        self._events = events(text)
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}

    def documents(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors, self._sizes = {}, {}
                yield self._node(next(self._events))[0]

    def _node(self, event: Any) -> tuple[Any, int]:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        if kind is yaml.ScalarEvent:
            tag = (
                event.tag if event.tag and event.tag != "!" else (scalar_tag(event.value) if event.implicit[0] else STR)
            )
            node: Node = ScalarNode(tag, event.value, event.start_mark, event.end_mark, event.style)
            size = 1 + len(event.value) // 64
        else:
            node, size = self._collection(event)
        if event.anchor:
            self._anchors[event.anchor] = node
            self._sizes[id(node)] = size
        if size > MAX_EXPANDED_NODES:
            raise TooLarge(f"aliases make it grow to more than {MAX_EXPANDED_NODES} values", node)
        return node, size

    def _collection(self, event: Any) -> tuple[Any, int]:
        is_map = type(event) is yaml.MappingStartEvent
        children: list[Node] = []
        size = 1
        while not isinstance(inner := next(self._events), (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            child, count = self._node(inner)
            children.append(child)
            size += count
        tag = event.tag if event.tag and event.tag != "!" else (MAP if is_map else SEQ)
        value = list(zip(children[::2], children[1::2], strict=True)) if is_map else children
        kind: Any = MappingNode if is_map else SequenceNode
        return kind(tag, value, event.start_mark, inner.end_mark, event.flow_style), size

    def _alias(self, event: Any) -> tuple[Node, int]:
        target = self._anchors.get(event.anchor)
        if target is None:
            raise yaml.composer.ComposerError(None, None, f"found undefined alias '{event.anchor}'", event.start_mark)
        return AliasNode(target, event.start_mark, event.end_mark), self._sizes[id(target)]
