"""Keeping the collector of cycles off while thousands of values are made."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep it off: nothing here makes cycles that matter, and it would look through all values again and again.

    Worth a factor of two over thousands of files, and of four over a hundred pages of the API.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
