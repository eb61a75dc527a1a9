"""How often what may be repeated is repeated: reads, the token request, and updates that read before every attempt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

import stamina

from playbookctl.errors import Transient
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from playbookctl.errors import ServerError

T = TypeVar("T")

# stamina warns of every retry; without this a run whose logging is not set up would print it
logging.getLogger("stamina").addHandler(logging.NullHandler())


class RetryPolicy(Value):
    """How patient the client is: `attempts` in all, seconds of back-off, the longest `Retry-After` it will sit out."""

    __slots__ = ("attempts", "longest_pause", "wait_initial", "wait_jitter", "wait_max")

    def __init__(
        self,
        attempts: int = 6,
        *,
        wait_initial: float = 0.2,
        wait_max: float = 8.0,
        wait_jitter: float = 0.5,
        longest_pause: float = 300.0,
    ) -> None:
        self.attempts = attempts
        self.wait_initial = wait_initial
        self.wait_max = wait_max
        self.wait_jitter = wait_jitter
        self.longest_pause = longest_pause


def repeat(
    policy: RetryPolicy,
    call: Callable[[], T],
    on_retry: Callable[[ServerError, float], None] | None = None,
    *,
    on: type[ServerError] | tuple[type[ServerError], ...] = Transient,
) -> T:
    """Return what `call` returns, called again while it raises `on`; the last one is let through.

    `on_retry` is told, before each wait, why it is waited and for how many seconds at least.
    """
    try:
        return call()  # nearly every call: what goes well needs none of what follows
    except on as error:
        failed: ServerError | None = error
    for attempt in stamina.retry_context(
        on=on,
        attempts=policy.attempts,
        timeout=None,
        wait_initial=policy.wait_initial,
        wait_max=policy.wait_max,
        wait_jitter=policy.wait_jitter,
    ):
        with attempt:
            try:
                if failed is not None:  # the first attempt has been made
                    first, failed = failed, None
                    raise first
                return call()
            except on as error:
                if on_retry is not None and attempt.num < policy.attempts:
                    on_retry(error, attempt.next_wait)
                raise
    raise AssertionError("a retry ends with a value or an error")
