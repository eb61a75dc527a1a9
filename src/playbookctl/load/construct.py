"""Nodes to plain JSON values, and what in them has no JSON form or is not what its author thinks it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from playbookctl.load.limits import MAX_DEPTH, TooLarge
from playbookctl.load.spans import pairs
from playbookctl.load.yaml_nodes import (
    BOOL,
    BOOLEANS,
    FLOAT,
    INT,
    MAP,
    MERGE,
    NULL,
    SEQ,
    STR,
    TIMESTAMP,
    VALUE,
    AliasNode,
)

if TYPE_CHECKING:
    from yaml.nodes import Node

UNREADABLE, DUPLICATE, TRAP = "PB001", "PB003", "PB004"
_BASES = (("0b", 2), ("0x", 16), ("0", 8))
_MAX_DIGITS = 400
# What reads back as something else: leading zeros (octal), 12:30 (base 60), and the last zero of version 1.10.
_CHANGES = re.compile(r"[-+]?0[0-7_]+|[-+]?[0-9_]+(?::[0-9]+)+(?:\.[0-9_]*)?|[0-9]+\.[0-9]+0")


class Remark:
    """Something to say about a node: the code of the rule that says it, and optionally the node it clashes with."""

    __slots__ = ("code", "meant", "message", "mild", "node", "other")

    def __init__(
        self, code: str, node: Node, message: str, other: Node | None = None, *, meant: str = "", mild: bool = False
    ) -> None:
        self.code = code
        self.node = node
        self.message = message
        self.other = other
        self.meant = meant  # the text that quotes would make of it; '' where they are no remedy
        self.mild = mild  # whether the author may have meant it: a warning, not an error


class Constructor:
    """Builds the data of one document; `remarks` says what was met on the way, in the order of the text."""

    __slots__ = ("_text", "remarks")

    def __init__(self, text: str) -> None:
        self._text = text
        self.remarks: list[Remark] = []

    def build(self, node: Any, depth: int = 0) -> Any:
        """Return the value of a node. Raises `TooLarge` beyond `MAX_DEPTH` levels."""
        if type(node) is ScalarNode:
            return node.value if node.tag == STR else self._scalar(node)
        if depth >= MAX_DEPTH:
            raise TooLarge(f"nested deeper than {MAX_DEPTH} levels", node)
        if type(node) is MappingNode:
            return self._mapping(node, depth)
        if type(node) is SequenceNode:
            if node.tag != SEQ:
                self._unknown_tag(node)
            build = self.build
            return [build(child, depth + 1) for child in node.value]
        return self.build(node.target, depth + 1)

    def _mapping(self, node: MappingNode, depth: int) -> Any:
        if node.tag != MAP:
            self._unknown_tag(node)
        rows = node.value
        if len(rows) == 1 and self._is_template(node):
            return self._template(node)
        data: dict[str, Any] = {}
        for key, value in rows:
            tag = key.tag
            if tag == STR:
                name = key.value
            elif tag == MERGE:
                return self._merged(node, depth)
            else:
                name = self._key(key)
            if name in data:
                self._duplicate(node, key, name)
            # plain text, nine of ten values, without a call
            data[name] = value.value if value.tag == STR and type(value) is ScalarNode else self.build(value, depth + 1)
        return data

    def _merged(self, node: MappingNode, depth: int) -> dict[str, Any]:
        """Return a mapping with `<<`; a key that comes in by it and is given too is wanted as given."""
        own: set[str] = set()
        for key, _ in node.value:
            if key.tag != MERGE:
                name = str(key.value)
                if name in own:
                    self._duplicate(node, key, name)
                own.add(name)
        merged = {self._key(key): value for key, value in pairs(node)}
        return {key: self.build(value, depth + 1) for key, value in merged.items()}

    def _duplicate(self, node: MappingNode, key: Node, name: str) -> None:
        first = next((other for other, _ in node.value if getattr(other, "value", None) == name), None)
        message = f"the key '{name}' stands twice in one mapping; YAML keeps only the last and drops the other silently"
        self.remarks.append(Remark(DUPLICATE, key, message, first))

    def _key(self, node: Node) -> str:
        inner = node.target if isinstance(node, AliasNode) else node
        if not isinstance(inner, ScalarNode):
            if self._is_template(inner):
                return str(self._template(inner))
            self.remarks.append(Remark(TRAP, node, "a key must be text, not a list or a mapping"))
            return self._slice(inner)
        if inner.tag not in (STR, VALUE):
            what = {BOOL: f"the boolean {str(BOOLEANS.get(inner.value)).lower()}", NULL: "null", TIMESTAMP: "a date"}
            said = what.get(inner.tag, "a number")
            text = inner.value or "null"
            self.remarks.append(
                Remark(
                    TRAP,
                    node,
                    f"the key {text} is {said} in YAML 1.1, not text; write it in quotes: '{text}'",
                    meant=inner.value,
                )
            )
        return str(inner.value)

    def _scalar(self, node: ScalarNode) -> Any:
        tag, text = node.tag, node.value
        if tag == BOOL and text in BOOLEANS:
            return BOOLEANS[text]
        if tag == NULL:
            return None
        if tag in (INT, FLOAT):
            return self._number(node, is_float=tag == FLOAT)
        if tag in (VALUE, STR):
            return text
        if tag == TIMESTAMP:
            self.remarks.append(
                Remark(TRAP, node, f"{text} is a date in YAML 1.1, not text; write it in quotes: '{text}'", meant=text)
            )
        elif tag == MERGE:
            self.remarks.append(
                Remark(TRAP, node, "<< merges mappings only as a key; write it in quotes: '<<'", meant=text)
            )
        else:
            self._unknown_tag(node)
        return text

    def _number(self, node: ScalarNode, *, is_float: bool) -> int | float | str:
        text = node.value
        plain = text.replace("_", "").lower()
        try:
            value = _number(plain, is_float=is_float)
        except ValueError:
            self.remarks.append(Remark(TRAP, node, f"'{text}' cannot be read as a number"))
            return str(text)
        if value is None:
            self.remarks.append(
                Remark(
                    TRAP, node, f"{text} has no form in JSON; write it in quotes if text is meant: '{text}'", meant=text
                )
            )
            return str(text)
        if _CHANGES.fullmatch(text):
            message = f"{text} is the number {value} in YAML 1.1; if text is meant, write it in quotes: '{text}'"
            self.remarks.append(Remark(TRAP, node, message, meant=text, mild=True))
        return value

    def _unknown_tag(self, node: Node) -> None:
        if node.tag.startswith("tag:yaml.org,2002:"):
            kind = node.tag.rpartition(":")[2]
            message = f"the YAML type '!!{kind}' has no form in JSON, and the API takes JSON only; write plain text"
            code = TRAP
        else:
            message = f"the tag '{node.tag}' means nothing here; playbooks are plain YAML without custom tags"
            code = UNREADABLE
        self.remarks.append(Remark(code, node, message))

    def _is_template(self, node: Node) -> bool:
        """`{{ x }}` without quotes: a mapping in braces whose only key is a mapping in braces."""
        return (
            isinstance(node, MappingNode)
            and len(node.value) == 1
            and isinstance(node.value[0][0], MappingNode)
            and bool(re.match(r"\{\{.*\}\}$", self._slice(node), re.DOTALL))
        )

    def _template(self, node: Node) -> str:
        text = self._slice(node)
        shown = " ".join(text.split())
        message = f'{shown} without quotes is a YAML mapping, not a template; write it in quotes: "{shown}"'
        self.remarks.append(Remark(TRAP, node, message, meant=text))
        return text

    def _slice(self, node: Node) -> str:
        return self._text[node.start_mark.index : node.end_mark.index].strip()


def _number(text: str, *, is_float: bool) -> int | float | None:
    """Read a YAML 1.1 number; None for infinities and NaN. Raises ValueError for what is none, or has too many digits."""
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    if len(digits) > _MAX_DIGITS:
        raise ValueError(text)
    if is_float and digits in (".inf", ".nan"):
        return None
    if ":" in digits:
        total: float = 0.0 if is_float else 0
        for part in digits.split(":"):
            total = total * 60 + (float(part) if is_float else int(part))
        return sign * total
    if is_float:
        value = float(digits)
        return None if value == float("inf") else sign * value
    base = next((base for prefix, base in _BASES if digits.startswith(prefix) and digits != "0"), 10)
    return sign * int(digits[2:] if base in (2, 16) else digits, base)
