"""What moved on the server, whatever the repo has changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.canonical import POSITIONS, digest_at, digests
from playbookctl.model.choices import NO_CHOICES
from playbookctl.model.plan import Action, Change, Plan, Standing
from playbookctl.plan import LiveRows, Row, read_live
from playbookctl.plan.drift import drift_plan
from support.plans import SPACE, Scene, body, marks, row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

B = body()
THEIRS = body(description="Theirs.")
OURS = body(description="Ours.")
OFF: dict[str, Any] = {"enabled": False, "auto_execute": False}
RETIRED = digests(B)  # how it was before retiring switched it off


def drift(scene: Scene, applied: Iterable[Mapping[str, Any]] = (), **known: Any) -> tuple[Plan, dict[str, Change]]:
    situation = replace(scene.situation, **known)
    scene.situation = situation
    rows = LiveRows(map(read_live, scene.rows), SPACE)
    bodies = [*scene.files.values(), *applied]
    plan = drift_plan(scene.plan(NO_CHOICES), rows, situation, lambda _key, _commit: bodies)
    return plan, {change.key: change for change in plan.changes}


# file (None: gone), live, fields that drifted
MOVED: list[tuple[str, Mapping[str, Any] | None, Mapping[str, Any], list[str]]] = [
    ("nothing moved", B, B, []),
    ("the repo moved", OURS, B, []),
    ("the server moved", B, THEIRS, ["description"]),
    ("both moved the same field", OURS, THEIRS, ["description"]),
    ("both moved to the same", THEIRS, THEIRS, ["description"]),
    ("both moved different fields", body(tags=["x"]), THEIRS, ["description"]),
    ("the file is gone", None, B, []),
    ("the file is gone, and the server moved", None, THEIRS, ["description"]),
    ("two fields", B, body(description="Theirs.", enabled=False), ["description", "enabled"]),
]


@pytest.mark.parametrize(("file", "live", "fields"), [case[1:] for case in MOVED], ids=[case[0] for case in MOVED])
def test_base_against_live_decides(file: Mapping[str, Any] | None, live: Mapping[str, Any], fields: list[str]) -> None:
    files = {"other": body(name="Other", steps=[{"id": "o"}])} | ({} if file is None else {"phishing": dict(file)})
    scene = Scene(files, [row("ply_1", live, marks("phishing", B, "ply_1"))])
    _, changes = drift(scene, [B])
    assert [field.field for field in changes["phishing"].fields] == fields
    assert changes["phishing"].standing is (Standing.SERVER_DRIFTED if fields else Standing.IN_SYNC)
    assert changes["phishing"].action is Action.NONE
    assert "other" not in changes


def test_what_was_applied_is_found_behind_its_digest() -> None:
    scene = Scene({"phishing": OURS}, [row("ply_1", THEIRS, marks("phishing", B, "ply_1"))])
    _, changes = drift(scene, [B])
    (field,) = changes["phishing"].fields
    assert (field.before, field.after, field.base) == ('"Theirs."', '"Look at it."', '"Look at it."')


def test_a_value_that_nobody_knows_any_more_is_not_made_up() -> None:
    scene = Scene({"phishing": OURS}, [row("ply_1", THEIRS, marks("phishing", B, "ply_1"))])
    _, changes = drift(scene)
    (field,) = changes["phishing"].fields
    assert (field.before, field.after) == ("", "")
    assert changes["phishing"].notes == (
        "what description was when it was applied is not in this clone; 'playbookctl plan' shows what it is",
    )


def test_a_switch_needs_no_history_and_a_brake_is_one_though_the_file_moved_too() -> None:
    live = body(enabled=False)
    scene = Scene({"phishing": body(enabled=False)}, [row("ply_1", live, marks("phishing", B, "ply_1"))])
    _, changes = drift(scene)
    (field,) = changes["phishing"].fields
    assert (field.before, field.after, field.brake) == ("false", "true", True)
    assert changes["phishing"].safer == ("disabled",)


def test_what_the_server_stored_differently_is_no_drift() -> None:
    scene = Scene({"phishing": B}, [])
    echoed = body(tags=["email", "more"])
    echo = (("tags", digest_at(digests(echoed), POSITIONS["tags"])),)
    scene.rows = [row("ply_1", echoed, marks("phishing", B, "ply_1", echo=echo))]
    assert drift(scene)[1]["phishing"].fields == ()


def test_unmanaged_fields_do_not_count() -> None:
    scene = Scene({"phishing": B}, [row("ply_1", body(enabled=False), marks("phishing", B, "ply_1"))])
    assert drift(scene, unmanaged_fields=frozenset({"enabled"}))[1]["phishing"].fields == ()


def test_a_retired_playbook_that_was_switched_on_again_has_drifted() -> None:
    off, tags = body(**OFF), marks("phishing", B, "ply_1", retired=RETIRED)
    other = {"other": body(name="Other", steps=[{"id": "o"}])}
    assert drift(Scene(other, [row("ply_1", off, tags)]))[1]["phishing"].fields == ()
    _, changes = drift(Scene(other, [row("ply_1", body(auto_execute=False), tags)]))
    (field,) = changes["phishing"].fields
    assert (field.field, field.before, field.after) == ("enabled", "true", "false")
    assert changes["phishing"].riskier == ("enabled",)


LOST: list[tuple[str, list[dict[str, Any]], Row]] = [
    ("deleted", [row("ply_1", B, marks("phishing", B, "ply_1"), is_deleted=True)], Row.GONE),
    ("deleted, and a copy of it is there", [
        row("ply_1", B, marks("phishing", B, "ply_1"), is_deleted=True), row("ply_2", B, marks("phishing", B, "ply_1")),
    ], Row.ALIKE),
    ("its base was taken off", [row("ply_1", THEIRS, marks("phishing", None, "ply_1"))], Row.WITHOUT_BASE),
    ("its marks were damaged", [row("ply_1", B, [*marks("phishing", B, "ply_1"), "playbookctl:x=1"])], Row.BAD_MARKER),
    ("there are two", [row(f"ply_{n}", B, marks("phishing", B, f"ply_{n}")) for n in (1, 2)], Row.SEVERAL),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "place"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_what_cannot_be_compared_is_said_and_not_passed_over(rows: list[dict[str, Any]], place: Row) -> None:
    plan, _ = drift(Scene({"phishing": B}, rows), applied_keys=frozenset({"phishing"}))
    held = [change for change in plan.changes if change.action is Action.HOLD]
    assert [change.row for change in held] == [place]
    assert held[0].reason.startswith("gone from the server: ") is (place in (Row.GONE, Row.ALIKE))
    assert ("one of this key was deleted; not ours, but alike: ply_2" in held[0].reason) is (place is Row.ALIKE)


NO_EVIDENCE: list[tuple[str, list[dict[str, Any]]]] = [
    ("nothing is live", []),
    ("something alike that is nobody's", [row("ply_1", THEIRS)]),
    (
        "another repository's deleted one",
        [row("ply_1", B, marks("phishing", B, "ply_1", space="other"), is_deleted=True)],
    ),
]


@pytest.mark.parametrize("rows", [case[1] for case in NO_EVIDENCE], ids=[case[0] for case in NO_EVIDENCE])
@pytest.mark.parametrize("applied", [frozenset(), frozenset({"phishing"})], ids=["new", "in the applied commit"])
def test_a_playbook_that_may_never_have_been_created_is_no_drift(
    rows: list[dict[str, Any]], applied: frozenset[str]
) -> None:
    plan, _ = drift(Scene({"phishing": B}, rows), applied_keys=applied)
    assert plan.changes == ()


def test_a_plan_of_drift_writes_nothing_and_refuses_nothing() -> None:
    rows = [row(f"ply_{n}", THEIRS, marks(f"p{n}", B, f"ply_{n}")) for n in range(30)]
    scene = Scene({f"p{n}": OURS for n in range(30)}, rows)
    plan, _ = drift(scene, [B])
    assert (plan.to_write, plan.refusals, len(plan.changes)) == ((), (), 30)


def test_a_duplicate_that_is_switched_on_again_is_noted() -> None:
    scene = Scene({"phishing": B}, [row("ply_1", B, marks("phishing", B, "ply_1"))])
    scene.rows.append(row("ply_2", B, marks("phishing", B, "ply_2", duplicate_of="ply_1")))
    plan, _ = drift(scene)
    assert plan.notes == ("the duplicate ply_2 ('Phishing') is switched on again; both copies can act",)
