"""The server inside this process, for `url: embedded` and for tests: a thread, a free loopback port, a database."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from playbookctl.errors import ServerError
from playbookctl.server.app import make_app
from playbookctl.server.auth import LIFETIME_S, SCOPE, Caller, Signer, setting_secret
from playbookctl.server.guard import LOOPBACK_NAMES
from playbookctl.server.ids import derived_id
from playbookctl.server.listening import QuietServer, listening_socket
from playbookctl.server.seed import Seed, plant
from playbookctl.server.store import Store
from playbookctl.server.tenants import DEFAULT_TENANT, Tenants, tenant_id_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

LOOPBACK = "127.0.0.1"
START_S = 10.0
OPERATOR = derived_id("per", "operator")


class EmbeddedServer:
    """A running server; a context manager. The database file is made if it is missing and survives the server."""

    def __init__(self, database: Path, *, seed: Seed | None = None) -> None:
        self._database = database
        self.seeded = seed or Seed()
        self.tenant_id = tenant_id_of(DEFAULT_TENANT)

    def __enter__(self) -> Self:
        self.store = Store(self._database)
        with self.store.writing() as connection:
            self._signer = Signer(setting_secret(connection))
        self._tenants = Tenants(self.store)
        self._tenants.add(self.tenant_id, DEFAULT_TENANT)
        self.seed(self.seeded)
        self._server = QuietServer(make_app(self.store, self._signer, hosts=LOOPBACK_NAMES))
        self._socket = listening_socket(LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="server", daemon=True)
        self._thread.start()
        if not self._server.answering.wait(START_S):
            raise ServerError(f"the embedded server did not start within {START_S:.0f} s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering, then close the database."""
        self._server.stop()
        self._thread.join()
        self._socket.close()
        self.store.close()

    def token(
        self,
        *,
        tenant: str | None = None,
        app_id: str | None = None,
        sub: str = OPERATOR,
        scope: str = SCOPE,
        expires_in: int = LIFETIME_S,
    ) -> str:
        """Return a token of a tenant (an id; the default one if None), which is added if it is new."""
        caller = Caller(tenant or self.tenant_id, sub, app_id, frozenset(scope.split()))
        self._tenants.add(caller.tenant_id)
        return self._signer.mint(caller, expires_in=expires_in)

    def seed(self, seed: Seed, *, tenant: str | None = None, app_id: str | None = None) -> None:
        """Add what is missing of `seed` to a tenant (and application)."""
        caller = Caller(tenant or self.tenant_id, OPERATOR, app_id, frozenset())
        self._tenants.add(caller.tenant_id)
        with self.store.writing() as connection:
            plant(connection, seed, caller)
