from __future__ import annotations

from typing import Any

from playbookctl.model.plan import Action, Standing
from playbookctl.plan import hold_merge, merged_document, with_changes
from support.plans import Scene, body, marks, row

BASE = body(
    steps=[
        {"id": "start", "type": "start", "inputs": [{"name": "host"}]},
        {"id": "a", "connector": "cnn_1", "action": "get"},
    ]
)
FILE: dict[str, Any] = {
    "key": "phishing",
    "name": "Phishing",
    "description": "New text.",
    "owner": "soc-lead",
    "inputs": {"host": {}},
    "x-soar": 7,
    "steps": [{"id": "a", "connector": "okta", "action": "get"}],
}
NAMES = {"connector": {"cnn_1": "okta"}, "owner": {"per_2": "tier-2"}}


def merging() -> Scene:
    """The repo moved the description; on the server steps, owner and category were edited."""
    steps = [*BASE["steps"], {"id": "b", "connector": "cnn_1", "action": "wipe", "layout": 1}]
    live = {**BASE, "steps": steps, "owner_id": "per_2", "category": ""}
    return Scene(
        {"phishing": {**BASE, "description": "New text."}}, [row("ply_1", live, marks("phishing", BASE, "ply_1"))]
    )


def test_a_merge_is_the_file_with_what_live_keeps() -> None:
    change = merging().change()
    assert change.merges
    assert merged_document(FILE, change, NAMES) == {
        "key": "phishing",
        "name": "Phishing",
        "description": "New text.",
        "owner": "tier-2",
        "inputs": {"host": {}},
        "x-soar": 7,
        "steps": [
            {"id": "a", "connector": "okta", "action": "get"},
            {"id": "b", "connector": "okta", "action": "wipe"},
        ],
    }


def test_a_file_with_a_start_step_of_its_own_keeps_it_in_a_merge() -> None:
    file = {name: value for name, value in FILE.items() if name != "inputs"} | {"steps": BASE["steps"]}
    merged = merged_document(file, merging().change(), NAMES)
    assert merged["steps"][0] == BASE["steps"][0]
    assert "inputs" not in merged


def test_a_merge_that_breaks_a_rule_is_a_conflict() -> None:
    change = merging().change()
    held = hold_merge(change, ["PB402", "PB101", "PB402"])
    assert (held.action, held.standing, held.write, held.mark) == (Action.HOLD, Standing.CONFLICT, (), None)
    assert (
        held.reason == "description of the repo beside category, steps, owner_id of the server would break PB101, PB402"
    )
    assert (
        held.hint
        == f"pull phishing and commit, or decide: sync --resolve phishing=repo@{held.live_hash}, or phishing=live@{held.live_hash}"
    )
    assert not any(field.written for field in held.fields)


def test_a_merge_that_breaks_nothing_goes_on() -> None:
    change = merging().change()
    assert hold_merge(change, []) is change


def test_what_is_no_merge_is_not_judged_as_one() -> None:
    scene = Scene({"phishing": body(name="New")}, [row("ply_1", body(), marks("phishing", body(), "ply_1"))])
    change = scene.change()
    assert not change.merges
    assert hold_merge(change, ["PB101"]) is change


def test_judged_changes_take_their_place_in_the_plan() -> None:
    scene = merging()
    scene.files["other"] = body(name="Other", steps=[])
    plan = scene.plan()
    held = hold_merge(scene.change(), ["PB101"])
    judged = with_changes(plan, [held])
    assert [change.action for change in plan.changes] == [Action.CREATE, Action.UPDATE]
    assert [change.action for change in judged.changes] == [Action.CREATE, Action.HOLD]
