"""Entries of `expected_drift:`: what they cover, and what is said of those that cover nothing."""

from __future__ import annotations

import pytest

from playbookctl.model.plan import Action, Change, FieldChange, Side, Standing
from playbookctl.plan.expected import Expectation, by_key, kept, unused

TODAY = "2026-07-01"
PLAYBOOKS = {"phishing", "ransomware"}
DRIFTED = [
    Change(
        "phishing", "Phishing", Action.NONE, Standing.IN_SYNC, 5,
        fields=(FieldChange("enabled", Side.LIVE, "false", "true", expected=True), FieldChange("tags", Side.LIVE, "[]", "[1]")),
    )
]  # fmt: skip
ENABLED = frozenset({"enabled"})

HERE = ("expected_drift", 3)

KEPT: list[tuple[Expectation, str | None]] = [
    (Expectation("phishing", "mail move", ENABLED), "expected: 'phishing' drifts in enabled (mail move)"),
    (Expectation("phishing", "mail move"), "expected: 'phishing' drifts in enabled (mail move)"),
    (
        Expectation("phishing", "mail move", ENABLED, "prod", TODAY),
        "expected until 2026-07-01: 'phishing' drifts in enabled (mail move)",
    ),
    (Expectation("phishing", "mail move", ENABLED, until="2026-06-30"), None),
    (Expectation("phishing", "elsewhere", environment="test"), None),
    (Expectation("ransomware", "gone"), None),
]
UNUSED: list[tuple[Expectation, tuple[tuple[str | int, ...], str] | None]] = [
    *((entry, None) for entry, said in KEPT if entry.key == "phishing"),
    (
        Expectation("phishing", "mail move", frozenset({"tags", "steps"}), path=HERE),
        (HERE, "'phishing' does not drift in steps, tags in 'prod', as was expected (mail move); remove the entry"),
    ),
    (
        Expectation("ransomware", "gone", path=HERE),
        (HERE, "'ransomware' does not drift in 'prod', as was expected (gone); remove the entry"),
    ),
    (
        Expectation("phising", "typo", path=HERE),
        ((*HERE, "key"), "drift is expected of the playbook 'phising', and there is none; did you mean 'phishing'?"),
    ),
]


@pytest.mark.parametrize(("entry", "said"), KEPT)
def test_what_is_expected_is_named_with_its_reason(entry: Expectation, said: str | None) -> None:
    assert list(kept([entry], DRIFTED, "prod", TODAY)) == ([] if said is None else [said])


@pytest.mark.parametrize(("entry", "said"), UNUSED)
def test_an_entry_that_covers_nothing_is_found(
    entry: Expectation, said: tuple[tuple[str | int, ...], str] | None
) -> None:
    found = [(problem.path, problem.message) for problem in unused([entry], DRIFTED, "prod", TODAY, PLAYBOOKS)]
    assert found == ([] if said is None else [said])


MERGED: list[tuple[list[Expectation], dict[str, frozenset[str]]]] = [
    ([], {}),
    ([Expectation("a", "r", ENABLED)], {"a": ENABLED}),
    ([Expectation("a", "r")], {"a": frozenset()}),
    (
        [Expectation("a", "r", ENABLED), Expectation("a", "r", frozenset({"tags"}))],
        {"a": frozenset({"enabled", "tags"})},
    ),
    ([Expectation("a", "r", ENABLED), Expectation("a", "r")], {"a": frozenset()}),
    ([Expectation("a", "r"), Expectation("a", "r", ENABLED)], {"a": frozenset()}),
    ([Expectation("a", "r", ENABLED, until="2026-06-30")], {}),
    ([Expectation("a", "r", ENABLED, until=TODAY)], {"a": ENABLED}),
    ([Expectation("a", "r", ENABLED, "test")], {}),
    ([Expectation("a", "r", ENABLED, "prod")], {"a": ENABLED}),
]


@pytest.mark.parametrize(("entries", "fields"), MERGED)
def test_entries_of_one_key_add_up_and_no_fields_means_all(
    entries: list[Expectation], fields: dict[str, frozenset[str]]
) -> None:
    assert by_key(entries, "prod", TODAY) == fields
