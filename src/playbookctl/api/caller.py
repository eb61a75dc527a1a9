"""A call with everything around it: token, one renewal on 401, repetition where it is harmless, named errors."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from playbookctl.api.answers import failure
from playbookctl.api.auth import ClientCredentials, Session, expiry_words, given_token, token_from
from playbookctl.api.readonly import TOKEN_PATH
from playbookctl.errors import AuthError, ServerError, WrongTenant
from playbookctl.transport.answers import Nonsense, payload
from playbookctl.transport.retry import repeat
from playbookctl.transport.wire import Answer, Call

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from playbookctl.api.auth import Credentials, Token
    from playbookctl.errors import PlaybookctlError
    from playbookctl.transport.retry import RetryPolicy
    from playbookctl.transport.wire import Wire

    T = TypeVar("T")
    Error = TypeVar("Error", bound=PlaybookctlError)

UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE = 401, 415
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SHORTEST_SECRET = 4  # characters; hiding anything shorter would black out ordinary words


class Caller:
    """Makes calls as one session. `inspect` sees every token before it is used; it raises AuthError to refuse one.

    `on_retry` is told of every wait before a call is repeated, see `transport.retry`.
    """

    def __init__(
        self,
        wire: Wire,
        credentials: Credentials,
        inspect: Callable[[Token], None],
        policy: RetryPolicy,
        on_retry: Callable[[ServerError, float], None] | None = None,
    ) -> None:
        self._wire = wire
        self._policy = policy
        self._on_retry = on_retry
        self._credentials = credentials
        if isinstance(credentials, ClientCredentials):
            self.session = Session(None, self._fetch_token, inspect)
        else:
            self.session = Session(given_token(credentials), None, inspect)

    def read(self, call: Call, parse: Callable[[Answer], T]) -> T:
        """Return what `parse` makes of the answer; the call is repeated on 429, 5xx and lost connections.

        Raises AuthError, Rejected, NotFound, Transient (after the last attempt), ServerError (also for nonsense).
        """
        self.session.token()  # outside of the repetition: a token request is repeated itself
        return repeat(self._policy, lambda: self._parsed(call, self._authorized(call), parse), self._on_retry)

    def write(self, call: Call, parse: Callable[[Answer], T]) -> T:
        """Return what `parse` makes of the answer to a call that is sent once.

        Raises AnswerLost if nobody can tell whether it was carried out, else as `read`; Transient: it was not.
        """
        return self._parsed(call, self._authorized(call), parse)

    def _parsed(self, call: Call, answer: Answer, parse: Callable[[Answer], T]) -> T:
        try:
            return parse(answer)
        except Nonsense as nonsense:
            raise nonsense.named(call, answer.request_id) from nonsense
        except WrongTenant as wrong:
            said = f"{wrong.message} (request id {answer.request_id})"
            raise _with_id(WrongTenant(said, hint=wrong.hint), answer) from wrong

    def _authorized(self, call: Call) -> Answer:
        token = self.session.token()
        answer = self._wire.send(call, token.value)
        if answer.status == UNAUTHORIZED:
            other = self.session.after_refusal(token)
            if other is not None:
                token, answer = other, self._wire.send(call, other.value)
        if answer.status == UNAUTHORIZED:
            raise _failure(call, answer, token.value, expiry_words(token))
        return self._successful(call, answer, token.value)

    def _successful(self, call: Call, answer: Answer, secret: str) -> Answer:
        if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's range of success
            return answer
        if answer.pause is not None and answer.pause > self._policy.longest_pause and not call.writes:
            said = (
                f"{call} was answered {answer.status}, wait {answer.pause:.0f} s; longer than"
                f" {self._policy.longest_pause:.0f} s is not waited (request id {answer.request_id})"
            )
            raise _with_id(ServerError(said, hint="run again later"), answer)
        raise _failure(call, answer, secret)

    def _fetch_token(self) -> Token:
        credentials = self._credentials
        assert isinstance(credentials, ClientCredentials)  # noqa: S101 - only then is there anything to fetch with
        return repeat(self._policy, lambda: self._token_once(credentials), self._on_retry)

    def _token_once(self, credentials: ClientCredentials) -> Token:
        asked_at = time.monotonic()
        call = Call("POST", TOKEN_PATH, content=credentials.form(), content_type=FORM)
        answer = self._wire.send(call, None)
        if answer.status == UNSUPPORTED_MEDIA_TYPE:
            call = Call("POST", TOKEN_PATH, content=credentials.json(), content_type=JSON)
            answer = self._wire.send(call, None)
        if answer.status in {400, 401, 403}:
            refusal = _failure(call, answer, credentials.client_secret)
            hint = "check CPOD_CLIENT_ID and CPOD_CLIENT_SECRET"
            raise _with_id(AuthError(refusal.message, hint=hint), answer) from refusal
        self._successful(call, answer, credentials.client_secret)
        try:
            return token_from(payload(answer), asked_at)
        except Nonsense as nonsense:  # its words are not shown: they may quote the token
            said = f"{call} was answered {answer.status} without a usable token (request id {answer.request_id})"
            raise _with_id(ServerError(said, hint="is the environment's url the API's?"), answer) from nonsense


def _with_id(error: Error, answer: Answer) -> Error:
    error.request_id = answer.request_id
    return error


def _failure(call: Call, answer: Answer, secret: str, more: str = "") -> PlaybookctlError:
    """Return the error an answer stands for; a server that quotes our secret does not get it into our logs."""
    body = answer.body
    if len(secret) >= SHORTEST_SECRET:
        for written in (secret, json.dumps(secret)[1:-1], quote_plus(secret)):
            body = body.replace(written.encode(), b"***")
    return failure(call, Answer(answer.status, answer.headers, body, answer.request_id), more)
