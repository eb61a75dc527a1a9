"""Choices that match nothing, from the command line to the reference server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import ExitCode

if TYPE_CHECKING:
    from support.team import Team

STALE = """\
resolve:
  - {key: triage, live: 0badc0de, take: repo, reason: agreed with the night shift}
"""


def in_conflict(team: Team) -> str:
    """Have both sides move the description; return the hash of what is live."""
    team.edit("triage", "Look at the host.", "Ours.")
    team.analyst("Triage", description="Theirs.")
    return str(team.plan()[1]["triage"]["live_hash"])


def test_a_decision_for_another_hash_refuses_the_sync_and_names_the_hash_that_is_live(synced: Team) -> None:
    live_hash = in_conflict(synced)
    code, out, err = synced.say("sync", "--yes", "--resolve", "triage=repo@0badc0de")
    assert code == ExitCode.REFUSED
    assert "--resolve triage=repo@0badc0de matches nothing" in out + err
    assert live_hash in out + err
    assert synced.live()["Triage"]["description"] == "Theirs."
    assert synced.sync("--resolve", f"triage=repo@{live_hash}") == (0, {"triage": ("update", "done")})


def test_a_stale_decision_of_the_config_is_noted_with_its_place_and_decides_nothing(synced: Team) -> None:
    synced.configure(STALE)
    live_hash = in_conflict(synced)
    _, report = synced.run("plan")
    (note,) = report["plan"]["notes"]
    assert note.startswith("playbookctl.yaml:5: 'triage' was decided about as it was at 0badc0de, and live is now ")
    assert live_hash in note
    assert report["plan"]["changes"][1]["group"] == "conflict"


def test_choices_that_are_carried_out_already_do_not_stop_a_pipeline_that_runs_again(synced: Team) -> None:
    code, out, _ = synced.say("sync", "--yes", "--create", "triage", "--release", "triage")
    assert code == 0
    assert "--create names 'triage', which is live already" in out
    assert "--release names 'triage', and nothing on the server made it safer" in out
