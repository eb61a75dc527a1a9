"""One call over the wire: bounded in time and size, never redirected to another host, its failures named."""

from __future__ import annotations

import logging
import ssl
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from playbookctl.errors import AnswerLost, ServerError, Transient
from playbookctl.transport.address import same_origin
from playbookctl.transport.limiter import Limiter, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=120.0)
LONGEST_ANSWER = 300.0  # seconds from the request to the last byte
REDIRECTS = 3
OBJECT_BYTES = 16_000_000
PAGE_BYTES = 256_000_000
MEGABYTE = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """What is asked. `path` follows the base url, `most` bounds the answer in bytes, `writes`: it changes data."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    content: bytes | None = field(default=None, repr=False)  # the token request carries the secret
    content_type: str = "application/json"
    writes: bool = False
    most: int = OBJECT_BYTES

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. `request_id` is the server's, else the one we sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    request_id: str

    @property
    def pause(self) -> float | None:
        """The seconds of the `Retry-After` header, None without one."""
        return retry_after(self.headers.get("retry-after"), self.headers.get("date"))


@dataclass(frozen=True)
class Throttled:
    """The server asks to wait: `seconds`, or None where it does not say how long."""

    seconds: float | None


def by_retry_after(answer: Answer) -> Throttled | None:
    """Read 429 (too many requests) and 503 (not available) with their `Retry-After`; None if it is neither."""
    return Throttled(answer.pause) if answer.status in {429, 503} else None


class Wire:
    """Sends calls to one base url through the shared limiter, which sits out pauses up to `longest_pause` seconds.

    `headers` go with every call. `setting` is what people call the place where the url is set; `throttled` tells which
    answers ask to wait.
    """

    def __init__(
        self,
        line: httpx.BaseTransport,
        base: httpx.URL,
        limiter: Limiter,
        longest_pause: float,
        *,
        headers: Mapping[str, str],
        timeout: httpx.Timeout = TIMEOUT,
        setting: str = "the environment's url",
        throttled: Callable[[Answer], Throttled | None] = by_retry_after,
    ) -> None:
        self._longest_pause = longest_pause
        self._setting = setting
        self._throttled = throttled
        self._line = line
        self._headers = headers
        self._times = {"timeout": timeout.as_dict()}
        self._root = str(base).rstrip("/")
        self._limiter = limiter

    def send(self, call: Call, token: str | None) -> Answer:
        """Return the answer to one call, sent once. Waits for the limiter first.

        Raises Transient if nothing was sent (or the call only reads), AnswerLost if a write was sent and its answer was
        not received, ServerError for a bad certificate, an oversized answer or a redirect to another host, Stopped.
        """
        url, redirects = httpx.URL(self._root + call.path), 0
        while True:
            self._limiter.wait()
            answer = self._exchange(call, url, token)
            self._pace(answer)
            target = _redirect(url, answer)
            if target is None:
                return answer
            redirects += 1
            self._follow(call, url, target, answer, redirects)
            url = target

    def _follow(self, call: Call, url: httpx.URL, target: httpx.URL, answer: Answer, redirects: int) -> None:
        """Raise unless a call may be sent again to where it was redirected, for the so-manieth time."""
        if call.writes:
            said = f"{call} was redirected to '{target.host}'"
            raise _named(AnswerLost, said, answer.request_id, f"correct {self._setting}")
        if not same_origin(url, target):
            said = f"{call} is redirected from '{_origin(url)}' to '{_origin(target)}', where the token must not go"
            hint = f"write the final address as {self._setting}, if you trust it"
            raise _named(ServerError, said, answer.request_id, hint)
        if redirects > REDIRECTS:
            said = f"{call} was redirected more than {REDIRECTS} times by '{url.host}'"
            raise _named(ServerError, said, answer.request_id, "is the url right?")

    def _pace(self, answer: Answer) -> None:
        if (throttled := self._throttled(answer)) is not None:
            pause = throttled.seconds
            self._limiter.throttled(None if pause is None or pause > self._longest_pause else pause)
        else:
            self._limiter.went_through()

    def _exchange(self, call: Call, url: httpx.URL, token: str | None) -> Answer:
        request_id = uuid.uuid4().hex
        headers = {**self._headers, "X-Request-Id": request_id}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if call.content is not None:
            headers["Content-Type"] = call.content_type
        request = httpx.Request(
            call.method, url, params=call.params or None, content=call.content, headers=headers, extensions=self._times
        )
        began = time.monotonic()
        try:
            response = self._line.handle_request(request)
            response.request = request
            theirs = response.headers.get("x-request-id") or response.headers.get("x-github-request-id") or request_id
            try:
                body = b"".join(_bounded(response, call, theirs))
            finally:
                response.close()
        except httpx.RequestError as error:
            _note(call, type(error).__name__, began, request_id)
            raise _transport_error(call, url, error, request_id, self._setting) from error
        answer = Answer(response.status_code, response.headers, body, theirs)
        _note(call, f"{answer.status} {len(body)} bytes", began, answer.request_id)
        return answer


def _note(call: Call, end: str, began: float, request_id: str) -> None:
    """Log one call: never its query, headers or bodies, which may hold names and secrets."""
    _log.debug("%s %s %.0f ms, request id %s", call, end, (time.monotonic() - began) * 1000, request_id)


def _bounded(response: httpx.Response, call: Call, request_id: str) -> Iterator[bytes]:
    read, until = 0, time.monotonic() + LONGEST_ANSWER
    for chunk in response.iter_bytes():
        read += len(chunk)
        if read > call.most:
            lost = AnswerLost if call.writes else ServerError
            said = f"the answer to {call} is larger than {call.most // MEGABYTE} MB"
            raise _named(lost, said, request_id, "is the url the API's?")
        if time.monotonic() > until:
            raise httpx.ReadTimeout(f"the answer took more than {LONGEST_ANSWER:.0f} s")
        yield chunk


def _redirect(url: httpx.URL, answer: Answer) -> httpx.URL | None:
    location = answer.headers.get("location")
    if answer.status not in {301, 302, 303, 307, 308} or location is None:
        return None
    try:
        return url.join(location)
    except httpx.InvalidURL as error:
        said = f"'{url.host}' redirects to something that is not a url"
        raise _named(ServerError, said, answer.request_id, "is the url right?") from error


def _transport_error(
    call: Call, url: httpx.URL, error: httpx.RequestError, request_id: str, setting: str
) -> ServerError:
    where, what = _origin(url), str(error) or type(error).__name__
    if _is_certificate(error):
        return ServerError(
            f"the certificate of '{where}' is not trusted: {what}",
            hint="set SSL_CERT_FILE to your organisation's certificates",
        )
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)):
        return Transient(f"cannot connect to '{where}': {what}", hint=f"check {setting}, the network and HTTPS_PROXY")
    if isinstance(error, httpx.PoolTimeout):
        return Transient(f"no connection to '{where}' became free", hint="run with fewer workers")
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        # what httpx says here may quote a header, and a header may be the token
        return ServerError(f"{call} cannot be sent to '{where}'", hint=f"check {setting} and the credentials")
    lost = AnswerLost if call.writes else Transient
    return _named(lost, f"the answer of '{where}' to {call} was lost: {what}", request_id, "run the command again")


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _named(kind: type[ServerError], said: str, request_id: str, hint: str) -> ServerError:
    """Return an error of `kind` that names the call as the server's log does."""
    error = kind(f"{said} (request id {request_id})", hint=hint)
    error.request_id = request_id
    return error
