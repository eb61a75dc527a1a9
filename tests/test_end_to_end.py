"""The whole way, from the command line to the reference server over a socket: what a team sees day by day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from playbookctl.errors import ExitCode
from support.recording import Recorder
from support.server import CONNECTORS, PLAYBOOKS
from support.team import CALLEE, CALLER

if TYPE_CHECKING:
    from pathlib import Path

    from support.team import Team


def test_a_first_sync_into_a_tenant_wants_to_be_announced(team: Team) -> None:
    code, said = team.run("sync", "--yes")
    assert code == ExitCode.REFUSED
    assert said["hint"] == "if this is the first sync: sync --bootstrap"
    assert team.live() == {}


def test_after_a_sync_the_next_plan_is_empty(synced: Team) -> None:
    code, changes = synced.plan()
    assert (code, {key: row["action"] for key, row in changes.items()}) == (0, {"notify": "none", "triage": "none"})


def test_names_have_become_ids_and_inputs_a_start_step(synced: Team) -> None:
    live = synced.live()
    notify, triage = live["Notify"], live["Triage"]
    assert notify["steps"][0] == {"id": "start", "type": "start", "inputs": [{"name": "text", "required": True}]}
    assert triage["steps"][1]["playbook"] == notify["id"]
    assert re.match(r"cnn_", triage["required_connector_ids"][0])
    assert triage["steps"][0]["connector"] == triage["required_connector_ids"][0]
    assert triage["owner_id"].startswith("per_")
    assert "key" not in triage
    assert (triage["enabled"], triage["auto_execute"]) == (True, False)
    assert [tag for tag in triage["tags"] if not tag.startswith("playbookctl:")] == ["endpoint"]


def test_one_edited_step_is_one_update_of_one_field(synced: Team) -> None:
    synced.edit("triage", "action: get-host", "action: get-host-details")
    before = synced.live()
    code, changes = synced.plan()
    assert code == ExitCode.REPO_AHEAD
    assert changes["notify"]["action"] == "none"
    (field,) = changes["triage"]["fields"]
    assert (field["field"], field["moved_by"], field["written"]) == ("steps", "repo", True)
    assert [(step["id"], step["kind"]) for step in field["steps"]] == [("look", "changed")]
    assert synced.sync() == (0, {"triage": ("update", "done")})
    after = synced.live()
    moved = {name for name in after["Triage"] if after["Triage"][name] != before["Triage"][name]}
    assert moved == {"steps", "tags", "updated_at"}
    assert after["Notify"] == before["Notify"]
    assert synced.plan()[0] == 0


def test_an_analysts_edit_is_drift_and_stays_after_the_next_sync(synced: Team) -> None:
    synced.analyst("Triage", description="Hot-fixed at 3 a.m.")
    for _ in range(2):
        code, changes = synced.plan()
        assert code == ExitCode.SERVER_DRIFTED
        assert [(f["field"], f["moved_by"], f["written"]) for f in changes["triage"]["fields"]] == [
            ("description", "live", False)
        ]
        assert synced.sync() == (0, {})
        assert synced.live()["Triage"]["description"] == "Hot-fixed at 3 a.m."


def test_drift_goes_where_it_is_told_to(synced: Team) -> None:
    synced.analyst("Triage", description="Hot-fixed at 3 a.m.")
    assert synced.sync("--on-drift", "fail")[0] == ExitCode.REFUSED
    assert synced.sync("--on-drift", "revert") == (0, {"triage": ("update", "done")})
    assert synced.live()["Triage"]["description"] == "Look at the host."


def test_both_sides_may_move_different_fields(synced: Team) -> None:
    synced.analyst("Triage", description="Hot-fixed at 3 a.m.")
    synced.edit("triage", "tags: [endpoint]", "tags: [endpoint, windows]")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    live = synced.live()["Triage"]
    assert live["description"] == "Hot-fixed at 3 a.m."
    assert "windows" in live["tags"]
    assert synced.plan()[0] == ExitCode.SERVER_DRIFTED


def test_the_same_field_moved_on_both_sides_is_held_until_a_person_decides(synced: Team) -> None:
    synced.analyst("Triage", description="Theirs.")
    synced.edit("triage", "Look at the host.", "Ours.")
    code, changes = synced.plan()
    assert (code, changes["triage"]["standing"]) == (ExitCode.NEEDS_HUMAN, "conflict")
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    assert synced.live()["Triage"]["description"] == "Theirs."
    live_hash = changes["triage"]["live_hash"]
    assert synced.sync("--resolve", f"triage=repo@{live_hash}") == (0, {"triage": ("update", "done")})
    assert synced.live()["Triage"]["description"] == "Ours."
    assert synced.plan()[0] == 0


def test_a_decision_does_not_hit_a_newer_edit(synced: Team) -> None:
    synced.analyst("Triage", description="Theirs.")
    synced.edit("triage", "Look at the host.", "Ours.")
    live_hash = synced.plan()[1]["triage"]["live_hash"]
    synced.analyst("Triage", description="Theirs, again.")
    code, _, said = synced.say("sync", "--yes", "--resolve", f"triage=repo@{live_hash}")
    assert (code, synced.plan()[1]["triage"]["live_hash"] in said) == (ExitCode.REFUSED, True)
    assert synced.live()["Triage"]["description"] == "Theirs, again."


def test_a_copy_made_in_the_editor_is_unmanaged_and_the_original_goes_on(synced: Team) -> None:
    synced.server.clone(synced.live()["Triage"]["id"])
    assert synced.plan()[0] == 0
    synced.edit("triage", "Look at the host.", "Look twice.")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    bodies = httpx.get(
        f"{synced.server.url}{PLAYBOOKS}", headers={"Authorization": f"Bearer {synced.server.token()}"}
    ).json()["data"]
    assert sorted(row["description"] for row in bodies) == ["Look at the host.", "Look twice.", "Tell the channel."]


def test_a_renamed_file_and_a_renamed_playbook_stay_one_object(synced: Team) -> None:
    (synced.folder / "playbooks" / "triage.yaml").rename(synced.folder / "playbooks" / "host-triage.yaml")
    synced.edit("host-triage", "name: Triage", "name: Host triage")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    assert sorted(synced.live()) == ["Host triage", "Notify"]


def test_a_broken_file_holds_its_playbook_and_no_other(synced: Team) -> None:
    synced.edit("notify", "Tell the channel.", "Tell the team.")
    synced.edit("triage", "steps:", "\tsteps:")
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"notify": ("update", "done"), "triage": ("hold", "held")})


def test_a_playbook_with_an_error_is_held_and_its_codes_are_named(synced: Team) -> None:
    synced.edit("triage", "action: get-host", "action: get-host\n    next: nowhere")
    _, changes = synced.plan()
    assert changes["triage"]["reason"] == "it breaks rules: PB102"
    assert synced.sync() == (ExitCode.REFUSED, {"triage": ("hold", "held")})


def test_an_orphan_is_listed_and_disabled_only_by_name(synced: Team) -> None:
    (synced.folder / "playbooks" / "triage.yaml").unlink()
    synced.commit("remove triage")
    assert synced.sync() == (0, {})
    assert synced.live()["Triage"]["enabled"] is True
    assert synced.sync("--retire", "triage") == (0, {"triage": ("retire", "done")})
    assert synced.live()["Triage"]["enabled"] is False
    assert synced.plan()[0] == 0


def test_a_deleted_playbook_is_not_silently_made_again(synced: Team) -> None:
    synced.server.delete(synced.live()["Triage"]["id"])
    code, changes = synced.plan()
    assert (code, changes["triage"]["action"]) == (ExitCode.NEEDS_HUMAN, "hold")
    assert synced.sync("--create", "triage") == (0, {"triage": ("create", "done")})
    assert synced.plan()[0] == 0


def test_without_yes_nobody_is_asked_in_a_pipe_and_nothing_is_sent(team: Team) -> None:
    code, said = team.run("sync", "--bootstrap")
    assert (code, said["hint"]) == (ExitCode.USAGE, "read the plan, then sync --yes")
    assert team.live() == {}


def test_files_that_are_not_committed_are_refused_unless_allowed(synced: Team) -> None:
    synced.write("triage", CALLER.replace("Look at the host.", "Not committed."))
    assert synced.run("sync", "--yes")[0] == ExitCode.REFUSED
    assert synced.live()["Triage"]["description"] == "Look at the host."
    assert synced.sync("--allow-dirty") == (0, {"triage": ("update", "done")})


@pytest.mark.parametrize("staged", [False, True])
def test_a_file_that_is_gone_and_not_committed_retires_nothing(synced: Team, staged: bool) -> None:
    if staged:
        synced.git("rm", "-q", "playbooks/triage.yaml")
    else:
        (synced.folder / "playbooks" / "triage.yaml").unlink()
    code, said = synced.run("sync", "--yes", "--retire", "triage")
    assert (code, said["message"]) == (ExitCode.REFUSED, "playbooks/triage.yaml is not committed")
    assert synced.live()["Triage"]["enabled"] is True
    synced.git("-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-qam", "retire triage")
    assert synced.sync("--retire", "triage") == (0, {"triage": ("retire", "done")})


def test_a_link_that_is_not_committed_creates_nothing(synced: Team) -> None:
    """What it leads to may be committed: git knows them as two files."""
    target = synced.folder / "kept" / "other.yaml"
    target.parent.mkdir()
    target.write_text(CALLEE.replace("key: notify", "key: other").replace("name: Notify", "name: Other"), "utf-8")
    synced.commit("a file outside the playbooks")
    (synced.folder / "playbooks" / "other.yaml").symlink_to("../kept/other.yaml")
    code, said = synced.run("sync", "--yes")
    assert (code, said["message"]) == (ExitCode.REFUSED, "playbooks/other.yaml is not committed")
    assert "Other" not in synced.live()


def test_a_playbook_that_was_taken_out_of_our_hands_is_not_made_anew_beside_a_duplicate(synced: Team) -> None:
    """An analyst made it their own: name, steps and no tags of ours. A duplicate from before still has its key."""
    live = synced.live()["Triage"]
    marks = [tag for tag in live["tags"] if tag.startswith("playbookctl:")]
    synced.by_hand(name="A second copy", enabled=False, tags=[*marks, f"playbookctl:duplicate-of={live['id']}"])
    mine = {"name": "Mine", "tags": [], "steps": []}
    assert synced.http.patch(f"{PLAYBOOKS}/{live['id']}", json=mine).status_code == httpx.codes.OK
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    assert len(synced.live()) == 3


@pytest.mark.parametrize("slip", ["nope=x", "json=nowhere/x", "json=playbooks"])
def test_a_slip_in_where_to_report_is_said_before_anything_is_written(team: Team, slip: str) -> None:
    code, said = team.run("sync", "--yes", "--bootstrap", "--report", slip)
    assert (code, team.live()) == (ExitCode.USAGE, {}), said


def test_a_link_in_the_state_folder_leads_nothing_out_of_it(team: Team, tmp_path: Path) -> None:
    precious, missing = tmp_path / "precious", tmp_path / "missing"
    precious.write_text("mine", "utf-8")
    backups = team.folder / ".playbookctl" / "backup"
    backups.mkdir(parents=True)
    (backups / ".gitignore").symlink_to(precious)
    (backups.parent / ".gitignore").symlink_to(missing)
    assert team.sync("--bootstrap", "--allow-dirty")[0] == 0
    team.edit("triage", "Look at the host.", "Look twice.")
    assert team.sync() == (0, {"triage": ("update", "done")})
    assert (precious.read_text("utf-8"), missing.exists()) == ("mine", False)


def test_a_token_of_another_tenant_is_refused_before_anything_is_read(
    synced: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPOD_API_KEY", synced.server.token(tenant="other"))
    code, said = synced.run("plan")
    assert code == ExitCode.NOT_AUTHENTICATED
    assert synced.server.tenant_id in said["message"]


def test_a_token_that_may_not_list_connectors_holds_what_needs_their_ids(team: Team) -> None:
    with Recorder(team.server.url) as recorder:
        team.goes_through(recorder.url)
        recorder.instead[CONNECTORS] = (403, {"title": "Forbidden"})
        code, changes = team.plan()
    assert code == ExitCode.NEEDS_HUMAN
    assert (
        changes["notify"]["reason"] == "the connector 'chat' has no id, and the server's connectors could not be listed"
    )


def test_without_credentials_it_says_which_variables_to_set(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CPOD_API_KEY")
    code, said = team.run("plan")
    assert (code, said["hint"]) == (
        ExitCode.NOT_AUTHENTICATED,
        "set CPOD_API_KEY, or CPOD_CLIENT_ID and CPOD_CLIENT_SECRET",
    )


def test_a_server_that_is_not_there_ends_with_5(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    config = team.folder / "playbookctl.yaml"
    config.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", config.read_text("utf-8")), "utf-8")
    monkeypatch.setenv("PLAYBOOKCTL_TEST", "1")
    code, said = team.run("plan")
    assert code == ExitCode.SERVER
    assert "127.0.0.1:9" in said["message"]
