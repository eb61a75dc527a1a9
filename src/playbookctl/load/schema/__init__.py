"""The schemas: `accepts` says yes or no and costs microseconds, `explain` says what is wrong and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.load.schema.accept import accepts

if TYPE_CHECKING:
    from playbookctl.load.schema.error import SchemaError

__all__ = ["accepts", "explain"]


def explain(kind: str, data: Any) -> list[SchemaError]:
    """Return what is wrong with `data`, which `accepts` has refused: one error per mistake, in the order of the file.

    `kind` is 'playbook', 'config' or 'connectors'. Empty for data that is accepted.
    """
    from playbookctl.load.schema.explainer import problems_of

    return problems_of(kind, data)
