"""Who is calling: HS256 tokens, and clients whose secrets are kept as scrypt digests.

The claims are the platform's: `sub`, `tenant_id`, `roles[]`, `groups[]`, `scope`, `iat`, `exp`, and `app_id` where a
token was minted for one application. The tenant comes from the token alone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import jwt

from playbookctl.errors import ConfigError
from playbookctl.server.ids import is_id
from playbookctl.server.problems import ApiProblem

if TYPE_CHECKING:
    import sqlite3

ALGORITHM = "HS256"
LIFETIME_S = 3600
CLOCK_SKEW_S = 30
SECRET_BYTES = 32
LONGEST_SUBJECT = 200
SCOPE = "read write"
HEADERS = {"alg", "typ"}
REQUIRED_CLAIMS = ["sub", "tenant_id", "iat", "exp"]


@dataclass(frozen=True)
class Caller:
    """A verified token's bearer. `app_id` is None for a token that is bound to no application."""

    tenant_id: str
    sub: str
    app_id: str | None
    scopes: frozenset[str]


class Signer:
    """Mints and verifies tokens with one secret of at least 32 bytes."""

    def __init__(self, secret: str) -> None:
        if len(secret.encode()) < SECRET_BYTES:
            raise ConfigError(
                f"the signing secret has {len(secret.encode())} bytes, at least {SECRET_BYTES} are needed",
                hint='python -c "import secrets; print(secrets.token_urlsafe(32))" makes one',
            )
        self._secret = secret

    def mint(self, caller: Caller, *, expires_in: int = LIFETIME_S) -> str:
        """Return a token that lives `expires_in` seconds from now (negative: it has expired)."""
        now = int(time.time())
        claims = {
            "sub": caller.sub,
            "tenant_id": caller.tenant_id,
            "roles": [],
            "groups": [],
            "scope": " ".join(sorted(caller.scopes)),
            "iat": min(now, now + expires_in),
            "exp": now + expires_in,
        }
        if caller.app_id is not None:
            claims["app_id"] = caller.app_id
        return jwt.encode(claims, self._secret, ALGORITHM)

    def verify(self, token: str) -> Caller:
        """Return the bearer; raise ApiProblem 401 for anything but our own valid token."""
        try:
            claims = self._claims(token)
        except jwt.ExpiredSignatureError:
            raise unauthorized("the token has expired") from None
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            raise unauthorized("the token is not valid") from None
        return _caller(claims)

    def _claims(self, token: str) -> dict[str, object]:
        if jwt.get_unverified_header(token).keys() - HEADERS:  # a key, a reference to one, an extension to honour
            raise jwt.InvalidTokenError
        claims: dict[str, object] = jwt.decode(
            token,
            self._secret,
            algorithms=[ALGORITHM],
            leeway=CLOCK_SKEW_S,
            options={"require": REQUIRED_CLAIMS, "verify_aud": False},
        )
        return claims


def unauthorized(detail: str) -> ApiProblem:
    """Return a 401 that says how to authenticate."""
    return ApiProblem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def bearer(header: str | None) -> str:
    """Return the token of an Authorization header; raise ApiProblem 401 where there is none."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiProblem(
            HTTPStatus.UNAUTHORIZED,
            "an 'Authorization: Bearer' header is needed",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return token.strip()


def setting_secret(connection: sqlite3.Connection) -> str:
    """Return the secret kept in the database, made the first time."""
    connection.execute("INSERT OR IGNORE INTO settings VALUES ('secret', ?)", (secrets.token_urlsafe(SECRET_BYTES),))
    return str(connection.execute("SELECT value FROM settings WHERE key = 'secret'").fetchone()[0])


def add_client(connection: sqlite3.Connection, client_id: str, caller: Caller) -> str:
    """Register a client that logs in as `caller` and return its secret, of which only a digest is kept."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    salt = secrets.token_bytes(16)
    connection.execute(
        "INSERT INTO clients (id, tenant_id, app_id, sub, scope, salt, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (client_id, caller.tenant_id, caller.app_id, caller.sub, " ".join(caller.scopes), salt, _digest(secret, salt)),
    )
    return secret


def client_caller(connection: sqlite3.Connection, client_id: str, secret: str) -> Caller | None:
    """Return whom these credentials stand for, or None; an unknown client costs the same time as a wrong secret."""
    row = connection.execute("SELECT * FROM clients WHERE id = ?", (client_id,)).fetchone()
    salt, digest = (row["salt"], row["digest"]) if row else (b"no such client..", b"")
    if not hmac.compare_digest(_digest(secret, salt), digest) or row is None:
        return None
    return Caller(row["tenant_id"], row["sub"], row["app_id"], frozenset(row["scope"].split()))


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode("utf-8", "surrogatepass"), salt=salt, n=2**14, r=8, p=1)


def _caller(claims: dict[str, object]) -> Caller:
    match claims:
        case {"sub": str() as sub, "tenant_id": str() as tenant} if 0 < len(sub) <= LONGEST_SUBJECT and is_id(
            tenant, "tnt"
        ):
            app, scope = claims.get("app_id"), claims.get("scope", SCOPE)
            if isinstance(scope, str) and (app is None or (isinstance(app, str) and app)):
                return Caller(tenant, sub, app, frozenset(scope.split()))
    raise unauthorized("the token's claims are not those of a caller")
