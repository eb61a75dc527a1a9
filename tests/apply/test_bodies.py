"""What is sent and what is expected of it: tables over values, no server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playbookctl.apply.bodies import Deviation, deviation, first_body, restored, update_body, wanted, with_echo
from playbookctl.apply.presence import is_unfinished, keys_of, present_keys
from playbookctl.apply.sight import Sight, sight
from playbookctl.canonical import digests, fingerprint
from playbookctl.marker import write_tags
from playbookctl.model.fields import MANAGED, SERVER_FIELDS
from playbookctl.model.marker import Base, Marker
from playbookctl.model.plan import Action, Change, FieldChange, Side, Standing
from support.plans import SPACE, body, marks, row

ID = "ply_1"
BEFORE = row(
    ID,
    body(),
    marks("phishing", body(), ID),
    vendor_score=7,
    steps=[{**step, "pos": [1, 2]} for step in body()["steps"]],
)
NEW = body(description="new")
CHANGE = Change(
    "phishing", "P", Action.UPDATE, Standing.REPO_AHEAD, 5,
    live_id=ID,
    write=(("description", '"new"'),),
    tags=("email",),
    mark=Marker(SPACE, "phishing", Base(digests(NEW))),
    expect=fingerprint(BEFORE),
)  # fmt: skip
MARKS = list(write_tags(CHANGE.mark, ID)) if CHANGE.mark else []
AFTER = {**BEFORE, "description": "new", "tags": ["email", *MARKS]}


def test_an_update_sends_moved_fields_and_tags() -> None:
    assert update_body(CHANGE, BEFORE, replaces=False) == {"description": "new", "tags": ["email", *MARKS]}


def test_a_server_that_replaces_gets_all_managed_fields_and_no_others() -> None:
    sent = update_body(CHANGE, BEFORE, replaces=True)
    assert sent.keys() == {field.api_name for field in MANAGED}
    assert sent["steps"] == BEFORE["steps"]


def test_without_a_mark_the_tags_are_sent_only_if_they_are_written() -> None:
    bare = replace(CHANGE, mark=None, tags=())
    assert update_body(bare, BEFORE, replaces=False) == {"description": "new"}
    tagged = replace(bare, tags=("t",), fields=(FieldChange("tags", Side.REPO, "", '["t"]', written=True),))
    kept = sorted(tag for tag in BEFORE["tags"] if tag.startswith("playbookctl:"))
    assert update_body(tagged, BEFORE, replaces=False)["tags"] == ["t", *kept]


def test_free_tags_that_only_travel_along_go_back_as_they_were_read() -> None:
    """A mark must not turn a number or an object among an analyst's tags into a text."""
    kept = ["email", 5, {"team": "soc"}]
    before = {**BEFORE, "tags": [*kept, *BEFORE["tags"][1:]]}
    change = replace(CHANGE, tags=tuple(map(str, kept)), expect=fingerprint(before))
    assert update_body(change, before, replaces=False)["tags"] == [*kept, *MARKS]
    written = (FieldChange("tags", Side.REPO, "", "", written=True),)
    assert update_body(replace(change, fields=written), before, replaces=False)["tags"] == [*change.tags, *MARKS]


def test_the_first_phase_is_switched_off_whatever_the_file_says() -> None:
    change = replace(CHANGE, write=(("enabled", "true"), ("auto_execute", "true"), ("name", '"x"')))
    sent = first_body(change)
    assert (sent["enabled"], sent["auto_execute"], sent["name"]) == (False, False, "x")
    assert is_unfinished(sent)


def test_a_create_without_a_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="has no mark"):
        first_body(replace(CHANGE, mark=None))


def test_no_field_of_the_server_is_ever_sent() -> None:
    bodies = [first_body(CHANGE), update_body(CHANGE, BEFORE, replaces=True), restored(BEFORE)]
    assert not any(sent.keys() & {*SERVER_FIELDS, "vendor_score"} for sent in bodies)


EMPTY = {field.api_name: field.default for field in MANAGED}
DEVIATIONS: dict[str, tuple[dict[str, Any], Deviation]] = {
    "nothing": (AFTER, Deviation()),
    "another order of a set": ({**AFTER, "tags": AFTER["tags"][::-1]}, Deviation()),
    "a default that is left out": ({**AFTER, "auto_execute": None}, Deviation()),
    "a sent field": ({**AFTER, "description": "ne"}, Deviation(altered=("description",))),
    "a free tag": ({**AFTER, "tags": ["other", *MARKS]}, Deviation(altered=("tags",))),
    "a mark": ({**AFTER, "tags": ["email", *MARKS[1:]]}, Deviation(marks=True)),
    "a field that was not sent": ({**AFTER, "category": "x"}, Deviation(moved=("category",))),
    "one emptied field that was not sent": ({**AFTER, "category": ""}, Deviation(moved=("category",))),
    "a switch that was not sent": ({**AFTER, "enabled": False}, Deviation(moved=("enabled",))),
    "everything that was not sent": (
        {**AFTER, **EMPTY, "description": "new", "tags": AFTER["tags"], "vendor_score": None},
        Deviation(
            lost=(
                "name", "category", "trigger_conditions", "mitre_tactics", "mitre_techniques", "steps",
                "required_connector_ids", "owner_id", "vendor_score",
            )
        ),
    ),
    "everything but the name, switched off": (
        {**AFTER, **EMPTY, "description": "new", "tags": AFTER["tags"], "name": "Phishing", "enabled": False},
        Deviation(
            lost=(
                "category", "trigger_conditions", "mitre_tactics", "mitre_techniques", "steps", "required_connector_ids",
                "owner_id", "enabled",
            )
        ),
    ),
    "only a vendor's field": ({**AFTER, "vendor_score": None}, Deviation()),
}  # fmt: skip


@pytest.mark.parametrize("now, expected", DEVIATIONS.values(), ids=DEVIATIONS.keys())
def test_what_differs_after_a_write_is_named(now: dict[str, Any], expected: Deviation) -> None:
    assert deviation(wanted(CHANGE, BEFORE), BEFORE, now) == expected


SIGHTS: dict[str, tuple[dict[str, Any], bool, Sight]] = {
    "as the plan saw it": (BEFORE, False, Sight.AS_PLANNED),
    "only stamps moved": ({**BEFORE, "updated_at": "x", "run_stats": {"total": 3}}, False, Sight.AS_PLANNED),
    "a vendor's step key moved": ({**BEFORE, "steps": body()["steps"]}, False, Sight.STALE),
    "as wanted": (AFTER, False, Sight.AS_WANTED),
    "as wanted, and more moved": ({**AFTER, "category": "x"}, False, Sight.AS_WANTED),
    "another field moved": ({**BEFORE, "category": "x"}, False, Sight.STALE),
    "the field moved elsewhere": ({**BEFORE, "description": "theirs"}, False, Sight.STALE),
    "the field is as wanted, the mark is not": ({**BEFORE, "description": "new"}, False, Sight.STALE),
    "our mark and another value, never sent": ({**AFTER, "description": "ne"}, False, Sight.STALE),
    "our mark and another value, sent": ({**AFTER, "description": "ne"}, True, Sight.LANDED),
    "another mark and another value, sent": ({**BEFORE, "description": "ne"}, True, Sight.STALE),
    "deleted": ({**BEFORE, "is_deleted": True}, False, Sight.STALE),
    "deleted as wanted": ({**AFTER, "is_deleted": True}, True, Sight.STALE),
}


@pytest.mark.parametrize("now, sent, expected", SIGHTS.values(), ids=SIGHTS.keys())
def test_what_an_object_means_for_a_change(now: dict[str, Any], sent: bool, expected: Sight) -> None:
    assert sight(CHANGE, now, sent=sent) is expected


ECHOES: dict[str, tuple[tuple[str, ...], dict[str, Any], tuple[str, ...] | None]] = {
    "a text": (("description",), {"description": "ne"}, ("description",)),
    "steps in another form": (("steps",), {"steps": [{"id": "x"}]}, ("steps",)),
    "steps that came back empty": (("steps",), {"steps": []}, None),
    "steps as they were": (("steps",), {"steps": BEFORE["steps"]}, None),
    "a trigger that came back empty": (("trigger_conditions",), {"trigger_conditions": None}, None),
    "a switch": (("enabled",), {"enabled": False}, None),
    "a switch and a text": (("enabled", "name"), {"enabled": False, "name": "p"}, ("name",)),
}


@pytest.mark.parametrize("names, stored, noted", ECHOES.values(), ids=ECHOES.keys())
def test_what_the_server_made_of_a_field_is_noted_unless_it_says_how_it_acts_and_is_gone(
    names: tuple[str, ...], stored: dict[str, Any], noted: tuple[str, ...] | None
) -> None:
    note = with_echo(CHANGE, names, BEFORE, {**AFTER, **stored})
    assert (note and note.mark and tuple(name for name, _ in note.mark.echo)) == noted
    assert note is None or (note.action, note.write, note.tags) == (Action.MARK, (), ("email",))


OWN = marks("a", body(), ID)
KEYS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "ours": (row(ID, body(), OWN), ("a",)),
    "unfinished": (row(ID, body(), marks("a", None, ID, unfinished=True)), ("a",)),
    "without base": (row(ID, body(), marks("a", None, ID)), ("a",)),
    "retired": (row(ID, body(), marks("a", body(), ID, retired=digests(body()))), ("a",)),
    "a mark nobody can read": (row(ID, body(), ["playbookctl:key=soc/a", "playbookctl:base=x"]), ("a",)),
    "a mark of a newer version": (row(ID, body(), ["playbookctl:key=soc/a", "playbookctl:future=1"]), ("a",)),
    "a copy": (row("ply_2", body(), OWN), ()),
    "a duplicate": (row(ID, body(), marks("a", None, ID, duplicate_of="ply_0")), ()),
    "another namespace's": (row(ID, body(), marks("a", body(), ID, space="other")), ()),
    "deleted": (row(ID, body(), OWN, is_deleted=True), ()),
    "unmanaged": (row(ID, body()), ()),
    "no list of tags": ({**row(ID, body()), "tags": None}, ()),
}


@pytest.mark.parametrize("live, keys", KEYS.values(), ids=KEYS.keys())
def test_which_objects_stand_for_a_key(live: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert keys_of(live, SPACE) == keys
    assert present_keys([live], SPACE) == dict.fromkeys(keys, live["id"])
