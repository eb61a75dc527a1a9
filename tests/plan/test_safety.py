from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playbookctl.model.choices import NO_CHOICES, Choices
from playbookctl.plan import Ancestry, Thresholds
from support.plans import Scene, body, marks, row


def fleet(managed: int, *, moved: int = 0, new: int = 0, switched_off: int = 0, were_off: int = 0) -> Scene:
    """So many playbooks of ours in sync, of which some are moved or switched off by the repo, and so many new ones."""
    scene = Scene()
    for number in range(managed):
        key = f"p{number:03}"
        base = body(name=key, steps=[{"id": key, "action": key}], enabled=number < managed - were_off)
        change: dict[str, Any] = {"description": "new"} if number < moved else {}
        off: dict[str, Any] = {"enabled": False} if number < switched_off else {}
        scene.files[key] = {**base, **change, **off}
        scene.rows.append(row(f"ply_{key}", base, marks(key, base, f"ply_{key}")))
    for number in range(new):
        scene.files[f"n{number:03}"] = body(name=f"n{number}", steps=[{"id": "n", "action": f"n{number}"}])
    return scene


def said(scene: Scene, choices: Choices = NO_CHOICES) -> list[str]:
    return [refusal.message for refusal in scene.plan(choices).refusals]


@pytest.mark.parametrize(
    "scene, message",
    [
        (fleet(20, moved=9), None),
        (fleet(33, moved=10), "the plan updates 10 of 33 playbooks, more than 30 %"),
        (fleet(34, moved=10), None),
        (fleet(20, new=9), None),
        (fleet(33, new=10), "the plan creates 10 playbooks beside 33 managed ones, more than 30 %"),
        (fleet(34, new=10), None),
        (fleet(50, switched_off=10, were_off=15), None),
        (fleet(50, switched_off=10, were_off=17), "the plan disables 10 of 33 enabled playbooks, more than 30 %"),
        (fleet(20, switched_off=9, were_off=11), None),
    ],
)
def test_more_than_three_in_ten_and_at_least_ten_is_refused_with_its_numbers(scene: Scene, message: str | None) -> None:
    assert said(scene) == ([] if message is None else [message])
    assert said(scene, Choices(force=True, bootstrap=True)) == []


def test_what_lifts_a_threshold() -> None:
    updates, creates = fleet(20, moved=10), fleet(20, new=10)
    assert [refusal.hint for refusal in updates.plan().refusals] == ["read the plan, then sync --force"]
    assert [refusal.hint for refusal in creates.plan().refusals] == ["read the plan, then sync --bootstrap"]
    assert said(updates, Choices(force=True)) == []
    assert said(updates, Choices(bootstrap=True)) != []
    assert said(creates, Choices(bootstrap=True)) == []
    assert said(creates, Choices(force=True)) == []


def test_thresholds_are_set_in_the_config() -> None:
    scene = fleet(4, moved=2, new=2)
    assert said(scene) == []
    scene.situation = replace(scene.situation, thresholds=Thresholds(create=49, update=50, at_least=2))
    assert said(scene) == ["the plan creates 2 playbooks beside 4 managed ones, more than 49 %"]


def test_a_first_sync_is_announced() -> None:
    scene = fleet(0, new=1)
    assert said(scene) == []
    scene.situation = replace(scene.situation, bootstrap_needed=True)
    assert said(scene) == ["nothing in this tenant belongs to the namespace 'soc', and the plan creates 1"]
    assert said(scene, Choices(force=True)) != []
    assert said(scene, Choices(bootstrap=True)) == []


@pytest.mark.parametrize(
    "tags, known",
    [
        (marks("other", body(), "ply_1"), True),
        (marks("other", None, "ply_1", unfinished=True), True),
        (marks("other", body(), "ply_1", retired="0" * 96), True),
        (marks("other", body(), "ply_1", space="theirs"), False),
        (marks("other", body(), "ply_1", bound_to="ply_9"), False),
        ([], False),
    ],
)
def test_a_tenant_that_holds_something_of_ours_is_known(tags: list[str], known: bool) -> None:
    scene = fleet(0, new=1)
    scene.situation = replace(scene.situation, bootstrap_needed=True)
    scene.rows.append(row("ply_1", body(name="Other", steps=[]), tags))
    assert (said(scene) == []) is known


def test_an_old_pipeline_that_runs_again_is_refused() -> None:
    scene = fleet(1, moved=1)
    scene.situation = replace(scene.situation, ancestry=Ancestry.OLDER, applied_commit="feedfacefeed")
    assert said(scene) == ["commit feedfacefeed was applied, and it is no ancestor of c0ffee000001"]
    assert said(scene, Choices(force=True)) != []
    assert said(scene, Choices(allow_older=True)) == []
    assert said(scene, Choices(rollback=True)) == []


def test_force_lifts_no_hold() -> None:
    base = body()
    scene = Scene(
        {"phishing": body(description="repo")},
        [row("ply_1", body(description="live"), marks("phishing", base, "ply_1"))],
    )
    assert len(scene.plan(Choices(force=True, bootstrap=True, allow_older=True)).held) == 1


def test_who_sees_one_application_only_creates_nothing() -> None:
    scene = fleet(2, moved=1, new=1)
    scene.situation = replace(scene.situation, sees_only="app_1")
    message = (
        "the token is bound to the application 'app_1' and sees only its playbooks, so nobody can tell what is new"
    )
    assert said(scene) == [message]
    assert said(scene, Choices(force=True, bootstrap=True)) == [message]
    del scene.files["n000"]
    assert said(scene) == []
