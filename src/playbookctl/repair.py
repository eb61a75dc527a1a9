"""`validate --fix`: check, fix in memory, check again until nothing more can be fixed. Writes nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.load.entry import load_entry
from playbookctl.pipeline import check
from playbookctl.promise import fixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playbookctl.model.finding import Finding
    from playbookctl.model.report import Report
    from playbookctl.model.workspace import Entry
    from playbookctl.pipeline import CheckOptions, Repository

_MOST_ROUNDS = 10  # a fix seldom makes room for another; this only ends what would go round in circles


class Repair:
    """What the fixes came to: the report of what remains, the number of findings fixed, the texts before and after.

    `changes` pairs a file (as shown) with its text before and after, sorted by file. Nothing is written yet.
    """

    def __init__(self, report: Report, fixed: int, changes: list[tuple[str, str, str]]) -> None:
        self.report = report
        self.fixed = fixed
        self.changes = changes


def repair(
    repository: Repository, paths: Sequence[str], options: Callable[[], CheckOptions], *, unsafe: bool = False
) -> Repair:
    """Fix what can be fixed, in memory: `repository.drafts` holds the new texts. `options` are made anew for each check.

    Raises what `check` raises.
    """
    asked = options()
    before: dict[str, str] = {}
    if asked.stdin is not None:
        return _repair_input(repository, options, unsafe=unsafe)
    files = {repository.shown(file): file for file in _absolute(repository, paths)}
    report = check(repository, paths, options())
    total, looked_at = 0, report
    for _ in range(_MOST_ROUNDS):
        changed = []
        for shown, findings in _by_file(looked_at, unsafe=unsafe):
            file = files.setdefault(shown, os.path.join(repository.here, shown))
            entry = repository.load(file)
            after, made = _fix(entry, findings)
            if made:
                before.setdefault(shown, entry.source.text)
                repository.drafts[os.path.abspath(file)] = after.source.text
                changed.append(file)
                total += made
        if not changed:
            break
        looked_at = check(repository, changed, options())
    if total:
        report = check(repository, paths, options())
    changes = [(shown, text, repository.load(files[shown]).source.text) for shown, text in sorted(before.items())]
    return Repair(report, total, changes)


def _repair_input(repository: Repository, options: Callable[[], CheckOptions], *, unsafe: bool) -> Repair:
    """Fix what came on standard input; a check reads it from its options."""
    asked = options()
    original = load_entry(asked.stdin_name, asked.stdin or b"")
    text, total = original.source.text, 0

    def look() -> Report:
        again = options()
        again.stdin = text.encode("utf-8") if total else again.stdin
        return check(repository, (), again)

    report = look()
    for _ in range(_MOST_ROUNDS):
        found = dict(_by_file(report, unsafe=unsafe)).get(asked.stdin_name, [])
        after, made = _fix(load_entry(asked.stdin_name, text.encode("utf-8")), found)
        if not made:
            break
        text, total = after.source.text, total + made
        report = look()
    return Repair(report, total, [(asked.stdin_name, original.source.text, text)] if total else [])


def _by_file(report: Report, *, unsafe: bool) -> Iterator[tuple[str, list[Finding]]]:
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.fix is not None and (finding.fix.safe or unsafe):
            found.setdefault(finding.location.file, []).append(finding)
    yield from sorted(found.items())


def _fix(entry: Entry, findings: Sequence[Finding]) -> tuple[Entry, int]:
    """Return the entry after the fixes, and how many were made."""
    done = fixed(entry, [finding.fix for finding in findings if finding.fix is not None])
    return done.entry, done.refusals.count("")


def _absolute(repository: Repository, paths: Sequence[str]) -> list[str]:
    return [*repository.files(), *(os.path.abspath(path) for path in paths if os.path.isfile(path))]
