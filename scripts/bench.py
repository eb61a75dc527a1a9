"""Measure playbookctl and its peers on the same files in the same run, and write docs/benchmarks.md.

    python scripts/bench.py [--files N] [--largest N] [--runs N] [--no-peers] [--write]

Peers are installed into `.venv-bench` (check-jsonschema, yamllint) and, where npm is there, into `.venv-bench/npm`
(Sourcemeta's jsonschema, ajv-cli). Whole processes are measured, their children with them, in turn: A B C A B C … Figures
are the least of all runs, for whatever else a machine does only adds; what counts are the ratios within one run.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
BENCH = ROOT / ".venv-bench"
TEMPLATES = ("isolate-host", "lock-identity", "preserve-evidence", "release-host")
SCHEMA = "schemas/playbook.schema.json"
PYTHON = "python -c pass"
SAMPLE = 1_000  # files of the large repository for the peers that take minutes for all


@dataclass(frozen=True)
class Figure:
    """One command measured: the least seconds of wall and of processor time, the most memory of one process in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Case:
    """A row of a table: what it is called, the command line, how many files it looks at, and what to do before it."""

    name: str
    command: tuple[str, ...]
    files: int = 1
    prepare: Callable[[Path], None] = field(default=lambda _: None)
    runs: int = 1_000_000


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=10_000, help="size of the large repository")
    parser.add_argument(
        "--largest", type=int, default=0, help="size of one more, to see that time and memory grow in line"
    )
    parser.add_argument("--runs", type=int, default=15, help="counted runs of a cold start; large ones take a fifth")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    peers = {} if options.no_peers else install_peers()
    few = max(options.runs // 5, 1)
    with tempfile.TemporaryDirectory(prefix="playbookctl-bench-") as name:
        os.environ["XDG_CACHE_HOME"] = os.path.join(name, "cache")
        folder = Path(name)
        one, some, many = (make_repository(folder / str(size), size) for size in (1, 612, options.files))
        synced = make_repository(folder / "synced", 612)
        tables = [
            Table("Cold start: one file, a repository of one playbook", cold_cases(one, peers), one, options.runs),
            Table(
                "A hook: three files of 612, the other 609 as they concern them", hook_cases(some), some, options.runs
            ),
            Table(f"All of {options.files:,} files", many_cases(many, options.files, peers), many, few),
            Table("Plan of 612 unchanged playbooks, embedded server", plan_cases(synced), synced, few),
        ]
        if options.largest:
            largest = make_repository(folder / str(options.largest), options.largest)
            tables.append(Table(f"All of {options.largest:,} files", large_cases(options.largest), largest, 1))
        text = "\n".join(line for table in tables for line in table.lines())
    page = f"# Benchmarks\n\n{heading(peers)}\n\n{budgets(tables)}\n{text}"
    print(page)
    if options.write:
        written = ROOT / "docs" / "benchmarks.md"
        _, begin, beside = (written.read_text("utf-8") if written.exists() else "").partition("<!-- plan and sync -->")
        written.write_text(
            f"{page.rstrip()}\n\n{begin}{beside}" if begin else page, "utf-8"
        )  # bench_plan.py writes that
    return 0


def make_repository(folder: Path, size: int) -> Path:
    """Write a git repository of `size` playbooks of 2 to 4 kB, made of our own callable ones."""
    texts = [(ROOT / "playbooks" / f"{name}.yaml").read_text("utf-8") for name in TEMPLATES]
    for number in range(size):
        lines = texts[number % len(texts)].splitlines(keepends=True)
        text = "".join(
            f"key: gen-{number:06}\n" if line.startswith("key:")
            else f"name: Generated {number:06}\n" if line.startswith("name:") else line
            for line in lines
        )  # fmt: skip
        target = folder / "playbooks" / f"{number // 1000:03}" / f"gen-{number:06}.yaml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    for name in ("connectors.yaml", "playbookctl.yaml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "schemas").mkdir()
    shutil.copy(ROOT / "schemas" / "playbook.schema.json", folder / "schemas")
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.test"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "all"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def install_peers() -> dict[str, str]:
    """Install the peers once; return {name: command}. One that cannot be had is left out."""
    if not (BENCH / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH)], check=True)
        for package in ("check-jsonschema", "yamllint"):
            subprocess.run([str(BENCH / "bin" / "pip"), "install", "-q", package], check=False, capture_output=True)
        if npm := shutil.which("npm"):
            command = [npm, "install", "--silent", "--prefix", str(BENCH / "npm"), "ajv-cli", "@sourcemeta/jsonschema"]
            subprocess.run(command, check=False, capture_output=True)
    found = {name: BENCH / "bin" / name for name in ("check-jsonschema", "yamllint")}
    found |= {"ajv-cli": BENCH / "npm/node_modules/.bin/ajv", "sourcemeta": BENCH / "npm/node_modules/.bin/jsonschema"}
    return {name: str(path) for name, path in found.items() if path.exists()}


def ours(*arguments: str) -> tuple[str, ...]:
    """Return our command line in this environment."""
    return (str(Path(sys.executable).parent / "playbookctl"), *arguments)


def theirs(peers: dict[str, str], files: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the command line of each peer for some files: all check the same schema, yamllint the YAML alone."""
    lines = {
        "yamllint": ("-d", "relaxed", *files),
        "check-jsonschema": ("--schemafile", SCHEMA, *files),
        "sourcemeta": ("validate", SCHEMA, *files),
        "ajv-cli": (
            "validate",
            "--spec=draft2020",
            "--strict=false",
            "-s",
            SCHEMA,
            *(word for file in files for word in ("-d", file)),
        ),
    }
    return {name: (peers[name], *line) for name, line in lines.items() if name in peers}


def cold_cases(folder: Path, peers: dict[str, str]) -> list[Case]:
    """Return the cold starts: bare Python first, the measure of all. So small a repository keeps no cache."""
    file = str(next(folder.rglob("gen-*.yaml")).relative_to(folder))
    cases = [Case(PYTHON, (sys.executable, "-c", "pass")), Case("playbookctl, all rules", ours("validate", file))]
    return cases + [Case(name, line) for name, line in theirs(peers, [file]).items()]


def hook_cases(folder: Path) -> list[Case]:
    """Return the hook's case: three files were edited and are passed."""
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("gen-*.yaml"))[:3]]

    def edit(folder: Path) -> None:
        for file in files:
            (folder / file).open("a").write("# edited\n")

    def edit_and_forget(folder: Path) -> None:
        edit(folder)
        forget(folder)

    return [
        Case(PYTHON, (sys.executable, "-c", "pass")),
        Case("playbookctl, warm cache", ours("validate", *files), prepare=edit),
        Case("playbookctl, no cache yet", ours("validate", *files), prepare=edit_and_forget),
    ]


def many_cases(folder: Path, size: int, peers: dict[str, str]) -> list[Case]:
    """Return the large repository, all rules on; peers check the schema only, the slow ones a part of the files."""
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("gen-*.yaml"))][:SAMPLE]
    cases = large_cases(size)
    if "sourcemeta" in peers:
        cases.append(Case("sourcemeta", (peers["sourcemeta"], "validate", SCHEMA, "playbooks"), size))
        fast = (peers["sourcemeta"], "validate", "--fast", SCHEMA, "playbooks")
        cases.append(Case("sourcemeta --fast", fast, size))
    lines = theirs(peers, files)
    names = [name for name in ("ajv-cli", "check-jsonschema", "yamllint") if name in lines]
    return cases + [Case(f"{name}, {len(files):,} of them", lines[name], len(files), runs=1) for name in names]


def large_cases(size: int) -> list[Case]:
    """Return what is measured of a large repository without peers."""
    return [
        Case("playbookctl, no cache yet", ours("validate"), size, forget),
        Case("playbookctl, warm cache", ours("validate"), size),
        Case("playbookctl --no-cache --jobs 1", ours("validate", "--no-cache", "--jobs", "1"), size),
    ]


def forget(folder: Path) -> None:
    """Remove the cache."""
    shutil.rmtree(folder / ".playbookctl" / "cache", ignore_errors=True)


def plan_cases(folder: Path) -> list[Case]:
    """Sync once, then measure the plan that finds nothing to do."""
    subprocess.run(ours("sync", "--yes"), cwd=folder, check=True, capture_output=True)
    return [Case(PYTHON, (sys.executable, "-c", "pass")), Case("playbookctl plan", ours("plan"), 612)]


class Table:
    """Cases measured in turn."""

    def __init__(self, title: str, cases: list[Case], folder: Path, runs: int) -> None:
        self.title = title
        self.figures = dict(zip(cases, measure(cases, folder, runs), strict=True))

    def figure(self, name: str) -> tuple[Case, Figure] | None:
        """Return the first case whose name begins so, None where it was not measured."""
        return next(((case, figure) for case, figure in self.figures.items() if case.name.startswith(name)), None)

    def lines(self) -> list[str]:
        """Return a Markdown table with ratios of the time for one file to the first row's."""
        (first, base), *_ = self.figures.items()
        rows = [
            f"| {case.name} | {figure.wall * 1000:,.0f} | {figure.cpu * 1000:,.0f} | {figure.memory:,.0f} "
            f"| {figure.wall / case.files / (base.wall / first.files):.2f} "
            f"| {figure.cpu / case.files / (base.cpu / first.files):.2f} |"
            for case, figure in self.figures.items()
        ]
        head = [
            "| command | wall ms | user + system ms | memory MB | wall, a file, to the first | user + system, so |",
            "|---|---|---|---|---|---|",
        ]
        return [f"## {self.title}", "", *head, *rows, ""]


def measure(cases: list[Case], folder: Path, runs: int) -> list[Figure]:
    """Run the cases in turn, A B C A B C …, after one run that is not counted. Raises ValueError for a run that failed."""
    found: list[list[Figure]] = [[] for _ in cases]
    for run in range(runs + 1):
        for case, figures in zip(cases, found, strict=True):
            if run < case.runs or not figures:
                case.prepare(folder)
                figure = once(case.command, folder)
                if run or case.runs == 1:
                    figures.append(figure)
    return [
        Figure(
            min(each.wall for each in figures), min(each.cpu for each in figures), max(each.memory for each in figures)
        )
        for figures in found
    ]


def once(command: tuple[str, ...], folder: Path) -> Figure:
    """Run one command and return what it took; its children count. Raises ValueError where it does not end with 0."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ValueError(f"{command[:4]} ended with {process.returncode}")
    return Figure(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, peak(usage))


def peak(usage: resource.struct_rusage) -> float:
    """Return the peak memory in MB; Linux counts in kilobytes, macOS in bytes."""
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def budgets(tables: list[Table]) -> str:
    """Return the ratios that matter, each with the bound it is held to."""
    cold, hook, many = tables[:3]
    fresh, warm = "playbookctl, no cache yet", "playbookctl, warm cache"
    rows = [
        ("cold start, to bare Python", ratio(cold, "playbookctl", cold, PYTHON), "at most 7"),
        (
            "check-jsonschema's cold start, to ours",
            ratio(cold, "check-jsonschema", cold, "playbookctl"),
            "at least 3.5",
        ),
        ("yamllint's cold start, to ours", ratio(cold, "yamllint", cold, "playbookctl"), "more than 1"),
        ("three edited files of 612, to bare Python", ratio(hook, warm, hook, PYTHON), "at most 12"),
        ("check-jsonschema for a file of many, to ours", ratio(many, "check-jsonschema", many, fresh), "at least 30"),
        ("ours for a file of many, to sourcemeta's", ratio(many, fresh, many, "sourcemeta"), "at most 2"),
        ("sourcemeta for unchanged files, to ours", ratio(many, "sourcemeta", many, warm), "at least 10"),
    ]
    (_, figure) = many.figure(fresh) or (None, Figure(0, 0, 0))
    head = "| what | by wall time | by user + system | bound, by wall time |\n|---|---|---|---|\n"
    shown = "".join(f"| {name} | {said[0]:.1f} | {said[1]:.1f} | {bound} |\n" for name, said, bound in rows if said)
    return f"{head}{shown}| memory of the largest process, MB | {figure.memory:,.0f} | | under 200 |\n"


def ratio(table: Table, name: str, other: Table, measure_: str) -> tuple[float, float] | None:
    """Return the times of one case for one file, in those of another; None where one was not measured."""
    above, below = table.figure(name), other.figure(measure_)
    if above is None or below is None:
        return None
    (case, figure), (other_case, other_figure) = above, below
    files = case.files / other_case.files
    return figure.wall / other_figure.wall / files, figure.cpu / other_figure.cpu / files


def heading(peers: dict[str, str]) -> str:
    """Return when, where and against what it was measured."""
    today = datetime.now(timezone.utc).date().isoformat()
    load = os.getloadavg()[0]
    beside = ", ".join(f"{name} {version_of(name)}" for name in sorted(peers)) or "no peers"
    return (
        f"Measured on {today} by `make bench`: {platform.system()} {platform.machine()}, {os.cpu_count()} cores (load "
        f"{load:.1f} at the end), Python {platform.python_version()}, PyYAML {importlib.metadata.version('pyyaml')}; beside "
        f"{beside}. Whole processes, least of several runs, in turn. playbookctl checks with all its rules; peers check "
        "the same JSON Schema alone, yamllint the layout of the YAML. The generated playbooks are of 2 to 4 kB."
    )


def version_of(name: str) -> str:
    """Return the version of an installed peer."""
    package = {"sourcemeta": "@sourcemeta/jsonschema"}.get(name, name)
    manifest = BENCH / "npm" / "node_modules" / package / "package.json"
    if manifest.exists():
        return str(json.loads(manifest.read_text("utf-8"))["version"])
    code = f"import importlib.metadata; print(importlib.metadata.version('{package}'))"
    return subprocess.run(
        [str(BENCH / "bin/python"), "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
