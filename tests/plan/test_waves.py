from __future__ import annotations

import sys

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from playbookctl.plan.waves import waves


@pytest.mark.parametrize(
    "calls, numbers, rings",
    [
        ({}, {}, ""),
        ({"a": ""}, {"a": 0}, ""),
        ({"a": "b", "b": "c", "c": ""}, {"a": 2, "b": 1, "c": 0}, ""),
        ({"a": "bc", "b": "c", "c": ""}, {"a": 2, "b": 1, "c": 0}, ""),
        ({"a": "x"}, {"a": 0}, ""),
        ({"a": "a"}, {"a": 0}, "a"),
        ({"a": "b", "b": "a"}, {"a": 0, "b": 0}, "ab"),
        ({"a": "b", "b": "a", "c": "a", "d": "c", "e": ""}, {"a": 0, "b": 0, "c": 1, "d": 2, "e": 0}, "ab"),
        ({"a": "ab", "b": "c", "c": "d", "d": "d"}, {"a": 0, "b": 2, "c": 1, "d": 0}, "ad"),
    ],
)
def test_callees_come_first_and_rings_are_named(calls: dict[str, str], numbers: dict[str, int], rings: str) -> None:
    assert waves({key: tuple(called) for key, called in calls.items()}) == (numbers, frozenset(rings))


def test_a_chain_of_any_length_is_ordered() -> None:
    length = sys.getrecursionlimit() * 3
    numbers, rings = waves({str(n): (str(n + 1),) for n in range(length)})
    assert (numbers["0"], rings) == (length - 1, frozenset())


GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefx"), max_size=3), max_size=6)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(GRAPHS)
def test_outside_rings_a_caller_always_comes_after_its_callees(calls: dict[str, list[str]]) -> None:
    numbers, rings = waves(calls)
    assert numbers.keys() == calls.keys()
    for key, called in calls.items():
        for callee in called:
            assert key in rings or callee not in numbers or numbers[callee] < numbers[key]
    assert rings == {key for key in calls if _reachable(key, calls, key)}


def _reachable(start: str, calls: dict[str, list[str]], goal: str) -> bool:
    reached: set[str] = set()
    for _ in range(len(calls) + 1):
        for key in [start, *reached]:
            reached |= set(calls.get(key, ()))
    return goal in reached
