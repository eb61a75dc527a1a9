"""`status`, from the command line to the reference server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from support.recording import Recorder
from support.server import PLAYBOOKS

if TYPE_CHECKING:
    from support.team import Team


def status(team: Team) -> dict[str, dict[str, Any]]:
    code, said = team.run("status")
    assert code == 0
    return {row["key"]: row for row in said["playbooks"]}


def test_one_row_per_playbook_says_where_it_stands_and_whether_it_acts(synced: Team) -> None:
    rows = status(synced)
    live = synced.live()
    assert list(rows) == ["notify", "triage"]
    assert rows["triage"] == {
        "key": "triage", "name": "Triage", "standing": "in sync", "file": "playbooks/triage.yaml",
        "live_id": live["Triage"]["id"], "enabled": True, "auto_execute": False, "owner": "soc-lead",
        "last_run_at": None, "last_status": None, "runs": None,
    }  # fmt: skip
    synced.analyst("Triage", enabled=False)
    assert (status(synced)["triage"]["standing"], status(synced)["triage"]["enabled"]) == ("drift", False)


def test_before_the_first_sync_everything_is_to_be_created(team: Team) -> None:
    rows = status(team)
    assert {key: (row["standing"], row["live_id"], row["owner"]) for key, row in rows.items()} == {
        "notify": ("create", "", ""),
        "triage": ("create", "", "soc-lead"),
    }


def test_runs_are_counted(synced: Team) -> None:
    live_id = synced.live()["Notify"]["id"]
    assert synced.http.post(f"{PLAYBOOKS}/{live_id}/run", json={}).status_code == 202
    until = time.monotonic() + 10
    while not (row := status(synced)["notify"])["runs"] and time.monotonic() < until:
        time.sleep(0.05)
    assert (row["last_status"], row["runs"]) == ("succeeded", {"total": 1, "succeeded": 1, "failed": 0, "skipped": 0})
    assert "succeeded now" in synced.say("status")[1] or "s ago" in synced.say("status")[1]


def test_a_connector_that_does_not_work_is_warned_of_in_status_and_plan(synced: Team) -> None:
    synced.connector("chat", enabled=False)
    sentence = "the connector 'chat' is disabled; 1 playbook uses it: notify"
    assert f"warning: {sentence}\n" in synced.say("status")[1]
    _, said = synced.run("status")
    assert said["warnings"][0]["playbooks"] == ["notify"]
    assert synced.run("plan")[1]["plan"]["notes"] == [sentence]
    assert f"note: {sentence}\n" in synced.say("plan")[1]


def test_what_is_not_ours_is_counted_only(synced: Team) -> None:
    synced.by_hand(name="Theirs")
    _, said = synced.run("status")
    assert (said["totals"]["playbooks"], said["totals"]["not_ours"]) == (2, 1)


def test_it_sends_nothing_but_get(synced: Team) -> None:
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        assert list(status(synced)) == ["notify", "triage"]
    assert {method for method, _ in recorder.asked} == {"GET"}
