"""Exporting alerts: the newest ones of the tenant, redacted for the triggers of this repository."""

from __future__ import annotations

import heapq
import json
import os
import re
import tempfile
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from playbookctl.alerts.paths import fields_of
from playbookctl.alerts.redact import MOMENT
from playbookctl.cache import key_in
from playbookctl.check.assigned_secrets import assigned_secret
from playbookctl.check.secret_formats import known_format
from playbookctl.errors import UsageError
from playbookctl.load.files import work_tree
from playbookctl.model.moment import parse_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.alerts.paths import FieldPath
    from playbookctl.pipeline import Repository

KEY_FILE = "pseudonyms.key"
KEY_BYTES = 32
_SPAN = re.compile(r"(\d{1,6})\s?(m|h|d|w)", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_START = datetime.min.replace(tzinfo=timezone.utc)


class Chosen(NamedTuple):
    """The alerts that are to be written, oldest first, and of how many they were chosen."""

    alerts: tuple[dict[str, Any], ...]
    seen: int
    too_old: int


def trigger_fields(repository: Repository) -> frozenset[FieldPath]:
    """Return the fields of an alert that the triggers of the repository's playbooks read, drafts and disabled ones too."""
    playbooks = (repository.load(file).playbook for file in repository.files())
    return frozenset().union(*(fields_of(each.trigger_conditions) for each in playbooks if each is not None))


def moment_since(text: str, now: datetime) -> datetime:
    """Return the moment that '24h', '7d' (before `now`) or '2026-03-01', '2026-03-01T10:00:00Z' means. Raises UsageError."""
    span = _SPAN.fullmatch(text)
    if span is not None:
        try:
            return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
        except OverflowError:
            return _START
    found = parse_moment(text if len(text) > len("2026-03-01") else f"{text}T00:00:00Z")
    if found is None:
        raise UsageError(f"'{text}' is no time", hint="for example 24h, 7d, 2026-03-01 or 2026-03-01T10:00:00Z")
    return found


def newest(rows: Iterable[dict[str, Any]], since: datetime | None, limit: int) -> Chosen:
    """Return the `limit` newest of a tenant's alerts, none older than `since`; one without a time counts as oldest.

    The API gives alerts in the order of ids and cannot be asked for a time, so all of them pass by; no more than
    `limit` are held.
    """
    heap: list[tuple[datetime, str, int, dict[str, Any]]] = []
    seen = too_old = 0
    for seen, row in enumerate(rows, start=1):
        at = parse_moment(row.get("timestamp")) or parse_moment(row.get(MOMENT)) or _START
        if since is not None and at < since:
            too_old += 1
            continue
        heapq.heappush(heap, (at, str(row.get("id")), seen, row))
        if len(heap) > limit:
            heapq.heappop(heap)
    return Chosen(tuple(row for *_, row in sorted(heap, key=lambda each: each[:3])), seen, too_old)


def holds_secret(text: str) -> bool:
    """Tell whether a text holds a password or token, by an issuer's format or because it says so."""
    return bool(known_format(text) or assigned_secret(text))


def pseudonym_key(folder: str | None, root: str) -> tuple[bytes, bool]:
    """Return the key of the user's pseudonyms, made at the first export, and whether it is kept.

    It lies in `folder`, the user's own and outside the work tree around `root`: a key that a pull request can bring is none.
    Where there can be no such file, the key is for this export only.
    """
    key = key_in(folder, work_tree(root), KEY_FILE) if folder is not None else None
    return (key, True) if key is not None else (os.urandom(KEY_BYTES), False)


def lines(alerts: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield JSON Lines: one alert a line, whatever line breaks its texts have."""
    for alert in alerts:
        yield json.dumps(alert, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode() + "\n"


def write_private(path: str, texts: Iterable[str]) -> None:
    """Write a file that only its owner may read, whole or not at all. Raises UsageError if it cannot be written."""
    folder = os.path.dirname(path) or "."
    try:
        descriptor, beside = tempfile.mkstemp(prefix=".alerts-", dir=folder)  # made with 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.writelines(texts)
            os.replace(beside, path)
        except BaseException:
            os.unlink(beside)
            raise
    except OSError as error:
        raise UsageError(f"'{path}' cannot be written: {error.strerror}") from error
