"""Entries of `expected_drift:`: what they cover, and what is said of those that cover nothing."""

from __future__ import annotations

import pytest

from playbookctl.model.plan import Action, Change, FieldChange, Side, Standing
from playbookctl.plan.expected import Expectation, by_key, remarks

TODAY = "2026-07-01"
KNOWN = {"playbooks": {"phishing", "ransomware"}, "environments": {"prod", "test"}}
DRIFTED = [
    Change(
        "phishing", "Phishing", Action.NONE, Standing.IN_SYNC, 5,
        fields=(FieldChange("enabled", Side.LIVE, "false", "true", expected=True), FieldChange("tags", Side.LIVE, "[]", "[1]")),
    )
]  # fmt: skip
ENABLED = frozenset({"enabled"})

SAID: list[tuple[Expectation, str | None]] = [
    (Expectation("phishing", "mail move", ENABLED), "expected: 'phishing' drifts in enabled (mail move)"),
    (Expectation("phishing", "mail move"), "expected: 'phishing' drifts in enabled (mail move)"),
    (
        Expectation("phishing", "mail move", ENABLED, "prod", TODAY),
        "expected until 2026-07-01: 'phishing' drifts in enabled (mail move)",
    ),
    (
        Expectation("phishing", "mail move", ENABLED, until="2026-06-30", place="c:3"),
        "c:3: drift of 'phishing' was expected until 2026-06-30 (mail move); renew or remove the entry",
    ),
    (
        Expectation("phishing", "mail move", frozenset({"tags", "steps"}), place="c:3"),
        "c:3: 'phishing' does not drift in steps, tags, as was expected (mail move); remove the entry",
    ),
    (
        Expectation("ransomware", "gone", place="c:4"),
        "c:4: 'ransomware' does not drift, as was expected (gone); remove the entry",
    ),
    (
        Expectation("phising", "typo", place="c:5"),
        "c:5: drift is expected of the playbook 'phising', and there is none; did you mean 'phishing'?",
    ),
    (
        Expectation("phishing", "typo", environment="prd", place="c:6"),
        "c:6: drift is expected of the environment 'prd', and there is none; did you mean 'prod'?",
    ),
    (Expectation("phishing", "elsewhere", environment="test"), None),
]


@pytest.mark.parametrize(("entry", "said"), SAID)
def test_every_entry_is_spoken_of_where_it_counts(entry: Expectation, said: str | None) -> None:
    assert list(remarks([entry], DRIFTED, "prod", TODAY, KNOWN)) == ([] if said is None else [said])


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
