"""Moments as the API writes them: RFC 3339, UTC, microseconds, so that text order is time order."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

RFC_3339 = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt](?P<time>\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<zone>[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> str:
    """Return this moment."""
    return datetime.now(timezone.utc).strftime(FORMAT)


def now_after(earlier: str) -> str:
    """Return this moment, or the smallest one after `earlier` where the clock has not moved on."""
    return max(now(), (parse(earlier) + timedelta(microseconds=1)).strftime(FORMAT))


def parse(moment: str) -> datetime:
    """Read a moment in RFC 3339; raise ValueError for anything else, leap seconds and the year 0 among it."""
    found = RFC_3339.fullmatch(moment)
    if found is None:
        raise ValueError(moment)
    fraction = (found["fraction"] or ".0")[1:7].ljust(6, "0")
    zone = "+00:00" if found["zone"] in "Zz" else found["zone"]
    return datetime.fromisoformat(f"{found['day']}T{found['time']}.{fraction}{zone}")
