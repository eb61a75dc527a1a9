from __future__ import annotations

import pytest

from playbookctl.attack import AttackIndex

MEANT = [
    # another writing of the id
    ("t1059", ("T1059",)), (" T1059 ", ("T1059",)), ("T1059.1", ("T1059.001",)), ("T1059/001", ("T1059.001",)),
    ("attack.t1059.001", ("T1059.001",)), ("T1566 - Phishing", ("T1566",)), ("ta0005", ("TA0005",)),
    ("https://attack.mitre.org/techniques/T1059/001/", ("T1059.001",)),
    # a slip of a finger; sub-technique that does not exist; one digit, where that leaves few
    ("T4198.001", ("T1498.001",)), ("T1568.009", ("T1568",)), ("TA0006.001", ("TA0006",)), ("T9999", ()), ("T9999.001", ()), ("TA0099", ("TA0009",)),
    # names
    ("Phishing", ("T1566",)), ("phising", ("T1566",)), ("stealth", ("TA0005",)), ("Initial Access", ("TA0001",)),
    ("steganography", ("T1001.002", "T1027.003")), ("PowerShel", ("T1059.001",)),
    # names and ids of v18
    ("defense-evasion", ("TA0005",)), ("Impair Defenses", ("T1685",)), ("T1562.099", ("T1685",)),
    # nothing
    ("", ()), ("zzzz", ()), ("T", ()), ("T1059", ()), ("M1036", ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), MEANT, ids=[text or "empty" for text, _ in MEANT])
def test_what_may_have_been_meant(text: str, meant: tuple[str, ...]) -> None:
    assert AttackIndex.bundled().near(text) == meant


def test_no_more_than_the_limit_is_suggested() -> None:
    index = AttackIndex.bundled("19", ("enterprise", "mobile", "ics"))
    assert index.near("TA0114") == ("TA0104", "TA0110", "TA0111")
    assert index.near("exploitation", limit=2) == index.near("exploitation", limit=5)[:2]


def test_a_very_long_text_is_answered() -> None:
    assert AttackIndex.bundled().near("T1" * 50_000) == ()
