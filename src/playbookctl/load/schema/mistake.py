"""A validation error that speaks to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema import ValidationError

from playbookctl.load.schema.wording import FIELD, REMEDIES, found, kinds, remedy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Mistake(ValidationError):
    """What is wrong, relative to the value that is looked at; see `SchemaError` for the rest."""

    def __init__(
        self,
        message: str,
        path: Sequence[str | int] = (),
        *,
        kind: str = "schema",
        expected: tuple[str, ...] = (),
        suggestion: str = "",
    ) -> None:
        super().__init__(message, path=path)
        self.kind = kind
        self.expected = expected
        self.suggestion = suggestion


def wrong_type(types: Sequence[str], instance: Any, title: str = "", words: str = "") -> Mistake:
    """Return the mistake of a value that is of none of the `types`; `words` says them where their names do not."""
    hint = REMEDIES.get(title) or remedy(instance, types)
    message = f"{FIELD} must be {words or kinds(types)}, found {found(instance)}{hint}"
    return Mistake(message, kind="type", expected=tuple(types))
