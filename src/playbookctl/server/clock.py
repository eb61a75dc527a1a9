"""Moments as the API writes them: RFC 3339, UTC, microseconds, so that text order is time order."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> str:
    """Return this moment."""
    return datetime.now(timezone.utc).strftime(FORMAT)


def now_after(earlier: str) -> str:
    """Return this moment, or the smallest one after `earlier` where the clock has not moved on."""
    return max(now(), (parse(earlier) + timedelta(microseconds=1)).strftime(FORMAT))


def parse(moment: str) -> datetime:
    """Read a moment in any RFC 3339 spelling with a zone; raise ValueError for anything else."""
    read = datetime.fromisoformat(moment.replace("Z", "+00:00").replace("z", "+00:00"))
    if read.tzinfo is None:
        raise ValueError(moment)
    return read
