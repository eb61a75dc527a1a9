"""Yes or no, from the modules that scripts/build_validators.py compiles from the schemas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def accepts(kind: str, data: Any) -> bool:
    """Tell whether `data` follows the schema of `kind`: 'playbook', 'config' or 'connectors'."""
    accept = _ACCEPTORS.get(kind)
    if accept is None:
        accept = _ACCEPTORS[kind] = _load(kind)
    return accept(data)


def _load(kind: str) -> Callable[[Any], bool]:
    """Import only what is asked for: a hook looks at playbooks, and at nothing else if there is no config."""
    accept: Callable[[Any], bool] = import_module(f"playbookctl.load.schema._accept_{kind}").accept
    return accept


_ACCEPTORS: dict[str, Callable[[Any], bool]] = {}
