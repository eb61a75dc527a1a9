"""What a plan remembers of files it has rendered before: never more than holds, and never anybody else's word."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.recall import Recall
from support.server import PLAYBOOKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.team import Team

MANY = 40  # fewer are not worth a cache


@pytest.fixture
def estate(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A team with enough playbooks, all of them synced, and a plan made since."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    for number in range(MANY):
        caller = "  - {id: call, type: playbook, playbook: notify, with: {text: x}}\n" if number % 2 else ""
        team.write(
            f"p{number:02}",
            f"key: p{number:02}\nname: Playbook {number}\ndescription: Number {number}.\nowner: soc-lead\n"
            f"required_connectors: [edr]\nsteps:\n  - {{id: look, connector: edr, action: get-{number}}}\n{caller}",
        )
    team.commit("many")
    assert team.sync("--bootstrap")[0] == 0
    assert team.plan()[0] == 0
    return team


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return what gives the keys rendered since it was asked last."""
    seen: list[str] = []
    rendering = sys.modules["playbookctl.plan.render"]  # `plan` exports a function of this name
    real = rendering.render

    def noted(playbook: Any, lookups: Any) -> dict[str, Any]:
        seen.append(playbook.key)
        return real(playbook, lookups)

    monkeypatch.setattr(rendering, "render", noted)

    def take() -> list[str]:
        found = sorted(set(seen))
        seen.clear()
        return found

    return take


def old(team: Team) -> None:
    """Make the files older than two seconds: younger ones may change again without a change of their times."""
    for path in (team.folder / "playbooks").iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))


def test_what_has_not_changed_is_not_rendered_again(estate: Team, rendered: Callable[[], list[str]]) -> None:
    assert estate.plan()[0] == 0
    assert rendered() == []


def test_a_plan_says_the_same_with_and_without_what_it_remembers(estate: Team) -> None:
    estate.edit("p03", "Number 3.", "Ours.")
    estate.analyst("Playbook 4", description="Theirs.", enabled=False)
    estate.analyst("Playbook 5", steps=[])
    estate.edit("p06", "Number 6.", "Ours.")
    estate.analyst("Playbook 6", description="Theirs.")
    estate.server.delete(estate.live()["Playbook 7"]["id"])
    first, second, without = (estate.run("plan", *more)[1] for more in ([], [], ["--no-cache"]))
    assert first == second == without
    assert [row["key"] for row in without["plan"]["changes"] if row["group"] != "unchanged"] == [
        "p03", "p04", "p05", "p06", "p07",
    ]  # fmt: skip


def test_of_many_files_only_the_changed_one_is_rendered(estate: Team, rendered: Callable[[], list[str]]) -> None:
    estate.edit("p03", "Number 3.", "Ours.")
    code, changes = estate.plan()
    assert (code, changes["p03"]["group"]) == (20, "update")
    assert rendered() == ["p03"]


def test_an_edit_that_leaves_size_and_times_alone_is_seen(estate: Team) -> None:
    old(estate)
    estate.plan()
    path = estate.folder / "playbooks" / "p03.yaml"
    path.write_text(path.read_text("utf-8").replace("Number 3.", "Nummer 3."), "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert estate.plan()[1]["p03"]["group"] == "update"


def test_a_name_that_gets_another_id_is_rendered_again_where_it_is_used(
    estate: Team, rendered: Callable[[], list[str]]
) -> None:
    old_id = estate.connectors()["edr"]["id"]
    estate.http.delete(f"/api/v1/integration/connectors/{old_id}").raise_for_status()
    answer = estate.http.post(
        "/api/v1/integration/connectors", json={"name": "edr", "provider": "defender_for_endpoint"}
    )
    assert answer.status_code == 201
    code, changes = estate.plan()
    assert code == 20
    assert {row["group"] for key, row in changes.items() if key.startswith("p")} == {"update"}
    assert changes["notify"]["group"] == "unchanged"
    assert "notify" not in rendered()


def test_a_callee_that_has_no_id_any_more_is_a_placeholder_again(estate: Team) -> None:
    estate.server.delete(estate.live()["Notify"]["id"])
    changes = estate.plan()[1]
    assert changes["notify"]["group"] == "held"
    assert changes["p01"]["group"] == "held"
    assert "waits for 'notify'" in changes["p01"]["reason"]


def test_what_somebody_else_put_there_is_not_believed(estate: Team, rendered: Callable[[], list[str]]) -> None:
    folder = estate.folder / ".playbookctl" / "cache"
    for path in folder.iterdir():
        data = path.read_bytes()
        path.write_bytes(data.replace(b'"p03"', b'"p33"'))
    code, changes = estate.plan()
    assert (code, len(changes)) == (0, MANY + 2)
    assert "p03" in rendered()


def test_a_key_in_two_files_is_an_error_of_the_one_that_is_kept(estate: Team) -> None:
    estate.write("zz", (estate.folder / "playbooks" / "p03.yaml").read_text("utf-8"))
    estate.commit("twice")
    for _ in range(2):
        changes = estate.plan()[1]
        assert len(changes) == MANY + 2
        assert changes["p03"]["file"] == "playbooks/p03.yaml"


def test_a_file_that_changes_while_a_plan_is_made_ends_it(estate: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.analyst("Playbook 3", description="Theirs.")
    path = estate.folder / "playbooks" / "p03.yaml"
    real = Recall.known

    def known(self: Recall, files: list[str]) -> Any:
        found = real(self, files)
        path.write_text(path.read_text("utf-8").replace("Number 3.", "Changed meanwhile."), "utf-8")
        return found

    monkeypatch.setattr(Recall, "known", known)
    code, said = estate.run("plan")
    assert (code, said["message"]) == (6, "playbooks/p03.yaml was changed while it was planned")


def test_live_playbooks_that_say_the_same_in_another_order_are_unchanged(estate: Team) -> None:
    """What is remembered is compared as bytes: what differs in bytes alone is gone through as ever."""
    row = estate.live()["Playbook 3"]
    turned = [dict(reversed(list(step.items()))) for step in row["steps"]]
    assert json.dumps(turned) != json.dumps(row["steps"])
    answer = estate.http.patch(f"{PLAYBOOKS}/{row['id']}", json={"steps": turned, "tags": row["tags"][::-1]})
    assert answer.status_code == 200
    assert estate.plan()[0] == 0
