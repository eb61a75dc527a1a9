"""One thing a schema does not accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from playbookctl.model.source import NodePath


class SchemaError(Value):
    """What is wrong, in a sentence, and where. The path ends with a `Key` if it is the key that is wrong.

    `kind` is 'type' where a value is of the wrong type and its text would be right, 'repeat' where a list has it already, else
    'schema'. `expected` names
    the JSON types that are accepted ('string', 'array', …), for kind 'type' only. `suggestion` is the word that was
    probably meant, '' if there is none.
    """

    __slots__ = ("expected", "kind", "message", "path", "suggestion")

    def __init__(
        self, path: NodePath, message: str, kind: str = "schema", expected: tuple[str, ...] = (), suggestion: str = ""
    ) -> None:
        self.path = path
        self.message = message
        self.kind = kind
        self.expected = expected
        self.suggestion = suggestion
