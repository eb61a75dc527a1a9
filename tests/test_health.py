"""Which connectors are said to be unwell, and in which words."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from playbookctl.health import connector_warnings, unwell

NOW = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)
HEALTHY: dict[str, Any] = {
    "id": "cnn_1", "name": "edr", "enabled": True, "sync_status": "ok", "consecutive_errors": 0, "last_error": None,
    "oauth_refresh_needed": False, "oauth_token_expires_at": None,
}  # fmt: skip

REASONS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"enabled": False}, ("is disabled",)),
    ({"enabled": None}, ()),
    ({"enabled": False, "is_deleted": True}, ()),
    ({"consecutive_errors": 1}, ("failed its last call",)),
    ({"consecutive_errors": 1200, "last_error": "timeout"}, ("failed its last 1,200 calls (timeout)",)),
    ({"consecutive_errors": 0, "last_error": "long ago"}, ()),
    ({"consecutive_errors": None, "last_error": "who knows"}, ("failed (who knows)",)),
    ({"consecutive_errors": True}, ()),
    ({"sync_status": "Failed "}, ("has the sync status 'Failed '",)),
    ({"sync_status": "error", "last_error": "no route"}, ("has the sync status 'error' (no route)",)),
    ({"sync_status": "error", "consecutive_errors": 2}, ("failed its last 2 calls",)),
    ({"sync_status": "syncing"}, ()),
    ({"oauth_token_expires_at": "2026-07-15T12:00:00Z"}, ("has a token that expires on 2026-07-15 (in 14 d)",)),
    ({"oauth_token_expires_at": "2026-07-15T12:00:01Z"}, ()),
    ({"oauth_token_expires_at": "2026-07-01T13:30:00+00:00"}, ("has a token that expires on 2026-07-01 (in 1 h)",)),
    ({"oauth_token_expires_at": "2026-06-28T12:00:00.5Z"}, ("has a token that expired on 2026-06-28 (2 d ago)",)),
    ({"oauth_token_expires_at": "soon"}, ()),
    ({"oauth_refresh_needed": True}, ("has a token that must be renewed",)),
    (
        {"enabled": False, "consecutive_errors": 1, "oauth_refresh_needed": True},
        ("is disabled", "failed its last call", "has a token that must be renewed"),
    ),
]


@pytest.mark.parametrize(("fields", "reasons"), REASONS)
def test_a_connector_is_unwell_for_reasons(fields: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert unwell([{**HEALTHY, **fields}], NOW) == ({"cnn_1": ("edr", reasons)} if reasons else {})


WORDS = [
    ("GET https://h.test/x?token=abc&u=1 failed\n\tagain", "(GET https://h.test/x?… failed again)"),
    ("Bearer 0123456789abcdef0123456789abcdef was refused", "(what it says holds a secret, and is not shown)"),
    ("x" * 500, f"({'x' * 120}…)"),
]


@pytest.mark.parametrize(("error", "said"), WORDS)
def test_a_servers_words_are_short_and_hold_no_secret(error: str, said: str) -> None:
    found = unwell([{**HEALTHY, "consecutive_errors": 1, "last_error": error}], NOW)
    assert found["cnn_1"][1] == (f"failed its last call {said}",)


def test_only_connectors_in_use_are_warned_of_with_the_playbooks_they_hit() -> None:
    ill = {"cnn_2": ("mail", ("is disabled",)), "cnn_1": ("edr", ("is disabled", "failed")), "cnn_3": ("idle", ("x",))}
    found = connector_warnings(ill, {"cnn_1": ["b", "a", "b"], "cnn_2": ["a"], "cnn_3": []})
    assert [warning.sentence for warning in found] == [
        "the connector 'edr' is disabled and failed; 2 playbooks use it: a, b",
        "the connector 'mail' is disabled; 1 playbook uses it: a",
    ]


def test_of_many_playbooks_that_use_it_a_dozen_are_named_and_all_are_counted() -> None:
    (warning,) = connector_warnings(
        {"cnn_1": ("edr", ("is disabled",))}, {"cnn_1": [f"p{number:02}" for number in range(15)]}
    )
    assert warning.sentence.endswith(
        "; 15 playbooks use it: " + ", ".join(f"p{n:02}" for n in range(12)) + " and 3 more"
    )
    assert len(warning.keys) == 15
