"""How many alerts start a playbook before and after, by table."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest

from playbookctl.alerts.firing import MOST_SAMPLES, Pair, firings
from playbookctl.alerts.read import AlertFile
from playbookctl.model.playbook import Playbook
from playbookctl.model.review_effects import Firing

HIGH = {"field": "alert.severity", "op": "in", "value": ["high", "critical"]}
CRITICAL = {"field": "alert.severity", "op": "equals", "value": "critical"}
DARK = {"expr": "dark()"}


def playbook(*conditions: dict[str, Any], auto: bool = True, enabled: bool = True) -> Playbook:
    data = {"key": "k", "name": "K", "auto_execute": auto, "enabled": enabled, "steps": [{"id": "a"}]}
    return Playbook({**data, "trigger_conditions": list(conditions)})


def alerts(*rows: dict[str, Any]) -> AlertFile:
    return AlertFile(io.BytesIO(b"\n".join(json.dumps(row).encode() for row in rows)))


ROWS = [
    {"id": "alr_1", "severity": "high"},
    {"id": "alr_2", "severity": "critical"},
    {"severity": "critical"},
    {"id": "alr_4", "severity": "low"},
]
TABLE: list[tuple[str, Playbook | None, Playbook | None, Firing]] = [
    ("narrowed", playbook(HIGH), playbook(CRITICAL), Firing("k", 3, 2, 0, (), ("alr_1",))),
    ("widened", playbook(CRITICAL), playbook(HIGH), Firing("k", 2, 3, 0, ("alr_1",), ())),
    ("the same", playbook(HIGH), playbook(HIGH), Firing("k", 3, 3)),
    ("added", None, playbook(CRITICAL), Firing("k", 0, 2, 0, ("alr_2", "line 3"), ())),
    ("removed", playbook(CRITICAL), None, Firing("k", 2, 0, 0, (), ("alr_2", "line 3"))),
    ("made automatic", playbook(HIGH, auto=False), playbook(HIGH), Firing("k", 0, 3, 0, ("alr_1", "alr_2", "line 3"))),
    ("disabled", playbook(CRITICAL), playbook(CRITICAL, enabled=False), Firing("k", 2, 0, 0, (), ("alr_2", "line 3"))),
    ("no conditions fire always", playbook(), playbook(CRITICAL), Firing("k", 4, 2, 0, (), ("alr_1", "alr_4"))),
    ("opaque", playbook(HIGH), playbook(HIGH, DARK), Firing("k", 3, 0, 3, (), ())),
    ("opaque on both sides", playbook(DARK), playbook(DARK), Firing("k", 0, 0, 4)),
]


@pytest.mark.parametrize("_, before, after, expected", TABLE, ids=[row[0] for row in TABLE])
def test_alerts_are_counted_before_and_after(
    _: str, before: Playbook | None, after: Playbook | None, expected: Firing
) -> None:
    assert firings([Pair("k", before, after)], alerts(*ROWS)) == (expected,)


def test_a_playbook_that_no_alert_can_start_on_either_side_has_no_row() -> None:
    pairs = [
        Pair("b", playbook(HIGH), playbook(HIGH)),
        Pair("a", playbook(HIGH, auto=False), playbook(HIGH, enabled=False)),
        Pair("c", None, None),
    ]
    assert [row.key for row in firings(pairs, alerts(*ROWS))] == ["b"]


def test_rows_are_sorted_and_samples_are_the_first() -> None:
    rows = [{"id": f"alr_{number:03}", "severity": "high"} for number in range(50)]
    pairs = [Pair(key, None, playbook(HIGH)) for key in ("b", "a")]
    one, other = firings(pairs, alerts(*rows))
    assert (one.key, other.key, one.after) == ("a", "b", 50)
    assert one.gained == tuple(f"alr_{number:03}" for number in range(MOST_SAMPLES))


@pytest.mark.unmeasured
def test_a_hundred_thousand_alerts_are_counted_in_seconds() -> None:
    """Measured 2 s for two playbooks, one with a pattern, reading included; the limit leaves room for a busy machine."""
    title = {"field": "alert.title", "op": "matches", "value": r"phish(ing)?\b.*inbox$"}
    line = (
        '{{"id":"alr_{0}","severity":"{1}","title":"User {0} reported a suspicious phishing message in the inbox"}}\n'
    )
    text = "".join(line.format(number, ("low", "high")[number % 2]) for number in range(100_000))
    pairs = [Pair("a", playbook(HIGH), playbook(HIGH, title)), Pair("b", playbook(CRITICAL), playbook(HIGH))]
    begin = time.process_time()
    one, other = firings(pairs, AlertFile(io.BytesIO(text.encode())))
    took = time.process_time() - begin
    assert (one.before, one.after, other.before, other.after) == (50_000, 50_000, 0, 50_000)
    assert took < 20, f"{took:.1f} s of CPU"
