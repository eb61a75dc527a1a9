"""Says what is wrong with a document that its schema does not accept.

`jsonschema` walks the schema; the functions of `keywords`, `shapes` and `alternatives` stand in for its own, so that
each mistake is said once and in words. Whatever a compiled acceptor takes is skipped: only what is wrong is walked.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, validators

from playbookctl.load.schema.alternatives import ALTERNATIVES
from playbookctl.load.schema.error import SchemaError
from playbookctl.load.schema.grammar import Grammar
from playbookctl.load.schema.keywords import KEYWORDS
from playbookctl.load.schema.mistake import Mistake
from playbookctl.load.schema.shapes import SHAPES
from playbookctl.load.schema.wording import FIELD, LIST

if TYPE_CHECKING:
    from collections.abc import Callable

    from playbookctl.model.source import NodePath


def problems_of(kind: str, data: Any) -> list[SchemaError]:
    """Return what is wrong with `data`: one error per place, empty if nothing is."""
    errors: dict[NodePath, SchemaError] = {}
    for mistake in _validator(kind).iter_errors(data):
        path = tuple(mistake.absolute_path)
        if path in errors:
            continue  # one mistake breaks several keywords; the first says it best
        message = _named(mistake.message, path)
        errors[path] = (
            SchemaError(path, message, mistake.kind, mistake.expected, mistake.suggestion)
            if isinstance(mistake, Mistake)
            else SchemaError(path, message)
        )
    return list(errors.values())


@lru_cache
def _validator(kind: str) -> Any:
    grammar = Grammar(kind)
    table: dict[str, Callable[..., Any]] = {**KEYWORDS, **SHAPES, **ALTERNATIVES}
    functions = {keyword: partial(function, grammar) for keyword, function in table.items()}
    extend: Callable[..., Any] = validators.extend
    return extend(Draft202012Validator, functions)(grammar.root)


def _named(message: str, path: NodePath) -> str:
    """Put the name of the field, and of the list around it, into a message."""
    names = [part for part in path if isinstance(part, str)]
    field = f"'{names[-1]}'" if names else "the file"
    each = f"each of {field}" if path and isinstance(path[-1], int) else field
    return message.replace(FIELD, each).replace(LIST, field)
