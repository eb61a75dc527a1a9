"""`adopt`: playbooks that were made by hand become ours by name, and nothing but marks is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.errors import ExitCode
from support.recording import Recorder
from support.server import PLAYBOOKS

if TYPE_CHECKING:
    from support.team import Team

STAMPS = {"updated_at", "updated_by", "source", "source_type", "tags"}


@pytest.fixture
def grown(synced: Team) -> Team:
    """A tenant whose playbooks people have made: the same contents, and no mark on any."""
    for name, live in synced.live().items():
        synced.analyst(name, tags=[tag for tag in live["tags"] if not tag.startswith("playbookctl:")])
    return synced


def adopt(team: Team, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    code, said = team.run("adopt", *arguments)
    return code, {row["key"]: (row["action"], row["kind"]) for row in said["outcomes"]}


def test_everything_is_bound_in_one_command_callers_and_callees_alike(grown: Team) -> None:
    before = grown.live()
    assert adopt(grown, "--yes") == (0, {"notify": ("adopt", "done"), "triage": ("adopt", "done")})
    assert grown.plan()[0] == 0
    assert {name: row["id"] for name, row in grown.live().items()} == {name: row["id"] for name, row in before.items()}


def test_only_the_marks_are_written(grown: Team) -> None:
    grown.analyst("Triage", description="Grown by hand.", enabled=False, tags=["endpoint", "mine"])
    before = grown.live()
    with Recorder(grown.server.url) as recorder:
        grown.goes_through(recorder.url)
        assert adopt(grown, "--yes")[0] == 0
    after = grown.live()
    for name, row in after.items():
        moved = {field for field in row if row[field] != before[name][field]}
        assert moved <= STAMPS
        assert [tag for tag in row["tags"] if not tag.startswith("playbookctl:")] == before[name]["tags"]
    assert sorted(method for method, _ in recorder.writes) == ["PATCH", "PATCH"]


def test_what_differs_shows_as_drift_and_stays(grown: Team) -> None:
    grown.analyst("Triage", description="Grown by hand.")
    assert adopt(grown, "--yes")[0] == 0
    code, changes = grown.plan()
    assert code == ExitCode.SERVER_DRIFTED
    assert [(f["field"], f["moved_by"], f["before"], f["after"]) for f in changes["triage"]["fields"]] == [
        ("description", "live", "Grown by hand.", "Look at the host.")
    ]
    assert grown.sync() == (0, {})
    assert grown.live()["Triage"]["description"] == "Grown by hand."


def test_a_dry_run_shows_the_pairs_and_can_send_nothing(grown: Team) -> None:
    grown.analyst("Triage", description="Grown by hand.")
    live = grown.live()
    with Recorder(grown.server.url) as recorder:
        grown.goes_through(recorder.url)
        code, out, _ = grown.say("adopt", "--dry-run")
        whole = grown.say("adopt", "--dry-run", "-v")[1]
    assert code == 0
    assert f"{live['Notify']['id']} becomes ours; it agrees with its file" in out
    assert f"{live['Triage']['id']} becomes ours; it differs in description, which will show as drift" in out
    assert "Grown by hand." not in out
    assert "Grown by hand." in whole
    assert recorder.writes == []
    assert grown.live() == live


def test_a_name_that_fits_twice_is_listed_and_bound_only_by_an_id(grown: Team) -> None:
    twin = grown.by_hand(name="triage ")
    code, said = grown.run("adopt", "--yes")
    ends = {row["key"]: row for row in said["outcomes"]}
    assert (code, ends["triage"]["kind"], ends["notify"]["kind"]) == (ExitCode.REFUSED, "held", "done")
    assert twin in ends["triage"]["message"]
    assert ends["triage"]["hint"] == "adopt triage=ID"
    own = grown.live()["Triage"]["id"]
    assert adopt(grown, f"triage={own}", "--yes") == (0, {"triage": ("adopt", "done")})
    assert grown.plan()[0] == 0


def test_nothing_is_sent_where_nobody_can_be_asked(grown: Team) -> None:
    before = grown.live()
    code, said = grown.run("adopt")
    assert (code, said["hint"]) == (ExitCode.USAGE, "read the plan, then adopt --yes")
    assert grown.live() == before


def test_files_without_a_counterpart_are_counted_and_not_created(grown: Team) -> None:
    grown.write("new", "key: new\nname: New\ndescription: d\nsteps:\n  - {id: a, action: get-host}\n")
    grown.commit("new")
    code, out, err = grown.say("adopt", "--yes")
    assert code == 0
    assert "adopt: 2 done" in out
    assert "1 file has no live playbook of the same name; a sync creates what is new" in err
    assert "New" not in grown.live()


def test_an_empty_tenant_has_nothing_to_adopt(team: Team) -> None:
    code, out, err = team.say("adopt", "--yes")
    assert (code, out) == (0, "adopt: nothing was to be done\n")
    assert err == "2 files have no live playbook of the same name; a sync creates what is new\n"


def test_what_is_ours_is_not_touched_even_if_its_file_has_moved(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    before = synced.live()
    code, _, err = synced.say("adopt", "triage", "--yes")
    assert (code, err) == (0, f"'triage' is ours already: {before['Triage']['id']}\n")
    assert synced.live() == before


WRONG: list[tuple[str, str]] = [
    ("triag", "adopt names 'triag', and there is no such playbook; did you mean 'triage'?"),
    ("triage=ply_nowhere", "'ply_nowhere' is not the id of a live playbook"),
    ("triage=", "'triage=' is neither KEY nor KEY=ID"),
    ("=x", "'=x' is neither KEY nor KEY=ID"),
]


@pytest.mark.parametrize(("named", "message"), WRONG)
def test_a_slip_of_the_pen_is_refused_before_anything_is_written(grown: Team, named: str, message: str) -> None:
    before = grown.live()
    code, said = grown.run("adopt", named, "--yes")
    assert (code, said["message"]) == (ExitCode.USAGE, message)
    assert grown.live() == before


def test_files_that_are_not_committed_are_refused(grown: Team) -> None:
    grown.write("notify", (grown.folder / "playbooks" / "notify.yaml").read_text("utf-8") + "\n")
    assert grown.run("adopt", "--yes")[0] == ExitCode.REFUSED
    assert adopt(grown, "--yes", "--allow-dirty")[0] == 0


@pytest.mark.unmeasured
def test_hundreds_are_bound_in_one_command(team: Team) -> None:
    text = "key: {0}\nname: {0}\ndescription: d\nsteps:\n  - {{id: a, action: get-host}}\n"
    body: dict[str, Any] = {"description": "d", "steps": [{"id": "a", "action": "get-host"}]}
    for number in range(200):
        team.write(f"p{number}", text.format(f"p{number}"))
        answer = team.http.post(PLAYBOOKS, json={**body, "name": f"P{number}"})
        assert answer.status_code == 201
    team.commit("many")
    code, ends = adopt(team, "--yes")
    assert (code, set(ends.values()), len(ends)) == (0, {("adopt", "done")}, 200)
    _, changes = team.plan()
    drifted = {key: [field["field"] for field in row["fields"]] for key, row in changes.items() if row["live_id"]}
    assert drifted == {f"p{number}": ["name"] for number in range(200)}


def test_what_the_same_commit_brings_new_is_created_by_the_next_sync(grown: Team) -> None:
    """An adoption applies no commit: a file that was there already has not been applied, and is not gone."""
    grown.write("new", "key: new\nname: New\nsteps:\n  - {id: a, action: b}\n")
    grown.commit("new")
    assert adopt(grown, "--yes")[0] == 0
    assert grown.sync() == (0, {"new": ("create", "done")})
    grown.server.delete(grown.live()["New"]["id"])
    assert grown.plan()[1]["new"]["reason"].startswith("gone from the server")


def test_what_is_adopted_is_not_counted_among_what_is_never_touched(grown: Team) -> None:
    grown.by_hand(name="Theirs")
    assert "never touched on the server: 1 unmanaged" in grown.say("adopt", "--dry-run")[1]
