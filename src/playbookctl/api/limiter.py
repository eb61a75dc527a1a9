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
LARGEST_INTERVAL = 2.0
EASING = 0.9  # what is left of the interval after each call that went through
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

    def wait(self) -> None:
        """Return when the next call may be sent; raises Stopped if the run was interrupted while it waited."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        if turn > now and self._stop.wait(turn - now):
            raise Stopped("interrupted while waiting for the server's rate limit", hint="run the command again")

    def throttled(self, seconds: float | None) -> None:
        """Take in a 429 or 503: nobody calls for `seconds` (plus up to a tenth), and from then on at half the rate."""
        with self._lock:
            now = time.monotonic()
            already_pausing = self._next - now > self._interval
            if not already_pausing:
                self._interval = min(max(self._interval * 2, SMALLEST_INTERVAL), LARGEST_INTERVAL)
            pause = seconds or 0.0
            self._next = max(self._next, now + pause * random.uniform(1.0, 1.1))  # noqa: S311 - jitter, no secret
        if pause and self._on_pause is not None:
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
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
