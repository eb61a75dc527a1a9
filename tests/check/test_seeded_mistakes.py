"""The rules 3xx and 4xx find the mistakes that were put into our playbooks, and accuse nothing that only looks like one.

`make mistakes` is the long version, on 200 copies for each rule.
"""

from __future__ import annotations

from random import Random

import pytest

from playbookctl.check.registry import all_rules
from seeded_mistakes import Estate, measure
from seeds import SEEDS

COPIES = 12


@pytest.fixture(scope="module")
def estate() -> Estate:
    from seeded_mistakes import ROOT

    return Estate([ROOT / "playbooks"])


@pytest.mark.parametrize("code", sorted(SEEDS))
def test_every_seeded_mistake_is_found_and_no_decoy_is(code: str, estate: Estate) -> None:
    score = measure(estate, code, COPIES, Random(f"2026 {code}"))  # noqa: S311 - to be repeated
    assert score.shown == []
    assert (score.seeded, score.found, score.wrong) == (COPIES, COPIES, 0)
    assert score.decoys == COPIES // 2


def test_every_rule_of_3xx_and_4xx_has_its_mistakes() -> None:
    assert sorted(SEEDS) == [code for code in all_rules() if code[:3] in ("PB3", "PB4")]


def test_a_rule_that_finds_nothing_is_seen(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(estate.rules, "PB401")
    score = measure(estate, "PB401", 4, Random(1))  # noqa: S311 - to be repeated
    assert (score.seeded, score.found) == (4, 0)
    assert "missed at" in score.shown[0]
