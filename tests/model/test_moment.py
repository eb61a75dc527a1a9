"""Points in time as servers write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from playbookctl.model.moment import ago, parse_moment

NOON = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)

READ = [
    ("2026-07-01T12:00:00Z", NOON),
    ("2026-07-01t12:00:00z", NOON),
    ("2026-07-01 12:00:00", NOON),
    ("2026-07-01T14:00:00+02:00", NOON),
    ("2026-07-01T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
    ("2026-07-01T12:00:00.123456789Z", NOON + timedelta(microseconds=123456)),
    ("2026-13-01T12:00:00Z", None),
    ("2026-07-01", None),
    ("", None),
    (None, None),
    (1, None),
]


@pytest.mark.parametrize(("text", "moment"), READ)
def test_a_moment_is_read_or_there_is_none(text: object, moment: datetime | None) -> None:
    assert parse_moment(text) == moment


AGO = [
    (0, "now"), (1, "1 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7_199, "1 h ago"), (86_400, "1 d ago"),
    (400 * 86_400, "400 d ago"), (-90, "in 1 min"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "said"), AGO)
def test_how_long_ago_it_was_is_said_in_the_largest_unit_that_fits(seconds: int, said: str) -> None:
    assert ago(NOON - timedelta(seconds=seconds), NOON) == said
