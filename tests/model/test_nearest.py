from __future__ import annotations

import pytest

from playbookctl.model.nearest import did_you_mean, nearest

NAMES = ["notify", "isolate-host", "reset_password", "okta", "slack", "PB101", "PB102"]


@pytest.mark.parametrize(
    "word, meant",
    [
        ("notfy", "notify"),
        ("ontify", "notify"),
        ("Notify", "notify"),
        ("isolate_host", "isolate-host"),
        ("isolate-hsot", "isolate-host"),
        ("resetpassword", "reset_password"),
        ("okat", "okta"),
        ("okt", "okta"),
        ("PB103", "PB101"),
        ("ok", None),
        ("completely-different", None),
        ("notify", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_a_slip_finds_the_name_that_was_meant(word: str, meant: str | None) -> None:
    assert nearest(word, NAMES) == meant


def test_the_nearest_wins_over_the_first() -> None:
    assert nearest("blocks", ["blocked", "block"]) == "block"


def test_the_question_is_asked_only_if_there_is_an_answer() -> None:
    assert did_you_mean("slak", NAMES) == "; did you mean 'slack'?"
    assert did_you_mean("jira", NAMES) == ""
