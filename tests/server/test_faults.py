"""Each fault, as a client meets it, and the proof that it can be asked for again with the same outcome."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from playbookctl.errors import ConfigError
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.faults import PRESETS, Fault, FaultKind, Faults, read_faults
from support.server import CONNECTORS, PLAYBOOKS, client_of, created, pages, playbook

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path_factory.mktemp("faults") / "server.db") as running:
        yield running


@pytest.fixture
def server(faulty: EmbeddedServer) -> Iterator[EmbeddedServer]:
    faulty.faults.clear()
    faulty.faults.counts.clear()
    yield faulty
    faulty.faults.clear()


def names(client: httpx.Client, **parameters: Any) -> list[str]:
    return [row["name"] for page in pages(client, **parameters) for row in page["data"]]


def test_latency_delays_the_answer(server: EmbeddedServer, client: httpx.Client) -> None:
    server.faults.arm(Fault(FaultKind.LATENCY, seconds=0.2))
    began = time.monotonic()
    assert client.get(PLAYBOOKS).status_code == 200
    assert time.monotonic() - began >= 0.2
    assert server.faults.counts == {FaultKind.LATENCY: 1}


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"), [(FaultKind.TOO_MANY, 429, "3"), (FaultKind.FAILURE, 500, None)]
)
def test_a_refusal_does_nothing(
    server: EmbeddedServer, client: httpx.Client, kind: FaultKind, status: int, retry_after: str | None
) -> None:
    server.faults.arm(Fault(kind, method="POST", nth=2, times=2, seconds=3))
    answers = [client.post(PLAYBOOKS, json=playbook(name=name)) for name in "abcd"]
    assert [answer.status_code for answer in answers] == [201, status, status, 201]
    assert answers[1].headers.get("Retry-After") == retry_after
    assert "X-Request-Id" in answers[1].headers
    assert names(client) == ["a", "d"]
    assert server.faults.counts == {kind: 2}


@pytest.mark.parametrize(("kind", "stored"), [(FaultKind.RESET, []), (FaultKind.LOSE_ANSWER, ["lost"])])
def test_a_reset_leaves_the_client_without_an_answer(
    server: EmbeddedServer, client: httpx.Client, kind: FaultKind, stored: list[str]
) -> None:
    server.faults.arm(Fault(kind, method="POST"))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.post(PLAYBOOKS, json=playbook(name="lost"))
    assert names(client) == stored
    assert server.faults.counts == {kind: 1}


def test_a_lost_answer_to_a_patch_is_a_patch_done(server: EmbeddedServer, client: httpx.Client) -> None:
    document = created(client, name="before")
    server.faults.arm(Fault(FaultKind.LOSE_ANSWER, method="PATCH"))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.patch(f"{PLAYBOOKS}/{document['id']}", json={"name": "after"})
    assert names(client) == ["after"]


def test_a_cut_body_is_shorter_than_announced(server: EmbeddedServer, client: httpx.Client) -> None:
    created(client)
    server.faults.arm(Fault(FaultKind.CUT_BODY, method="GET"))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(PLAYBOOKS)
    assert client.get(PLAYBOOKS).status_code == 200


def test_a_truncated_page_loses_its_last_rows(server: EmbeddedServer, client: httpx.Client) -> None:
    for name in "abcde":
        created(client, name=name)
    server.faults.arm(Fault(FaultKind.TRUNCATED_PAGE, nth=2))
    assert names(client, limit=2) == ["a", "b", "c", "e"]
    assert names(client, limit=2) == list("abcde")


def test_a_repeated_row_begins_the_next_page(server: EmbeddedServer, client: httpx.Client) -> None:
    for name in "abcde":
        created(client, name=name)
    server.faults.arm(Fault(FaultKind.REPEATED_ROW))
    assert names(client, limit=2) == ["a", "b", "b", "c", "d", "e"]
    assert server.faults.counts == {FaultKind.REPEATED_ROW: 1}


def test_a_dropped_field_is_answered_as_if_all_were_well(server: EmbeddedServer, client: httpx.Client) -> None:
    server.faults.arm(Fault(FaultKind.DROP_FIELD, field="steps", times=2))
    document = created(client, steps=[{"id": "a"}], tags=["kept"])
    assert (document["steps"], document["tags"]) == ([], ["kept"])
    answer = client.patch(f"{PLAYBOOKS}/{document['id']}", json={"steps": [{"id": "b"}], "name": "kept"})
    assert (answer.status_code, answer.json()["steps"], answer.json()["name"]) == (200, [], "kept")


def test_an_altered_field_is_trimmed_or_sorted(server: EmbeddedServer, client: httpx.Client) -> None:
    server.faults.arm(
        Fault(FaultKind.ALTER_FIELD, field="description"),
        Fault(FaultKind.ALTER_FIELD, field="tags", nth=2),
        Fault(FaultKind.ALTER_FIELD, field="steps", nth=3),
    )
    assert created(client, description=" a \n")["description"] == "a"
    assert created(client, tags=["b", " a", "b"])["tags"] == ["a", "b"]
    assert created(client, steps=[{"id": " b "}])["steps"] == [{"id": " b "}]


def test_a_replacing_update_loses_what_it_does_not_name(server: EmbeddedServer, client: httpx.Client) -> None:
    document = created(client, name="a", tags=["x"], enabled=False, description="d")
    server.faults.arm(Fault(FaultKind.REPLACE))
    changed = client.patch(f"{PLAYBOOKS}/{document['id']}", json={"tags": ["y"]}).json()
    assert [changed[name] for name in ("name", "tags", "enabled", "description")] == ["a", ["y"], True, None]


def test_lists_can_lack_a_field_that_the_object_has(server: EmbeddedServer, client: httpx.Client) -> None:
    document = created(client, steps=[{"id": "a"}])
    server.faults.arm(Fault(FaultKind.LIST_WITHOUT, field="steps", times=None))
    row = client.get(PLAYBOOKS).json()["data"][0]
    assert row == {name: value for name, value in document.items() if name != "steps"}
    assert client.get(f"{PLAYBOOKS}/{document['id']}").json() == document


def test_a_stale_list_shows_writes_later_and_a_get_at_once(server: EmbeddedServer, client: httpx.Client) -> None:
    old = created(client, name="old")
    server.faults.arm(Fault(FaultKind.STALE_LIST, seconds=0.5, times=None))
    new = created(client, name="new")
    changed = client.patch(f"{PLAYBOOKS}/{old['id']}", json={"name": "changed"}).json()
    page = client.get(PLAYBOOKS).json()
    assert (page["data"], page["total"]) == ([old], 1)
    assert client.get(f"{PLAYBOOKS}/{old['id']}").json() == changed
    time.sleep(0.6)
    assert client.get(PLAYBOOKS).json()["data"] == [changed, new]


def test_a_fault_counts_only_the_requests_it_is_for(server: EmbeddedServer, client: httpx.Client) -> None:
    server.faults.arm(Fault(FaultKind.FAILURE, path="/connectors", nth=2), Fault(FaultKind.REPLACE, nth=1))
    statuses = [client.get(path).status_code for path in (PLAYBOOKS, CONNECTORS, PLAYBOOKS, CONNECTORS, CONNECTORS)]
    assert statuses == [200, 200, 200, 500, 200]
    assert server.faults.counts == {FaultKind.FAILURE: 1}


def test_random_faults_are_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(Fault(FaultKind.FAILURE, chance=0.3), seed=seed)
        return [bool(faults.struck("GET", PLAYBOOKS)) for _ in range(400)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 80 < sum(drawn(1)) < 160


def test_random_faults_do_not_depend_on_other_requests() -> None:
    def drawn(*, noise: int) -> list[bool]:
        faults = Faults(Fault(FaultKind.FAILURE, chance=0.5, method="GET"), Fault(FaultKind.RESET, method="POST"))
        found = []
        for _ in range(100):
            for _ in range(noise):
                faults.struck("POST", PLAYBOOKS)
            found.append(bool(faults.struck("GET", PLAYBOOKS)))
        return found

    assert drawn(noise=0) == drawn(noise=3)


def test_faults_are_read_from_a_file() -> None:
    text = json.dumps({"seed": 3, "faults": [{"kind": "lose-answer", "method": "POST", "nth": 2, "times": None}]})
    faults = read_faults(text, "faults.json")
    assert faults.seed == 3
    assert [len(faults.struck("POST", PLAYBOOKS)) for _ in range(3)] == [0, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"faults": [{"kind": "gremlin"}]}',
        '{"faults": [{"kind": "reset", "nht": 1}]}',
        '{"faults": [], "x": 1}',
        '{"faults": [{"kind": "reset", "path": "("}]}',
        '{"faults": [{"nth": 1}]}',
        '{"faults": 1}',
        '{"faults": [1]}',
    ],
)
def test_a_file_that_holds_no_faults_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="holds no faults"):
        read_faults(text, "faults.json")


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_strikes_within_fifty_playbook_calls(preset: str) -> None:
    faults = Faults(*PRESETS[preset], seed=1)
    calls = [("POST", PLAYBOOKS), ("PATCH", f"{PLAYBOOKS}/ply_1"), ("GET", PLAYBOOKS)]
    struck = {fault.kind for number in range(50) for fault in faults.struck(*calls[number % 3])}
    assert struck == {fault.kind for fault in PRESETS[preset]}


def test_every_kind_is_met_in_this_file() -> None:
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    assert [kind.name for kind in FaultKind if f"FaultKind.{kind.name}" not in text] == []


def test_faults_of_one_server_do_not_touch_another(
    server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server.faults.arm(Fault(FaultKind.FAILURE, times=None))
    with EmbeddedServer(tmp_path_factory.mktemp("other") / "server.db") as other, client_of(other) as client:
        assert client.get(PLAYBOOKS).status_code == 200
