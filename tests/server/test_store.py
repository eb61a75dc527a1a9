"""Many writers at once, a backup while they write, and database files of other versions."""

from __future__ import annotations

import itertools
import json
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ConfigError
from playbookctl.server import migrations, objects
from playbookctl.server.auth import Caller
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.fields import PLAYBOOK
from playbookctl.server.ids import Ulids, derived_id, is_id
from playbookctl.server.query import read_query
from playbookctl.server.store import Store
from playbookctl.server.tenants import tenant_id_of
from support.server import PLAYBOOKS, client_of, created, pages, playbook

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

CLIENTS = 32


def test_32_clients_create_and_every_object_is_there_once(server: EmbeddedServer, tenant: str) -> None:
    def create(number: int) -> list[str]:
        with client_of(server, tenant=tenant) as client:
            return [created(client, name=f"{number}.{count}")["id"] for count in range(10)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        made = [object_id for ids in pool.map(create, range(CLIENTS)) for object_id in ids]
    with client_of(server, tenant=tenant) as client:
        listed = [row["id"] for page in pages(client, limit=100) for row in page["data"]]
    assert len(made) == CLIENTS * 10
    assert listed == sorted(made)


def test_32_clients_patch_one_object_and_no_patch_undoes_another(server: EmbeddedServer, tenant: str) -> None:
    fields = ["description", "category", "owner_id", "name"]
    with client_of(server, tenant=tenant) as client:
        path = f"{PLAYBOOKS}/{created(client)['id']}"

    def patch(number: int) -> list[tuple[str, str]]:
        field = fields[number % len(fields)]
        with client_of(server, tenant=tenant) as client:
            answers = [client.patch(path, json={field: f"{number}.{count}"}).json() for count in range(5)]
            return [(answer["updated_at"], field) for answer in answers]

    with ThreadPoolExecutor(CLIENTS) as pool:
        moments = [moment for found in pool.map(patch, range(CLIENTS)) for moment, _ in found]
    assert len(set(moments)) == CLIENTS * 5, "no two writes have one moment"
    with client_of(server, tenant=tenant) as client:
        final = client.get(path).json()
    assert final["updated_at"] == max(moments)
    assert all(final[field].endswith(".4") for field in fields), "the last patch of each field's writers stands"


def test_a_reader_sees_one_snapshot_of_rows_and_total(server: EmbeddedServer, tenant: str) -> None:
    stop = threading.Event()

    def keep_writing() -> None:
        with client_of(server, tenant=tenant) as client:
            while not stop.is_set():
                created(client)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(keep_writing)
        with client_of(server, tenant=tenant) as client:
            seen = [client.get(PLAYBOOKS, params={"limit": 500}).json() for _ in range(20)]
        stop.set()
    assert [page["total"] for page in seen] == [len(page["data"]) for page in seen]


def test_a_walk_through_the_pages_meets_every_object_once_while_others_write(
    server: EmbeddedServer, tenant: str, client: httpx.Client
) -> None:
    before = [created(client, name=str(number))["id"] for number in range(60)]
    stop = threading.Event()

    def keep_writing(number: int) -> None:
        with client_of(server, tenant=tenant) as writer:
            while not stop.is_set():
                created(writer)
                writer.patch(f"{PLAYBOOKS}/{before[number]}", json={"name": "changed"})

    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            pool.submit(keep_writing, number)
        walked = [row["id"] for page in itertools.islice(pages(client, limit=7), 30) for row in page["data"]]
        stop.set()
    assert walked == sorted(set(walked))
    assert walked[:60] == before
    assert len(walked) > 60


def test_a_database_that_stays_locked_is_said_and_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.server.store.BUSY_MS", 50)
    with EmbeddedServer(tmp_path / "server.db") as server, client_of(server) as client:
        document = created(client)
        other = sqlite3.connect(tmp_path / "server.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(PLAYBOOKS, json=playbook())
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json()["errors"] == [{"pointer": "", "detail": "database is locked"}]
        assert client.get(PLAYBOOKS).json()["data"] == [document], "readers do not wait"
        other.execute("ROLLBACK")
        other.close()
        assert client.post(PLAYBOOKS, json=playbook()).status_code == 201


def test_a_mistake_of_the_servers_own_is_a_500_that_tells_nothing(
    server: EmbeddedServer, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    del server

    def broken(*_: object) -> str:
        raise sqlite3.OperationalError("no such column: secret")

    monkeypatch.setattr("playbookctl.server.objects.get_text", broken)
    answer = client.get(f"{PLAYBOOKS}/x")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.headers["X-Request-Id"].startswith("req_")


def test_a_backup_taken_while_others_write_is_whole(tmp_path: Path) -> None:
    stop = threading.Event()
    with EmbeddedServer(tmp_path / "server.db") as server:

        def keep_writing() -> int:
            with client_of(server) as client:
                count = 0
                while not stop.is_set():
                    created(client, name=str(count), tags=[str(count)])
                    count += 1
                return count

        with ThreadPoolExecutor(2) as pool:
            writing = [pool.submit(keep_writing) for _ in range(2)]
            with client_of(server) as client:
                while client.get(PLAYBOOKS).json()["total"] < 20:
                    pass
            server._service.store.backup(tmp_path / "backup.db")
            stop.set()
        written = sum(future.result() for future in writing)
    with EmbeddedServer(tmp_path / "backup.db") as copy, client_of(copy) as client:
        rows = [row for page in pages(client, limit=500) for row in page["data"]]
        assert 20 <= len(rows) <= written
        assert client.get(PLAYBOOKS, params={"tags": "3"}).json()["total"] == 2
    assert stat.S_IMODE((tmp_path / "backup.db").stat().st_mode) == 0o600


def test_every_commit_is_forced_to_disk_and_readers_do_not_wait(tmp_path: Path) -> None:
    store = Store(tmp_path / "server.db")
    with store.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert store._writer.execute("PRAGMA synchronous").fetchone()[0] == 2, "2 is FULL"
    with store.writing() as writing, store.reading() as reading:
        writing.execute("INSERT INTO settings VALUES ('a', 'b')")
        assert reading.execute("SELECT count(*) FROM settings").fetchone()[0] == 0
    store.close()
    assert stat.S_IMODE((tmp_path / "server.db").stat().st_mode) == 0o600
    assert not (tmp_path / "server.db-wal").exists()


def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "server.db")
    with pytest.raises(sqlite3.IntegrityError), store.writing() as writing:
        writing.executemany("INSERT INTO settings VALUES ('a', ?)", [("b",), ("c",)])
    with store.reading() as reading:
        assert reading.execute("SELECT count(*) FROM settings").fetchone()[0] == 0
    store.close()


def test_a_file_of_the_first_schema_is_brought_to_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "server.db"
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "STEPS", migrations.STEPS[:1])
        store = Store(database)
        with store.writing() as connection:
            tenant = derived_id("tnt", "default")
            connection.execute("INSERT INTO tenants VALUES (?, 'default')", (tenant,))
            doc = json.dumps({"id": "ply_1", "name": "old", "tags": []})
            row = ("playbook", tenant, "ply_1", None, 0, doc)
            connection.execute("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?)", row)
        store.close()
    with EmbeddedServer(database) as server, client_of(server) as client:
        document = created(client)
        assert client.get(PLAYBOOKS).json()["total"] == 2
        assert client.post(f"{PLAYBOOKS}/{document['id']}/run").status_code == 202
    assert version_of(database) == len(migrations.STEPS)


def test_totals_agree_with_the_rows_after_every_kind_of_write(server: EmbeddedServer, tenant: str) -> None:
    with client_of(server, tenant=tenant) as client, client_of(server, tenant=tenant, app_id="app_1") as app:
        for _ in range(3):
            created(client)
        scoped = created(app)["id"]
        server.delete(created(client)["id"], tenant=tenant)
        server.delete(created(app)["id"], tenant=tenant)
        client.patch(f"{PLAYBOOKS}/{scoped}", json={"name": "x"})
        totals = {}
        for name, bearer in (("tenant", client), ("app", app)):
            for deleted in ("false", "true"):
                page = bearer.get(PLAYBOOKS, params={"include_deleted": deleted}).json()
                assert page["total"] == len(page["data"])
                totals[name, deleted] = page["total"]
    assert totals == {("tenant", "false"): 4, ("tenant", "true"): 6, ("app", "false"): 1, ("app", "true"): 2}


def test_a_file_of_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    database = tmp_path / "server.db"
    Store(database).close()
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = database.read_bytes()
    with pytest.raises(ConfigError, match="has database schema 99, this version knows 3"):
        Store(database)
    assert database.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    database = tmp_path / "server.db"
    database.write_text("namespace: soc-core\n" * 100, "utf-8")
    with pytest.raises(ConfigError, match="cannot be used: file is not a database"):
        Store(database)
    assert database.read_text("utf-8").startswith("namespace")


def version_of(database: Path) -> int:
    connection = sqlite3.connect(database)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def test_ids_grow_within_one_millisecond_and_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ulids = Ulids()
    moments = iter([5_000_000_000] * 100 + [4_000_000_000] * 100)
    monkeypatch.setattr("playbookctl.server.ids.time.time_ns", lambda: next(moments))
    made = [ulids.next("ply") for _ in range(200)]
    assert made == sorted(set(made))
    assert all(is_id(object_id, "ply") for object_id in made)


def test_ids_go_on_after_those_an_earlier_process_gave_out() -> None:
    ulids = Ulids()
    late = "ply_7ZZZZZZZZZ0000000000000000"
    ulids.resume_after(late)
    assert ulids.next("ply") > late


WALK = "SEARCH objects USING INDEX objects_listed (resource=? AND tenant_id=? AND is_deleted=? AND id>?)"
PLANS: list[tuple[list[tuple[str, str]], str]] = [
    ([], WALK),
    ([("enabled", "true")], WALK),
    ([("tags", "a")], "SEARCH tags USING PRIMARY KEY (resource=? AND tenant_id=? AND tag=?)"),
    ([("tags", "a"), ("tags", "b")], "SEARCH tags USING PRIMARY KEY (resource=? AND tenant_id=? AND tag=?)"),
    ([("name", "a")], "SEARCH objects USING INDEX objects_named (resource=? AND tenant_id=? AND <expr>=?)"),
]


@pytest.mark.parametrize(("given", "expected"), PLANS)
def test_a_list_is_found_by_the_index_that_fits(tmp_path: Path, given: list[tuple[str, str]], expected: str) -> None:
    store = Store(tmp_path / "server.db")
    asked: list[str] = []
    with store.reading() as connection:
        connection.set_trace_callback(asked.append)
        caller = Caller(tenant_id_of("any"), "per_1", None, frozenset())
        objects.list_page(connection, PLAYBOOK, caller, read_query(PLAYBOOK, given))
        connection.set_trace_callback(None)
        rows, *_ = (statement for statement in asked if "FROM objects" in statement)
        plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {rows}")]
    store.close()
    assert expected in plan
    assert [step for step in plan if step.startswith("SCAN") or "CORRELATED" in step] == []
    walks = [step for step in plan if "objects_listed" in step and "id>?" in step]
    assert walks == ([WALK] if expected == WALK else []), "an index that finds few rows is not left for a walk"
