"""Measure the rules 3xx and 4xx on playbooks with one known mistake each: how many are found, how many findings are right.

    python scripts/seeded_mistakes.py [FOLDER ...] [--copies 200] [--seed N] [--rule PB402] [--show N]

Of the playbooks below each FOLDER (ours by default) it makes 200 copies for each rule, each with one mistake of that
rule, and half as many with something that only looks like it, and runs all rules over them. Recall: the share of
mistakes that the rule says at their place. Precision: of the rule's findings that the original does not have, the share
that stands where a mistake was put. `--show` prints copies that were missed or wrongly accused.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any

import yaml

from playbookctl.attack import AttackIndex
from playbookctl.check.engine import Engine
from playbookctl.check.facts import summary_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.check.selection import Selection
from playbookctl.load.connectors import load_connectors
from playbookctl.load.entry import load_entry
from playbookctl.load.settings import load_settings
from playbookctl.model.workspace import Settings, Workspace
from seeds import BESIDE, SEEDS

if TYPE_CHECKING:
    from typing import TypeAlias

    from playbookctl.model.finding import Finding
    from playbookctl.model.workspace import Summary

    Before: TypeAlias = "Counter[tuple[str, tuple[str | int, ...], str]]"

ROOT = Path(__file__).resolve().parent.parent
COPY, OTHER = "copy.yaml", "beside.yaml"
ONE_PER_FILE = frozenset({"PB306", "PB308", "PB409"})  # their originals must have none
# A copy that starts by itself is held against its original that does so too: what that makes of the steps that were
# there already is right to say, and no mistake of ours.
STARTING = frozenset({"PB402", "PB409"})
_START = ("auto_execute", "trigger_conditions", "enabled")


class Estate:
    """Playbooks, and what calls what, so that a copy is checked together with what belongs to it."""

    def __init__(self, folders: list[Path]) -> None:
        settings, _ = load_settings(str(ROOT / "playbookctl.yaml"), str(ROOT))
        connectors, _ = load_connectors(settings)
        self.context = Context(Settings({}, str(ROOT), None), connectors, AttackIndex.of(settings))
        self.rules = all_rules()
        self.selection = Selection(self.context.settings)
        self.data: dict[str, dict[str, Any]] = {}
        self.summaries: dict[str, Summary] = {}
        for path in [path for folder in folders for path in sorted(folder.rglob("*.yaml"))]:
            if path.name.endswith(".test.yaml"):
                continue
            entry = load_entry(str(path), path.read_bytes())
            if entry.playbook is not None and entry.document is not None:
                summary = summary_of(entry, self.context)
                self.summaries[str(path)] = summary
                self.data[str(path)] = entry.document.data
        self._keys = {summary.key: file for file, summary in sorted(self.summaries.items())}
        self._before: dict[str, Before] = {}

    def new(self, code: str, file: str, data: dict[str, Any]) -> list[Finding]:
        """Return the findings of a changed copy of `file` that the original does not have."""
        left = self._findings_before(code, file, data).copy()
        found = []
        for finding in self._check(file, data):
            identity = _identity(finding)
            if left[identity] > 0:
                left[identity] -= 1
            else:
                found.append(finding)
        return found

    def had(self, code: str, file: str, data: dict[str, Any]) -> bool:
        """Tell whether the original of a copy has a finding of this code."""
        return any(each == code for each, _, _ in self._findings_before(code, file, data))

    def _findings_before(self, code: str, file: str, data: dict[str, Any]) -> Before:
        original = dict(self.data[file])
        if code in STARTING:
            original.update({field: data[field] for field in _START if field in data})
        key = file + repr([original.get(field) for field in _START])
        if key not in self._before:
            self._before[key] = Counter(map(_identity, self._check(file, original)))
        return self._before[key]

    def _check(self, file: str, data: dict[str, Any]) -> list[Finding]:
        copied = load_entry(COPY, _written(data))
        if copied.playbook is None:
            raise SystemExit(
                f"a seed made no playbook of {file}: {[problem.message for _, problem in copied.problems]}"
            )
        beside = load_entry(OTHER, _written(BESIDE))
        engine = Engine(
            self.rules, self.context, self.selection, lambda name: copied if name == COPY else beside, "2026-01-01"
        )
        findings = engine.check_entry(copied)
        around = [self.summaries[name] for name in self._around(file)]
        summaries = [summary_of(beside, self.context), summary_of(copied, self.context), *around]
        findings += engine.check_workspace(Workspace(tuple(summaries)), {COPY})
        return [finding for finding in findings if finding.location.file == COPY]

    def _around(self, file: str) -> list[str]:
        """Return the files that `file` calls, directly or not; callers would bring findings of their own."""
        found = {file}
        pending = [file]
        for name in pending:
            for _, key in self.summaries[name].facts.get("calls", ()):
                callee = self._keys.get(key)
                if callee is not None and callee not in found:
                    found.add(callee)
                    pending.append(callee)
        return sorted(found - {file})


class Score:
    """What came of the copies of one rule."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.seeded = self.decoys = self.found = self.right = self.wrong = 0
        self.shown: list[str] = []

    def row(self) -> str:
        """Return a line of the table."""
        recall = self.found / self.seeded if self.seeded else 0
        said = self.right + self.wrong
        precision = self.right / said if said else 0
        return f"{self.code}  {self.seeded:>6}  {recall:>7.1%}  {self.decoys:>6}  {self.wrong:>5}  {precision:>9.1%}"


def measure(estate: Estate, code: str, copies: int, random: Random) -> Score:
    """Make the copies of one rule and check them."""
    score = Score(code)
    mistake, decoy = SEEDS[code]
    files = sorted(estate.data)
    for number in range(copies + copies // 2):
        for _ in range(50):
            file = random.choice(files)
            data = copy.deepcopy(estate.data[file])
            places = (mistake if number < copies else decoy)(random, data)
            if places is not None and not (code in ONE_PER_FILE and estate.had(code, file, data)):
                _judge(score, estate, file, data, places)
                break
    return score


def _judge(score: Score, estate: Estate, file: str, data: dict[str, Any], places: set[tuple[str | int, ...]]) -> None:
    said = [finding for finding in estate.new(score.code, file, data) if finding.code == score.code]
    right = [finding for finding in said if finding.location.path in places]
    wrong = [finding for finding in said if finding.location.path not in places]
    score.seeded += bool(places)
    score.decoys += not places
    score.found += bool(right)
    score.right += len(right)
    score.wrong += len(wrong)
    if (places and not right) or wrong:
        what = "; ".join(f"{finding.location.path}: {finding.message}" for finding in wrong)
        missed = f"missed at {sorted(places, key=repr)}: {_inside(data, places)}" if places and not right else ""
        score.shown.append(f"{score.code} {Path(file).name}: {missed or 'wrong'} {what}")


def _inside(data: dict[str, Any], places: set[tuple[str | int, ...]]) -> str:
    path = min(places, key=repr)
    node: Any = data
    for part in path[: 2 if path[0] == "steps" else 1]:
        node = node[part] if isinstance(part, int) or part in node else None
        if node is None:
            break
    return repr(node)[:400]


def _identity(finding: Finding) -> tuple[str, tuple[str | int, ...], str]:
    """Return what makes two findings the same in two copies: the place without positions of steps, and the message."""
    path = finding.location.path
    names = (path[0], *path[2:]) if path[:1] in (("steps",), ("trigger_conditions",)) else path
    return finding.code, names, finding.message


def _written(data: dict[str, Any]) -> bytes:
    return yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True).encode()


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", default=[ROOT / "playbooks"])
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1 << 32))
    parser.add_argument("--rule", action="append", choices=sorted(SEEDS), help="only this one; may be repeated")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N missed or wrong ones of each rule")
    options = parser.parse_args()
    estate = Estate(options.folders)
    print(f"{len(estate.data)} playbooks, seed {options.seed}")
    print("rule   seeded   recall  decoys  wrong  precision")
    for code in options.rule or sorted(SEEDS):
        score = measure(estate, code, options.copies, Random(f"{options.seed} {code}"))  # noqa: S311 - to be repeated
        print(score.row(), flush=True)
        for line in score.shown[: options.show]:
            print(f"    {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
