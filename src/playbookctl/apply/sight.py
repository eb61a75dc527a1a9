"""What an object that was just read means for a change that is to be carried out on it. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from playbookctl.apply.bodies import Deviation, deviation, wanted
from playbookctl.canonical import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.plan import Change


class Sight(Enum):
    """How an object stands to a change."""

    AS_PLANNED = "as the plan saw it"
    AS_WANTED = "as the change wants it"
    LANDED = "written by us, stored differently"
    STALE = "neither"


def sight(change: Change, now: Mapping[str, Any], *, sent: bool) -> Sight:
    """Return how `now` stands to the change; `sent` tells whether this run has already sent it, with an answer or without.

    Fields that the change does not write may have moved: only what it writes decides whether it is as wanted.
    """
    if now.get("is_deleted") is True:
        return Sight.STALE
    if fingerprint(now) == change.expect:
        return Sight.AS_PLANNED
    off = sent_deviation(change, now)
    if not off:
        return Sight.AS_WANTED
    return Sight.LANDED if sent and change.mark is not None and not off.marks else Sight.STALE


def sent_deviation(change: Change, now: Mapping[str, Any]) -> Deviation:
    """Return how `now` differs from the change in what the change writes."""
    return deviation(wanted(change, now), now, now)
