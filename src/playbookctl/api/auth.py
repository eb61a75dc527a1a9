"""Who we are to the server: credentials, tokens and what they claim. Nothing here is ever printed."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwt

from playbookctl.errors import AuthError, ServerError
from playbookctl.transport.answers import Nonsense

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

RENEW_AT = 0.8  # of the lifetime, as the vendor's SDKs do
MILLISECONDS = 1e11  # a Unix time above this counts milliseconds


@dataclass(frozen=True)
class BearerToken:
    """A ready token (`CPOD_API_KEY`); it cannot be renewed."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class ClientCredentials:
    """An id and a secret (`CPOD_CLIENT_ID`, `CPOD_CLIENT_SECRET`) that are exchanged for tokens."""

    client_id: str
    client_secret: str = field(repr=False)

    def form(self) -> bytes:
        """Return the token request as a form."""
        return urlencode(self._fields()).encode()

    def json(self) -> bytes:
        """Return the token request as JSON, for servers that refuse a form."""
        return json.dumps(self._fields()).encode()

    def _fields(self) -> dict[str, str]:
        return {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}


if TYPE_CHECKING:
    Credentials: TypeAlias = BearerToken | ClientCredentials


@dataclass(frozen=True)
class Claims:
    """What a JWT says of itself, unverified: the server verifies, we look before we write. Times are Unix seconds."""

    tenant_id: str | None
    app_id: str | None
    issued_at: float | None
    expires_at: float | None


@dataclass(frozen=True)
class Token:
    """A token, its claims (None if it is no JWT), and when to renew it, monotonic time (None: only on a 401)."""

    value: str = field(repr=False)
    claims: Claims | None
    renew_at: float | None = None


def read_claims(token: str) -> Claims | None:
    """Return the claims of a JWT, None for a token that is none."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return Claims(
        _text(claims.get("tenant_id")), _text(claims.get("app_id")), _time(claims.get("iat")), _time(claims.get("exp"))
    )


def given_token(credentials: BearerToken) -> Token:
    """Return the token of an API key; raises AuthError if it cannot travel in a header."""
    value = _checked(credentials.token.strip(), "the API key")
    return Token(value, read_claims(value))


def token_from(answer: Any, asked_at: float) -> Token:
    """Return the token in the answer to a token request, `{access_token, …, expires_in}` or `{token, expires_at}`.

    `asked_at` is the monotonic time of the request. Raises Nonsense if there is no token in it.
    """
    inner = answer.get("data") if isinstance(answer, dict) and isinstance(answer.get("data"), dict) else answer
    value = (inner.get("access_token") or inner.get("token")) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(value, str):
        raise Nonsense("a token answer with neither 'access_token' nor 'token'")
    claims = read_claims(value)
    lifetime = _lifetime(inner, claims)
    if lifetime is not None and lifetime <= 0:
        raise Nonsense("a token that has already expired")
    renew_at = None if lifetime is None else asked_at + RENEW_AT * lifetime
    return Token(_checked(value, "the token the server issued"), claims, renew_at)


class Session:
    """The current token, shared by all workers and renewed by one of them.

    `fetch` makes the token request (None for a given token); `inspect` looks at each new token before it is used.
    """

    def __init__(
        self, token: Token | None, fetch: Callable[[], Token] | None, inspect: Callable[[Token], None]
    ) -> None:
        self._token = token
        self._fetch = fetch
        self._inspect = inspect
        self._lock = threading.Lock()
        self._failed: ServerError | None = None
        self._failed_at = 0.0
        if token is not None:
            inspect(token)

    def __repr__(self) -> str:
        return "Session()"

    @property
    def claims(self) -> Claims | None:
        """What the token at hand says of itself; None before there is one, and for one that is no JWT."""
        token = self._token
        return token.claims if token is not None else None

    def token(self) -> Token:
        """Return a token that is not about to expire; asks for one at most once, whoever comes first.

        Whoever waited for another's failure gets that failure. Raises what the token request raises.
        """
        token = self._token
        if token is not None and not _is_due(token):
            return token
        came_at = time.monotonic()
        with self._lock:
            if self._token is None or _is_due(self._token):
                if self._failed is not None and self._failed_at >= came_at:
                    raise self._failed
                self._renew()
            assert self._token is not None  # noqa: S101 - _renew sets it or raises
            return self._token

    def after_refusal(self, refused: Token) -> Token | None:
        """Return another token after a 401, None if there is none to be had. One worker renews for all."""
        if self._fetch is None:
            return None
        with self._lock:
            if self._token is refused:
                self._renew()
            return self._token

    def _renew(self) -> None:
        if self._fetch is None:
            raise AuthError("there is no token", hint="set CPOD_API_KEY, or CPOD_CLIENT_ID and CPOD_CLIENT_SECRET")
        try:
            token = self._fetch()
        except ServerError as error:
            self._failed, self._failed_at = error, time.monotonic()
            raise
        self._inspect(token)
        self._token = token


def expiry_words(token: Token) -> str:
    """Return the words that say when a refused token expired, '' if it has not or does not say."""
    expires_at = token.claims.expires_at if token.claims else None
    if expires_at is None or expires_at > time.time():
        return ""
    return f"; the token expired at {datetime.fromtimestamp(expires_at, timezone.utc):%Y-%m-%d %H:%M} UTC"


def _is_due(token: Token) -> bool:
    return token.renew_at is not None and time.monotonic() >= token.renew_at


def _lifetime(answer: dict[str, Any], claims: Claims | None) -> float | None:
    """Seconds; told by `expires_in`, else by the token's own times (one clock), else by `expires_at` against ours."""
    told = _time(answer.get("expires_in"))
    if told is not None:
        return told
    if claims is not None and claims.issued_at is not None and claims.expires_at is not None:
        return claims.expires_at - claims.issued_at
    until = _time(answer.get("expires_at"))
    if until is None and claims is not None:
        until = claims.expires_at
    return None if until is None else until - time.time()


def _time(value: Any) -> float | None:
    """Read Unix seconds or milliseconds, as a number or text, or an ISO 8601 date; None for anything else."""
    if isinstance(value, str):
        value = float(value) if value.isdecimal() and value.isascii() else _iso_seconds(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 <= value < MILLISECONDS * 1000:  # NaN is neither, and a whole number may be larger than any float
        return None
    return value / 1000 if value >= MILLISECONDS else float(value)


def _iso_seconds(text: str) -> float | None:
    try:
        date = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _checked(value: str, what: str) -> str:
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise AuthError(f"{what} is empty or holds characters that no token has", hint="copy it again, without quotes")
    return value
