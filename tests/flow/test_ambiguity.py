from __future__ import annotations

import pytest

from playbookctl.flow.ambiguity import is_explosive
from playbookctl.flow.pattern import UnusablePatternError

EXPLOSIVE = [
    "(a+)+b",
    "(a*)*b",
    "(a|a)*b",
    "(a|ab|b)*c",
    "(a|a?)+b",
    r"(\w+\s?)+$",
    r"^(\d+)*$",
    r"^([a-z]+)+@",
    r"(.*,)*x",
    r"(x+x+)+y",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"([\w-]+\.?)+@",
    r"(?:(?:a|b)+)+c",
    r"(a{1,3})*b",
    "(foo|foo)+bar",
    "(é|é)*b",
]
HARMLESS = [
    "",
    "abc",
    "a+b",
    ".*foo.*bar.*",
    "(a+b)+c",
    "(ab)*c",
    "(a|b)*c",
    r"^\d{1,3}(\.\d{1,3}){3}$",
    r"(?:EXE|DLL|JS)\b",
    r".*(?:EXE|DLL|JS)\b",
    r"^[\w.]+@[\w.]+$",
    r"^(\w+\s)*\w+$",
    r"^([a-z]+,)*[a-z]+$",
    "(a+)+",
    "(a*)*",
    "x(a+)+",
    r"T1566(\.\d{3})?",
    r"^https?://[^/]+(/[^/]+)*/?$",
    "(a{1,2}){3}",
    r"^((?!\d+\.\d+\.\d+\.\d+).)*$",
]


@pytest.mark.parametrize("pattern", EXPLOSIVE)
def test_a_loop_that_reads_a_text_in_two_ways_is_found(pattern: str) -> None:
    assert is_explosive(pattern)


@pytest.mark.parametrize("pattern", HARMLESS)
def test_other_patterns_are_left_alone(pattern: str) -> None:
    assert not is_explosive(pattern)


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "[z-a]"])
def test_what_cannot_be_judged_says_so(pattern: str) -> None:
    with pytest.raises(UnusablePatternError):
        is_explosive(pattern)


def test_a_huge_pattern_is_judged_in_a_moment() -> None:
    assert not is_explosive("(?:" + "|".join(f"word{number}" for number in range(100)) + ")*x")
    assert is_explosive("(" * 20 + "a" + "*)" * 20 + "b")
    assert is_explosive("(?:a(?:||||||||){20})*b")
