"""Measure playbookctl and its peers on the same files in the same run, and write docs/benchmarks.md.

    python scripts/bench.py [--files N] [--runs N] [--no-peers] [--write]

Peers are installed into `.venv-bench` (check-jsonschema, yamllint, Sourcemeta's jsonschema) and, where npm is there, into
`.venv-bench/npm` (ajv-cli). Figures are whole processes, user + system time and wall time, medians. The machine's clock
drifts, so what counts are the ratios within one run.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource

ROOT = Path(__file__).parent.parent
BENCH = ROOT / ".venv-bench"
TEMPLATES = ("isolate-host", "lock-identity", "preserve-evidence", "release-host")


@dataclass(frozen=True)
class Figure:
    """One command measured: seconds of wall and of processor time (medians), peak memory of the largest process in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Case:
    """A row of a table: what it is called and the command line."""

    name: str
    command: tuple[str, ...]


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=10_000, help="size of the large repository")
    parser.add_argument("--runs", type=int, default=7, help="counted runs of a cold start; large ones take a third")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    peers = {} if options.no_peers else install_peers()
    with tempfile.TemporaryDirectory(prefix="playbookctl-bench-") as name:
        folder = Path(name)
        one, some, many = (make_repository(folder / str(size), size) for size in (1, 612, options.files))
        text = "\n".join([
            *table("Cold start: one file, a repository of one playbook", cold_cases(one, peers), one, options.runs),
            *table("Three files of 612", three_cases(some), some, options.runs),
            *table(f"All of {options.files:,} files", many_cases(many, peers), many, max(options.runs // 3, 1)),
            *table("Plan of 612 unchanged playbooks, embedded server", plan_cases(some), some, max(options.runs // 3, 1)),
        ])  # fmt: skip
    page = f"# Benchmarks\n\n{heading(peers)}\n\n{text}"
    print(page)
    if options.write:
        (ROOT / "docs" / "benchmarks.md").write_text(page, "utf-8")
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
        for package in ("check-jsonschema", "yamllint", "sourcemeta-jsonschema", "jsonschema-cli"):
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


def cold_cases(folder: Path, peers: dict[str, str]) -> list[Case]:
    """Return the cold starts: bare Python first, the measure of all."""
    file = str(next(folder.rglob("gen-*.yaml")).relative_to(folder))
    schema = "schemas/playbook.schema.json"
    cases = [
        Case("python -c pass", (sys.executable, "-c", "pass")),
        Case("playbookctl validate", ours("validate", file)),
    ]
    lines = {
        "yamllint": (file,),
        "check-jsonschema": ("--schemafile", schema, file),
        "sourcemeta": ("validate", schema, file),
        "ajv-cli": ("validate", "--spec=draft2020", "--strict=false", "-s", schema, "-d", file),
    }
    return cases + [Case(name, (peers[name], *lines[name])) for name in lines if name in peers]


def three_cases(folder: Path) -> list[Case]:
    """Return the hook's case: three files, the others only as summaries."""
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("gen-*.yaml"))[:3]]
    return [
        Case("python -c pass", (sys.executable, "-c", "pass")),
        Case("playbookctl validate, three files", ours("validate", *files)),
    ]


def many_cases(folder: Path, peers: dict[str, str]) -> list[Case]:
    """Return the large repository, all rules on; peers check the schema only."""
    schema = "schemas/playbook.schema.json"
    cases = [Case("playbookctl validate, all rules", ours("validate"))]
    if "sourcemeta" in peers:
        cases.append(Case("sourcemeta, schema only", (peers["sourcemeta"], "validate", schema, "playbooks")))
    if "check-jsonschema" in peers:
        files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("gen-*.yaml"))][:1000]
        cases.append(
            Case("check-jsonschema, 1,000 of them", (peers["check-jsonschema"], "--schemafile", schema, *files))
        )
    return cases


def plan_cases(folder: Path) -> list[Case]:
    """Sync once, then measure the plan that finds nothing to do."""
    subprocess.run(ours("sync", "--yes"), cwd=folder, check=True, capture_output=True)
    return [Case("python -c pass", (sys.executable, "-c", "pass")), Case("playbookctl plan", ours("plan"))]


def table(title: str, cases: list[Case], folder: Path, runs: int) -> list[str]:
    """Measure the cases in turn, and return a Markdown table with ratios to the first."""
    figures = measure(cases, folder, runs)
    first = figures[0]
    rows = [
        f"| {case.name} | {figure.wall * 1000:,.0f} | {figure.wall / first.wall:.1f} | {figure.cpu * 1000:,.0f} "
        f"| {figure.memory:,.0f} |"
        for case, figure in zip(cases, figures, strict=True)
    ]
    head = ["| command | wall ms | ratio | user + system ms | memory MB |", "|---|---|---|---|---|"]
    return [f"## {title}", "", *head, *rows, ""]


def measure(cases: list[Case], folder: Path, runs: int) -> list[Figure]:
    """Run the cases in turn, A B C A B C …, after one run that is not counted."""
    found: list[list[Figure]] = [[] for _ in cases]
    for run in range(runs + 1):
        for case, figures in zip(cases, found, strict=True):
            figure = once(case.command, folder)
            if run:
                figures.append(figure)
    return [
        Figure(
            statistics.median(figure.wall for figure in figures),
            statistics.median(figure.cpu for figure in figures),
            max(figure.memory for figure in figures),
        )
        for figures in found
    ]


def once(command: tuple[str, ...], folder: Path) -> Figure:
    """Run one command and return what it took; its children count."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return Figure(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, peak(usage))


def peak(usage: resource.struct_rusage) -> float:
    """Return the peak memory in MB; Linux counts in kilobytes, macOS in bytes."""
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def heading(peers: dict[str, str]) -> str:
    """Return when and where it was measured."""
    cpus = os.cpu_count()
    today = datetime.now(timezone.utc).date().isoformat()
    versions = ", ".join(sorted(peers)) or "no peers"
    return (
        f"Measured on {today} by `make bench`: {platform.system()} {platform.machine()}, {cpus} cores, Python "
        f"{platform.python_version()}; beside {versions}. Whole processes, medians. Ratios are to the first row of each table."
    )


if __name__ == "__main__":
    sys.exit(main())
