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


@pytest.mark.parametrize(
    "word, name, meant",
    [
        ("source_ip", "source_id", None),
        ("get-user", "set-user", None),
        ("step_1", "step_2", None),
        ("source_di", "source_id", "source_id"),
        ("source_i", "source_id", "source_id"),
        ("gett-user", "get-user", "get-user"),
        ("get-usar", "get-user", "get-user"),
        ("sources_ip", "source_ip", "source_ip"),
        ("ip", "id", "id"),
    ],
)
def test_a_letter_changed_in_a_short_word_makes_another_word(word: str, name: str, meant: str | None) -> None:
    assert nearest(word, [name]) == meant


def test_the_question_is_asked_only_if_there_is_an_answer() -> None:
    assert did_you_mean("slak", NAMES) == "; did you mean 'slack'?"
    assert did_you_mean("jira", NAMES) == ""
