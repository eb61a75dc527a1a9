"""What the rules say of a merge, from the command line to the reference server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.cli.main import run
from playbookctl.errors import ExitCode

if TYPE_CHECKING:
    from support.team import Team

LOST = [{"id": "look", "action": "get-host", "next": "nowhere"}]


def test_fields_of_both_sides_lie_side_by_side(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", category="containment")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    live = synced.live()["Triage"]
    assert (live["description"], live["category"]) == ("Ours.", "containment")
    code, changes = synced.plan()
    assert (code, changes["triage"]["group"]) == (ExitCode.SERVER_DRIFTED, "drift")


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"steps": LOST}, "PB102"),
        ({"steps": [{"id": "look"}, {"step": 1}]}, "PB002"),
        ({"mitre_techniques": ["T1"]}, "PB301"),
    ],
)
def test_a_merge_that_breaks_a_rule_is_a_conflict_that_names_it(synced: Team, edit: dict[str, Any], code: str) -> None:
    before = synced.live()["Triage"]
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", **edit)
    (field,) = edit
    exit_code, changes = synced.plan()
    held = changes["triage"]
    assert (exit_code, held["group"]) == (ExitCode.NEEDS_HUMAN, "conflict")
    assert held["reason"].startswith(f"description of the repo beside {field} of the server would break ")
    assert code in held["reason"]
    assert synced.sync()[0] == ExitCode.REFUSED
    row = next(row for row in synced.live().values() if row["id"] == before["id"])
    assert (row["description"], row[field]) == ("Look at the host.", edit[field])


def test_a_warning_that_only_the_merge_has_holds_it_too(synced: Team) -> None:
    synced.edit("triage", "tags: [endpoint]", "tags: [host]")
    synced.analyst("Triage", description="")
    assert synced.plan()[1]["triage"]["reason"] == "tags of the repo beside description of the server would break PB501"


def test_a_finding_that_the_file_has_already_holds_nothing(synced: Team) -> None:
    synced.edit("triage", "description: Look at the host.\n", "")
    synced.sync()
    synced.edit("triage", "tags: [endpoint]", "tags: [host]")
    synced.analyst("Triage", category="containment")
    assert run(["validate", "--select", "PB501", "--fail-on", "warning"]) == ExitCode.FINDINGS
    assert synced.sync() == (0, {"triage": ("update", "done")})


def test_a_finding_that_a_comment_in_the_file_suppresses_holds_nothing(synced: Team) -> None:
    synced.edit("triage", "description: Look at the host.\n", "")
    synced.edit("triage", "key: triage\n", "# playbookctl: ignore-file[PB501] reason: said in the name\nkey: triage\n")
    synced.sync()
    synced.edit("triage", "tags: [endpoint]", "tags: [host]")
    synced.analyst("Triage", category="containment")
    assert synced.sync() == (0, {"triage": ("update", "done")})


def test_a_merge_that_breaks_its_caller_is_held(synced: Team) -> None:
    """The callee on the server asks for more than its caller gives; it is the caller that has the finding."""
    synced.edit("notify", "Tell the channel.", "Ours.")
    start, send = synced.live()["Notify"]["steps"]
    more = {**start, "inputs": [*start["inputs"], {"name": "channel", "required": True}]}
    synced.analyst("Notify", steps=[more, {**send, "with": {**send["with"], "to": "{{ inputs.channel }}"}}])
    held = synced.plan()[1]["notify"]
    assert held["group"] == "conflict"
    assert held["reason"] == "description of the repo beside steps of the server would break PB114"


def test_decided_for_the_repo_all_of_it_is_written(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", mitre_techniques=["T1"])
    live_hash = synced.plan()[1]["triage"]["live_hash"]
    assert synced.sync("--resolve", f"triage=repo@{live_hash}") == (0, {"triage": ("update", "done")})
    live = synced.live()["Triage"]
    assert (live["description"], live["mitre_techniques"]) == ("Ours.", [])


def test_decided_for_live_nothing_is_written_and_all_of_it_is_drift(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", mitre_techniques=["T1"])
    live_hash = synced.plan()[1]["triage"]["live_hash"]
    assert synced.sync("--resolve", f"triage=live@{live_hash}") == (0, {"triage": ("mark", "done")})
    live = synced.live()["Triage"]
    assert (live["description"], live["mitre_techniques"]) == ("Look at the host.", ["T1"])
    code, changes = synced.plan()
    assert (code, changes["triage"]["group"]) == (ExitCode.SERVER_DRIFTED, "drift")


def test_text_that_json_may_hold_and_yaml_may_not_is_judged_all_the_same(synced: Team) -> None:
    synced.edit("triage", "tags: [endpoint]", "tags: [host]")
    synced.analyst("Triage", description="A \x7f\u2028 \ufeff \U0001f600 text.")
    reason = synced.plan()[1]["triage"]["reason"]
    assert "PB001" not in reason
