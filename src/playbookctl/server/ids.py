"""Ids: a type prefix and a ULID, as the platform's documents show them (`per_01J…`)."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ULID_CHARACTERS = 26
RANDOM_BITS = 80
ID = re.compile(r"[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def is_id(text: str, prefix: str = "") -> bool:
    """Tell whether `text` has the form of an id, and of type `prefix` if one is given."""
    return ID.fullmatch(text) is not None and (not prefix or text.startswith(f"{prefix}_"))


def derived_id(prefix: str, *names: str) -> str:
    """Return the id that always belongs to these names. Its time is zero, so it sorts before every id of `Ulids`."""
    digest = hashlib.sha256("\0".join((prefix, *names)).encode()).digest()
    return f"{prefix}_{_encode(int.from_bytes(digest[: RANDOM_BITS // 8], 'big'))}"


class Ulids:
    """Strictly increasing ULIDs, also within one millisecond and when the clock steps back."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self, prefix: str) -> str:
        """Return an id greater than every id returned before."""
        with self._lock:
            fresh = (time.time_ns() // 1_000_000 << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
            self._last = fresh if fresh >> RANDOM_BITS > self._last >> RANDOM_BITS else self._last + 1
            return f"{prefix}_{_encode(self._last)}"

    def resume_after(self, object_id: str) -> None:
        """Make every later id greater than this one, which an earlier process gave out."""
        with self._lock:
            self._last = max(self._last, _decode(object_id.partition("_")[2]))


def _encode(value: int) -> str:
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (ULID_CHARACTERS - 1), -1, -5))


def _decode(text: str) -> int:
    value = 0
    for character in text:
        value = value << 5 | ALPHABET.index(character)
    return value
