"""Running playbooks: by call, by alert, and what stands in the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.errors import ConfigError
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.fields import NO_RUNS
from playbookctl.server.runner import counted
from playbookctl.server.runs import FAILED, SKIPPED, SUCCEEDED, fires, walk
from support.server import ALERTS, CONNECTORS, PLAYBOOKS, client_of, created

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

ALERT = {"title": "Phish reported", "severity": "high", "user": "ada"}
HIGH = {"field": "alert.severity", "op": "equals", "value": "high"}
LOW = {"field": "alert.severity", "op": "equals", "value": "low"}


def connectors_of(client: httpx.Client) -> dict[str, str]:
    return {row["name"]: row["id"] for row in client.get(CONNECTORS).json()["data"]}


def after_runs(client: httpx.Client, playbook_id: str, total: int) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        document: dict[str, Any] = client.get(f"{PLAYBOOKS}/{playbook_id}").json()
        if document["run_stats"]["total"] == total:
            return document
        time.sleep(0.01)
    raise AssertionError(f"{total} runs did not end within 10 s: {document['run_stats']}")


def test_a_run_is_queued_and_then_seen_on_the_playbook(client: httpx.Client) -> None:
    steps = [{"id": "a", "action": "x", "connector": connectors_of(client)["okta"]}, {"id": "b", "type": "end"}]
    document = created(client, steps=steps, required_connector_ids=[connectors_of(client)["okta"]])
    answer = client.post(f"{PLAYBOOKS}/{document['id']}/run", json={"inputs": {"host": "h1"}})
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    after = after_runs(client, document["id"], 1)
    assert after["last_run_id"] == answer.json()["run_id"]
    assert after["last_run_at"] > document["created_at"]
    assert {name: after["run_stats"][name] for name in ("succeeded", "failed", "skipped", "last_status")} == {
        "succeeded": 1, "failed": 0, "skipped": 0, "last_status": "succeeded",
    }  # fmt: skip
    moved = {"last_run_at", "last_run_id", "run_stats"}
    assert {name for name in document if document[name] != after[name]} == moved, "a run is no patch"


def test_a_run_needs_no_body(client: httpx.Client) -> None:
    document = created(client)
    assert client.post(f"{PLAYBOOKS}/{document['id']}/run").status_code == 202


def test_a_refused_run_lists_everything_that_is_missing(
    server: EmbeddedServer, tenant: str, client: httpx.Client
) -> None:
    okta, slack = (connectors_of(client)[name] for name in ("okta", "SOC Slack"))
    document = created(client, enabled=False, required_connector_ids=[okta, "cnn_nowhere", slack])
    client.patch(f"{CONNECTORS}/{slack}", json={"enabled": False})
    client.delete(f"{CONNECTORS}/{okta}")
    server.delete(document["id"], tenant=tenant)
    answer = client.post(f"{PLAYBOOKS}/{document['id']}/run", json={"alert_id": "alr_nowhere"})
    assert answer.status_code == 409
    assert {error["pointer"]: error["detail"] for error in answer.json()["errors"]} == {
        "/alert_id": "there is no such alert",
        "/is_deleted": "the playbook is deleted",
        "/enabled": "the playbook is disabled",
        "/required_connector_ids/0": f"connector '{okta}' is deleted",
        "/required_connector_ids/1": "connector 'cnn_nowhere' does not exist",
        "/required_connector_ids/2": f"connector '{slack}' is disabled",
    }
    assert client.get(f"{PLAYBOOKS}/{document['id']}").json()["run_stats"] == NO_RUNS


@pytest.mark.parametrize(
    ("body", "pointer"), [({"input": {}}, "/input"), ({"inputs": []}, "/inputs"), ({"alert_id": 1}, "/alert_id")]
)
def test_a_run_takes_inputs_and_an_alert_only(client: httpx.Client, body: dict[str, Any], pointer: str) -> None:
    answer = client.post(f"{PLAYBOOKS}/{created(client)['id']}/run", json=body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


WALKS = [
    ([], SUCCEEDED, []),
    ([{"id": "a"}, {"id": "b", "connector": "there"}], SUCCEEDED, [SUCCEEDED, SUCCEEDED]),
    ([{"id": "a", "connector": "gone"}, {"id": "b"}], FAILED, [FAILED]),
    ([{"id": "a", "connector": "gone", "optional": True}, {"id": "b"}], SUCCEEDED, [SKIPPED, SUCCEEDED]),
    ([{"id": "a", "connector": "gone", "on_error": "continue"}, {"id": "b"}], SUCCEEDED, [FAILED, SUCCEEDED]),
]


@pytest.mark.parametrize(("steps", "status", "outcomes"), WALKS)
def test_a_walk_takes_the_steps_in_order(steps: list[dict[str, Any]], status: str, outcomes: list[str]) -> None:
    walked, trace = walk(steps, lambda connector: connector == "there")
    assert (walked, [row["outcome"] for row in trace]) == (status, outcomes)


def test_statistics_count_each_status_and_average_what_was_walked() -> None:
    stats = counted(counted(counted(NO_RUNS, SUCCEEDED, 10.0), SKIPPED, 99.0), FAILED, 20.0)
    expected = {
        "total": 3,
        "succeeded": 1,
        "failed": 1,
        "skipped": 1,
        "average_duration_ms": 15.0,
        "last_status": "failed",
    }
    assert stats == expected


TRIGGERS = [
    ([], True),
    ([HIGH], True),
    ([HIGH, LOW], False),
    ([{"any": [LOW, HIGH]}], True),
    ([{"not": HIGH}], False),
    ([{"expr": "alert.severity == 'high'"}], False),
    ([{"field": "alert.host", "op": "not_exists"}], True),
    ([{"connector_available": "okta"}], True),
    ([{"connector_available": "jira"}], False),
]


@pytest.mark.parametrize(("conditions", "expected"), TRIGGERS)
def test_an_alert_fires_what_it_certainly_meets(conditions: list[dict[str, Any]], expected: bool) -> None:
    assert fires({"trigger_conditions": conditions}, ALERT, ["okta"]) is expected


def test_an_ingested_alert_runs_what_it_fires(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    automatic = {"auto_execute": True, "trigger_conditions": [HIGH]}
    fired = created(client, name="fired", **automatic)
    created(client, name="manual", trigger_conditions=[HIGH])
    created(client, name="disabled", enabled=False, **automatic)
    created(client, name="not met", auto_execute=True, trigger_conditions=[LOW])
    blocked = created(client, name="blocked", required_connector_ids=["cnn_nowhere"], **automatic)
    taken = server.ingest(ALERT, tenant=tenant)
    assert (len(taken.run_ids), taken.skipped) == (1, 1)
    assert after_runs(client, fired["id"], 1)["last_run_id"] == taken.run_ids[0]
    assert after_runs(client, blocked["id"], 1)["run_stats"]["last_status"] == "skipped"
    ran = {row["name"] for row in client.get(PLAYBOOKS).json()["data"] if row["last_run_id"]}
    assert ran == {"fired", "blocked"}


def test_an_alert_fires_nothing_of_another_tenant(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    document = created(client, auto_execute=True)
    assert server.ingest(ALERT).run_ids == ()
    assert len(server.ingest(ALERT, tenant=tenant).run_ids) == 1
    after_runs(client, document["id"], 1)


def test_a_queued_run_survives_the_server(tmp_path: Path) -> None:
    database = tmp_path / "server.db"
    with EmbeddedServer(database) as first, client_of(first) as client:
        document = created(client)
        first._service.runner.stop()
        run_id = client.post(f"{PLAYBOOKS}/{document['id']}/run").json()["run_id"]
        assert client.get(f"{PLAYBOOKS}/{document['id']}").json()["last_run_id"] is None
    with EmbeddedServer(database) as second, client_of(second) as client:
        assert after_runs(client, document["id"], 1)["last_run_id"] == run_id


def test_a_playbook_disabled_while_it_waits_is_skipped(tmp_path: Path) -> None:
    database = tmp_path / "server.db"
    with EmbeddedServer(database) as first, client_of(first) as client:
        document = created(client)
        first._service.runner.stop()
        client.post(f"{PLAYBOOKS}/{document['id']}/run")
        client.patch(f"{PLAYBOOKS}/{document['id']}", json={"enabled": False})
    with EmbeddedServer(database) as second, client_of(second) as client:
        assert after_runs(client, document["id"], 1)["run_stats"]["last_status"] == "skipped"


def test_alerts_are_acknowledged_and_escalated(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    path = f"{ALERTS}/{server.ingest(ALERT, tenant=tenant).alert_id}"
    assert client.get(path).json()["status"] == "new"
    assert client.post(f"{path}/acknowledge").json()["status"] == "acknowledged"
    escalated = client.post(f"{path}/escalate", json={"assignee_id": "per_1"}).json()
    assert (escalated["status"], escalated["assignee_id"]) == ("escalated", "per_1")
    assert client.post(f"{path}/acknowledge").status_code == 409
    assert client.post(f"{path}/escalate", json={"status": "new"}).status_code == 422
    assert [row["status"] for row in client.get(ALERTS, params={"severity": "high"}).json()["data"]] == ["escalated"]


def test_what_is_no_alert_is_not_taken_in(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    with pytest.raises(ConfigError, match="/title: 'title' is required"):
        server.ingest({"severity": "high"}, tenant=tenant)
    assert client.get(ALERTS).json()["total"] == 0
