from __future__ import annotations

from dataclasses import replace
from typing import Any

from playbookctl.model.choices import NO_CHOICES, Choices, Decision, OnDrift, Take
from playbookctl.model.plan import Action, Change, Standing
from playbookctl.plan import merged_document
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


def broken(choices: Choices = NO_CHOICES) -> Change:
    scene = merging()
    scene.situation = replace(scene.situation, broken_merges={"phishing": ("PB101", "PB402")})
    return scene.change(choices=choices)


def decided(take: Take) -> Choices:
    return Choices(resolve=(Decision("phishing", take, merging().change().live_hash),))


def test_a_merge_that_breaks_a_rule_is_a_conflict() -> None:
    held = broken()
    assert (held.action, held.standing, held.write, held.mark) == (Action.HOLD, Standing.CONFLICT, (), None)
    assert (
        held.reason == "description of the repo beside category, steps, owner_id of the server would break PB101, PB402"
    )
    assert f"sync --resolve phishing=repo@{held.live_hash}" in held.hint
    assert f"phishing=live@{held.live_hash}" in held.hint
    assert not any(field.written for field in held.fields)


def test_a_decision_for_the_repo_writes_all_of_it() -> None:
    change = broken(decided(Take.REPO))
    assert change.action is Action.UPDATE
    assert all(field.written for field in change.fields)


def test_a_decision_for_live_moves_the_base_and_writes_nothing_else() -> None:
    change = broken(decided(Take.LIVE))
    assert (change.action, change.write) == (Action.MARK, ())
    assert [field.field for field in change.fields if field.written] == []
    assert change.mark is not None
    assert change.mark.base is not None


def test_a_revert_that_a_brake_leaves_half_done_is_a_merge_as_well() -> None:
    live = {**BASE, "enabled": False, "description": "Theirs."}
    scene = Scene({"phishing": BASE}, [row("ply_1", live, marks("phishing", BASE, "ply_1"))])
    choices = Choices(on_drift=OnDrift.REVERT)
    assert scene.change(choices=choices).merges
    scene.situation = replace(scene.situation, broken_merges={"phishing": ("PB101",)})
    assert scene.change(choices=choices).standing is Standing.CONFLICT
    assert scene.change().action is Action.NONE


def test_what_is_no_merge_is_not_judged_as_one() -> None:
    scene = Scene({"phishing": body(name="New")}, [row("ply_1", body(), marks("phishing", body(), "ply_1"))])
    assert not scene.change().merges
    scene.situation = replace(scene.situation, broken_merges={"phishing": ("PB101",)})
    assert scene.change().action is Action.UPDATE
