"""Creates: two phases, one POST, at most one object that can act; against the reference server and its faults."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.apply import Patience
from playbookctl.errors import ExitCode, ServerError
from playbookctl.marker import PREFIX, read_tags, write_tags
from playbookctl.model.marker import Marker
from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan import Action
from playbookctl.server.faults import PRESETS, Fault, FaultKind
from support.plans import COMMIT, SPACE, body, marks
from support.world import BRISK, World, calling, kinds, only

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENT = Patience(4, 0.001, 0.01, 0.001, read_back=(0.0, 0.2, 0.4, 0.8, 1.6))


@pytest.fixture
def phishing(world: World) -> World:
    """A file without a live playbook."""
    world.files["phishing"] = body(auto_execute=True)
    return world


def test_a_create_is_made_switched_off_and_then_completed(phishing: World) -> None:
    outcome = only(phishing.sync())
    assert (outcome.kind, outcome.action, outcome.attempts) == (OutcomeKind.DONE, Action.CREATE, 2)
    (post, _, first), (patch, live_id, second) = phishing.client.writes
    assert (post, patch, live_id) == ("POST", "PATCH", outcome.live_id)
    assert (first["enabled"], first["auto_execute"], len(first)) == (False, False, 12)
    assert sorted(first["tags"]) == ["email", f"{PREFIX}base=1.new", f"{PREFIX}key=soc/phishing"]
    assert (second["enabled"], second["auto_execute"]) == (True, True)
    live = phishing.row("phishing")
    assert sorted(live["tags"]) == sorted(
        ["email", *marks("phishing", phishing.files["phishing"], live["id"], commit=COMMIT)]
    )
    assert phishing.plan().to_write == ()
    assert phishing.plan().changes[0].action is Action.NONE


def test_nothing_is_saved_for_a_playbook_that_was_not_there(phishing: World, tmp_path: Any) -> None:
    assert only(phishing.sync(backups=tmp_path / "backup")).backup == ""
    assert not (tmp_path / "backup").exists()


def test_a_disabled_playbook_is_created_disabled(world: World) -> None:
    world.files["phishing"] = body(enabled=False)
    world.settled()
    assert world.acting("phishing") == []


def test_absence_has_to_be_seen_twice(phishing: World) -> None:
    plan = phishing.plan()
    phishing.analyst.create_playbook({**body(), "tags": marks("phishing", None, "", unfinished=True)})
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.STALE
    assert "has this key by now" in outcome.message
    assert phishing.client.writes == []


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param(marks("phishing", body(), "ply_x"), id="a copy"),
        pytest.param(marks("phishing", body(), "ply_x", space="other", bound_to="ply_x"), id="another namespace's"),
        pytest.param(list(write_tags(Marker(SPACE, "phishing", duplicate_of="ply_x"))), id="a duplicate"),
        pytest.param(marks("phishing-2", None, "", unfinished=True), id="another key"),
        pytest.param(["email"], id="an unmanaged one"),
    ],
)
def test_what_is_not_ours_does_not_stand_in_the_way(phishing: World, tags: list[str]) -> None:
    plan = phishing.plan()
    phishing.analyst.create_playbook({**body(name="Other", enabled=False), "tags": tags})
    assert only(phishing.apply(plan)).kind is OutcomeKind.DONE


def test_a_list_that_may_be_incomplete_sends_nothing(phishing: World) -> None:
    phishing.analyst.create_playbook({"name": "Other"})
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.TRUNCATED_PAGE))
    with pytest.raises(ServerError, match="a total of 1, but 0 different rows"):
        phishing.apply(plan)
    assert phishing.client.writes == []


# ------------------------------------------------------------------ lost answers


def posts(world: World) -> int:
    return sum(method == "POST" for method, _, _ in world.client.writes)


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_BODY])
def test_after_a_lost_answer_the_object_is_found_and_completed(phishing: World, kind: FaultKind) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(kind, method="POST"))
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.DONE
    assert posts(phishing) == 1
    assert phishing.acting("phishing") == [outcome.live_id]
    assert phishing.plan().to_write == ()


@pytest.mark.parametrize("kind", [FaultKind.FAILURE, FaultKind.RESET])
def test_a_create_that_was_not_carried_out_is_not_sent_again(phishing: World, kind: FaultKind) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(kind, method="POST"))
    applied = phishing.apply(plan)
    outcome = only(applied)
    assert (outcome.kind, outcome.attempts) == (OutcomeKind.UNKNOWN, 1)
    assert "sync again" in outcome.hint
    assert applied.exit_code is ExitCode.PARTLY_DONE
    assert posts(phishing) == 1
    assert only(phishing.sync()).kind is OutcomeKind.DONE
    assert len(phishing.rows("phishing")) == 1


def test_a_throttled_create_is_known_not_to_be_carried_out(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.TOO_MANY, method="POST", seconds=0.05))
    assert only(phishing.apply(plan)).kind is OutcomeKind.FAILED
    assert posts(phishing) == 1


def test_a_lost_answer_that_no_list_shows_is_left_to_the_next_run(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(
        Fault(FaultKind.LOSE_ANSWER, method="POST"), Fault(FaultKind.STALE_LIST, seconds=60, times=None)
    )
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert "has not been seen since" in outcome.message
    phishing.server.faults.clear()
    assert phishing.acting("phishing") == []
    (change,) = phishing.plan().to_write
    assert change.action is Action.FINISH
    assert only(phishing.sync()).kind is OutcomeKind.DONE
    assert posts(phishing) == 1
    assert len(phishing.acting("phishing")) == 1


def test_a_lost_answer_among_twins_is_left_to_the_next_run(phishing: World) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.create_playbook

    def create(sent: dict[str, Any]) -> dict[str, Any]:
        unfinished_rival(phishing)
        phishing.server.faults.arm(Fault(FaultKind.LOSE_ANSWER, method="POST"))
        return send(sent)

    client.create_playbook = create  # type: ignore[method-assign]
    assert only(phishing.apply(plan, client=client)).kind is OutcomeKind.UNKNOWN
    assert (len(phishing.rows("phishing")), phishing.acting("phishing")) == (2, [])
    phishing.sync()
    assert len(phishing.acting("phishing")) == 1
    assert phishing.plan().to_write == ()


def test_a_server_that_answers_a_create_with_the_id_alone_is_asked_for_the_rest(phishing: World) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.create_playbook
    client.create_playbook = lambda sent: {"id": send(sent)["id"]}  # type: ignore[method-assign]
    assert only(phishing.apply(plan, client=client)).kind is OutcomeKind.DONE


def test_a_list_that_lags_behind_is_waited_for(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(*PRESETS["stale"])
    outcome = only(phishing.apply(plan, patience=PATIENT))
    assert outcome.kind is OutcomeKind.DONE


def test_an_object_that_no_list_shows_stays_switched_off(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.STALE_LIST, seconds=60, times=None))
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert outcome.message == f"created as '{outcome.live_id}', switched off; no list shows it yet"
    phishing.server.faults.clear()
    assert phishing.acting("phishing") == []


def test_a_second_phase_that_fails_leaves_the_object_switched_off(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(Fault(FaultKind.FAILURE, method="PATCH", times=None))
    outcome = only(phishing.apply(plan))
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.message.startswith(f"created as '{outcome.live_id}' and left switched off: ")
    phishing.server.faults.clear()
    assert phishing.acting("phishing") == []
    assert only(phishing.sync()).action is Action.FINISH
    assert len(phishing.acting("phishing")) == 1


def test_a_refused_create_says_why(phishing: World) -> None:
    phishing.files["phishing"] = body(category=7)
    outcome = only(phishing.sync())
    assert outcome.kind is OutcomeKind.FAILED
    assert "/category" in outcome.message
    assert phishing.rows("phishing") == []


def test_a_create_whose_values_are_stored_differently_is_said_once(phishing: World) -> None:
    phishing.files["phishing"] = body(description=" Look. ", name="P ")
    phishing.server.faults.arm(Fault(FaultKind.ALTER_FIELD, field="description", times=None))
    outcome = only(phishing.sync())
    assert (outcome.kind, outcome.altered) == (OutcomeKind.ALTERED, ("description",))
    assert phishing.plan().to_write == ()
    assert not phishing.plan().changes[0].drifted


def test_lists_without_steps_do_not_matter(phishing: World) -> None:
    plan = phishing.plan()
    phishing.server.faults.arm(*PRESETS["summary-lists"])
    assert only(phishing.apply(plan)).kind is OutcomeKind.DONE


def test_marks_that_are_not_kept_are_noticed_at_the_first_create(world: World) -> None:
    world.files = {key: body(name=key) for key in ("a", "b")}
    plan = world.plan()
    world.server.faults.arm(Fault(FaultKind.DROP_FIELD, method="POST", field="tags", times=None))
    applied = world.apply(plan)
    assert applied.outcomes[0].kind is OutcomeKind.UNKNOWN
    assert "no list shows it yet" in applied.outcomes[0].message
    assert not any(row["enabled"] for row in world.rows())


# ------------------------------------------------------------------ two runs at once


def finished_rival(world: World) -> str:
    made = world.analyst.create_playbook(body(enabled=False))
    world.analyst.update_playbook(made["id"], {"enabled": True, "tags": marks("phishing", body(), made["id"])})
    return str(made["id"])


def unfinished_rival(world: World) -> str:
    sent = body(enabled=False, tags=["email", *marks("phishing", None, "", unfinished=True)])
    return str(world.analyst.create_playbook(sent)["id"])


@pytest.mark.parametrize("rival", [finished_rival, unfinished_rival])
def test_a_run_that_comes_second_marks_its_own_object_as_a_duplicate(
    phishing: World, rival: Callable[[World], str]
) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.create_playbook
    theirs: list[str] = []

    def create(sent: dict[str, Any]) -> dict[str, Any]:
        theirs.append(rival(phishing))
        return send(sent)

    client.create_playbook = create  # type: ignore[method-assign]
    outcome = only(phishing.apply(plan, client=client))
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.message.startswith(f"another run created '{theirs[0]}' for this key at the same time; ours, ")
    ours = phishing.analyst.get_playbook(outcome.live_id)
    mark = read_tags(ours["tags"])
    assert isinstance(mark, Marker)
    assert mark.duplicate_of == theirs[0]
    assert ours["enabled"] is False
    assert outcome.live_id not in phishing.acting("phishing")


def test_of_two_runs_that_finish_at_once_the_later_one_withdraws(phishing: World) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.update_playbook
    theirs: list[str] = []

    def update(live_id: str, sent: dict[str, Any]) -> Any:
        if not theirs:
            theirs.append(finished_rival(phishing))
        return send(live_id, sent)

    client.update_playbook = update  # type: ignore[method-assign]
    outcome = only(phishing.apply(plan, client=client))
    assert outcome.kind is OutcomeKind.FAILED
    assert phishing.acting("phishing") == theirs


def test_a_later_and_larger_unfinished_object_does_not_stop_ours(phishing: World) -> None:
    plan = phishing.plan()
    client = phishing.new_client()
    send = client.create_playbook

    def create(sent: dict[str, Any]) -> dict[str, Any]:
        made = send(sent)
        unfinished_rival(phishing)
        return made

    client.create_playbook = create  # type: ignore[method-assign]
    outcome = only(phishing.apply(plan, client=client))
    assert outcome.kind is OutcomeKind.DONE
    assert phishing.acting("phishing") == [outcome.live_id]


def test_many_runs_at_once_leave_one_that_acts(world: World) -> None:
    world.files["phishing"] = body()
    plan = world.plan()
    gate = threading.Barrier(4)

    def run() -> None:
        client = world.new_client()
        gate.wait()
        world.apply(plan, client=client)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.acting("phishing")) <= 1
    for _ in range(3):
        world.sync()
    assert len(world.acting("phishing")) == 1
    assert world.plan().to_write == ()


# ------------------------------------------------------------------ calls


def test_callers_get_the_ids_of_callees_that_were_just_created(world: World) -> None:
    world.files = {"z-leaf": body(name="leaf"), "m-middle": calling("z-leaf"), "a-root": calling("m-middle", "z-leaf")}
    assert kinds(world.sync()) == {"a-root": "done", "m-middle": "done", "z-leaf": "done"}
    ids = {key: world.row(key)["id"] for key in world.files}
    assert [step["playbook"] for step in world.row("a-root")["steps"]] == [ids["m-middle"], ids["z-leaf"]]
    assert [step["playbook"] for step in world.row("m-middle")["steps"]] == [ids["z-leaf"]]
    assert world.plan().to_write == ()


def test_an_update_may_call_a_playbook_that_this_run_creates(world: World) -> None:
    world.files["root"] = body(name="root")
    world.settled()
    world.files = {"root": calling("leaf", name="root"), "leaf": body(name="leaf")}
    assert kinds(world.sync()) == {"leaf": "done", "root": "done"}
    assert world.row("root")["steps"][0]["playbook"] == world.row("leaf")["id"]
    assert world.plan().to_write == ()


def test_callers_of_a_callee_that_failed_are_skipped(world: World) -> None:
    world.files = {
        "leaf": body(name="leaf", category=7),
        "middle": calling("leaf"),
        "root": calling("middle"),
        "own": body(),
    }
    applied = world.sync()
    assert kinds(applied) == {"leaf": "failed", "middle": "skipped", "own": "done", "root": "skipped"}
    by_key = {outcome.key: outcome for outcome in applied.outcomes}
    assert by_key["middle"].message == "not tried, it calls 'leaf', which could not be created"
    assert applied.halt is None


def test_no_patience_is_the_default_for_nobody() -> None:
    assert sum(Patience().read_back) > 3 > sum(BRISK.read_back)
