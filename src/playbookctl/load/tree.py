"""The composed nodes as the text has them: what stands where and how it is written, for those who change the text."""

from __future__ import annotations

import re
from typing import Any

from yaml.nodes import MappingNode, ScalarNode

from playbookctl.load.yaml_nodes import STR, AliasNode
from playbookctl.model.node import Node, Written

_PROPERTIES = re.compile(r"(?:[&!][^\s\[\]{},]*\s+)*")
_HEADER = re.compile(r"[|>][-+0-9]*")
_BREAK_AT_END = re.compile(r"(?:\r\n|[\r\n\x85\u2028\u2029])\Z")  # the last three are line breaks to YAML 1.1
_BLANKS = " \t\r\n\x85\u2028\u2029"  # a no-break space is text
_STYLES = {None: Written.PLAIN, "": Written.PLAIN, "'": Written.SINGLE, '"': Written.DOUBLE}


def tree_of(text: str, node: Any) -> Node:
    """Return the nodes of a document. Recursion is no deeper than the loader lets a document be."""
    start, end = node.start_mark.index, node.end_mark.index
    if type(node) is AliasNode:
        return Node(Written.ALIAS, start, start, end)
    inner = _PROPERTIES.match(text, start, end).end() if text[start : start + 1] in ("&", "!") else start  # type: ignore[union-attr]
    if type(node) is ScalarNode:
        return _scalar(text, node, start, inner, end)
    if type(node) is MappingNode:
        children = tuple(tree_of(text, part) for pair in node.value for part in pair)
        written = Written.BRACES if node.flow_style else Written.MAPPING
    else:
        children = tuple(tree_of(text, child) for child in node.value)
        written = Written.BRACKETS if node.flow_style else Written.LIST
    if not node.flow_style and children:
        end = max(child.end for child in children[-2:])
    return Node(written, start, inner, end, children)


def _scalar(text: str, node: ScalarNode, start: int, inner: int, limit: int) -> Node:
    written, end = _STYLES.get(node.style, Written.BLOCK), limit
    if written is Written.BLOCK:
        keeps = "+" in _HEADER.match(text, inner).group()  # type: ignore[union-attr]
        end = inner + len(_BREAK_AT_END.sub("", text[inner:limit]) if keeps else text[inner:limit].rstrip(_BLANKS))
    return Node(written, start, inner, end, (), node.value, is_text=node.tag == STR, limit=limit)
