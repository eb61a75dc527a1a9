"""Connectors that playbooks use and that do not work, or soon will not. Pure: rows of the API in, warnings out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from playbookctl.check.secret_formats import known_format
from playbookctl.model.moment import ago, parse_moment
from playbookctl.model.status import ConnectorWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

SOON = timedelta(days=14)
BROKEN = ("error", "failed", "failing", "failure", "disconnected", "unhealthy")  # what servers call a failed sync
_LONGEST = 120  # characters of a server's own words
_QUERY = re.compile(r"\?\S+")  # of an address: where tokens travel


def unwell(connectors: Iterable[Mapping[str, Any]], now: datetime) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return {id: (name, reasons)} of the connectors that do not work, or soon will not."""
    found = {}
    for row in connectors:
        reasons = tuple(_reasons(row, now)) if row.get("is_deleted") is not True else ()
        if reasons:
            found[str(row["id"])] = (str(row.get("name") or row["id"]), reasons)
    return found


def connector_warnings(
    ill: Mapping[str, tuple[str, tuple[str, ...]]], users: Mapping[str, Iterable[str]]
) -> tuple[ConnectorWarning, ...]:
    """Return a warning for each connector of `unwell` that is in use, by name; `users` maps ids to keys of playbooks."""
    found = [
        ConnectorWarning(connector_id, name, reasons, tuple(sorted(set(users[connector_id]))))
        for connector_id, (name, reasons) in ill.items()
        if users.get(connector_id)
    ]
    return tuple(sorted(found, key=lambda warning: (warning.name, warning.connector_id)))


def _reasons(row: Mapping[str, Any], now: datetime) -> Iterator[str]:
    if row.get("enabled") is False:
        yield "is disabled"
    yield from _failing(row)
    expires = parse_moment(row.get("oauth_token_expires_at"))
    if expires is not None and expires <= now:
        yield f"has a token that expired on {expires:%Y-%m-%d} ({ago(expires, now)})"
    elif expires is not None and expires - now <= SOON:
        yield f"has a token that expires on {expires:%Y-%m-%d} ({ago(expires, now)})"
    elif row.get("oauth_refresh_needed") is True:
        yield "has a token that must be renewed"


def _failing(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield that it fails, with the server's words; a last error that a success followed is history."""
    errors, status = row.get("consecutive_errors"), row.get("sync_status")
    broken = isinstance(status, str) and status.strip().lower() in BROKEN
    counted = errors if isinstance(errors, int) and not isinstance(errors, bool) else None
    said = _words(row.get("last_error"))
    if counted:
        yield f"failed {'its last call' if counted == 1 else f'its last {counted:,} calls'}{said}"
    elif broken:
        yield f"has the sync status '{status}'{said}"
    elif counted is None and said:
        yield f"failed{said}"


def _words(text: object) -> str:
    """Return a server's error for a warning: one line, no queries of addresses, nothing that looks like a secret."""
    if not isinstance(text, str) or not text.strip():
        return ""
    if known_format(text):
        return " (what it says holds a secret, and is not shown)"
    plain = _QUERY.sub("?…", " ".join(text.split()))
    return f" ({plain if len(plain) <= _LONGEST else plain[:_LONGEST] + '…'})"
