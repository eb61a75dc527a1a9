"""Points in time as servers write them, and how long ago they were in words."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def parse_moment(text: object) -> datetime | None:
    """Return the time that an RFC 3339 text names, in UTC where it names no zone; None for anything else."""
    found = _RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    fraction = (found[3] or ".0")[1:7].ljust(6, "0")
    zone = found[4] if found[4] and found[4] not in "Zz" else "+00:00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}.{fraction}{zone}")
    except ValueError:
        return None


def ago(then: datetime, now: datetime) -> str:
    """Return '3 d ago', '2 h ago', 'in 5 min', 'now': the largest unit that fits, rounded down."""
    seconds = int((now - then).total_seconds())
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            said = f"{abs(seconds) // size} {unit}"
            return f"{said} ago" if seconds > 0 else f"in {said}"
    return "now"


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(timezone.utc)
