"""Change the product's code in one small way at a time and see whether a test notices.

    python scripts/mutate.py [--mutants N] [--seed N] [--jobs 1] [--target FOLDER ...] [--only WORD]

Takes all mutants of check/ and flow/ (flipped comparisons, changed constants, removed statements and negations, swapped
operators), or a seeded sample of N. Tests run in forks of one warm process: only those that run the changed line. Those
known to change nothing that could be seen stand in scripts/mutants_known.yaml, each with its reason; any other that
survives is printed as unexplained. Exit code 1 if fewer than `--least` percent were noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ast_mutations import Mutation, mutations
from mutation_survey import ARGUMENTS, ROOT, Survey, digest_of, import_everything, test_files
from mutation_trial import SURVIVED, TIMEOUT, Swapper, fork, in_a_fork, kills_anew

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = ROOT / "scripts" / "mutants_known.yaml"
KEPT = ROOT / ".playbookctl"
SURVEY = KEPT / "survey.json"
LOG = KEPT / "mutants.jsonl"
TARGETS = ("check", "flow")


@dataclass(frozen=True)
class Mutant:
    """One change of one file, and the line it stands on."""

    file: str
    mutation: Mutation
    line: str

    @property
    def name(self) -> str:
        """What tells it from the others while the file is as it is."""
        return f"{self.file}:{self.mutation.place}: {self.mutation.change}"


@dataclass(frozen=True)
class Known:
    """A mutant that no test can notice, found again by what it says and not by where it stands."""

    file: str
    line: str
    change: str
    why: str

    def is_it(self, mutant: Mutant) -> bool:
        """Whether this is that mutant."""
        return (self.file, self.line, self.change) == (
            mutant.file.removeprefix("src/playbookctl/"), mutant.line, mutant.mutation.change,
        )  # fmt: skip


class Suite:
    """The tests, by the lines of the product that they run."""

    def __init__(self, lines: dict[str, dict[int, list[str]]], seconds: dict[str, float]) -> None:
        self._lines = lines
        self.seconds = seconds

    @staticmethod
    def survey() -> Suite:
        """Run all tests once, in a fork; those that were run before, with the same code, are not run again."""
        code = [
            *(ROOT / "src").rglob("*.py"),
            *(ROOT / "scripts").glob("*.py"),
            *(ROOT / "tests" / "support").rglob("*.py"),
        ]
        version = digest_of(code)
        kept = json.loads(SURVEY.read_text("utf-8")) if SURVEY.exists() else {}
        files = kept["files"] if kept.get("version") == version else {}
        wanted = {file: digest_of([ROOT / file]) for file in test_files()}
        stale = [file for file, digest in wanted.items() if files.get(file, {}).get("digest") != digest]
        fresh = _survey(stale) if stale else {}
        files = {file: {"digest": wanted[file], **fresh[file]} if file in fresh else files[file] for file in wanted}
        SURVEY.write_text(json.dumps({"version": version, "files": files}), "utf-8")
        suite = Suite({}, {})
        for each in files.values():
            suite.seconds |= each["seconds"]
            for name, rows in each["lines"].items():
                merged = suite._lines.setdefault(name, {})
                for line, tests in rows.items():
                    merged.setdefault(int(line), []).extend(tests)
        return suite

    def tests_of(self, mutant: Mutant, *, anew: bool) -> list[str]:
        """Return the tests that can notice, the quickest first; for what runs at import, those that run the file."""
        rows = self._lines.get(mutant.file, {})
        first = int(mutant.mutation.place.partition(":")[0])
        lines = [first] if first in rows and not anew else rows  # a line folded into another is not seen to run
        found = {test for line in lines for test in rows[line] if test}
        if anew and not found:
            found = set(self.seconds)  # a file that only declares something: any test may miss it
        return sorted(found, key=lambda test: (self.seconds.get(test, 0), test))

    def is_imported(self, mutant: Mutant) -> bool:
        """Whether a line runs when its module is imported."""
        return "" in self._lines.get(mutant.file, {}).get(int(mutant.mutation.place.partition(":")[0]), [])


def _survey(stale: list[str]) -> dict[str, Any]:
    """Return the seconds and the lines of the tests of each file. Ends the script where a test fails."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "survey.json"

        def work() -> int:
            survey = Survey()
            lines = survey.run(stale)
            return int(not result.write_text(json.dumps([lines, survey.seconds, survey.failed]), "utf-8"))

        if fork(work):
            raise SystemExit("the tests could not be run")
        lines, seconds, failed = json.loads(result.read_text("utf-8"))
    if failed:
        raise SystemExit(f"the tests fail without any change: {failed}")
    files: dict[str, Any] = {file: {"seconds": {}, "lines": {}} for file in stale}
    for test, took in seconds.items():
        files[test.partition("::")[0]]["seconds"][test] = took
    for name, rows in lines.items():
        for line, tests in rows.items():
            for test in tests:
                for file in [test.partition("::")[0]] if test else stale:  # what runs at import is said by each
                    files[file]["lines"].setdefault(name, {}).setdefault(line, []).append(test)
    return files


def all_mutants(targets: list[str]) -> list[Mutant]:
    """Return every mutant of the files below `src/playbookctl/TARGET`, in a fixed order."""
    found = []
    for target in targets:
        for path in sorted((ROOT / "src" / "playbookctl" / target).rglob("*.py")):
            source = path.read_text("utf-8")
            rows = source.splitlines()
            for mutation in mutations(source):
                line = rows[int(mutation.place.partition(":")[0]) - 1].strip()
                found.append(Mutant(path.relative_to(ROOT).as_posix(), mutation, line))
    return found


def read_known() -> list[Known]:
    """Return the mutants that are known to survive."""
    return [
        Known(file, row["line"], row["change"], row["why"])
        for file, rows in yaml.safe_load(KNOWN.read_text("utf-8")).items()
        for row in rows
    ]


class Trials:
    """What became of each mutant, by its name; printed as it comes."""

    def __init__(self, suite: Suite, mutants: list[Mutant], log: Path) -> None:
        self._suite = suite
        self._mutants = mutants
        self._log = log
        self._sources = {file: (ROOT / file).read_text("utf-8") for file in {mutant.file for mutant in mutants}}

    def run(self) -> dict[str, str]:
        """Try all: what can be swapped in one warm process, the rest each in a process of its own."""
        self._log.write_text("", "utf-8")

        if fork(lambda: int(pytest.main([*ARGUMENTS, *test_files()], plugins=[Swapper(self._swap)]))):
            raise SystemExit("the tests could not be collected")
        done = self._read()
        for mutant in self._mutants:
            if mutant.name not in done:
                self._try(mutant, kills_anew, self._suite.tests_of(mutant, anew=True))
        return self._read()

    def _swap(self, swapper: Swapper) -> None:
        for mutant in self._mutants:
            source = self._sources[mutant.file]
            if not self._suite.is_imported(mutant) and swapper.can_swap(mutant.file, source, mutant.mutation):
                self._try(mutant, swapper.kills, self._suite.tests_of(mutant, anew=False))

    def _try(self, mutant: Mutant, kills: Callable[..., bool], tests: list[str]) -> None:
        began = time.monotonic()
        seconds = sum(self._suite.seconds[test] for test in tests)
        source = self._sources[mutant.file]
        outcome = in_a_fork(lambda: kills(mutant.file, source, mutant.mutation, tests), seconds) if tests else SURVIVED
        with self._log.open("a", encoding="utf-8") as file:
            took = round(time.monotonic() - began, 2)
            row = {"name": mutant.name, "outcome": outcome, "seconds": took, "tests": len(tests), "how": kills.__name__}
            file.write(json.dumps(row) + "\n")

    def _read(self) -> dict[str, str]:
        rows = [json.loads(row) for row in self._log.read_text("utf-8").splitlines()]
        return {row["name"]: row["outcome"] for row in rows}


def main() -> int:
    """Run the script."""
    options = _options()
    everything = [each for each in all_mutants(options.target or list(TARGETS)) if options.only in each.name]
    number = min(options.mutants or len(everything), len(everything))
    chosen = sorted(Random(options.seed).sample(everything, number), key=lambda mutant: mutant.name)  # noqa: S311 - to be repeated
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none is needed, and each is imported for every mutant
    sys.path[:0] = [str(ROOT / folder) for folder in ("src", "tests", "scripts")]
    began = time.monotonic()
    import_everything()
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        os.environ["PYTEST_ADDOPTS"] = f"--basetemp={folder}/tests"  # each fork clears it; others' runs do not
        suite = Suite.survey()
        print(f"{len(suite.seconds)} tests in {sum(suite.seconds.values()):.0f} s; {number} mutants to try", flush=True)
        outcomes = Trials(suite, chosen, LOG).run()
    return report(chosen, outcomes, options, len(everything), time.monotonic() - began)


def report(mutants: list[Mutant], outcomes: dict[str, str], options: Any, of: int, seconds: float) -> int:
    """Print who survived and why, and the share that was noticed; return the exit code."""
    known = read_known()
    alive = [mutant for mutant in mutants if outcomes[mutant.name] == SURVIVED]
    reasons = {mutant.name: next((each.why for each in known if each.is_it(mutant)), "") for mutant in alive}
    for name, why in sorted(reasons.items(), key=lambda pair: (bool(pair[1]), pair[0])):
        print(f"survived {name}\n         {why or 'UNEXPLAINED'}")
    share = 100 * (len(mutants) - len(alive)) / len(mutants)
    timeouts = sum(outcome == TIMEOUT for outcome in outcomes.values())
    print(
        f"{len(mutants):,} of {of:,} mutants (seed {options.seed}) in {seconds / 60:.0f} min: {share:.1f} % noticed, "
        f"{timeouts} of them by time; {len(alive)} survived, {sum(map(bool, reasons.values()))} of them with a reason"
    )
    return 0 if share >= options.least else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mutants", type=int, help="how many; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", help="a folder of src/playbookctl; default: check and flow")
    parser.add_argument("--only", default="", metavar="WORD", help="only mutants with this in their name")
    parser.add_argument("--least", type=float, default=85, help="percent that must be noticed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
