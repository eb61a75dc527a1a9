"""`run`: one live playbook of ours, started once, and waited for."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ExitCode
from playbookctl.server.faults import Fault, FaultKind
from support.recording import Recorder
from support.server import ALERTS, PLAYBOOKS

if TYPE_CHECKING:
    from pathlib import Path

    from support.team import Team


def test_a_run_is_started_and_not_waited_for(synced: Team) -> None:
    code, said = synced.run("run", "notify")
    assert (code, said["key"], said["end"]) == (0, "notify", "going")
    assert said["run_id"].startswith("run_")
    assert said["live_id"] == synced.live()["Notify"]["id"]


def test_waiting_ends_with_how_the_run_ended(synced: Team) -> None:
    code, said = synced.run("run", "notify", "--wait")
    assert (code, said["end"], said["run_stats"]["total"]) == (0, "succeeded", 1)
    assert synced.live()["Notify"]["last_run_id"] == said["run_id"]
    code, out, err = synced.say("run", "notify", "--wait")
    assert (code, err) == (0, "")
    assert " of notify succeeded after " in out
    assert "its runs so far: 2 total, 2 succeeded, 0 failed, 0 skipped" in out


def test_a_run_that_failed_ends_with_1(synced: Team) -> None:
    synced.analyst("Notify", required_connector_ids=[])
    synced.connector("chat", enabled=False)
    code, said = synced.run("run", "notify", "--wait")
    assert (code, said["end"]) == (ExitCode.FINDINGS, "failed")


def test_a_refused_run_ends_with_6_and_says_all_that_is_missing(synced: Team) -> None:
    synced.connector("chat", enabled=False)
    synced.analyst("Notify", enabled=False)
    code, said = synced.run("run", "notify", "--wait")
    chat = synced.connectors()["chat"]["id"]
    assert code == ExitCode.REFUSED
    assert said["message"] == f"'notify' cannot run: the playbook is disabled; connector '{chat}' is disabled"


def test_a_lost_answer_ends_with_4_and_is_never_sent_again(synced: Team) -> None:
    synced.server.faults.arm(Fault(FaultKind.LOSE_ANSWER, method="POST", path="/run$", times=None))
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        code, said = synced.run("run", "notify", "--wait")
    assert code == ExitCode.PARTLY_DONE
    assert said["message"].startswith("nobody knows whether 'notify' runs")
    assert "; its last_run_id: " in said["message"]
    assert "last_run_id" in said["hint"]
    assert [path.rpartition("/")[2] for _, path in recorder.writes] == ["run"]


UNCLEAR = [500, 503, 200]


@pytest.mark.parametrize("status", UNCLEAR)
def test_an_answer_that_means_nothing_is_a_lost_one(synced: Team, status: int) -> None:
    live_id = synced.live()["Notify"]["id"]
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        recorder.instead[f"{PLAYBOOKS}/{live_id}/run"] = (status, {"status": "queued"})
        assert synced.run("run", "notify")[0] == ExitCode.PARTLY_DONE
    assert len(recorder.writes) == 1


def test_a_run_that_does_not_end_in_time_goes_on_and_ends_with_4(synced: Team) -> None:
    live_id = synced.live()["Notify"]["id"]
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        recorder.instead[f"{PLAYBOOKS}/{live_id}/run"] = (202, {"run_id": "run_nowhere", "status": "queued"})
        code, said = synced.run("run", "notify", "--wait", "--timeout", "1")
    assert (code, said["message"]) == (
        ExitCode.PARTLY_DONE,
        "run run_nowhere of 'notify' has not ended within 1 s",
    )
    looks = [path for method, path in recorder.asked if method == "GET" and path.endswith(live_id)]
    assert 2 <= len(looks) <= 6


def test_inputs_and_the_alert_travel_along(synced: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = synced.server.ingest({"title": "x"}).alert_id
    file = tmp_path / "inputs.json"
    file.write_text('{"text": "hällo"}', "utf-8")
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        assert synced.run("run", "notify", "--input", str(file), "--alert", alert, "--wait")[0] == 0
        monkeypatch.setattr("sys.stdin", io.StringIO('{"text": "again"}'))
        assert synced.run("run", "notify", "--input", "-")[0] == 0
    assert recorder.bodies == [{"inputs": {"text": "hällo"}, "alert_id": alert}, {"inputs": {"text": "again"}}]


WRONG: list[tuple[list[str], str]] = [
    (["notifi"], "there is no playbook 'notifi'; did you mean 'notify'?"),
    (["notify", "--timeout", "3"], "--timeout is how long --wait waits"),
    (["notify", "--input", "nowhere.json"], "'nowhere.json' cannot be read: No such file or directory"),
    (["notify", "--input", "connectors.yaml"], "'connectors.yaml' is not JSON"),
    (["notify", "--input", "list.json"], "'list.json' holds no JSON object"),
    (["notify", "--input", "nan.json"], "'nan.json' is not JSON"),
    (["notify", "--input", "half.json"], "'half.json' is not JSON"),
    (["notify", "--input", "deep.json"], "'deep.json' is not JSON"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_usage_ends_with_2_and_starts_nothing(synced: Team, arguments: list[str], message: str) -> None:
    (synced.folder / "list.json").write_text("[1]", "utf-8")
    (synced.folder / "nan.json").write_text('{"text": NaN}', "utf-8")
    (synced.folder / "half.json").write_text('{"text": "\\ud800"}', "utf-8")
    (synced.folder / "deep.json").write_text("[" * 100_000, "utf-8")
    code, said = synced.run("run", *arguments)
    assert code == ExitCode.USAGE
    assert said["message"].startswith(message)
    assert synced.live()["Notify"]["last_run_id"] is None


def test_what_is_not_on_the_server_yet_is_said_so(team: Team) -> None:
    code, said = team.run("run", "notify")
    assert (code, said["message"], said["hint"]) == (
        ExitCode.USAGE, "'notify' is not on the server", "playbookctl sync creates it",
    )  # fmt: skip


def test_a_copy_and_an_unmanaged_namesake_are_not_run(synced: Team) -> None:
    synced.server.clone(synced.live()["Notify"]["id"])
    own = min(row["id"] for row in synced.http.get(PLAYBOOKS, params={"q": "Notify"}).json()["data"])
    _, said = synced.run("run", "notify")
    assert said["live_id"] == own


def test_of_two_that_are_marked_nobody_chooses_one(synced: Team) -> None:
    from playbookctl.marker import self_digest

    live = synced.live()["Notify"]
    twin = synced.by_hand(name="Twin")
    tags = [tag.replace(self_digest(live["id"]), self_digest(twin)) for tag in live["tags"]]
    synced.analyst("Twin", tags=tags)
    code, said = synced.run("run", "notify")
    assert code == ExitCode.REFUSED
    assert live["id"] in said["message"]
    assert twin in said["message"]


def test_an_alert_that_there_is_not_is_refused_by_the_server(synced: Team) -> None:
    code, said = synced.run("run", "notify", "--alert", "alr_00000000000000000000000000")
    assert (code, said["message"]) == (ExitCode.REFUSED, "'notify' cannot run: there is no such alert")
    assert synced.http.get(ALERTS).json()["total"] == 0


def test_json_is_one_object(synced: Team) -> None:
    _, out, _ = synced.say("run", "notify", "--format", "json")
    assert set(json.loads(out)) == {"format", "version", "key", "live_id", "run_id", "end", "seconds", "run_stats"}
