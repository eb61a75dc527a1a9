"""Measure plan and sync against the reference server in a process of its own, beside octodns where pip has it.

    python scripts/bench_plan.py [--playbooks N] [--runs N] [--workers N…] [--no-peers] [--write]

`--write` puts the tables into docs/benchmarks.md, in the place of those it finds there. Figures of the client alone: user
+ system time of its whole process, git included, the server's not. The repository is prepared once, the server's database
is filled directly, and every sync gets a copy of it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import BENCH, ROOT, Figure, make_repository, ours
from playbookctl.canonical import digests
from playbookctl.load.entry import load_entry
from playbookctl.marker import self_digest, write_tags
from playbookctl.model.marker import Base, Marker
from playbookctl.pipeline import Repository
from playbookctl.plan import Lookups, render
from playbookctl.server import objects
from playbookctl.server.fields import CONNECTOR, PERSON, PLAYBOOK
from playbookctl.server.operator import Operator
from playbookctl.server.seed import Seed, seeded_id
from playbookctl.server.shapes import accepted
from playbookctl.server.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHILD = """
import sys
from pathlib import Path
from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.faults import Fault, FaultKind, Faults
seconds = float(sys.argv[2])
faults = Faults()
if seconds:
    faults.arm(Fault(FaultKind.LATENCY, seconds=seconds, times=None))
with EmbeddedServer(Path(sys.argv[1]), faults=faults) as server:
    print(server.url, server.token(), flush=True)
    sys.stdin.read()
"""
LAUNCHER = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
child = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(child.pid, 0)
mega = 1024 if sys.platform != "darwin" else 1024 * 1024
figures = [time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / mega]
print(json.dumps([*figures, os.waitstatus_to_exitcode(status)]), end="")
"""
BEGIN, END = "<!-- plan and sync -->", "<!-- end of plan and sync -->"
SERVER_S = 0.02  # how long a server takes to answer in the measured syncs
BARE = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
import httpx
url, number = sys.argv[1], int(sys.argv[2])
headers = {"Authorization": f"Bearer {os.environ['CPOD_API_KEY']}"}
with httpx.Client(headers=headers, verify=False, trust_env=False) as client, ThreadPoolExecutor(16) as workers:
    rows = client.get(f"{url}/api/v1/soc/playbooks", params={"limit": 50}).json()["data"]
    def call(at):
        client.get(f"{url}/api/v1/soc/playbooks/{rows[at % len(rows)]['id']}").json()
    list(workers.map(call, range(number)))
"""
CHUNK = 2000
NOTE = (
    "User and system time of the client, git included. The time for each change is what a sync takes beyond a plan of the "
    "same changes: it reads, writes and reads again, so three bare calls are the measure for it. A loaded machine lengthens "
    "all of them; what counts are the ratios."
)


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, its figure, how many changes it carried out, and the calls it made."""

    name: str
    figure: Figure
    changes: int = 0
    calls: str = ""


def main() -> int:
    """Prepare, measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--playbooks", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[16], help="of the syncs, one sync for each")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="playbookctl-bench-") as name:
        bench = Bench(Path(name), options.playbooks, options.runs, options.workers)
        rows = bench.rows()
        if not options.no_peers:
            rows += octodns_rows(Path(name), options.playbooks, options.runs)
    text = table(rows, options.playbooks)
    print(text)
    if options.write:
        write(text)
    return 0


class Bench:
    """A repository of so many playbooks, all of them applied to a server's database."""

    def __init__(self, folder: Path, size: int, runs: int, workers: Sequence[int]) -> None:
        self.size = size
        self.workers = workers
        self.runs = runs
        self.repository = make_repository(folder / "repository", size)
        self.database = folder / "server.db"
        self.url = ""
        self.some = max(size // 100, 1)
        self.many = max(size // 10, 1)
        self.fill()

    def rows(self) -> list[Row]:
        """Measure everything; the sync's own part is what it takes beyond a plan of the same changes."""
        found = []
        with self.serving(self.database, 0.0):
            found.append(Row("python -c pass", self.measured((sys.executable, "-c", "pass"))))
            found.append(Row("validate, nothing changed", self.measured(ours("validate"))))
            name = f"plan, nothing changed of {self.size:,}"
            found.append(Row(name, self.measured(ours("plan")), calls=self.counted(ours("plan"))))
            with self.changed(self.some):
                found.append(Row(f"plan, {self.some:,} changed", self.measured(ours("plan"))))
            with self.changed(self.many):
                found.append(Row(f"plan, {self.many:,} changed", self.measured(ours("plan"))))
            bare = (sys.executable, "-c", BARE, self.url, str(3 * self.many))
            found.append(Row(f"{3 * self.many:,} bare GETs with httpx, 16 threads", self.measured(bare), self.many))
        return [*found, *self.syncs()]

    def syncs(self) -> Iterator[Row]:
        """Sync many changes, each run on a database of its own, at several numbers of workers."""
        for workers in self.workers:
            self.configure(workers)
            figures, calls = [], ""
            for run in range(self.runs + 1):  # the first is not measured: it writes a log, to count the calls by
                copy = Path(shutil.copy(self.database, self.database.with_name("copy.db")))
                with self.serving(copy, SERVER_S), self.changed(self.many):
                    succeeded(
                        ours("plan"), self.repository
                    )  # so that the caches know the configuration and the changes
                    command = ours("sync", "--yes", "--allow-dirty", "--force")
                    if run:
                        figures.append(succeeded(command, self.repository))
                    else:
                        calls = self.counted(command)
            name = f"sync, {self.many:,} changed, {workers} workers, a server that takes {SERVER_S * 1000:.0f} ms"
            yield Row(name, middle(figures), self.many, calls)

    def fill(self) -> None:
        """Store every playbook as a sync would have left it."""
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=self.repository, capture_output=True, check=True, text=True
        )
        commit = head.stdout[:12]
        repository = Repository(str(self.repository / "playbookctl.yaml"), str(self.repository))
        connectors = {name: connector.provider for name, connector in repository.connectors.by_name.items()}
        store = Store(self.database)
        operator = Operator(store)
        caller = operator.caller()
        entries = [load_entry(file, Path(file).read_bytes()) for file in repository.files()]
        playbooks = [entry.playbook for entry in entries if entry.playbook is not None]
        owners = {str(playbook.data["owner"]) for playbook in playbooks if playbook.data.get("owner")}
        operator.seed(caller, Seed(connectors, tuple(sorted(owners))))
        self.configure()
        environment = Repository(None, str(self.repository)).settings.environments["prod"]
        rows = [
            {"id": seeded_id(CONNECTOR, caller, name), "name": name, "provider": provider}
            for name, provider in connectors.items()
        ]
        persons = [{"id": seeded_id(PERSON, caller, name), "display_name": name} for name in owners]
        lookups = Lookups(environment, repository.connectors, rows, persons, {}, ())
        for start in range(0, len(playbooks), CHUNK):
            with store.writing() as connection:
                for playbook in playbooks[start : start + CHUNK]:
                    live_id = store.ids.next(PLAYBOOK.prefix)
                    body = render(playbook, lookups)
                    mark = Marker("bench", playbook.key, Base(digests(body), commit, self_digest(live_id)))
                    body["tags"] = [*body["tags"], *write_tags(mark, live_id)]
                    objects.insert(connection, PLAYBOOK, caller, live_id, accepted(PLAYBOOK, body, whole=True))
        store.close()

    def configure(self, workers: int = 16) -> None:
        """Write the configuration. It names no address: what the caches know would hold for one server only."""
        config = {"namespace": "bench", "default_environment": "prod", "environments": {"prod": {"workers": workers}}}
        (self.repository / "playbookctl.yaml").write_text(json.dumps(config), "utf-8")

    @contextmanager
    def serving(self, database: Path, seconds: float) -> Iterator[None]:
        """Run the server over a database in a process of its own; it takes `seconds` to answer."""
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(database), str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the server has no pipes")
        with child.stdin, child.stdout:
            self.url, token = child.stdout.readline().split()
            os.environ |= {"CPOD_API_KEY": token, "CPOD_BASE_URL": self.url}
            yield
        child.wait(60)

    @contextmanager
    def changed(self, number: int) -> Iterator[None]:
        """Have so many files say something else, at even distances."""
        files = sorted((self.repository / "playbooks").rglob("*.yaml"))
        before = {path: path.read_text("utf-8") for path in files[:: max(len(files) // number, 1)][:number]}
        for path, text in before.items():
            path.write_text(re.sub(r"(?m)^name: .*$", r"\g<0> (changed)", text, count=1), "utf-8")
        try:
            yield
        finally:
            for path, text in before.items():
                path.write_text(text, "utf-8")

    def measured(self, command: tuple[str, ...]) -> Figure:
        """Return the medians of several runs, after one that is not counted."""
        return middle([succeeded(command, self.repository) for _ in range(self.runs + 1)][1:])

    def counted(self, command: tuple[str, ...]) -> str:
        """Return how often a command calls what."""
        log = self.repository / "calls.log"
        log.unlink(missing_ok=True)
        succeeded((*command, "--log-file", str(log)), self.repository)
        return counted(log)


def succeeded(command: tuple[str, ...], folder: Path) -> Figure:
    """Run one command below a small process of its own; raise RuntimeError, with its words, if it fails.

    The kernel counts the memory of whoever forks as the child's: this process, which has rendered thousands, is too large.
    """
    done = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *command], cwd=folder, check=False, capture_output=True, text=True
    )
    wall, cpu, memory, code = json.loads(done.stdout.rpartition("\n")[2])
    if code:
        raise RuntimeError(f"{' '.join(command)}: {code}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return Figure(wall, cpu, memory)


def middle(figures: Sequence[Figure]) -> Figure:
    """Return the medians, and the highest memory."""
    return Figure(
        statistics.median(figure.wall for figure in figures),
        statistics.median(figure.cpu for figure in figures),
        max(figure.memory for figure in figures),
    )


def counted(log: Path) -> str:
    """Return the calls of a log by what they ask, ids aside: '20 GET playbooks, 1 GET connectors'."""
    found = re.findall(r"Z (GET|POST|PATCH) /api/v1/[a-z]+/([a-z]+)(/\S+)?", log.read_text("utf-8"))
    numbers = Counter(f"{method} {what}{'/ID' if one else ''}" for method, what, one in found)
    return ", ".join(f"{number:,} {call}" for call, number in sorted(numbers.items()))


def octodns_rows(folder: Path, size: int, runs: int) -> list[Row]:
    """Measure a plan of as many unchanged records, from YAML to YAML: octodns asks no API, so that its share is less."""
    command = octodns()
    if command is None:
        return []
    place = folder / "octodns"
    records = {f"host-{number:06}": {"type": "A", "ttl": 60, "value": "192.0.2.1"} for number in range(size)}
    for side in ("source", "target"):
        (place / side).mkdir(parents=True)
        (place / side / "example.test.yaml").write_text(yaml_of(records), "utf-8")
    providers = {
        side: {"class": "octodns.provider.yaml.YamlProvider", "directory": str(place / side), "enforce_order": False}
        for side in ("source", "target")
    }
    zones = {"example.test.": {"sources": ["source"], "targets": ["target"]}}
    (place / "config.yaml").write_text(json.dumps({"providers": providers, "zones": zones}), "utf-8")
    figures = [succeeded((command, "--config-file", "config.yaml"), place) for _ in range(runs + 1)][1:]
    return [Row(f"octodns-sync, plan of {size:,} unchanged records, YAML to YAML", middle(figures))]


def octodns() -> str | None:
    """Return the command, installed once; None where it cannot be had."""
    if not (BENCH / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH)], check=True)
    command = BENCH / "bin" / "octodns-sync"
    if not command.exists():
        subprocess.run([str(BENCH / "bin" / "pip"), "install", "-q", "octodns"], check=False, capture_output=True)
    return str(command) if command.exists() else None


def yaml_of(records: Mapping[str, Any]) -> str:
    """Return records as YAML that people write, one value a line."""
    lines = []
    for name, record in records.items():
        lines += [f"{name}:", *(f"  {key}: {value}" for key, value in record.items())]
    return "\n".join(["---", *lines, ""])


def table(rows: Sequence[Row], size: int) -> str:
    """Return the section with its tables."""
    plans = {row.name: row.figure for row in rows}
    planned = next((figure for name, figure in plans.items() if name == f"plan, {size // 10:,} changed"), None)
    lines = [
        f"## Plan and sync of {size:,} playbooks, the reference server in a process of its own",
        "",
        f"Measured on {time.strftime('%Y-%m-%d', time.gmtime())}, {where()}. {NOTE}",
        "",
        "| command | wall ms | user + system ms | ms of client for each change | memory MB | calls |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        figure = row.figure
        before = planned.cpu if planned and row.name.startswith("sync") else 0.0
        each = f"{(figure.cpu - before) * 1000 / row.changes:.2f}" if row.changes else ""
        lines.append(
            f"| {row.name} | {figure.wall * 1000:,.0f} | {figure.cpu * 1000:,.0f} | {each} | {figure.memory:,.0f} "
            f"| {row.calls} |"
        )
    return "\n".join([*lines, ""])


def where() -> str:
    """Return what the machine is, and how busy."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.0f}"
    )


def write(text: str) -> None:
    """Put the section into docs/benchmarks.md, in the place of the one before."""
    path = ROOT / "docs" / "benchmarks.md"
    page = path.read_text("utf-8") if path.exists() else "# Benchmarks\n"
    before, _, rest = page.partition(BEGIN)
    behind = rest.partition(END)[2]
    path.write_text(f"{before.rstrip()}\n\n{BEGIN}\n{text}{END}{behind.rstrip()}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
