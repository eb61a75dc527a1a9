"""connectors.yaml to the catalogue of connectors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.load.entry import load_entry, read_bytes, unreadable
from playbookctl.model.workspace import Connector, Connectors

if TYPE_CHECKING:
    from playbookctl.model.workspace import Entry, Settings


def load_connectors(settings: Settings, shown: str = "") -> tuple[Connectors, Entry | None]:
    """Return the catalogue, and the entry for its findings.

    Without the file the catalogue knows nothing (`file` is None) and no connector is called unknown. An entry of the
    file that its schema refuses is left out of the catalogue by its name only: it stays known, with any action.
    """
    file = os.path.join(settings.root, settings.connectors)
    if not os.path.exists(file) and "connectors" not in settings.data:
        return Connectors({}, None), None
    try:
        entry = load_entry(shown or settings.connectors, read_bytes(file), "connectors")
    except OSError as error:
        return Connectors({}, None), unreadable(shown or settings.connectors, f"cannot be read: {error.strerror}")
    return catalogue_of(entry, file), entry


def catalogue_of(entry: Entry, file: str) -> Connectors:
    """Return the catalogue of the entry of a connectors file that lies at `file` (absolute)."""
    data = entry.document.data.get("connectors") if entry.document else None
    if not isinstance(data, dict):
        return Connectors({}, None)
    broken = {
        problem.path[1] for code, problem in entry.problems if code in ("PB002", "PB004") and len(problem.path) > 1
    }
    names = {name: {} if name in broken or not isinstance(value, dict) else value for name, value in data.items()}
    return Connectors({name: Connector(name, value) for name, value in names.items()}, file)
