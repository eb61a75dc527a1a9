from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbookctl.flow.pattern import UnusablePatternError, compile_pattern
from playbookctl.flow.regex import search

ATOMS = st.sampled_from(
    [
        *"abcAB_ \n",
        *[
            r".",
            r"\d",
            r"\w",
            r"\s",
            r"\W",
            r"\D",
            r"\S",
            r"[ab]",
            r"[^a]",
            r"[a-cX]",
            r"[^\d_]",
            r"[A-Z]",
            r"\b",
            r"\B",
            r"^",
            r"$",
            r"\A",
            r"\Z",
            r"é",
            r"ß",
            r"(?i:b)",
            r"(?s:.)",
            r"(?m:^)",
            r"(?m:$)",
            r"(?<=a)",
            r"(?<!\d)",
        ],
    ]
)
REPEATS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?", "{0}"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, REPEATS),
        st.builds("(?={})".format, inner),
        st.builds("(?!{})".format, inner),
    )


PATTERNS = st.recursive(ATOMS, _larger, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.text("aabbcAB1_ \nééß\u017fSk", max_size=9), st.booleans())
def test_it_finds_exactly_what_python_finds(pattern: str, text: str, ignore_case: bool) -> None:
    expected = re.search(pattern, text, re.IGNORECASE if ignore_case else 0) is not None
    assert search(pattern, text, ignore_case=ignore_case) is expected


PLACES = [".", "(?s:.)", "a.b", "(?s:a.b)", "^b", "(?m:^b)", "(?m:^)", "a$", "(?m:a$)", r"a\Z", r"\Aa", r"\Ab", r"\bb", r"\Bb", r"b\b", r"b\B", r"\B", r"\b", "$", "(?m:$)b"]  # fmt: skip
CLASSES = [
    r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"(?a:\w)", r"(?a:\d)", r"(?a:\s)", "[a-c]", "[^a-c]", r"[^\d_]", r"[\W]", r"[^\W]",
    r"[\da]", "[éß]", "(?i:[a-c])", "(?i:[^a-c])", "(?i:é)", "(?i:s)", "(?i:k)", "(?i:\u017f)", "(?i:[^s])",
]  # fmt: skip
TEXTS = [
    "", "a", "b", "ab", "ba", "a b", "a\n", "\n", "a\nb", "b\na", "\nb", "_", "5", "\u0665", "é", "É", "ß", "s", "S", "\u017f",
    "K", "\u212a", "\u0131", "\u0130", "\xa0", "\x1c", "C", "d",
]  # fmt: skip


COUNTS = [
    "a{2}",
    "a{1,2}",
    "a{0,2}",
    "a{1,}",
    "a{2,3}?",
    "a?",
    "a*",
    "a+",
    "(?:ab){1,2}",
    "(?:a|b){2}",
    "(?=a{2})a+",
    "(?<=a)b",
    "(?<!a)b",
]


@pytest.mark.parametrize("pattern", COUNTS)
def test_repeats_are_counted_as_in_python(pattern: str) -> None:
    for text in ("", "a", "aa", "aaa", "aaaa", "ab", "abab", "ababab", "b", "bb"):
        whole = f"^(?:{pattern})$"
        assert search(whole, text) is (re.search(whole, text) is not None), (pattern, text)
        assert search(pattern, text) is (re.search(pattern, text) is not None), (pattern, text)


def test_a_pattern_that_python_warns_of_is_read_all_the_same() -> None:
    assert search("[[a]b", "ab") is True


@pytest.mark.parametrize("pattern", [*PLACES, *CLASSES])
def test_places_and_classes_are_those_of_python(pattern: str) -> None:
    for text in TEXTS:
        for ignore_case in (False, True):
            expected = re.search(pattern, text, re.IGNORECASE if ignore_case else 0) is not None
            assert search(pattern, text, ignore_case=ignore_case) is expected, (pattern, text, ignore_case)


@pytest.mark.parametrize(
    "pattern, text",
    [
        ("(a+)+$", "a" * 50_000 + "b"),
        ("(a|a)*$", "a" * 50_000 + "b"),
        ("(.*)(.*)(.*)(.*)x", "a" * 50_000),
        ("((a|b)*a){20}c", "ab" * 5_000),
        ("(a{50}){50}", "a" * 3_000),
        ("(?=.*b)" * 20 + "c", "a" * 20_000),
        (r"^((?!\d+\.\d+).)*$", "1" * 20_000),
        ("(" * 30 + "a" + ")*" * 30, "a" * 20_000),
        ("a{0,4294967290}", "a"),
    ],
)
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    begin = time.process_time()
    search(pattern, text)
    assert time.process_time() - begin < 5, "seconds of CPU; backtracking would take years"


@pytest.mark.parametrize(
    "pattern, reason",
    [
        ("(", "it is no regular expression: missing ), unterminated subpattern at position 0"),
        (r"(a)\1", "it uses a backreference, which only a backtracking search can follow"),
        (r"(a)?(?(1)b|c)", "it uses a condition on a group, which only a backtracking search can follow"),
        ("(?<=a+)b", "it looks behind for a text of no fixed width"),
        ("(a{60}){60}", "it needs more than 3000 states; its counted repeats are too large"),
        ("a" * 1001, "it has 1001 characters, more than 1000"),
        ("(" * 41 + ")" * 41, "its groups are nested more than 40 deep"),
    ],
)
def test_what_cannot_be_run_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(UnusablePatternError) as refused:
        compile_pattern(pattern)
    assert str(refused.value) == reason
    assert search(pattern, "a") is None


def test_a_text_beyond_the_limit_is_not_searched() -> None:
    assert search("a", "a" * 100_000) is True
    assert search("a", "a" * 100_001) is None
