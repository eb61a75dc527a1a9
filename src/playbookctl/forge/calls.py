"""Calls to a forge: repeated where that does no harm, paused as the forge asks, refusals explained."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from playbookctl.errors import (
    AnswerLost,
    AuthError,
    Forbidden,
    NotFound,
    PlaybookctlError,
    Rejected,
    ServerError,
    Transient,
)
from playbookctl.transport.address import base_url
from playbookctl.transport.answers import Nonsense, a_kind, explain, payload
from playbookctl.transport.limiter import Limiter
from playbookctl.transport.line import headers_for, open_line
from playbookctl.transport.retry import RetryPolicy, repeat
from playbookctl.transport.wire import Answer, Call, Throttled, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    Row: TypeAlias = dict[str, Any]
    Params: TypeAlias = tuple[tuple[str, str], ...]

T = TypeVar("T")
PAGE_SIZE = 100  # what both forges give at most
MOST_PAGES = 100
UNTOLD_PAUSE_S = 60.0  # GitHub: wait a minute at least where a secondary rate limit names no time


class Dialect:
    """What differs between forges: media type and headers, names for hints, and how a refusal is read.

    `hint` is given the status, what the forge said, and the permissions it names ('' if none), and returns what to do.
    """

    __slots__ = ("accept", "headers", "hint", "setting", "token")

    def __init__(
        self,
        accept: str,
        headers: Mapping[str, str],
        setting: str,
        token: str,
        hint: Callable[[int, str, str], str],
    ) -> None:
        self.accept = accept
        self.headers = headers
        self.setting = setting
        self.token = token
        self.hint = hint


class Calls:
    """Sends calls to one forge with one token; a context manager.

    Every function raises AuthError (401), Forbidden (403 and 404: forges hide what a token may not see), Rejected,
    Transient (throttled, 5xx or unreachable, after the retries) and ServerError (nonsense, or a pause that is too long).
    """

    def __init__(
        self,
        url: str,
        token: str,
        dialect: Dialect,
        *,
        policy: RetryPolicy | None = None,
        on_pause: Callable[[float], None] | None = None,
    ) -> None:
        base = base_url(url, credentials=dialect.token)
        self.policy = policy or RetryPolicy()
        self._token = token
        self._dialect = dialect
        self._line = open_line(base)
        self._wire = Wire(
            self._line, base, Limiter(threading.Event(), on_pause), self.policy.longest_pause,
            headers={**headers_for(dialect.accept), **dialect.headers}, setting=dialect.setting, throttled=throttled,
        )  # fmt: skip

    def __enter__(self) -> Calls:  # noqa: PYI034 - typing.Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def get(self, path: str, identity: str) -> Row:
        """Return the object at a path; `identity` is the whole number that it has to have, here and below."""
        return self._repeated(Call("GET", path), lambda answer: _object(answer, identity))

    def rows(self, path: str, identity: str, params: Params = ()) -> Iterator[Row]:
        """Yield the rows of all pages. Raises ServerError after 10,000 rows: what lies beyond could be ours."""
        for page in range(1, MOST_PAGES + 1):
            asked = (*params, ("per_page", str(PAGE_SIZE)), ("page", str(page)))
            found = self._repeated(Call("GET", path, asked), lambda answer: _rows(answer, identity))
            yield from found
            if len(found) < PAGE_SIZE:
                return
        raise ServerError(
            f"GET {path} has more than {MOST_PAGES * PAGE_SIZE:,} rows, and ours may be among the rest",
            hint="nothing was written",
        )

    def replace(self, method: str, path: str, identity: str, fields: Row) -> Row:
        """Change the object at a path and return it. Repeated like a read: doing it twice changes nothing more."""
        return self._repeated(Call(method, path, content=_body(fields)), lambda answer: _object(answer, identity))

    def create(self, path: str, identity: str, fields: Row) -> Row:
        """Make an object and return it. Repeated only where it was certainly not made; else raises AnswerLost."""
        call = Call("POST", path, content=_body(fields), writes=True)
        return self._repeated(call, lambda answer: _object(answer, identity))

    def _repeated(self, call: Call, parse: Callable[[Answer], T]) -> T:
        return repeat(self.policy, lambda: self._once(call, parse))

    def _once(self, call: Call, parse: Callable[[Answer], T]) -> T:
        try:
            return self._sent(call, parse)
        except PlaybookctlError as error:
            error.message = error.message.replace(self._token, "…")  # a forge may repeat what it was told
            raise

    def _sent(self, call: Call, parse: Callable[[Answer], T]) -> T:
        answer = self._wire.send(call, self._token)
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's range of success
            error = self._failure(call, answer)
            error.request_id = answer.request_id
            raise error
        try:
            return parse(answer)
        except Nonsense as nonsense:
            raise nonsense.named(call, answer.request_id, f"is {self._dialect.setting} the forge's API?") from nonsense

    def _failure(self, call: Call, answer: Answer) -> PlaybookctlError:
        detail, pointers = explain(answer)
        said = "; ".join([*([detail] if detail else []), *(f"{place}: {what}" for place, what in pointers[:5])])
        message = f"{call} was answered {answer.status}{': ' if said else ''}{said} (request id {answer.request_id})"
        told = throttled(answer)
        if told is not None and (told.seconds or 0) > self.policy.longest_pause:
            return ServerError(
                f"{message}: it asks to wait {told.seconds:,.0f} s, and longer than {self.policy.longest_pause:.0f} s is"
                " not waited",
                hint="run again later",
            )
        if told is not None or answer.status >= 500:  # noqa: PLR2004 - HTTP's range of server errors
            carried_out = call.writes and told is None
            return (AnswerLost if carried_out else Transient)(message, hint="run again later")
        accepted = answer.headers.get("x-accepted-github-permissions", "")
        return _refusal(answer.status, message, self._dialect.hint(answer.status, said, accepted))


def inside(row: Row, name: str) -> Row:
    """Return the object under a name, an empty one where there is none or something else."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def throttled(answer: Answer) -> Throttled | None:
    """Tell whether an answer asks to wait, and how long; None if it is another one.

    GitHub throttles with 403 as well as 429: `retry-after`, else `x-ratelimit-reset` where nothing remains, else a minute
    if it says "rate limit" (docs.github.com, rate limits for the REST API). GitLab: 429 with `Retry-After`.
    """
    if answer.status not in {403, 429, 503}:
        return None
    if answer.pause is not None:
        return Throttled(answer.pause)
    if answer.headers.get("x-ratelimit-remaining") == "0":
        return Throttled(_until(answer.headers.get("x-ratelimit-reset", ""), answer.headers.get("date", "")))
    if answer.status == 503:  # noqa: PLR2004 - not available
        return Throttled(None)
    limited = "rate limit" in explain(answer)[0].lower()
    return Throttled(UNTOLD_PAUSE_S) if limited or answer.status == 429 else None  # noqa: PLR2004 - too many requests


def _until(reset: str, date: str) -> float:
    """Return the seconds until a Unix time, by the clock of the answer's own `Date` where it has one."""
    if not (reset.isascii() and reset.isdigit()):
        return UNTOLD_PAUSE_S
    try:
        now = parsedate_to_datetime(date)
    except ValueError:
        now = datetime.now(timezone.utc)
    return max(int(reset[:12]) - now.timestamp(), 0.0) + 1.0


def _refusal(status: int, message: str, hint: str) -> PlaybookctlError:
    match status:
        case 401:
            return AuthError(message, hint=hint)
        case 403 | 404:
            return Forbidden(message, hint=hint)
        case 410:
            return NotFound(message, hint=hint, status=status)
        case _:
            return Rejected(message, hint=hint, status=status)


def _body(fields: Row) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")


def _object(answer: Answer, identity: str) -> Row:
    return _identified(payload(answer), identity)


def _rows(answer: Answer, identity: str) -> list[Row]:
    value = payload(answer)
    if not isinstance(value, list):
        raise Nonsense(f"{a_kind(value)} instead of a list")
    return [_identified(row, identity) for row in value]


def _identified(value: Any, identity: str) -> Row:
    if not isinstance(value, dict):
        raise Nonsense(f"{a_kind(value)} instead of an object")
    if not isinstance(value.get(identity), int):
        raise Nonsense(f"an object without '{identity}'")
    return value
