"""What a conflict shows: what was applied last, what the server made of it, what the repository made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.team import Team


def test_a_conflict_shows_what_was_applied_and_what_each_side_made_of_it(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Look at the host twice.")
    synced.analyst("Triage", description="Look at the host and the user.")
    field = synced.plan()[1]["triage"]["fields"][0]
    assert (field["base"], field["before"], field["after"]) == (
        "Look at the host.", "Look at the host and the user.", "Look at the host twice.",
    )  # fmt: skip
    out = synced.say("plan")[1]
    assert '~ on the server: "Look at the host." → "Look at the host and the user."' in out
    assert '~ in the repo: "Look at the host." → "Look at the host twice."' in out


def test_steps_that_both_moved_are_shown_step_by_step_for_each_side(synced: Team) -> None:
    synced.edit("triage", "action: get-host", "action: get-host-details")
    look, tell = synced.live()["Triage"]["steps"]
    synced.analyst("Triage", steps=[look, tell, {"id": "note", "type": "manual", "message": "Write it down."}])
    field = synced.plan()[1]["triage"]["fields"][0]
    assert [(step["id"], step["kind"]) for step in field["by_live"]] == [("note", "added")]
    assert [(step["id"], step["kind"]) for step in field["by_repo"]] == [("look", "changed")]
    lines = [line.strip() for line in synced.say("plan")[1].splitlines()]
    assert lines.index("~ on the server") < lines.index("+ note") < lines.index("~ in the repo") < lines.index("~ look")


def test_where_the_commit_is_gone_both_sides_are_shown_against_each_other(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", description="Theirs.")
    synced.git("checkout", "-q", "--orphan", "new")
    synced.commit("squashed")
    synced.git("branch", "-qD", "main")
    synced.git("reflog", "expire", "--expire=now", "--all")
    synced.git("gc", "-q", "--prune=now")
    change = synced.plan()[1]["triage"]
    assert change["group"] == "conflict"
    assert change["fields"][0]["base"] is None
    assert '"Theirs." → "Ours."' in synced.say("plan")[1]


def test_long_text_is_a_unified_diff(synced: Team) -> None:
    long = "Look at the host. " * 6 + "{} " + "Then tell the others. " * 6
    synced.edit("triage", "Look at the host.", long.format("Ask.").strip())
    synced.sync()
    synced.edit("triage", "Ask.", "Ask twice.")
    synced.analyst("Triage", description=long.format("Do not ask.").strip())
    lines = [line.strip() for line in synced.say("plan")[1].splitlines()]
    assert {"- Ask.", "+ Do not ask.", "+ Ask twice."} <= set(lines)


def test_a_mark_alone_is_nobodys_move(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", description="Ours.")
    code, changes = synced.plan()
    assert (code, changes["triage"]["action"]) == (0, "mark")


def test_an_update_has_the_same_sign_in_a_plan_and_after_it(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    assert "  ~ triage  playbooks/triage.yaml" in synced.say("plan")[1]
    assert "  ~ triage  updated" in synced.say("sync", "--yes")[1]
