from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from playbookctl.model.choices import Choices, Decision, OnDrift, Retirement, Take
from playbookctl.model.plan import Plan, placeholder
from playbookctl.plan import moved_since
from support.plans import Scene, body, marks, row

STORED = TypeAdapter(Plan)
TELLTALE = "hunter2-in-a-step"


def scene(**live: Any) -> Scene:
    base = body(description="old")
    call = [{"id": "c", "type": "playbook", "playbook": placeholder("new")}]
    return Scene(
        {
            "phishing": body(description="new", steps=[{"id": "a", "action": TELLTALE}]),
            "drifted": body(name="Drifted"),
            "new": body(name="New", steps=[{"id": "n", "action": "n"}]),
            "caller": body(name="Caller", steps=call),
        },
        [
            row("ply_1", {**base, **live}, marks("phishing", base, "ply_1")),
            row("ply_2", body(name="Drifted", description=TELLTALE), marks("drifted", body(name="Drifted"), "ply_2")),
            row("ply_3", body(name="Gone"), marks("gone", body(name="Gone"), "ply_3")),
        ],
        known={"caller": {"calls": ("new",)}},
    )


CHOICES = Choices(
    release=frozenset({"phishing"}),
    retire=(Retirement("gone"),),
    resolve=(Decision("phishing", Take.REPO, "00000000", "agreed", "2026-12-31"),),
    on_drift=OnDrift.KEEP,
)


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    plan = scene().plan(CHOICES)
    assert len(plan.to_write) == 4
    assert STORED.validate_json(STORED.dump_json(plan)) == plan


def test_a_saved_plan_holds_no_text_of_a_playbook() -> None:
    plan = scene().plan(CHOICES)
    assert TELLTALE in STORED.dump_json(plan).decode()
    saved = STORED.dump_json(plan.bare()).decode()
    assert TELLTALE not in saved
    assert "Look at it" not in saved


def test_a_saved_plan_is_carried_out_as_long_as_nothing_moved() -> None:
    saved = STORED.validate_json(STORED.dump_json(scene().plan(CHOICES).bare()))
    assert moved_since(saved, scene().plan(saved.choices)) == ()


def test_what_moved_since_is_named() -> None:
    saved = scene().plan(CHOICES).bare()
    assert moved_since(saved, scene(tags=["x"]).plan(CHOICES)) == ("'phishing' has moved since",)
    newer = scene()
    newer.rows[1]["description"] = "edited again"
    assert moved_since(saved, newer.plan(CHOICES)) == ()
    newer.files["drifted"] = body(name="Drifted", category="recovery")
    newer.files["caller"] = body(name="Caller", steps=[{"id": "c", "type": "playbook", "playbook": "ply_9"}])
    newer.rows.append(row("ply_9", body(name="New"), marks("new", newer.files["new"], "ply_9")))
    assert moved_since(saved, newer.plan(CHOICES)) == (
        "'caller' has moved since",
        "'drifted' is to be written",
        "'new' is no longer to be written",
    )


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"format": 2}, "it was made for another format"),
        ({"environment": "test"}, "it was made for another environment"),
        ({"namespace": "x"}, "it was made for another namespace"),
        ({"tenant_id": "tnt_b"}, "it was made for another tenant id"),
        ({"app_id": "app"}, "it was made for another app id"),
        ({"commit": "0" * 12}, "it was made for another commit"),
        ({"config": "x"}, "it was made for another config"),
        ({"choices": Choices()}, "it was made for another choices"),
    ],
)
def test_a_plan_is_bound_to_what_it_was_made_for(changes: dict[str, Any], said: str) -> None:
    plan = scene().plan(CHOICES)
    assert moved_since(replace(plan, **changes).bare(), plan) == (said,)
