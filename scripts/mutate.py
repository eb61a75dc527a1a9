"""Change the product's code in one small way at a time and see whether a test notices.

    python scripts/mutate.py [--mutants 150] [--seed N] [--jobs 2] [--target FOLDER ...] [--only WORD]

Takes a snapshot of the work tree, so that nobody's files are touched, samples mutants of check/ and flow/ (flipped
comparisons, changed constants, removed statements and negations, swapped operators), and runs the tests that belong to
the file, the nearest first, each with -x and a limit of time. Results are kept in `.playbookctl/mutate/`: the same seed
goes on where it was stopped, and a mutant whose file has not changed since is not tried again. Exit code 1 if fewer
than `--least` percent were noticed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random

from ast_mutations import Mutation, mutations

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".playbookctl" / "mutate"
TARGETS = ("check", "flow")
COPIED = (
    "src",
    "tests",
    "schemas",
    "playbooks",
    "scripts",
    "docs",
    "pyproject.toml",
    "connectors.yaml",
    "playbookctl.yaml",
)
SECONDS = 120  # for each of the two runs of pytest; the whole of both takes about 20
KILLED, SURVIVED, TIMEOUT = "killed", "survived", "timeout"


@dataclass(frozen=True)
class Result:
    """What became of a mutant, and the seconds it took. `digest` is that of the file it was made of."""

    file: str
    place: str
    change: str
    outcome: str
    seconds: float
    digest: str

    @property
    def name(self) -> str:
        """What tells a mutant from the others."""
        return f"{self.file}:{self.place}:{self.change}"


def all_mutants(targets: list[str]) -> list[tuple[str, Mutation]]:
    """Return every mutant of the files below `src/playbookctl/TARGET`, in a fixed order."""
    found = []
    for target in targets:
        for path in sorted((ROOT / "src" / "playbookctl" / target).rglob("*.py")):
            source = path.read_text("utf-8")
            found += [(path.relative_to(ROOT).as_posix(), mutation) for mutation in mutations(source)]
    return found


def tests_for(file: str, root: Path) -> tuple[list[str], list[str]]:
    """Return the tests nearest to a file, and those beyond; the long and the slow ones are left out."""
    part = file.split("/")[2]
    name = Path(file).stem
    code = name[:5].upper() if name.startswith("pb") else ""
    slow = {"test_fuzz.py"} if name == "affected" else {"test_changed_since.py", "test_fuzz.py"}
    folders = ["tests/check", "tests/flow"] if part == "flow" else ["tests/check", "tests/edit", "tests/flow"]
    everything = [
        path for folder in folders for path in sorted((root / folder).rglob("test_*.py")) if path.name not in slow
    ]
    module = file.removeprefix("src/").removesuffix(".py").replace("/", ".")
    near = [path for path in everything if module in (text := path.read_text("utf-8")) or (code and code in text)]
    near.sort(key=lambda path: (path.stem != f"test_{name}", path.name))
    rest = [path for path in everything if path not in near]
    return [path.relative_to(root).as_posix() for path in near], [path.relative_to(root).as_posix() for path in rest]


class Workshop:
    """A copy of the work tree in which one mutant at a time is tried."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
            elif source.exists():
                shutil.copy(source, folder / name)
        subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)

    def refuse_broken(self) -> None:
        """End the script where the tests fail without any mutant."""
        near, rest = tests_for("src/playbookctl/check/engine.py", self.root)
        outcome = self._pytest([*near, *rest])
        if outcome != SURVIVED:
            raise SystemExit(f"the tests of the work tree itself fail ({outcome}); mend that first")

    def try_out(self, file: str, mutation: Mutation) -> Result:
        """Put a mutant in place, run the tests, and put the file back."""
        path = self.root / file
        source = path.read_text("utf-8")
        began = time.monotonic()
        path.write_text(mutation.apply(source), "utf-8")
        try:
            outcome = self._run_tests(file)
        finally:
            path.write_text(source, "utf-8")
        return Result(
            file, mutation.place, mutation.change, outcome, round(time.monotonic() - began, 1), digest_of(source)
        )

    def _run_tests(self, file: str) -> str:
        near, rest = tests_for(file, self.root)
        code = Path(file).stem[:5].upper()
        narrow = [["tests/check/test_rule_pages.py", "-k", code]] if code.startswith("PB") else []
        for batch in [*narrow, near, rest]:
            outcome = self._pytest(batch) if batch else SURVIVED
            if outcome != SURVIVED:
                return outcome
        return SURVIVED

    def _pytest(self, arguments: list[str]) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
                cwd=self.root, env=environment, capture_output=True, timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return TIMEOUT
        return SURVIVED if done.returncode in (0, 5) else KILLED  # 5: no test of that name


def digest_of(source: str) -> str:
    """Return what a result is bound to."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def run(chosen: list[tuple[str, Mutation]], done: dict[str, Result], log: Path, jobs: int) -> list[Result]:
    """Try what was not tried yet, in `jobs` workshops; results are written as they come."""
    fresh = []
    for file, mutation in chosen:
        digest = digest_of((ROOT / file).read_text("utf-8"))
        known = done.get(f"{file}:{mutation.place}:{mutation.change}")
        if known is None or known.digest != digest:
            fresh.append((file, mutation))
    lock = threading.Lock()
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder, ThreadPoolExecutor(jobs) as pool:
        free: SimpleQueue[Workshop] = SimpleQueue()
        for number in range(min(jobs, len(fresh))):
            (Path(folder) / str(number)).mkdir()
            workshop = Workshop(Path(folder) / str(number))
            if number == 0:
                workshop.refuse_broken()
            free.put(workshop)

        def work(pair: tuple[str, Mutation]) -> None:
            workshop = free.get()
            try:
                result = workshop.try_out(*pair)
            finally:
                free.put(workshop)
            with lock, log.open("a", encoding="utf-8") as file:
                done[result.name] = result
                file.write(json.dumps(asdict(result)) + "\n")
                print(f"{result.outcome:<8} {result.seconds:>5.1f} s  {result.name}", flush=True)

        list(pool.map(work, fresh))
    return [done[f"{file}:{mutation.place}:{mutation.change}"] for file, mutation in chosen]


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mutants", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--target", action="append", help="a folder of src/playbookctl; default: check and flow")
    parser.add_argument("--only", default="", metavar="WORD", help="only mutants with this in their name")
    parser.add_argument("--least", type=float, default=85, help="percent that must be noticed")
    options = parser.parse_args()
    pairs = all_mutants(options.target or list(TARGETS))
    everything = [(file, each) for file, each in pairs if options.only in f"{file}:{each.place}:{each.change}"]
    chosen = Random(options.seed).sample(everything, min(options.mutants, len(everything)))  # noqa: S311 - to be repeated
    KEPT.mkdir(parents=True, exist_ok=True)
    log = KEPT / "results.jsonl"
    rows = log.read_text("utf-8").splitlines() if log.exists() else []
    done = {result.name: result for result in (Result(**json.loads(row)) for row in rows)}
    results = run(chosen, done, log, options.jobs)
    alive = sorted((result for result in results if result.outcome == SURVIVED), key=lambda result: result.name)
    share = 100 * (len(results) - len(alive)) / len(results)
    timeouts = sum(result.outcome == TIMEOUT for result in results)
    print(
        f"{len(results)} of {len(everything):,} mutants (seed {options.seed}): {share:.1f} % noticed, {timeouts} by time"
    )
    for result in alive:
        print(f"survived {result.name}")
    return 0 if share >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
