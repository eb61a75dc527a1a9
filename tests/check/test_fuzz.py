"""No file can crash a check: what once did, and a short run of the fuzzer. `make fuzz` is the long one."""

from __future__ import annotations

from random import Random

import pytest

from fuzz import Fuzzer, first_parents, judge, shrink
from fuzz_oracle import Broken, Oracle, judge_place
from mutants import mutate, mutate_structure
from playbookctl.load.entry import load_entry
from playbookctl.model.finding import Finding, Location, Severity
from playbookctl.model.source import Span

SEED = 20260601
FILES = 350
BROKE_ONCE = [
    (b"{{}}", "playbook", "a template as the whole file was taken for a document"),
    (b"{{ x }}\n", "config", "the same as a config"),
    (b"{\n", "playbook", "the place of the error lay behind the end of the file"),
    (b"{#\r\n", "playbook", "the place of the error lay between CR and LF"),
    (b"d:\nu\r\n", "playbook", "the same in a later line"),
    (b"  - \n  g\n", "playbook", "the place of the error lay behind the end of the line"),
    (b"\r#playbookctl:ignore[]until=2020-01-01", "playbook", "a line that ends with CR alone was not counted"),
    (b"---", "playbook", "the place of a document that holds nothing lay behind the end of the file"),
    (
        b"{name: E, auto_execute: true, trigger_conditions: [{field: y, op: matches, value: {'': ''}}], steps: [{id: k}]}",
        "playbook",
        "a pattern that is a mapping was looked up in a set",
    ),
]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(patience=20)


@pytest.mark.parametrize(("data", "kind", "why"), BROKE_ONCE, ids=[why for _, _, why in BROKE_ONCE])
def test_what_broke_once_does_not_break_again(data: bytes, kind: str, why: str, oracle: Oracle) -> None:
    assert why
    oracle.judge(data, kind, thorough=True)


def _steps(number: int, row: str) -> bytes:
    rows = "".join(row.format(i=index, before=max(0, index - 1)) for index in range(number))
    return f"name: a\nsteps:\n{rows}".encode()


LARGE = [
    ("steps that lead back", _steps(500, "  - {{id: s{i}, action: get, on_error: {{next: s{before}}}}}\n")),
    ("steps that lead nowhere", _steps(400, "  - {{id: s{i}, action: get, next: t{i}}}\n")),
    ("comments at the end of lines", _steps(1000, "  - id: s{i}  # playbookctl: ignore[PB402] x\n    action: get\n")),
    ("comments above steps", _steps(1000, "  # playbookctl: ignore[PB402] x\n  - id: s{i}\n    action: get\n")),
    ("keys that stand twice", b"name: a\n" + b"".join(b"k%d: 1\n" % (index // 2) for index in range(1500))),
    (
        "conditions of one field",
        b"name: a\ntrigger_conditions:\n"
        + b"".join(b"- {field: alert.title, op: not_equals, value: v%d}\n" % index for index in range(1000))
        + b"steps: [{id: a, action: get}]\n",
    ),
]


@pytest.mark.unmeasured
@pytest.mark.parametrize(("data"), [data for _, data in LARGE], ids=[name for name, _ in LARGE])
def test_a_large_file_takes_no_longer_than_its_bytes_allow(data: bytes, oracle: Oracle) -> None:
    oracle.judge(b"a: b\n")  # what is imported once is not counted
    oracle.judge(data)


@pytest.mark.unmeasured
def test_no_mutant_breaks_anything() -> None:
    fuzzer = Fuzzer(SEED, first_parents([]))
    fuzzer.begin()
    while fuzzer.files < FILES:
        fuzzer.step()
    assert fuzzer.failures == {}
    assert len(fuzzer.seen) > 100, "the mutants say too little: are they all unreadable?"


def test_the_same_seed_makes_the_same_mutants() -> None:
    parents = first_parents([])[:5]

    def row(seed: int) -> list[bytes]:
        random = Random(seed)  # noqa: S311 - to be repeated
        return [mutate(random, random.choice(parents), parents) for _ in range(60)]

    assert row(1) == row(1)
    assert row(1) != row(2)


def test_many_mutants_can_still_be_read() -> None:
    """Else only the parser would be tried, and never a rule."""
    random = Random(SEED)  # noqa: S311 - to be repeated
    parents = first_parents([])
    made = [mutate_structure(random, random.choice(parents)) for _ in range(60)]
    entries = [load_entry("x.yaml", data) for data in made if data is not None]
    assert len(entries) > 50
    assert 10 < sum(entry.playbook is not None for entry in entries) < len(entries)


PLACES = [
    (Span(1, 1, 1, 3, 0, 2), True),
    (Span(2, 1, 2, 1, 3, 3), True),
    (Span(1, 1, 2, 3, 0, 5), True),
    (Span(1, 1, 1, 4, 0, 3), False),
    (Span(3, 1, 3, 1, 6, 6), False),
    (Span(2, 3, 2, 1, 5, 3), False),
    (Span(1, 2, 1, 3, 0, 2), False),
    (Span(0, 1, 1, 1, 0, 0), False),
]


@pytest.mark.parametrize(("span", "fits"), PLACES)
def test_a_place_outside_the_text_is_seen(span: Span, fits: bool) -> None:
    finding = Finding("PB102", "r", Severity.ERROR, "m", Location("x", span))
    if fits:
        judge_place(finding.location, "ab\ncd", finding)
    else:
        with pytest.raises(Broken, match="PB102 stands at"):
            judge_place(finding.location, "ab\ncd", finding)


SHOWN = [("cd", True), ("c", True), ("c*", True), ("cde", False), ("xd", False)]


@pytest.mark.parametrize(("shown", "fits"), SHOWN)
def test_a_line_that_is_not_the_text_s_is_seen(shown: str, fits: bool) -> None:
    location = Location("x", Span(2, 1, 2, 2, 3, 4), (), shown)
    finding = Finding("PB102", "r", Severity.ERROR, "m", location)
    if fits:
        judge_place(location, "ab\ncd\nef", finding)
    else:
        with pytest.raises(Broken, match="PB102 stands at"):
            judge_place(location, "ab\ncd\nef", finding)


class Bomb(Oracle):
    """Breaks on every file with a `!`."""

    def __init__(self) -> None:
        pass

    def judge(self, data: bytes, kind: str = "playbook", *, thorough: bool = False) -> set[str]:  # noqa: ARG002
        if b"!" in data:
            raise ZeroDivisionError
        return set()


def test_what_breaks_is_caught_and_made_small() -> None:
    why, _ = judge(Bomb(), b"a: b\nc: d!\n", "playbook", thorough=False)
    assert why == "ZeroDivisionError in ?"
    assert shrink(Bomb(), b"a: b\nc: d!\ne: f\n", "playbook", why) == b"!"
