"""What a server is made of: one database, the secret it signs with, the thread that runs playbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.server.app import make_app
from playbookctl.server.auth import Signer, setting_secret
from playbookctl.server.faultlayer import FaultLayer
from playbookctl.server.guard import LOOPBACK_NAMES, Guard
from playbookctl.server.runner import Runner
from playbookctl.server.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from playbookctl.server.faults import Faults


class Service:
    """The parts over one database file. `secret` is the user's; without one the database keeps its own."""

    def __init__(self, database: Path, *, secret: str | None = None) -> None:
        self.store = Store(database)
        try:
            with self.store.writing() as connection:
                self.signer = Signer(secret or setting_secret(connection))
        except BaseException:
            self.store.close()
            raise
        self.runner = Runner(self.store)

    def app(self, *, hosts: frozenset[str] = LOOPBACK_NAMES, faults: Faults | None = None) -> ASGIApp:
        """Return the application; `hosts` are the Host headers it answers to (empty: any)."""
        inner = make_app(self.store, self.signer, self.runner)
        return Guard(inner if faults is None else FaultLayer(inner, faults), hosts)

    def close(self) -> None:
        """End the run at hand and close the database."""
        if self.runner.is_alive():
            self.runner.stop()
        self.store.close()
