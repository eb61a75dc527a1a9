"""`drift`, from the command line to the reference server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.errors import ExitCode
from support.recording import Recorder

if TYPE_CHECKING:
    from support.team import Team

DRIFT_OF_TRIAGE = """\
expected_drift:
  - {{key: triage, fields: [description], reason: night shift, until: "{until}"}}
"""


def drifted(team: Team, *arguments: str) -> tuple[int, dict[str, list[tuple[str, Any, Any]]], dict[str, Any]]:
    """Return the exit code, the fields (name, before the edit, after it) of what moved by key, and the whole report."""
    code, said = team.run("drift", *arguments)
    moved = {
        row["key"]: [(field["field"], field["after"], field["before"]) for field in row["fields"]]
        for row in said["plan"]["changes"]
        if row["fields"]
    }
    return code, moved, said


def test_after_a_sync_nothing_has_drifted(synced: Team) -> None:
    code, moved, said = drifted(synced, "--fail")
    assert (code, moved) == (0, {})
    assert said["command"] == "drift"
    assert synced.say("drift")[1].splitlines()[1] == "drift: no drift; 2 as applied"


def test_an_edit_on_the_server_is_drift_and_fails_only_if_asked_to(synced: Team) -> None:
    synced.analyst("Triage", description="Hot-fixed.")
    edit = {"triage": [("description", "Look at the host.", "Hot-fixed.")]}
    assert drifted(synced)[:2] == (0, edit)
    assert drifted(synced, "--fail")[:2] == (ExitCode.FINDINGS, edit)
    assert drifted(synced, "--fail", "--only", "notify")[:2] == (0, {})


def test_what_the_repository_changed_does_not_count(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.write("new", "key: new\nname: New\nsteps:\n  - {id: a, action: b}\n")
    synced.commit("new")
    assert drifted(synced, "--fail")[:2] == (0, {})


def test_where_the_file_moved_too_git_knows_what_was_applied(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    (synced.folder / "playbooks" / "triage.yaml").rename(synced.folder / "playbooks" / "renamed.yaml")
    synced.commit("rename")
    synced.analyst("Triage", description="Theirs.", steps=[])
    _, moved, said = drifted(synced)
    assert moved["triage"][0] == ("description", "Look at the host.", "Theirs.")
    steps = next(row for row in said["plan"]["changes"] if row["key"] == "triage")["fields"][1]["steps"]
    assert [(step["id"], step["kind"]) for step in steps] == [("look", "added"), ("tell", "added")]


def test_a_file_that_cannot_be_read_hides_no_drift(synced: Team) -> None:
    synced.edit("triage", "steps:", "\tsteps:")
    synced.analyst("Triage", description="Theirs.")
    assert drifted(synced)[1] == {"triage": [("description", "Look at the host.", "Theirs.")]}


def test_a_playbook_that_was_deleted_on_the_server_fails_too(synced: Team) -> None:
    synced.server.delete(synced.live()["Triage"]["id"])
    code, _, said = drifted(synced, "--fail")
    assert code == ExitCode.FINDINGS
    (gone,) = [row for row in said["plan"]["changes"] if row["action"] == "hold"]
    assert gone["reason"].startswith("gone from the server")


def test_expected_drift_is_named_with_its_reason_and_does_not_fail(synced: Team) -> None:
    synced.configure(DRIFT_OF_TRIAGE.format(until="2999-01-01"))
    synced.analyst("Triage", description="Theirs.")
    code, moved, said = drifted(synced, "--fail")
    assert (code, list(moved)) == (0, ["triage"])
    assert said["messages"] == ["expected until 2999-01-01: 'triage' drifts in description (night shift)"]
    _, out, _ = synced.say("drift")
    assert "drift: no drift; 1 as expected, 1 as applied" in out
    synced.analyst("Triage", enabled=False)
    assert drifted(synced, "--fail")[0] == ExitCode.FINDINGS


def test_an_expectation_that_ran_out_is_a_finding_at_its_place_and_the_drift_counts_again(synced: Team) -> None:
    synced.configure(DRIFT_OF_TRIAGE.format(until="2020-01-01"))
    synced.analyst("Triage", description="Theirs.")
    code, _, said = drifted(synced, "--fail")
    assert code == ExitCode.FINDINGS
    assert [(found["code"], found["place"]["line"], found["message"]) for found in said["findings"]] == [
        ("PB905", 5, "drift of 'triage' was expected until 2020-01-01 (night shift); renew or remove the entry")
    ]


def test_an_expectation_of_no_use_is_a_finding_and_fails_nothing(synced: Team) -> None:
    synced.configure(DRIFT_OF_TRIAGE.format(until="2999-01-01"))
    code, _, said = drifted(synced, "--fail")
    assert (code, [found["code"] for found in said["findings"]], said["messages"]) == (0, ["PB904"], [])
    _, out, _ = synced.say("drift")
    assert "playbookctl.yaml:5:5" in out
    assert "PB904" in out
    assert "'triage' does not drift in description in 'prod', as was expected (night shift); remove the entry" in out
    synced.configure("rules: {ignore: [PB904]}\n")
    assert drifted(synced)[2]["findings"] == []


def test_it_speaks_markdown_for_a_pull_request(synced: Team) -> None:
    synced.analyst("Triage", description="Theirs.")
    code, out, _ = synced.say("drift", "--format", "markdown")
    assert code == 0
    assert out.startswith("<!-- playbookctl:drift:prod -->\n**playbookctl drift**: 1 drifted; 1 as applied\n")


def test_it_sends_nothing_but_get(synced: Team) -> None:
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        assert drifted(synced)[0] == 0
    assert {method for method, _ in recorder.asked} == {"GET"}


def test_quiet_says_nothing_where_nothing_is_wrong_and_all_else(synced: Team) -> None:
    for command in (("plan",), ("drift",), ("sync", "--yes")):
        assert synced.say(*command, "--quiet")[:2] == (0, "")
    synced.edit("triage", "Look at the host.", "Ours.")
    assert "1 to update" in synced.say("plan", "-q")[1]
    assert synced.say("drift", "-q")[1] == ""
    assert synced.say("sync", "--yes", "-q")[:2] == (0, "")
    synced.analyst("Triage", description="Theirs.")
    for command in (("plan",), ("drift",), ("sync", "--yes")):
        assert "drift" in synced.say(*command, "-q")[1]
