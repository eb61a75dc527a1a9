"""Throw mutants of playbooks at the loader, the schema's explainer and all rules, and see that nothing breaks.

    python scripts/fuzz.py [--seconds 600] [--seed N] [--files N] [FOLDER ...]

Starts from this repository's playbooks, its connectors and config, the examples of the rule pages, and the YAML files of
each FOLDER. A mutant that says something no other has said before becomes a parent itself. Whatever breaks is made
smaller and written to `.playbookctl/fuzz/`; exit code 1. The bound of time per file is in scripts/fuzz_oracle.py.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
import traceback
from pathlib import Path
from random import Random, SystemRandom

from fuzz_oracle import KINDS, Broken, Oracle
from mutants import mutate
from playbookctl.check.registry import all_rules

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 60_000  # bytes; larger parents are cut, so that many mutants are seen
MOST_PARENTS = 3000
THOROUGH = 8  # every so many mutants everything is rendered
_EXAMPLE = re.compile(r"^```yaml [^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Fuzzer:
    """A population of parents, and what was seen of their mutants."""

    def __init__(self, seed: int, parents: list[bytes]) -> None:
        self.random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self.parents = [data[:LONGEST] for data in parents]
        self.oracle = Oracle()
        self.seen: set[str] = set()
        self.files = 0
        self.failures: dict[str, tuple[bytes, str]] = {}

    def begin(self) -> None:
        """Judge the parents as they are."""
        for data in self.parents:
            self._judge(data, "playbook", thorough=True)

    def step(self) -> None:
        """Make one mutant and judge it."""
        data = mutate(self.random, self.random.choice(self.parents), self.parents)[: 2 * LONGEST]
        kind = self.random.choice(("playbook",) * 8 + KINDS)
        signature = self._judge(data, kind, thorough=self.files % THOROUGH == 0)
        if not signature <= self.seen:
            self.seen |= signature
            if len(self.parents) < MOST_PARENTS:
                self.parents.append(data[:LONGEST])

    def _judge(self, data: bytes, kind: str, *, thorough: bool) -> set[str]:
        self.files += 1
        why, signature = judge(self.oracle, data, kind, thorough=thorough)
        if why and why not in self.failures:
            self.failures[why] = (data, kind)
            print(f"BROKEN after {self.files} files, {len(data)} bytes, {kind}: {why}", flush=True)
        return signature


def judge(oracle: Oracle, data: bytes, kind: str, *, thorough: bool, aloud: bool = False) -> tuple[str, set[str]]:
    """Return why a file breaks something, by exception and place, '' if it does not; and its signature."""
    try:
        return "", oracle.judge(data, kind, thorough=thorough)
    except Broken as error:
        if aloud:
            print(error)
        return f"Broken: {re.sub(r'[0-9]+|Span[(].*', '', str(error))[:80]}", set()
    except Exception as error:  # noqa: BLE001 - any exception is what is looked for
        if aloud:
            traceback.print_exc()
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "playbookctl" in f.filename]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        return f"{type(error).__name__} in {place}", set()


def shrink(oracle: Oracle, data: bytes, kind: str, why: str, seconds: float = 20) -> bytes:
    """Return a smaller file that breaks in the same way: lines, then bytes left out while it still does."""
    end = time.monotonic() + seconds
    for separator in (b"\n", b""):
        parts = data.split(separator) if separator else [data[i : i + 1] for i in range(len(data))]
        size = max(1, len(parts) // 2)
        while size and time.monotonic() < end:
            at = 0
            while at < len(parts) and time.monotonic() < end:
                fewer = parts[:at] + parts[at + size :]
                if judge(oracle, separator.join(fewer), kind, thorough=True)[0] == why:
                    parts = fewer
                else:
                    at += size
            size //= 2
        data = separator.join(parts)
    return data


def first_parents(folders: list[Path]) -> list[bytes]:
    """Return what the mutants are made from."""
    files = [*sorted((ROOT / "playbooks").rglob("*.yaml")), ROOT / "connectors.yaml", ROOT / "playbookctl.yaml"]
    for folder in folders:
        files += sorted(folder.rglob("*.yaml"))
    examples = [text.encode() for rule in all_rules().values() for text in _EXAMPLE.findall(rule.doc)]
    return [path.read_bytes() for path in files] + examples


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--files", type=int, default=0, help="stop after so many mutants; 0: at the end of the time")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    fuzzer = Fuzzer(options.seed, first_parents(options.folders))
    began = said = time.monotonic()
    fuzzer.begin()
    while time.monotonic() - began < options.seconds and not (options.files and fuzzer.files >= options.files):
        fuzzer.step()
        if time.monotonic() - said > 60:  # noqa: PLR2004 - a minute
            said = time.monotonic()
            print(
                f"{fuzzer.files:,} files, {len(fuzzer.seen):,} things said, {len(fuzzer.failures)} failures", flush=True
            )
    share, slow = fuzzer.oracle.slowest
    print(
        f"{fuzzer.files:,} files in {time.monotonic() - began:.0f} s, {len(fuzzer.seen):,} different things said; "
        f"the slowest, of {len(slow):,} bytes, took {share:.0%} of its bound; {len(fuzzer.failures)} failures"
    )
    return save(fuzzer)


def save(fuzzer: Fuzzer) -> int:
    """Write what broke, made smaller; return the exit code."""
    folder = ROOT / ".playbookctl" / "fuzz"
    for why, (data, kind) in fuzzer.failures.items():
        small = shrink(fuzzer.oracle, data, kind, why)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{hashlib.sha256(why.encode()).hexdigest()[:8]}.{kind}"
        path.write_bytes(small)
        print(f"{path}: {len(small)} bytes: {small[:200]!r}")
        judge(fuzzer.oracle, small, kind, thorough=True, aloud=True)
    return 1 if fuzzer.failures else 0


if __name__ == "__main__":
    sys.exit(main())
