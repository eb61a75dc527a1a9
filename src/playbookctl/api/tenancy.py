"""Whose playbooks these are: the tenant and application that the environment pins, held against token and objects."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from playbookctl.errors import WrongTenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.api.auth import Claims

HINT = "use credentials of this environment's tenant, or correct the environment in playbookctl.yaml"


class Tenancy:
    """Remembers which tenant (and application) this client is bound to; any word to the contrary is a WrongTenant.

    Pinned values come from the environment. Without them the first to speak binds: the token's claims, else an object.
    """

    def __init__(self, tenant_id: str | None, app_id: str | None) -> None:
        self._pinned_app = app_id
        self._tenant = tenant_id
        self._says = "the environment pins" if tenant_id else ""
        self._confirmed = tenant_id is None
        self._app_confirmed = app_id is None
        self._lock = threading.Lock()

    @property
    def tenant_id(self) -> str | None:
        """The tenant this client is bound to, None until somebody has named it."""
        return self._tenant

    @property
    def confirmed(self) -> bool:
        """Whether token or object has named what the environment pins; nothing is written before."""
        return self._confirmed and self._app_confirmed

    def check_claims(self, claims: Claims | None) -> None:
        """Take in a new token's claims (None: it is no JWT); raises WrongTenant if they are another tenant's."""
        if claims is None:
            return
        if claims.tenant_id is not None:
            self._bind(claims.tenant_id, "the token belongs to")
        if self._pinned_app is not None:
            self._check_app(claims.app_id, "the token is")

    def check_object(self, row: Mapping[str, Any]) -> None:
        """Take in an object read from the server; raises WrongTenant if it is another tenant's or application's."""
        tenant = row.get("tenant_id")
        if isinstance(tenant, str) and not (self._confirmed and tenant == self._tenant):
            self._bind(tenant, "the server's objects belong to")
        if not self._app_confirmed and row.get("app_id") is not None:
            self._check_app(row["app_id"], "the server's objects are")

    def _bind(self, tenant: str, says: str) -> None:
        with self._lock:
            if self._tenant is None:
                self._tenant, self._says = tenant, says
            if tenant != self._tenant:
                raise WrongTenant(f"{says} tenant '{tenant}', but {self._says} tenant '{self._tenant}'", hint=HINT)
            self._confirmed = True

    def _check_app(self, app: Any, says: str) -> None:
        if app != self._pinned_app:
            theirs = "bound to no application" if app is None else f"bound to application '{app}'"
            raise WrongTenant(f"{says} {theirs}, but the environment pins application '{self._pinned_app}'", hint=HINT)
        self._app_confirmed = True
