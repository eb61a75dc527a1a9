from __future__ import annotations

from typing import Any

import pytest

from playbookctl.canonical import digests
from playbookctl.plan import LiveClass, LiveRows, Row, read_live
from playbookctl.plan.rows import place_of
from support.plans import SPACE, body, marks, row

B = body()
FULL = "0" * 96

# the first that fits, from the top
CLASSES: list[tuple[LiveClass, list[str], dict[str, Any]]] = [
    (LiveClass.DELETED, ["playbookctl:key=broken"], {"is_deleted": True}),
    (LiveClass.BAD, [*marks("phishing", B, "ply_1", space="other"), "playbookctl:lease=1"], {}),
    (LiveClass.BAD, [*marks("phishing", B, "ply_1"), "playbookctl:key=soc/other"], {}),
    (LiveClass.FOREIGN, marks("phishing", B, "ply_1", space="other", duplicate_of="ply_9"), {}),
    (LiveClass.DUPLICATE, marks("phishing", B, "ply_1", duplicate_of="ply_9", bound_to="ply_8"), {}),
    (LiveClass.COPY, marks("phishing", B, "ply_1", bound_to="ply_8", retired=FULL), {}),
    (LiveClass.UNFINISHED, marks("phishing", None, "ply_1", unfinished=True), {}),
    (LiveClass.UNFINISHED, marks("phishing", None, "ply_1", unfinished=True, retired=FULL), {}),
    (LiveClass.WITHOUT_BASE, marks("phishing", None, "ply_1", retired=FULL), {}),
    (LiveClass.RETIRED, marks("phishing", B, "ply_1", retired=FULL), {}),
    (LiveClass.OURS, marks("phishing", B, "ply_1"), {}),
    (LiveClass.OURS, marks("phishing", B, "ply_1"), {"enabled": False}),
    (LiveClass.UNMANAGED, [], {}),
    (LiveClass.UNMANAGED, ["phishing", "key=soc/phishing"], {}),
]


@pytest.mark.parametrize("what, tags, stamps", CLASSES)
def test_a_live_row_gets_the_first_class_that_fits(what: LiveClass, tags: list[str], stamps: dict[str, Any]) -> None:
    rows = LiveRows([read_live(row("ply_1", B, tags, **stamps))], SPACE)
    assert rows.class_of == {"ply_1": what}
    assert rows.numbers[what] == 1


OURS = marks("phishing", B, "ply_1")
OURS_2 = marks("phishing", B, "ply_2")
NEW_1, NEW_2 = marks("phishing", None, "ply_1", unfinished=True), marks("phishing", None, "ply_2", unfinished=True)
BARE = marks("phishing", None, "ply_1")
RETIRED_1, RETIRED_2 = (marks("phishing", B, f"ply_{number}", retired=FULL) for number in (1, 2))
BAD = [*OURS, "playbookctl:lease=1"]
OTHER_SPACE = marks("phishing", B, "ply_1", space="other")
COPY = marks("phishing", B, "ply_1", bound_to="ply_8")
OFF: dict[str, Any] = {"enabled": False, "auto_execute": False}

# (rows as (id, tags, stamps), was it applied, ids to keep, row of the table, live id, ids beside it)
PLACES: list[tuple[str, list[tuple[str, list[str], dict[str, Any]]], bool, set[str], Row, str | None, list[str]]] = [
    ("nothing", [], False, set(), Row.NEW, None, []),
    ("nothing, once applied", [], True, set(), Row.GONE, None, []),
    ("deleted", [("ply_1", OURS, {"is_deleted": True})], False, set(), Row.GONE, None, ["ply_1"]),
    ("another's deleted one", [("ply_1", OTHER_SPACE, {"is_deleted": True})], False, set(), Row.NEW, None, []),
    ("same name", [("ply_1", [], {"steps": [{"id": "x"}]})], False, set(), Row.ALIKE, None, ["ply_1"]),
    ("name but for case and space", [("ply_1", [], {"name": " PHISHING ", "steps": [{"id": "x"}]})], False, set(), Row.ALIKE, None, ["ply_1"]),
    ("same steps", [("ply_1", [], {"name": "Mail"})], False, set(), Row.ALIKE, None, ["ply_1"]),
    ("same name, once applied", [("ply_1", [], {})], True, set(), Row.ALIKE, None, ["ply_1"]),
    ("not alike", [("ply_1", [], {"name": "Mail", "steps": [{"id": "x"}]})], False, set(), Row.NEW, None, []),
    ("a copy", [("ply_1", COPY, {})], False, set(), Row.ALIKE, None, ["ply_1"]),
    ("key in another namespace", [("ply_1", OTHER_SPACE, {"name": "Mail", "steps": []})], False, set(), Row.ALIKE, None, ["ply_1"]),
    ("a mark that names nobody", [("ply_1", ["playbookctl:base=1.new"], {})], False, set(), Row.ALIKE, None, ["ply_1"]),
    ("ours of another key is not alike", [("ply_1", marks("other", B, "ply_1"), {})], False, set(), Row.NEW, None, []),
    ("ours", [("ply_1", OURS, {})], True, set(), Row.OURS, "ply_1", []),
    ("ours beside something alike", [("ply_1", OURS, {}), ("ply_2", [], {})], True, set(), Row.OURS, "ply_1", []),
    ("ours and its copy", [("ply_1", OURS, {}), ("ply_2", OURS, {})], True, set(), Row.OURS, "ply_1", []),
    ("ours and its duplicate", [("ply_1", OURS, {}), ("ply_2", marks("phishing", B, "ply_2", duplicate_of="ply_1"), {})], True, set(), Row.OURS, "ply_1", []),
    ("ours and an unfinished one", [("ply_2", OURS_2, {}), ("ply_1", NEW_1, OFF)], True, set(), Row.OURS, "ply_2", ["ply_1"]),
    ("ours and an unfinished one that acts", [("ply_2", OURS_2, {}), ("ply_1", NEW_1, {})], True, set(), Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("ours and a retired one", [("ply_2", OURS_2, {}), ("ply_1", RETIRED_1, OFF)], True, set(), Row.OURS, "ply_2", []),
    ("ours and a retired one that acts", [("ply_2", OURS_2, {}), ("ply_1", RETIRED_1, {})], True, set(), Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("two of ours", [("ply_2", OURS_2, {}), ("ply_1", OURS, {})], True, set(), Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("two of ours, one to keep", [("ply_2", OURS_2, {}), ("ply_1", OURS, {})], True, {"ply_2"}, Row.OURS, "ply_2", ["ply_1"]),
    ("two of ours, both to keep", [("ply_2", OURS_2, {}), ("ply_1", OURS, {})], True, {"ply_2", "ply_1"}, Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("ours and one without base", [("ply_2", OURS_2, {}), ("ply_1", BARE, {})], True, set(), Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("unfinished", [("ply_1", NEW_1, OFF)], False, set(), Row.UNFINISHED, "ply_1", []),
    ("unfinished, twice", [("ply_2", NEW_2, OFF), ("ply_1", NEW_1, OFF)], False, set(), Row.UNFINISHED, "ply_1", ["ply_2"]),
    ("unfinished, twice, the second acts", [("ply_2", NEW_2, {}), ("ply_1", NEW_1, OFF)], False, set(), Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("without base", [("ply_1", BARE, {})], True, set(), Row.WITHOUT_BASE, "ply_1", []),
    ("retired", [("ply_1", RETIRED_1, OFF)], True, set(), Row.RETIRED, "ply_1", []),
    ("retired, twice", [("ply_1", RETIRED_1, OFF), ("ply_2", RETIRED_2, OFF)], True, set(), Row.SEVERAL, None, ["ply_1", "ply_2"]),
    ("bad", [("ply_1", BAD, {})], True, set(), Row.BAD_MARKER, "ply_1", []),
    ("bad beside ours", [("ply_1", BAD, {}), ("ply_2", OURS_2, {})], True, set(), Row.BAD_MARKER, "ply_1", []),
]  # fmt: skip


@pytest.mark.parametrize(
    "rows, applied, keep, where, live_id, others", [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
def test_a_key_with_a_file_is_in_one_row_of_the_table(
    rows: list[tuple[str, list[str], dict[str, Any]]],
    applied: bool,
    keep: set[str],
    where: Row,
    live_id: str | None,
    others: list[str],
) -> None:
    live = LiveRows([read_live(row(id_, body(tags=[]), tags, **stamps)) for id_, tags, stamps in rows], SPACE)
    asked = read_live(row("x", B))
    place = place_of(
        live.group("phishing"), live.alike("Phishing", asked.digests), was_applied=applied, keep=frozenset(keep)
    )
    assert (place.row, place.live and place.live.id, [other.id for other in place.others]) == (where, live_id, others)


def test_having_no_steps_is_not_alike() -> None:
    rows = LiveRows([read_live(row("ply_1", body(name="Mail", steps=[])))], SPACE)
    assert rows.alike("Phishing", digests(body(steps=[]))) == []


def test_a_row_that_was_listed_twice_counts_once() -> None:
    rows = LiveRows([read_live(row("ply_1", B, OURS)), read_live(row("ply_1", B, OURS))], SPACE)
    assert rows.numbers[LiveClass.OURS] == 1
    assert place_of(rows.group("phishing"), [], was_applied=True, keep=frozenset()).row is Row.OURS


@pytest.mark.parametrize(
    "rows, keep, ids",
    [
        ([("ply_1", OURS), ("ply_2", OURS)], set(), {"phishing": "ply_1"}),
        ([("ply_1", OURS), ("ply_2", OURS_2)], set(), {}),
        ([("ply_1", OURS), ("ply_2", OURS_2)], {"ply_2"}, {"phishing": "ply_2"}),
        ([("ply_2", NEW_2), ("ply_1", NEW_1)], set(), {"phishing": "ply_1"}),
        ([("ply_2", OURS_2), ("ply_1", NEW_1)], set(), {"phishing": "ply_2"}),
        ([("ply_1", BAD)], set(), {}),
        ([("ply_1", OTHER_SPACE)], set(), {}),
        ([("ply_1", marks("phishing", B, "ply_1", duplicate_of="ply_9"))], set(), {}),
    ],
)
def test_a_call_goes_to_the_one_live_playbook_of_the_key(
    rows: list[tuple[str, list[str]]], keep: set[str], ids: dict[str, str]
) -> None:
    live = LiveRows([read_live(row(id_, B, tags)) for id_, tags in rows], SPACE)
    assert live.ids(frozenset(keep)) == ids


def test_callers_are_live_playbooks_that_may_still_run() -> None:
    call = body(steps=[{"id": "s", "type": "section", "steps": [{"id": "c", "type": "playbook", "playbook": "ply_1"}]}])
    live = LiveRows(
        [
            read_live(row("ply_1", call, OURS)),
            read_live(row("ply_2", call)),
            read_live(row("ply_3", call, marks("gone", call, "ply_3", retired=FULL))),
            read_live(row("ply_4", call, is_deleted=True)),
            read_live(row("ply_5", call, marks("off", call, "ply_5"), enabled=False)),
        ],
        SPACE,
    )
    assert [caller.id for caller in live.callers("ply_1")] == ["ply_2", "ply_5"]
