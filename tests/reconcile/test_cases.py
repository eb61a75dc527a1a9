"""The cases that break reconcilers, by name: from the command line, over real git, to the reference server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.cli.main import run
from playbookctl.errors import ExitCode
from playbookctl.marker import read_tags
from playbookctl.model.marker import Marker
from playbookctl.server.faults import Fault, FaultKind
from playbookctl.server.seed import Seed
from support.server import CONNECTORS, PLAYBOOKS
from support.team import CALLEE

if TYPE_CHECKING:
    from support.team import Team

PATH = "/soc/playbooks"


def rows(team: Team, **query: Any) -> list[dict[str, Any]]:
    """All live playbooks, those of one name among them more than once."""
    found: list[dict[str, Any]] = team.http.get(PLAYBOOKS, params=query).json()["data"]
    return found


def acting(team: Team, key: str, space: str = "soc") -> list[str]:
    """The ids of playbooks that are marked with a key, stand for it, and can run."""
    found = []
    for row in rows(team):
        mark = read_tags(row["tags"])
        if isinstance(mark, Marker) and (mark.namespace, mark.key) == (space, key) and not mark.duplicate_of:
            found += [row["id"]] if row["enabled"] or row["auto_execute"] else []
    return found


def in_step(team: Team) -> bool:
    """Whether a plan has nothing to write and nothing held."""
    code, changes = team.plan()
    return code == 0 and all(change["action"] == "none" for change in changes.values())


def rename_key(team: Team, before: str, after: str) -> None:
    team.edit(before, f"key: {before}", f"key: {after}")


# ------------------------------------------------------------------ identity


def test_a_renamed_key_is_another_playbook_and_the_old_one_is_an_orphan_until_it_is_retired(synced: Team) -> None:
    rename_key(synced, "triage", "host-triage")
    old = synced.live()["Triage"]["id"]
    _, changes = synced.plan()
    assert {key: change["action"] for key, change in changes.items()} == {
        "host-triage": "create", "notify": "none", "triage": "none",
    }  # fmt: skip
    assert changes["triage"]["hint"].startswith("sync --retire triage")
    assert synced.sync("--retire", "triage") == (
        0,
        {"host-triage": ("create", "done"), "triage": ("retire", "done")},
    )
    assert acting(synced, "triage") == []
    assert len(acting(synced, "host-triage")) == 1
    assert old not in acting(synced, "host-triage")
    assert in_step(synced)


def test_a_renamed_namespace_holds_everything_until_each_is_taken_over(synced: Team) -> None:
    before = rows(synced)
    path = synced.folder / "playbookctl.yaml"
    path.write_text(path.read_text("utf-8").replace("namespace: soc", "namespace: soc-core"), "utf-8")
    synced.commit("rename the namespace")
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"notify": ("hold", "held"), "triage": ("hold", "held")})
    assert rows(synced) == before
    assert synced.sync("--takeover", "notify", "--takeover", "triage")[0] == 0
    after = {row["id"]: row for row in rows(synced)}
    assert after.keys() == {row["id"] for row in before}
    for row in before:
        moved = {name for name in row if row[name] != after[row["id"]][name]}
        assert moved == {"tags", "updated_at", "updated_by"} - (
            {"updated_by"} if row["updated_by"] == after[row["id"]]["updated_by"] else set()
        )
    assert in_step(synced)


def test_the_token_of_an_application_that_the_environment_does_not_pin_creates_nothing(
    synced: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(synced)
    monkeypatch.setenv("CPOD_API_KEY", synced.server.token(app_id="app_1"))
    code, said = synced.run("sync", "--yes")
    assert code == ExitCode.REFUSED, said  # it sees none of ours: a first sync, and nobody announced one
    assert rows(synced) == before


def test_a_token_without_the_pinned_application_is_refused_before_anything_is_read(synced: Team) -> None:
    path = synced.folder / "playbookctl.yaml"
    path.write_text(path.read_text("utf-8").replace("tenant_id:", "app_id: app_1, tenant_id:"), "utf-8")
    synced.commit("pin the application")
    code, said = synced.run("sync", "--yes")
    assert (code, "app_1" in said["message"]) == (ExitCode.NOT_AUTHENTICATED, True)


def test_a_pinned_application_keeps_to_its_own_playbooks(synced: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {row["id"]: row for row in rows(synced)}
    seed = Seed(connectors={"edr": "defender_for_endpoint", "chat": "slack"}, persons=("soc-lead",))
    synced.server.seed(seed, app_id="app_1")
    path = synced.folder / "playbookctl.yaml"
    path.write_text(path.read_text("utf-8").replace("tenant_id:", "app_id: app_1, tenant_id:"), "utf-8")
    synced.commit("pin the application")
    monkeypatch.setenv("CPOD_API_KEY", synced.server.token(app_id="app_1"))
    assert synced.sync("--bootstrap", "--create", "triage", "--create", "notify")[0] == 0
    assert in_step(synced)
    after = {row["id"]: row for row in rows(synced)}
    assert {found: after[found] for found in before} == before
    assert {row["app_id"] for found, row in after.items() if found not in before} == {"app_1"}


def test_a_clone_is_nobodys_even_when_the_original_is_gone(synced: Team) -> None:
    original = synced.live()["Triage"]["id"]
    clone = synced.server.clone(original)
    synced.http.patch(f"{PLAYBOOKS}/{clone}", json={"description": "Tried out by an analyst."})
    assert in_step(synced)
    synced.server.delete(original)
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    assert synced.plan()[1]["triage"]["hint"] == "adopt triage, or sync --create triage"
    assert synced.http.get(f"{PLAYBOOKS}/{clone}").json()["description"] == "Tried out by an analyst."
    assert synced.sync("--create", "triage") == (0, {"triage": ("create", "done")})
    assert len(acting(synced, "triage")) == 2  # the clone carries the tags, and it is the analyst's
    assert in_step(synced)


def test_two_environments_of_one_tenant_keep_to_their_own_namespaces(synced: Team) -> None:
    path = synced.folder / "playbookctl.yaml"
    text = path.read_text("utf-8")
    prod = text.splitlines()[-1]
    path.write_text(f"{text}{prod.replace('prod:', 'stage:').replace('{url', '{namespace: soc-stage, url')}\n", "utf-8")
    synced.commit("a second environment")
    before = {row["id"]: row for row in rows(synced)}
    assert run(["sync", "--env", "stage", "--yes", "--bootstrap"]) == ExitCode.REFUSED  # something alike is there
    assert len(rows(synced)) == 2
    create = ["--create", "triage", "--create", "notify"]
    assert run(["sync", "--env", "stage", "--yes", "--bootstrap", *create]) == 0
    after = {row["id"]: row for row in rows(synced)}
    assert {found: after[found] for found in before} == before
    assert (len(acting(synced, "triage")), len(acting(synced, "triage", "soc-stage"))) == (1, 1)
    assert in_step(synced)


def test_two_environments_with_one_tenant_and_one_namespace_are_a_mistake(synced: Team) -> None:
    path = synced.folder / "playbookctl.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}{text.splitlines()[-1].replace('prod:', 'stage:')}\n", "utf-8")
    synced.commit("a second environment")
    code, said = synced.run("sync", "--yes")
    assert (code, said["message"]) == (
        ExitCode.USAGE,
        f"the environments 'prod' and 'stage' share the tenant '{synced.server.tenant_id}' and the namespace 'soc'",
    )
    assert said["hint"] == "give one of them a namespace of its own: environments.stage.namespace"


# ------------------------------------------------------------------ files


def test_while_a_file_is_broken_nothing_is_retired(synced: Team) -> None:
    (synced.folder / "playbooks" / "triage.yaml").unlink()
    synced.edit("notify", "steps:", "\tsteps:")
    code, ends = synced.sync("--retire", "triage")
    assert (code, ends) == (ExitCode.REFUSED, {"notify": ("hold", "held"), "triage": ("hold", "held")})
    assert acting(synced, "triage")
    hints = {key: change["hint"] for key, change in synced.plan("--retire", "triage")[1].items()}
    assert hints["triage"] == "correct those files first: playbookctl validate"
    synced.write("notify", CALLEE)
    synced.commit("mend")
    assert synced.sync("--retire", "triage") == (0, {"triage": ("retire", "done")})


def test_a_file_that_is_broken_beyond_its_key_retires_nothing_either(synced: Team) -> None:
    """Its stem is not its key, and nobody can read the key: the playbook must not be taken for an orphan."""
    folder = synced.folder / "playbooks"
    (folder / "triage.yaml").rename(folder / "host.yaml")
    (folder / "host.yaml").write_text("key: triage\n\tname: [", "utf-8")
    synced.commit("break it")
    code, ends = synced.sync("--retire", "triage")
    assert code == ExitCode.REFUSED
    assert ends["triage"] == ("hold", "held")
    assert acting(synced, "triage")


def test_an_old_pipeline_that_runs_again_is_refused_unless_it_is_meant(synced: Team) -> None:
    synced.edit("triage", "Look at the host.", "Look twice.")
    assert synced.sync()[0] == 0
    synced.git("checkout", "-q", "HEAD~1")
    code, said = synced.run("sync", "--yes")
    assert (code, said["hint"]) == (
        ExitCode.REFUSED,
        "update the branch; to write this older state on purpose: sync --allow-older",
    )
    assert synced.live()["Triage"]["description"] == "Look twice."
    assert synced.sync("--allow-older") == (0, {"triage": ("update", "done")})
    assert synced.live()["Triage"]["description"] == "Look at the host."
    synced.git("checkout", "-q", "main")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    assert synced.live()["Triage"]["description"] == "Look twice."
    assert in_step(synced)


def test_a_first_sync_that_was_cut_short_is_ended_by_saying_it_again(team: Team) -> None:
    team.server.faults.arm(Fault(FaultKind.FAILURE, method="POST", path=PATH, nth=2, times=None))
    code, ends = team.sync("--bootstrap")
    assert (code, ends) == (ExitCode.PARTLY_DONE, {"notify": ("create", "done"), "triage": ("create", "unknown")})
    team.server.faults.clear()
    code, ends = team.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    change = team.plan()[1]["triage"]
    assert change["reason"].startswith("gone from the server or never created: commit ")
    assert change["hint"].startswith("sync --create triage, ")
    assert "sync --bootstrap" in change["hint"]
    assert team.sync("--bootstrap") == (0, {"triage": ("create", "done")})
    assert in_step(team)


def test_what_somebody_deleted_is_not_made_again_by_a_first_sync(synced: Team) -> None:
    synced.server.delete(synced.live()["Triage"]["id"])
    code, ends = synced.sync("--bootstrap")
    assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    change = synced.plan()[1]["triage"]
    assert change["reason"].startswith("gone from the server: deleted is ply_")
    assert "--bootstrap" not in change["hint"]


# ------------------------------------------------------------------ servers


def test_a_retry_after_an_analysts_edit_writes_nothing(synced: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    from playbookctl.api.client import Client

    read = Client.get_playbook
    asked: list[str] = []

    def reading(client: Client, playbook_id: str) -> dict[str, Any]:
        asked.append(playbook_id)
        if len(asked) == 2:  # the first attempt has failed, the second is about to look
            synced.analyst("Triage", description="Hot-fixed at 3 a.m.")
        return read(client, playbook_id)

    monkeypatch.setattr(Client, "get_playbook", reading)
    synced.edit("triage", "Look at the host.", "Look twice.")
    synced.server.faults.arm(Fault(FaultKind.FAILURE, method="PATCH"))
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.PARTLY_DONE, {"triage": ("update", "unknown")})
    assert synced.live()["Triage"]["description"] == "Hot-fixed at 3 a.m."
    assert synced.plan()[1]["triage"]["standing"] == "conflict"


@pytest.mark.parametrize(
    "field, before, after",
    [
        ("description", "Look at the host.", '"  Look twice.  "'),
        ("tags", "tags: [endpoint]", "tags: [zulu, alpha, ' endpoint ']"),
        ("name", "name: Triage", "name: 'Triage '"),
    ],
)
def test_what_a_server_trims_or_sorts_is_said_once_and_is_no_drift(
    synced: Team, field: str, before: str, after: str
) -> None:
    synced.server.faults.arm(Fault(FaultKind.ALTER_FIELD, field=field, path=PATH, times=None))
    synced.edit("triage", before, after)
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.PARTLY_DONE, {"triage": ("update", "altered")})
    assert in_step(synced)
    assert synced.sync() == (0, {})
    synced.edit("triage", "get-host", "get-host-details")
    assert synced.sync() == (0, {"triage": ("update", "done")})  # the echo stays beside other writes
    assert in_step(synced)
    synced.analyst("Triage", description="Hot-fixed at 3 a.m.")
    assert synced.plan()[0] == ExitCode.SERVER_DRIFTED


@pytest.mark.parametrize("field", ["steps", "tags", "enabled", "required_connector_ids"])
def test_a_list_that_leaves_a_field_out_is_no_default(team: Team, field: str) -> None:
    team.server.faults.arm(Fault(FaultKind.LIST_WITHOUT, field=field, path=PATH, times=None))
    assert team.sync("--bootstrap") == (0, {"notify": ("create", "done"), "triage": ("create", "done")})
    assert in_step(team)
    team.edit("triage", "Look at the host.", "Look twice.")
    assert team.sync() == (0, {"triage": ("update", "done")})
    assert in_step(team)
    team.server.faults.clear()
    assert (len(acting(team, "triage")), len(acting(team, "notify"))) == (1, 1)


def test_a_mark_of_a_newer_format_is_held_and_nothing_is_overwritten(synced: Team) -> None:
    live = synced.live()["Triage"]
    newer = [tag.replace("playbookctl:base=1.", "playbookctl:base=2.") for tag in live["tags"]]
    synced.http.patch(f"{PLAYBOOKS}/{live['id']}", json={"tags": newer})
    synced.edit("triage", "Look at the host.", "Look twice.")
    before = rows(synced)
    for arguments in ((), ("--create", "triage"), ("--on-drift", "revert"), ("--takeover", "triage")):
        code, ends = synced.sync(*arguments)
        assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    assert rows(synced) == before
    assert synced.plan()[1]["triage"]["hint"] == "upgrade playbookctl"


def test_a_server_that_replaces_whole_objects_is_noticed_at_the_first_update(synced: Team) -> None:
    synced.analyst("Triage", category="containment")
    before = synced.live()
    synced.edit("triage", "Look at the host.", "Look twice.")
    synced.server.faults.arm(Fault(FaultKind.REPLACE, path=PATH, times=1))
    code, said = synced.run("sync", "--yes")
    assert code == ExitCode.PARTLY_DONE
    assert "update: replace" in json.dumps(said)
    after = synced.live()
    moved = {name for name in after["Triage"] if after["Triage"][name] != before["Triage"][name]}
    assert moved <= {"updated_at", "updated_by"}


def test_a_server_that_replaces_whole_objects_and_is_known_for_it_loses_nothing(synced: Team) -> None:
    path = synced.folder / "playbookctl.yaml"
    path.write_text(path.read_text("utf-8").replace("tenant_id:", "update: replace, tenant_id:"), "utf-8")
    synced.commit("it replaces")
    synced.analyst("Triage", category="containment")
    synced.server.faults.arm(Fault(FaultKind.REPLACE, path=PATH, times=None))
    synced.edit("triage", "Look at the host.", "Look twice.")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    live = synced.live()["Triage"]
    assert (live["category"], live["description"], live["enabled"]) == ("containment", "Look twice.", True)
    assert synced.plan()[0] == ExitCode.SERVER_DRIFTED


def test_a_connector_that_was_made_anew_is_the_environments_doing(synced: Team) -> None:
    old = synced.connectors()["edr"]
    assert synced.http.delete(f"{CONNECTORS}/{old['id']}").status_code in (200, 204)
    assert synced.http.post(CONNECTORS, json={"name": "edr", "provider": old["provider"]}).status_code == 201
    _, changes = synced.plan()
    assert {field["field"]: field["moved_by"] for field in changes["triage"]["fields"]} == {
        "steps": "environment", "required_connector_ids": "environment",
    }  # fmt: skip
    assert changes["triage"]["reason"].startswith("the environment moved: new ids in")
    assert synced.sync() == (0, {"triage": ("update", "done")})
    assert synced.live()["Triage"]["required_connector_ids"] == [synced.connectors()["edr"]["id"]]
    assert in_step(synced)


def test_a_connector_that_is_there_twice_is_a_hold_and_never_a_guess(synced: Team) -> None:
    assert synced.http.post(CONNECTORS, json={"name": "edr", "provider": "other"}).status_code == 201
    code, ends = synced.sync()
    assert (code, ends) == (ExitCode.REFUSED, {"triage": ("hold", "held")})
    assert "ambiguous" in synced.plan()[1]["triage"]["reason"]
