"""In which order the schema lists the keys of a playbook and of a step: the order of the canonical form."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from playbookctl.load.schema.files import schema_text

if TYPE_CHECKING:
    from playbookctl.model.source import NodePath


def key_order(path: NodePath) -> tuple[str, ...]:
    """Return the keys of the mapping at `path` in their order; () where the schema's order says nothing."""
    top, step = _orders()
    if not path:
        return top
    return step if len(path) > 1 and path[-2] == "steps" and isinstance(path[-1], int) else ()


@cache
def _orders() -> tuple[tuple[str, ...], tuple[str, ...]]:
    schema = json.loads(schema_text("playbook"))
    return tuple(schema["properties"]), tuple(schema["$defs"]["stepFields"]["properties"])
