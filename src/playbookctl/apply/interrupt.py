"""Ctrl-C and a polite kill, for as long as a run lasts: the first asks it to stop, the second ends it as ever."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_NOBODYS = (signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler)


@contextmanager
def stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    """Set `stop` at the first SIGINT or SIGTERM; at the second, do what was done before this block began.

    An exception in the middle of anything would lose what is known of the calls in flight. A signal that the caller takes
    care of is left to it; outside the main thread, where signals never arrive, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}

    def ask(number: int, _: object) -> None:
        signal.signal(number, before[number])  # before anybody hears of the first, who may send a second at once
        stop.set()

    for number in SIGNALS:
        handler = signal.getsignal(number) or signal.SIG_DFL
        if handler in _NOBODYS:
            before[number] = handler
            signal.signal(number, ask)
    try:
        yield
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
