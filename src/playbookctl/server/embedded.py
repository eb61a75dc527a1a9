"""The server inside this process, for `url: embedded` and for tests: a thread, a free loopback port, a database."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from playbookctl.errors import ServerError
from playbookctl.server.auth import LIFETIME_S, SCOPE, Caller
from playbookctl.server.faults import Faults
from playbookctl.server.listening import QuietServer, listening_socket
from playbookctl.server.operator import Operator
from playbookctl.server.seed import Seed
from playbookctl.server.service import Service
from playbookctl.server.tenants import DEFAULT_TENANT, tenant_id_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from playbookctl.server.autofire import Ingested

LOOPBACK = "127.0.0.1"
START_S = 10.0


class EmbeddedServer:
    """A running server; a context manager. The database file is made if it is missing and survives the server.

    `url` is where it answers, `tenant_id` its default tenant, which `tenant=None` stands for everywhere,
    `faults` what goes wrong: more can be armed while it runs.
    """

    def __init__(self, database: Path, *, seed: Seed | None = None, faults: Faults | None = None) -> None:
        self._database = database
        self._seed = seed or Seed()
        self.faults = faults or Faults()
        self.tenant_id = tenant_id_of(DEFAULT_TENANT)

    def __enter__(self) -> Self:
        self._service = Service(self._database)
        self.operator = Operator(self._service.store)
        self.operator.seed(self.operator.caller(), self._seed)
        self._server = QuietServer(self._service.app(faults=self.faults))
        self._socket = listening_socket(LOOPBACK, 0)
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="server", daemon=True)
        self._service.runner.start()
        self._thread.start()
        if not self._server.answering.wait(START_S):
            raise ServerError(f"the embedded server did not start within {START_S:.0f} s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering, end the run at hand, close the database."""
        self._server.stop()
        self._thread.join()
        self._socket.close()
        self._service.close()

    def token(
        self,
        *,
        tenant: str | None = None,
        app_id: str | None = None,
        sub: str | None = None,
        scope: str = SCOPE,
        expires_in: int = LIFETIME_S,
    ) -> str:
        """Return a token that lives `expires_in` seconds; a tenant that is new is added."""
        caller = self._caller(tenant, app_id)
        bearer = Caller(caller.tenant_id, sub or caller.sub, app_id, frozenset(scope.split()))
        return self._service.signer.mint(bearer, expires_in=expires_in)

    def seed(self, seed: Seed, *, tenant: str | None = None, app_id: str | None = None) -> None:
        """Add what is missing of `seed` to a tenant (and application)."""
        self.operator.seed(self._caller(tenant, app_id), seed)

    def ingest(self, alert: dict[str, Any], *, tenant: str | None = None) -> Ingested:
        """Take in an alert, as a detection would send it; the playbooks it fires run."""
        ingested = self.operator.ingest(self._caller(tenant), alert)
        self._service.runner.wake()
        return ingested

    def delete(self, object_id: str, *, tenant: str | None = None) -> None:
        """Soft-delete an object of any kind, as the vendor's interface would."""
        self.operator.delete(self._caller(tenant), object_id)

    def clone(self, playbook_id: str, *, tenant: str | None = None) -> str:
        """Copy a playbook with its tags, as the vendor's editor would, and return the copy's id."""
        return self.operator.clone(self._caller(tenant), playbook_id)

    def _caller(self, tenant: str | None, app_id: str | None = None) -> Caller:
        return self.operator.caller(tenant or self.tenant_id, app_id=app_id)
