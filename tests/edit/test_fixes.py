"""Fixes as tables: the text before, the edit, the text after. What cannot be done is refused, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.edit.fix import fix_all, patches_of, readings
from playbookctl.load.entry import load_entry
from playbookctl.model.finding import Edit, Fix
from playbookctl.model.source import Key

if TYPE_CHECKING:
    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Entry

ORDER = ("key", "name", "tags", "steps")


def opened(text: str) -> Entry:
    return load_entry("a.yaml", text.encode("utf-8"))


def order(path: NodePath) -> tuple[str, ...]:
    return () if path else ORDER


def fixed(text: str, *edits: Edit) -> tuple[str, tuple[str, ...]]:
    done = fix_all(opened(text), [Fix("mend", (edit,)) for edit in edits], opened, order)
    return done.entry.source.text, done.refusals


def delete(*path: str | int) -> Edit:
    return Edit(path, "", "delete")


def insert(text: str, *path: str | int) -> Edit:
    return Edit(path, text, "insert")


def comment(text: str, at: int) -> Edit:
    return Edit((), text, "comment", at=at)


CASES = {
    "a value": ("a: 1 # one\nb: 2\n", Edit(("a",), "3"), "a: 3 # one\nb: 2\n"),
    "a value keeps its quotes": ("a: 'T1562'\n", Edit(("a",), "T1685"), "a: 'T1685'\n"),
    "a value behind an emoji": ('{"😀": x, b: y}\n', Edit(("b",), "z"), '{"😀": x, b: z}\n'),
    "a value with CRLF": ("a: yes\r\nb: 2\r\n", Edit(("a",), '"yes"'), 'a: "yes"\r\nb: 2\r\n'),
    "a block scalar": ("a: |\n  x\n  y\n\nb: 2\n", Edit(("a",), "z"), "a: z\n\nb: 2\n"),
    "a list up to the comment below it": ("a:\n  - 1\n# of b\nb: 2\n", Edit(("a",), "[]"), "a:\n  []\n# of b\nb: 2\n"),
    "a key": ("a:\n  yes: 1\n", Edit(("a", Key("yes")), '"yes"', "key"), 'a:\n  "yes": 1\n'),
    "a key in braces": ("a: {no: 1, b: 2}\n", Edit(("a", Key("no")), '"no"', "key"), 'a: {"no": 1, b: 2}\n'),
    "text with its comment": ("a: see #1 now  \nb: 2\n", Edit(("a",), '"see #1 now"', "rest"), 'a: "see #1 now"  \nb: 2\n'),
    "first of a flow list": ("a: [x, y, z]\n", delete("a", 0), "a: [y, z]\n"),
    "last of a flow list": ("a: [x, y, z]\n", delete("a", 2), "a: [x, y]\n"),
    "last before a comma": ("a: [x, y,]\n", delete("a", 1), "a: [x,]\n"),
    "only one of a flow list": ("a: [ x ] # c\n", delete("a", 0), "a: [] # c\n"),
    "one of a flow list over lines": ("a: [\n  x,\n  y\n]\n", delete("a", 0), "a: [\n  y\n]\n"),
    "an element with its comment": ("a:\n  - x # of x\n  # above y\n  - y\n", delete("a", 0), "a:\n  # above y\n  - y\n"),
    "the last element": ("a:\n  - x\n  - y # of y\nb: 1\n", delete("a", 1), "a:\n  - x\nb: 1\n"),
    "the last line without a break": ("a:\n  - x\n  - y", delete("a", 1), "a:\n  - x"),
    "the only element": ("a: # of a\n  - x # of x\nb: 1\n", delete("a", 0), "a: [] # of a\nb: 1\n"),
    "the only element with CRLF": ("a:\r\n- x\r\nb: 1\r\n", delete("a", 0), "a: []\r\nb: 1\r\n"),
    "a mapping in a list": ("a:\n  - x: 1\n    y: 2\n  - z: 3\n", delete("a", 0), "a:\n  - z: 3\n"),
    "the element of an element": ("a:\n  - - x\n    - y\n", delete("a", 0, 0), "a:\n  - - y\n"),
    "a key with its block": ("a:\n  b: 1\n\n  c: 2\n# of d\nd: 3\n", delete("a"), "# of d\nd: 3\n"),
    "the key behind a dash": ("a:\n  - id: 1\n    b: 2\n", delete("a", 0, "id"), "a:\n  - b: 2\n"),
    "a key in braces with its value": ("a: {x: 1, y: [2, 3], z: 4}\n", delete("a", "y"), "a: {x: 1, z: 4}\n"),
    "a key without a value": ("a:\nb: 1\n", delete("a"), "b: 1\n"),
    "the last key without a break": ("a: 1\r\nb: 2", delete("b"), "a: 1"),
    "key at the top": ("# file\nname: x\nsteps: []\n", insert("k", "key"), "# file\nkey: k\nname: x\nsteps: []\n"),
    "key below a comment that is another's": (
        "# file\n\n# of name\nname: x # c\nsteps: []\n",
        insert("k", "key"),
        "# file\n\n# of name\nname: x # c\nkey: k\nsteps: []\n",
    ),
    "a key by its order": (
        "name: x\nsteps:\n  - a\n# end\n",
        insert("[y]", "tags"),
        "name: x\ntags: [y]\nsteps:\n  - a\n# end\n",
    ),
    "a key at the end": ("a:\n  b: 1", insert("2", "a", "c"), "a:\n  b: 1\n  c: 2"),
    "a key below a dash": ("s:\n  - id: a\n  - id: b\n", insert("end", "s", 0, "next"), "s:\n  - id: a\n    next: end\n  - id: b\n"),
    "a key in braces at the end": ("s:\n  - {id: a}\n", insert("end", "s", 0, "next"), "s:\n  - {id: a, next: end}\n"),
    "a key in empty braces": ("s: {}\n", insert("1", "s", "a"), "s: {a: 1}\n"),
    "an element in brackets": ("a: [x]\n", insert("y", "a", 1), "a: [x, y]\n"),
    "an element in empty brackets": ("a: []\n", insert("y", "a", 0), "a: [y]\n"),
    "a comment behind a value": ("a: 1  # why\nb: 2\n", comment("", 6), "a: 1\nb: 2\n"),
    "a comment on its line": ("a: 1\n  # why\nb: 2\n", comment("", 7), "a: 1\nb: 2\n"),
    "a comment on the first line": ("# why\r\na: 1\r\n", comment("", 0), "a: 1\r\n"),
    "a comment on the last line": ("a: 1\n# why", comment("", 5), "a: 1"),
    "a comment written anew": ("a: '#' # why \n", comment("# how", 7), "a: '#' # how \n"),
    "an element below": ("a:\r\n- x # c\r\nb: 1\r\n", insert("y", "a", 1), "a:\r\n- x # c\r\n- y\r\nb: 1\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_fix_changes_this_and_nothing_else(name: str) -> None:
    before, edit, after = CASES[name]
    assert fixed(before, edit) == (after, ("",))


REFUSED = {
    "it is gone": ("a: 1\n", delete("b"), "there is no such value any more"),
    "it stands in an anchor": ("a: &x {k: 1, l: 2}\nb: *x\n", delete("b", "k"), "more follows on the same line"),
    "it is said twice": ("a: 1\na: 2\nb: 3\n", delete("a"), "read as something else"),
    "it is merged": ("a: &x {k: 1}\nb: {<<: *x, l: 2}\n", Edit(("b", "k"), "5"), "read as something else"),
    "a comment would be lost": ("a: [x, # of x\n  y]\n", delete("a", 0), "a comment stands in between"),
    "a comment below the dash": ("a:\n  - id: 1\n    # of b\n    b: 2\n", delete("a", 0, "id"), "a comment stands in between"),
    "nothing would remain": ("a: 1\n", delete("a"), "nothing would be left"),
    "nothing to replace": ("a:\nb: 1\n", Edit(("a",), "x"), "there is no text to replace"),
    "broken text": ("a: 1\n", Edit(("a",), "[x"), "is no YAML"),
    "plain text that ends at a comma": ("a: [x]\n", Edit(("a", 0), "p, q"), "read as something else"),
    "the key is there": ("a: 1\n", insert("2", "a"), "there is no place for the key"),
    "another has the name": ("a: 1\nb: 2\n", Edit((Key("a"),), "b", "key"), "there is a key 'b' already"),
    "a comment in brackets": ("a: [x #y\n]\n", Edit(("a", 0), '"x #y"', "rest"), "in brackets it cannot be told"),
    "the same value twice": ("a: [x, y]\n", Edit(("a", 0), "y"), "the same value twice"),
    "no comment there": ("a: 1 # why\n", comment("", 3), "there is no such comment any more"),
    "no comment but text": ("a: 'x # y'\n", comment("", 6), "read as something else"),
    "a part of a text": ("a: |\n  # x\n  y\n", comment("", 7), "read as something else"),
    "no change": ("a: x\n", Edit(("a",), "x"), "it changes nothing"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_fix_that_cannot_be_proven_is_refused(name: str) -> None:
    before, edit, reason = REFUSED[name]
    after, refusals = fixed(before, edit)
    assert after == before
    assert reason in refusals[0]


def test_a_playbook_stays_one_that_the_schema_accepts() -> None:
    before = "name: x\nsteps:\n  - id: a\n    action: b\n"
    assert fixed(before, delete("name")) == (before, ("the schema would not accept the result",))


def test_fixes_of_one_list_do_not_disturb_each_other() -> None:
    edits = [delete("a", 0), Edit(("a", 1), "Y"), delete("a", 2), delete("b")]
    assert fixed("a:\n  - x\n  - y\n  - z\nb: 1\nc: 2\n", *edits) == ("a:\n  - Y\nc: 2\n", ("", "", "", ""))


def test_neighbours_in_brackets_go_in_one_round() -> None:
    assert fixed("a: [x, y, z]\n", delete("a", 0), delete("a", 1)) == ("a: [z]\n", ("", ""))


def test_of_two_fixes_at_one_place_one_waits() -> None:
    after, refusals = fixed("a: [x, y]\nb: 1\n", Edit(("a",), "[q]"), Edit(("a", 0), "p"))
    assert sorted(bool(refusal) for refusal in refusals) == [False, True]
    assert after in ("a: [q]\nb: 1\n", "a: [p, y]\nb: 1\n")


def test_two_elements_are_added_in_one_round() -> None:
    after, refusals = fixed("a: [x]\n", insert("y", "a", 1), insert("z", "a", 1))
    assert (after, refusals) == ("a: [x, y, z]\n", ("", ""))


def test_a_thousand_fixes_are_proven_by_one_reading_and_a_bad_one_among_them_by_few() -> None:
    text = "key: a\nname: A\nsteps:\n" + "".join(
        f"  - {{id: s{at}, action: get, with: {{n: 0123}}}}\n" for at in range(300)
    )
    read: list[str] = []

    def reopen(changed: str) -> Entry:
        read.append(changed)
        return opened(changed)

    fixes = [Fix("mend", (Edit(("steps", at, "with", "n"), "'0123'"),)) for at in range(300)]
    done = fix_all(opened(text), fixes, reopen, order)
    assert (done.refusals, done.entry.source.text) == (("",) * 300, text.replace("0123", "'0123'"))
    assert sum(changed.startswith("key: a") for changed in read) == 1

    read.clear()
    fixes[100] = Fix("mend", (Edit(("steps", 100, "with", "n"), "[0"),))
    done = fix_all(opened(text), fixes, reopen, order)
    assert [at for at, refusal in enumerate(done.refusals) if refusal] == [100]
    assert done.entry.source.text == text.replace("0123", "'0123'").replace(
        "s100, action: get, with: {n: '0123'}", "s100, action: get, with: {n: 0123}"
    )
    assert sum(changed.startswith("key: a") for changed in read) < 40


def test_fixes_that_stand_in_each_others_way_end_in_bounded_time() -> None:
    """Each of them alone could be made; together they would write the same tag many times."""
    text = (
        f"key: a # {'x' * 100_000}\nname: A\ntags: ["
        + ", ".join(["yes"] * 80)
        + "]\nsteps:\n  - {id: a, action: get}\n"
    )
    read: list[str] = []

    def reopen(changed: str) -> Entry:
        read.append(changed)
        return opened(changed)

    fixes = [Fix("mend", (Edit(("tags", at), "'yes'"),)) for at in range(80)]
    done = fix_all(opened(text), fixes, reopen, order)
    assert done.refusals.count("") == 1
    assert sum(changed.startswith("key: a") for changed in read) <= readings(opened(text)) < 80


@pytest.mark.parametrize(
    "edits",
    [
        [insert("A", "name"), insert("[a]", "tags")],
        [delete("x-list", 2), delete("x-list", 1)],
        [delete("x-list", 0), delete("x-list", 2)],
        [delete("x-a"), delete("x-b")],
    ],
)
def test_fixes_made_together_give_what_they_give_one_after_the_other(edits: list[Edit]) -> None:
    text = "key: a\nx-a: 1\nx-b: 2\nx-list: [a, b, c]\nsteps:\n  - {id: a, action: get}\n"
    together, refusals = fixed(text, *edits)
    assert refusals == ("", "")
    ends = [patches_of(opened(text), Fix("mend", (edit,)), order)[-1].end for edit in edits]
    alone = text
    for _, at in sorted(((end, at) for at, end in enumerate(ends)), reverse=True):
        alone, _ = fixed(alone, edits[at])
    assert together == alone


def test_how_often_a_text_is_read_depends_on_its_size() -> None:
    assert readings(opened("a: b\n")) > readings(opened("a: b\n" * 1_000)) > readings(opened("a: b\n" * 50_000)) > 0
