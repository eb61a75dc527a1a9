"""A stage for stories: one server in memory's file system, a watch on its database, a client that waits briefly."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbookctl.apply.calls import ApplyOptions
from playbookctl.server.embedded import EmbeddedServer
from support.story import Stage
from support.watch import Watch
from support.world import BRISK

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    fast = Path("/dev/shm")  # noqa: S108 - a database in memory, where there is such a place
    base = Path(_made(fast)) if os.access(fast, os.W_OK) else folder
    with EmbeddedServer(base / "server.db") as server:
        watch = Watch(base / "server.db")
        yield Stage(server, watch, base)
        watch.close()


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pipeline wait milliseconds where it waits seconds."""
    monkeypatch.setattr("playbookctl.reconcile.ApplyOptions", partial(ApplyOptions, patience=BRISK))


def _made(folder: Path) -> str:
    import tempfile

    return tempfile.mkdtemp(dir=folder)
