"""Changes to playbooks that exist, against the reference server and its faults."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.errors import ConfigError, ExitCode
from playbookctl.model.choices import Choices, OnDrift, Retirement
from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan import Action
from playbookctl.server.faults import PRESETS, Fault, FaultKind
from support.plans import body
from support.world import kinds, only

if TYPE_CHECKING:
    from support.world import World


@pytest.fixture
def phishing(world: World) -> World:
    """One playbook in step with its file, whose file then gets another description."""
    world.files["phishing"] = body()
    world.settled()
    world.files["phishing"] = body(description="Look twice.")
    return world


def test_only_the_moved_fields_and_the_tags_are_sent(phishing: World) -> None:
    phishing.edit("phishing", category="eradication")
    outcome = only(phishing.sync())
    assert (outcome.kind, outcome.action, outcome.attempts) == (OutcomeKind.DONE, Action.UPDATE, 1)
    ((method, live_id, sent),) = phishing.client.writes
    assert (method, live_id, sorted(sent)) == ("PATCH", phishing.row("phishing")["id"], ["description", "tags"])
    assert phishing.row("phishing")["description"] == "Look twice."
    assert phishing.row("phishing")["category"] == "eradication"
    assert phishing.plan().to_write == ()


def test_a_change_costs_three_calls(phishing: World) -> None:
    plan = phishing.plan()
    phishing.client.gets = 0
    phishing.apply(plan)
    assert (phishing.client.gets, len(phishing.client.writes)) == (2, 1)


def test_free_tags_of_an_analyst_survive_a_mark(phishing: World) -> None:
    phishing.edit("phishing", tags=["email", "by-hand"])
    phishing.sync()
    assert {tag for tag in phishing.row("phishing")["tags"] if not tag.startswith("playbookctl:")} == {
        "email",
        "by-hand",
    }


def test_a_vendors_step_keys_are_carried_over(phishing: World) -> None:
    steps = [{**step, "position": {"x": index}} for index, step in enumerate(body()["steps"])]
    phishing.edit("phishing", steps=steps)
    phishing.files["phishing"] = body(steps=[*reversed(body()["steps"])])
    assert only(phishing.sync()).kind is OutcomeKind.DONE
    assert [step["position"] for step in phishing.row("phishing")["steps"]] == [{"x": 1}, {"x": 0}]


def test_what_was_changed_after_the_plan_is_stale_and_left_alone(phishing: World) -> None:
    plan = phishing.plan()
    edited = phishing.edit("phishing", name="Mine")
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.STALE
    assert outcome.message.startswith("the live playbook was changed by 'per_analyst' at 2")
    assert phishing.client.writes == []
    assert phishing.row("phishing") == edited


def test_what_was_deleted_after_the_plan_is_stale(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.delete(phishing.row("phishing")["id"], tenant=phishing.tenant)
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.STALE
    assert phishing.client.writes == []


def test_what_is_already_as_wanted_has_succeeded(phishing: World) -> None:
    plan = phishing.plan()
    phishing.apply(plan)
    phishing.client.writes.clear()
    applied = phishing.apply(plan)
    assert only(applied).kind is OutcomeKind.ALREADY
    assert phishing.client.writes == []
    assert applied.exit_code is ExitCode.DONE


PASSING = {
    "a 500": (Fault(FaultKind.FAILURE, method="PATCH"), 2),
    "a 429": (Fault(FaultKind.TOO_MANY, method="PATCH", seconds=0.05), 2),
    "a reset before the write": (Fault(FaultKind.RESET, method="PATCH"), 2),
    "an answer lost after the write": (Fault(FaultKind.LOSE_ANSWER, method="PATCH"), 1),
    "an answer cut after the write": (Fault(FaultKind.CUT_BODY, method="PATCH"), 1),
    "two bad reads": (Fault(FaultKind.FAILURE, method="GET", path="/ply_", times=2), 1),
}


@pytest.mark.parametrize("fault, writes", PASSING.values(), ids=PASSING.keys())
def test_a_write_is_repeated_only_after_reading_that_it_was_not_carried_out(
    phishing: World, fault: Fault, writes: int
) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(fault)
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.DONE
    assert outcome.attempts == len(phishing.client.writes) == writes
    assert phishing.server.faults.counts[fault.kind] >= 1
    assert phishing.plan().to_write == ()


def test_a_write_that_never_succeeds_fails_and_changes_nothing(phishing: World) -> None:
    before = phishing.row("phishing")
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.FAILURE, method="PATCH", times=None))
    applied = phishing.apply(plan)
    outcome = only(applied)
    assert (outcome.kind, outcome.attempts) == (OutcomeKind.FAILED, 4)
    assert "answered 500" in outcome.message
    assert outcome.request_id
    assert applied.exit_code is ExitCode.PARTLY_DONE
    assert phishing.row("phishing") == before


def test_a_playbook_that_cannot_be_read_first_is_not_written(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.FAILURE, method="GET", path="/ply_", times=None))
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.FAILED
    assert phishing.client.writes == []


def test_a_write_that_can_be_neither_confirmed_nor_denied_is_unknown(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(
        Fault(FaultKind.LOSE_ANSWER, method="PATCH"),
        Fault(FaultKind.RESET, method="GET", path="/ply_", nth=2, times=None),
    )
    outcome = only(phishing.apply(plan))
    assert (outcome.kind, outcome.attempts) == (OutcomeKind.UNKNOWN, 1)
    phishing.server.faults.clear()
    assert phishing.plan().to_write == ()


def test_somebody_elses_write_after_a_lost_answer_is_not_overwritten(phishing: World) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.update_playbook

    def update(live_id: str, sent: dict[str, Any]) -> Any:
        phishing.server.faults.arm(Fault(FaultKind.RESET, method="PATCH"))
        try:
            return send(live_id, sent)
        finally:
            phishing.edit("phishing", description="Mine.")

    client.update_playbook = update  # type: ignore[method-assign]
    outcome = only(phishing.apply(plan, client=client))
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert "neither what it was nor what was sent" in outcome.message
    assert phishing.row("phishing")["description"] == "Mine."


def test_a_refused_update_shows_the_field_and_the_others_go_on(world: World) -> None:
    world.files = {key: body(name=key) for key in ("a", "b", "c")}
    world.settled()
    world.files = {key: body(name=key, description="new") for key in ("a", "c")} | {"b": body(name="b", category=7)}
    plan = world.plan()
    applied = world.apply(plan)
    assert kinds(applied) == {"a": "done", "b": "failed", "c": "done"}
    assert "category" in applied.outcomes[1].message
    assert applied.exit_code is ExitCode.PARTLY_DONE


# ------------------------------------------------------------------ stored differently


def test_what_the_server_stores_differently_is_said_once_and_is_no_drift_afterwards(phishing: World) -> None:
    phishing.files["phishing"] = body(description="  Look twice. ")
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.ALTER_FIELD, field="description", times=None))
    applied = phishing.apply(plan)
    outcome = only(applied)
    assert (outcome.kind, outcome.altered) == (OutcomeKind.ALTERED, ("description",))
    assert outcome.message == "stored differently: description"
    assert applied.exit_code is ExitCode.PARTLY_DONE
    assert phishing.row("phishing")["description"] == "Look twice."
    assert [field for field, _ in phishing.mark("phishing").echo] == ["description"]
    again = phishing.plan()
    assert again.to_write == ()
    assert not any(change.drifted for change in again.changes)
    assert phishing.sync().outcomes == ()


def test_tags_that_the_server_tidies_keep_the_marks_and_are_said_once(phishing: World) -> None:
    phishing.files["phishing"] = body(tags=[" mail ", "email", "email"])
    plan = phishing.plan()
    phishing.server.faults.arm(*PRESETS["tidy"])
    outcome = only(phishing.apply(plan))
    assert (outcome.kind, outcome.altered) == (OutcomeKind.ALTERED, ("tags",))
    assert [field for field, _ in phishing.mark("phishing").echo] == ["tags"]
    assert phishing.plan().to_write == ()
    assert not phishing.plan().changes[0].drifted


def test_an_echo_ends_when_the_file_agrees(phishing: World) -> None:
    phishing.files["phishing"] = body(description="  Look twice. ")
    phishing.server.faults.arm(Fault(FaultKind.ALTER_FIELD, field="description", times=None))
    phishing.sync()
    phishing.files["phishing"] = body(description="Look twice.")
    assert only(phishing.sync()).kind is OutcomeKind.DONE
    assert phishing.mark("phishing").echo == ()


def test_a_field_that_the_server_drops_is_said_once(phishing: World) -> None:
    phishing.files["phishing"] = body(mitre_techniques=["T1566.002"])
    phishing.server.faults.arm(Fault(FaultKind.DROP_FIELD, field="mitre_techniques", times=None))
    outcome = only(phishing.sync())
    assert (outcome.kind, outcome.altered) == (OutcomeKind.ALTERED, ("mitre_techniques",))
    assert phishing.row("phishing")["mitre_techniques"] == ["T1566.001"]
    assert phishing.plan().to_write == ()


@pytest.mark.parametrize(
    "field, value",
    [("enabled", False), ("auto_execute", True), ("steps", body()["steps"][:1]), ("trigger_conditions", [])],
)
def test_a_field_that_says_how_it_acts_and_is_dropped_stays_visible(phishing: World, field: str, value: object) -> None:
    phishing.files["phishing"] = body(**{field: value})
    phishing.server.faults.arm(Fault(FaultKind.DROP_FIELD, field=field, times=None))
    outcome = only(phishing.sync())
    assert (outcome.kind, outcome.altered) == (OutcomeKind.ALTERED, (field,))
    assert phishing.plan().changes[0].drifted


def test_steps_that_come_back_empty_are_never_noted_as_their_echo(phishing: World) -> None:
    phishing.files["phishing"] = body(steps=body()["steps"][:1])
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.update_playbook
    client.update_playbook = lambda live_id, sent: send(live_id, {**sent, "steps": []})  # type: ignore[method-assign]
    outcome = only(phishing.apply(plan, client=client))
    assert (outcome.kind, outcome.altered) == (OutcomeKind.ALTERED, ("steps",))
    assert phishing.mark("phishing").echo == ()
    (change,) = phishing.plan().changes
    assert change.drifted


def several(world: World) -> World:
    """Three playbooks in step with their files, which then get another description."""
    world.files = {key: body(name=key) for key in ("a", "b", "c")}
    world.settled()
    world.files = {key: body(name=key, description="new") for key in ("a", "b", "c")}
    return world


def test_marks_that_the_server_does_not_keep_end_the_run(world: World) -> None:
    plan = several(world).plan()
    world.server.faults.arm(Fault(FaultKind.DROP_FIELD, field="tags", times=None))
    applied = world.apply(plan)
    assert kinds(applied) == {"a": "altered", "b": "skipped", "c": "skipped"}
    assert applied.outcomes[0].altered == ("tags",)
    assert applied.halt is not None
    assert "did not keep the marks of 'a'" in applied.halt.message
    assert applied.exit_code is ExitCode.PARTLY_DONE
    assert len(world.client.writes) == 1


# ------------------------------------------------------------------ a server that replaces


def test_an_update_that_loses_fields_is_put_back_and_ends_the_run(world: World, tmp_path: Path) -> None:
    plan = several(world).plan()
    before = world.rows()
    world.server.faults.arm(Fault(FaultKind.REPLACE, times=None))
    applied = world.apply(plan, backups=tmp_path / "backup")
    assert kinds(applied) == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert applied.exit_code is ExitCode.PARTLY_DONE
    first = applied.outcomes[0]
    assert "lost fields that were not sent (category, trigger_conditions, " in first.message
    assert "it was brought back" in first.message
    assert "update: replace" in first.hint
    stamps = {"updated_at", "updated_by"}
    bare = [{name: value for name, value in row.items() if name not in stamps} for row in world.rows()]
    assert bare == [{name: value for name, value in row.items() if name not in stamps} for row in before]
    assert json.loads(Path(first.backup).read_text("utf-8")) == before[0]


def test_a_mark_alone_is_a_canary_too(world: World) -> None:
    several(world)
    world.analyst.update_playbook(world.row("a")["id"], {"description": "new"})
    world.files = {"a": world.files["a"]}
    plan = world.plan()
    assert [change.action for change in plan.to_write] == [Action.MARK]
    world.server.faults.arm(Fault(FaultKind.REPLACE, times=None))
    applied = world.apply(plan)
    assert only(applied).kind is OutcomeKind.FAILED
    assert world.row("a")["steps"] == body()["steps"]


def test_where_the_environment_says_replace_all_fields_are_sent(world: World) -> None:
    several(world)
    world.edit("b", category="by hand")
    plan = world.plan()
    world.server.faults.arm(Fault(FaultKind.REPLACE, times=None))
    applied = world.apply(plan, replaces=True)
    assert kinds(applied) == {"a": "done", "b": "done", "c": "done"}
    assert [row["description"] for row in world.rows()] == ["new"] * 3
    assert world.row("b")["category"] == "by hand"
    assert all(len(sent) == 12 for _, _, sent in world.client.writes)
    assert world.plan().to_write == ()


def test_an_edit_at_the_same_time_in_another_field_is_not_taken_for_a_loss(phishing: World) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.update_playbook

    def update(live_id: str, sent: dict[str, Any]) -> Any:
        phishing.edit("phishing", category="")
        return send(live_id, sent)

    client.update_playbook = update  # type: ignore[method-assign]
    outcome = only(phishing.apply(plan, client=client))
    assert outcome.kind is OutcomeKind.DONE
    assert outcome.message == "somebody changed category at the same time; it was left as it is"
    assert phishing.row("phishing")["category"] == ""
    assert phishing.plan().changes[0].drifted


# ------------------------------------------------------------------ backups


def test_the_live_body_is_saved_before_it_is_overwritten(phishing: World, tmp_path: Path) -> None:
    before = phishing.edit("phishing", category="by hand")
    outcome = only(phishing.sync(backups=tmp_path / "state" / "backup"))
    saved = tmp_path / "state" / "backup"
    (run,) = (path for path in saved.iterdir() if path.is_dir())
    (file,) = run.iterdir()
    assert outcome.backup == str(file)
    assert file.name == f"phishing-{before['id']}.json"
    assert json.loads(file.read_text("utf-8")) == before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert (saved / ".gitignore").read_text() == "*\n"


def test_nothing_is_overwritten_where_no_backup_can_be_written(world: World, tmp_path: Path) -> None:
    plan = several(world).plan()
    (tmp_path / "file").write_text("")
    applied = world.apply(plan, backups=tmp_path / "file" / "backup")
    assert kinds(applied) == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert isinstance(applied.halt, ConfigError)
    assert "cannot be written" in applied.outcomes[0].message
    assert world.client.writes == []


# ------------------------------------------------------------------ other actions


def test_a_retired_playbook_is_off_and_comes_back_whole(world: World) -> None:
    world.files = {"phishing": body(auto_execute=True), "other": body(name="Other")}
    world.settled()
    del world.files["phishing"]
    applied = world.sync(Choices(retire=(Retirement("phishing"),)))
    assert (only(applied).action, only(applied).kind) == (Action.RETIRE, OutcomeKind.DONE)
    assert world.acting("phishing") == []
    assert world.mark("phishing").retired
    world.files["phishing"] = body(auto_execute=True)
    assert only(world.sync()).action is Action.REVIVE
    assert world.row("phishing")["auto_execute"] is True
    assert world.plan().to_write == ()


def test_drift_is_reverted_where_it_was_asked_for(phishing: World) -> None:
    phishing.edit("phishing", category="by hand")
    phishing.sync(Choices(on_drift=OnDrift.REVERT))
    assert phishing.row("phishing")["category"] == "containment"


def test_a_rollback_writes_contents_and_leaves_the_mark(phishing: World) -> None:
    mark = phishing.mark("phishing")
    phishing.files["phishing"] = body(description="As it was.", tags=["old"])
    outcome = only(phishing.sync(Choices(rollback=True)))
    assert outcome.kind is OutcomeKind.DONE
    assert phishing.mark("phishing") == mark
    assert phishing.row("phishing")["description"] == "As it was."
    assert "old" in phishing.row("phishing")["tags"]
