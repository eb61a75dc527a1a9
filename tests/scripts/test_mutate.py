"""A mutant is tried on the tests that run its line, and what is known of it is found by what it says."""

from __future__ import annotations

import pytest

from ast_mutations import mutations
from mutate import Known, Mutant, Suite, all_mutants, read_known
from mutation_trial import KILLED, SURVIVED, TIMEOUT, codes, function_around, in_a_fork

SOURCE = """\
LIMIT = 5


def first(x, y=1):
    if x == 2:
        return [each for each in x if each > 3]


class A:
    size = 6

    @property
    def second(self):
        def inner(x):
            return x < 4
        return inner


def third(x): return x != 7
"""

# what is changed, the first line of the function around it; None: it runs when the module is imported
AROUND = [
    ("5 -> 6", None),
    ("1 -> 2", None),
    ("2 -> 3", 4),
    ("3 -> 4", 4),
    ("6 -> 7", None),
    ("4 -> 5", 12),
    ("7 -> 8", None),
]


@pytest.mark.parametrize(("change", "line"), AROUND)
def test_the_outermost_function_around_a_change_is_found(change: str, line: int | None) -> None:
    (mutation,) = [each for each in mutations(SOURCE) if each.change == change]
    assert function_around(SOURCE, mutation) == line
    if line is not None:
        assert [code.co_firstlineno for code in codes(compile(SOURCE, "x", "exec"))].count(line) == 1


def fails() -> bool:
    raise ValueError


def lasts() -> bool:
    while True:
        pass


OUTCOMES = [(lambda: True, KILLED), (lambda: False, SURVIVED), (fails, KILLED), (lasts, TIMEOUT)]


@pytest.mark.parametrize(("work", "outcome"), OUTCOMES)
def test_a_fork_says_what_became_of_the_work(work: object, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mutation_trial._SECONDS", 1)
    assert in_a_fork(work, 0) == outcome  # type: ignore[arg-type]


def mutant(file: str, change: str) -> Mutant:
    (mutation,) = [each for each in mutations(SOURCE) if each.change == change]
    return Mutant(file, mutation, SOURCE.splitlines()[int(mutation.place.partition(":")[0]) - 1].strip())


def test_the_quickest_test_that_runs_the_line_comes_first() -> None:
    lines = {"a.py": {1: [""], 5: ["slow", "quick"], 6: ["other"], 15: ["", "both"]}}
    suite = Suite(lines, {"slow": 2.0, "quick": 0.1, "other": 0.5, "both": 1.0})
    assert suite.tests_of(mutant("a.py", "2 -> 3"), anew=False) == ["quick", "slow"]
    assert suite.tests_of(mutant("a.py", "2 -> 3"), anew=True) == ["quick", "other", "both", "slow"]
    assert suite.tests_of(mutant("a.py", "6 -> 7"), anew=False) == ["quick", "other", "both", "slow"]
    assert suite.tests_of(mutant("b.py", "2 -> 3"), anew=False) == []
    assert suite.tests_of(mutant("b.py", "2 -> 3"), anew=True) == ["quick", "other", "both", "slow"]
    assert [suite.is_imported(mutant("a.py", change)) for change in ("5 -> 6", "2 -> 3", "4 -> 5")] == [
        True,
        False,
        True,
    ]


def test_what_is_known_is_told_by_file_line_and_change() -> None:
    known = Known("check/a.py", "if x == 2:", "2 -> 3", "a reason")
    assert known.is_it(mutant("src/playbookctl/check/a.py", "2 -> 3"))
    assert not known.is_it(mutant("src/playbookctl/check/b.py", "2 -> 3"))
    assert not known.is_it(mutant("src/playbookctl/check/a.py", "3 -> 4"))


def test_all_that_is_known_to_survive_is_still_made_and_has_its_reason() -> None:
    made = all_mutants(["check", "flow"])
    for known in read_known():
        assert any(known.is_it(each) for each in made), f"no such mutant any more: {known}"
        assert len(known.why) > 10
