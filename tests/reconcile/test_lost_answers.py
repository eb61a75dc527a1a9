"""A write whose answer was lost, and somebody who edits before it is looked for: the edit is nobody's but theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.model.plan import Action, Standing
from playbookctl.server.faults import Fault, FaultKind
from support.plans import body
from support.world import Recording, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def world(stage: Any) -> Iterator[World]:
    made = World(stage.server)
    yield made
    stage.server.faults.clear()
    made.close()


def before_the_next_read(world: World, monkeypatch: pytest.MonkeyPatch, edit: Callable[[], object]) -> None:
    """Let `edit` happen once a write was sent, right before an object is read again."""
    read = Recording.get_playbook
    left = [edit]

    def reading(client: Recording, playbook_id: str) -> dict[str, Any]:
        if client is world.client and client.writes and left:
            left.pop()()
        return read(client, playbook_id)

    monkeypatch.setattr(Recording, "get_playbook", reading)


@pytest.mark.parametrize("lost", [FaultKind.LOSE_ANSWER, FaultKind.CUT_BODY])
def test_an_edit_after_a_lost_answer_is_not_taken_for_the_servers_form_of_ours(
    world: World, monkeypatch: pytest.MonkeyPatch, lost: FaultKind
) -> None:
    world.files["a"] = body(name="a")
    world.settled()
    world.files["a"] = body(name="a", description="ours")
    before_the_next_read(world, monkeypatch, lambda: world.edit("a", description="theirs"))
    world.server.faults.arm(Fault(lost, method="PATCH"))
    world.sync()
    assert world.row("a")["description"] == "theirs"
    assert world.mark("a").echo == ()
    (change,) = world.plan().changes
    assert change.standing is Standing.SERVER_DRIFTED
    world.files["a"] = body(name="a", description="ours again")
    (change,) = world.plan().changes
    assert change.action is Action.HOLD


def test_an_edit_of_an_object_whose_create_was_lost_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.files["a"] = body(name="a")
    before_the_next_read(world, monkeypatch, lambda: world.edit("a", description="theirs"))
    world.server.faults.arm(Fault(FaultKind.LOSE_ANSWER, method="POST"))
    world.sync()
    assert world.row("a")["description"] == "theirs"
    (change,) = world.plan().changes
    assert change.action is Action.HOLD
    assert change.fields[0].field == "description"
