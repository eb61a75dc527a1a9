"""One limiter for all workers: when the server says to wait, everyone waits, and then comes back one by one."""

from __future__ import annotations

import random
import re
import threading
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from playbookctl.errors import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

SMALLEST_INTERVAL = 0.02  # seconds between two calls after the first 429
LARGEST_INTERVAL = 0.25
UNTOLD_PAUSE = 0.1  # after a 429 without Retry-After, so that all who hit it together count as one
SLOWING = 1.5
EASING = 0.95  # what is left of the interval after each call that went through
_SECONDS = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)  # the standard has no fractions, servers do


class Limiter:
    """Spaces calls once the server has throttled one of them, and pauses all of them for its `Retry-After`.

    Without a 429 it costs one lock and never waits. `stop` ends a wait early: `wait` then raises Stopped.
    `on_pause` is told the seconds of each pause the server asked for.
    """

    def __init__(self, stop: threading.Event, on_pause: Callable[[float], None] | None = None) -> None:
        self._stop = stop
        self._on_pause = on_pause
        self._lock = threading.Lock()
        self._interval = 0.0
        self._next = 0.0
        self._paused_until = 0.0

    def wait(self) -> None:
        """Return when the next call may be sent; raises Stopped if the run was interrupted while it waited."""
        turn = self._turn()
        while (left := turn - time.monotonic()) > 0:
            if self._stop.wait(left):
                raise Stopped("interrupted while waiting for the server's rate limit", hint="run the command again")
            if turn < self._paused_until:  # a pause began while we slept; all who slept with us need turns of their own
                turn = self._turn()

    def _turn(self) -> float:
        with self._lock:
            turn = max(time.monotonic(), self._next, self._paused_until)
            self._next = turn + self._interval
        return turn

    def throttled(self, seconds: float | None) -> None:
        """Take in a 429 or 503: nobody calls for `seconds` (plus up to a tenth), and from then on calls are spaced."""
        pause = UNTOLD_PAUSE if seconds is None else seconds
        with self._lock:
            now = time.monotonic()
            if now >= self._paused_until:  # else this is another worker's word of the same pause
                self._interval = min(max(self._interval * SLOWING, SMALLEST_INTERVAL), LARGEST_INTERVAL)
            until = now + pause * random.uniform(1.0, 1.1)  # noqa: S311 - jitter, no secret
            self._paused_until = max(self._paused_until, until)
        if seconds and self._on_pause is not None:
            self._on_pause(pause)

    def went_through(self) -> None:
        """Take in a call that was not throttled: the spacing eases."""
        if self._interval:
            with self._lock:
                eased = self._interval * EASING
                self._interval = eased if eased >= SMALLEST_INTERVAL / 4 else 0.0


def retry_after(value: str | None, date: str | None = None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for: a number of seconds or an HTTP date (RFC 9110, 10.2.3).

    A date counts from the answer's own `Date`, so that a wrong local clock does no harm. None if there is no such
    header or it cannot be read; never negative.
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return max(float(value), 0.0)
    until = _http_date(value)
    if until is None:
        return None
    now = (_http_date(date) if date else None) or datetime.now(timezone.utc)
    return max((until - now).total_seconds(), 0.0)


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
