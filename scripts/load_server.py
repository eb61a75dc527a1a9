"""Load the reference server: requests a second and latency of lists and patches, and whether deep pages cost more.

    python scripts/load_server.py [--playbooks 10000 100000] [--seconds 5]

The server runs in a process of its own over a database in a temporary folder; clients are threads of this one, on
plain `http.client` connections that are kept alive. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import http.client
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playbookctl.server import objects
from playbookctl.server.fields import PLAYBOOK
from playbookctl.server.operator import Operator
from playbookctl.server.shapes import accepted
from playbookctl.server.store import Store

PLAYBOOKS = PLAYBOOK.path
PAGE = 100
CHUNK = 2000
DEPTHS = (0.0, 0.5, 0.99)
CLIENTS = (1, 16)
CHILD = """
import sys, time
from pathlib import Path
from playbookctl.server.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    print(server.url, server.token(), flush=True)
    sys.stdin.read()
"""

Call = Callable[["Client", int], None]


class Client:
    """One kept-alive connection."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        """Send a request and return the body; raise RuntimeError unless it is 200."""
        self._connection.request(method, path, json.dumps(body) if body is not None else None, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content


def main() -> None:
    """Fill, serve, load, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--playbooks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each figure is measured")
    options = parser.parse_args()
    print(f"{platform.machine()}, CPython {platform.python_version()}, {options.seconds:g} s a figure\n")
    print("| playbooks | call | clients | requests/s | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    for count in options.playbooks:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder, "server.db")
            ids = fill(database, count)
            measure(database, ids, options.seconds)


def fill(database: Path, count: int) -> list[str]:
    """Store `count` playbooks of about 3 kB and return their ids in the order of lists."""
    store = Store(database)
    caller = Operator(store).caller()
    steps = [{"id": f"step-{n}", "action": "get-message", "with": {"message_id": "{{ alert.source_id }}"},
              "description": "What this step does, and why it comes before the next one. " * 2} for n in range(12)]  # fmt: skip
    ids = []
    for start in range(0, count, CHUNK):
        with store.writing() as connection:
            for number in range(start, min(start + CHUNK, count)):
                body = {"name": f"Playbook {number}", "steps": steps, "tags": [f"playbookctl:key=soc/p{number}"]}
                ids.append(store.ids.next(PLAYBOOK.prefix))
                objects.insert(connection, PLAYBOOK, caller, ids[-1], accepted(PLAYBOOK, body, whole=True))
    store.close()
    return ids


def measure(database: Path, ids: list[str], seconds: float) -> None:
    """Print the table's rows for one database."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the server has no pipes")
    with child.stdin, child.stdout:
        url, token = child.stdout.readline().split()
        cursors = {depth: cursor_at(Client(url, token), len(ids), depth) for depth in DEPTHS}
        for depth, cursor in cursors.items():
            path = f"{PLAYBOOKS}?limit={PAGE}{cursor}"
            show(len(ids), f"list 100, at {depth:.0%}", 1, load(url, token, 1, seconds, list_call(path)))
        show(len(ids), "list by tag", 1, load(url, token, 1, seconds, tag_call(len(ids))))
        for clients in CLIENTS:
            show(
                len(ids),
                "list 100",
                clients,
                load(url, token, clients, seconds, list_call(f"{PLAYBOOKS}?limit={PAGE}")),
            )
            show(len(ids), "patch", clients, load(url, token, clients, seconds, patch_call(ids)))
    child.wait(30)


def cursor_at(client: Client, count: int, depth: float) -> str:
    """Return the query that continues a list at `depth` of it; pages are walked as a client would."""
    cursor = ""
    for _ in range(int(count * depth) // PAGE):
        cursor = f"&cursor={json.loads(client.call('GET', f'{PLAYBOOKS}?limit={PAGE}{cursor}'))['next_cursor']}"
    return cursor


def list_call(path: str) -> Call:
    """Return the call that lists `path`."""
    return lambda client, _: void(client.call("GET", path))


def tag_call(count: int) -> Call:
    """Return the call that finds one playbook by its tag."""
    return lambda client, number: void(client.call("GET", f"{PLAYBOOKS}?tags=playbookctl:key=soc/p{number % count}"))


def patch_call(ids: list[str]) -> Call:
    """Return the call that patches one playbook after the other."""
    return lambda client, number: void(
        client.call("PATCH", f"{PLAYBOOKS}/{ids[number * 7919 % len(ids)]}", {"description": f"changed {number}"})
    )


def void(_: bytes) -> None:
    """Drop an answer."""


def load(url: str, token: str, clients: int, seconds: float, call: Call) -> tuple[float, list[float]]:
    """Let `clients` call as fast as they can for `seconds`; return requests a second and every latency in ms."""
    latencies: list[float] = []
    began = time.perf_counter()

    def work(number: int) -> None:
        client = Client(url, token)
        while time.perf_counter() - began < seconds:
            sent = time.perf_counter()
            call(client, number)
            latencies.append((time.perf_counter() - sent) * 1000)
            number += clients

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(latencies) / (time.perf_counter() - began), latencies


def show(count: int, name: str, clients: int, measured: tuple[float, list[float]]) -> None:
    """Print one row."""
    rate, latencies = measured
    p99 = statistics.quantiles(latencies, n=100)[98]
    print(
        f"| {count:,} | {name} | {clients} | {rate:,.0f} | {statistics.median(latencies):.1f} | {p99:.1f} |", flush=True
    )


if __name__ == "__main__":
    main()
