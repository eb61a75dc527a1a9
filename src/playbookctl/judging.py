"""The judge of a review: the base's settings, catalogue, ATT&CK data and baseline, applied to any commit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from playbookctl.check.baseline import known_findings, read_baseline
from playbookctl.check.codes import config_problems
from playbookctl.check.engine import Engine
from playbookctl.check.facts import facts_of
from playbookctl.check.identity import identity_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.check.selection import Selection
from playbookctl.load.entry import key_in
from playbookctl.model.collector import collector_paused
from playbookctl.model.finding import SECRET
from playbookctl.model.playbook import Playbook
from playbookctl.model.source import stem
from playbookctl.model.workspace import Entry, Summary, Workspace
from playbookctl.review.found import Found
from playbookctl.review.sides import Held, Side, digest_of, without_secrets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from playbookctl.check.baseline import Baseline
    from playbookctl.committed import Committed
    from playbookctl.model.finding import Finding, Problem
    from playbookctl.model.workspace import Connectors

_COMMENT = "playbookctl:"  # what a suppression begins with


class Judged(NamedTuple):
    """A side as loaded, the findings in the files that were to be checked, and what rules say of all playbooks.

    `commented` are the files of `checked` in which a comment may switch findings off.
    """

    side: Side
    found: tuple[Found, ...]
    problems: tuple[tuple[str, Problem], ...]
    engine: Engine
    commented: frozenset[str]


class Judge:
    """Loads and checks commits as `base` says. `today` is an ISO date, for suppressions that expire."""

    def __init__(self, base: Committed, today: str) -> None:
        self.base = base
        self.settings = base.settings
        self.rules = all_rules()
        self.today = today
        self._attack = base.attack()
        self._plain = Context(base.settings, base.connectors, self._attack)
        self._folder = os.path.relpath(base.settings.root, base.root)
        self._known: dict[tuple[str, str], Held] = {}
        self._claims: dict[str, str] = {}  # file by key, on the side that was judged first

    def judge(self, commit: Committed, connectors: Connectors, checked: Collection[str]) -> Judged:
        """Load the playbooks of a commit, and check the files `checked` and the commit's own two one by one.

        Of a key that several files claim, the file that had it on the side judged first has it, else the first: a file
        that takes another's key must not be compared in its place. A file that another side has just so is not loaded
        again, unless it is to be checked.
        """
        context = Context(self.settings, connectors, self._attack)
        selection = Selection(self.settings, (), (), self.rooted)
        engine = Engine(self.rules, context, selection, commit.load, self.today, self._baseline(commit))
        playbooks: dict[str, Held] = {}
        twice: list[Held] = []
        found: list[Found] = []
        commented: set[str] = set()
        files = commit.playbooks(self.settings)
        commit.tree.fetch(
            blob for path, blob in files.items() if path in checked or (path, blob.name) not in self._known
        )
        with collector_paused():
            for path, blob in files.items():
                held = self._known.get((path, blob.name)) if not blob.is_link else None
                if held is None or path in checked:
                    entry = commit.load(path)
                    held = held or self._held(entry, blob.name)
                    self._known[path, blob.name] = held
                    if path in checked:
                        commented |= {path} if _COMMENT in entry.source.text else set()
                        found += _found(engine.check_entry(entry), held.key, entry)
                first = playbooks.setdefault(held.key, held)
                if first is not held and self._claims.get(held.key) == path:
                    playbooks[held.key], held = held, first
                if playbooks[held.key] is not held:
                    twice.append(held)
        for own in self._own(commit):
            found += _found(engine.check_entry(own), "", own)
        self._claims = self._claims or {held.key: held.file for held in playbooks.values()}
        side = Side(playbooks, tuple(twice), None if commit.wrong else commit.settings, commit.connectors)
        workspace = Workspace(tuple(map(_summary, side.all_held())))
        problems = tuple(engine.workspace_problems(workspace))
        return Judged(side, tuple(found), problems, engine, frozenset(commented))

    def findings(self, judged: Judged, other: Judged, checked: Collection[str]) -> list[Found]:
        """Return all findings of a side, but for what rules say of all playbooks just so on both sides."""
        same = set(other.problems)
        commented = judged.commented | other.commented
        left = [row for row in judged.problems if row not in same or row[1].file in commented]
        engine, keys = judged.engine, {held.file: held.key for held in judged.side.all_held()}
        found = list(judged.found)
        for row in sorted(left, key=lambda row: row[1].file):  # a file is opened once for all that is said of it
            for finding in engine.locate([row]):
                found += _found([finding], keys.get(finding.location.file, ""), engine.entry(finding.location.file))
        for finding in engine.check_suppressions(set(checked)):
            found += _found([finding], keys.get(finding.location.file, ""), engine.entry(finding.location.file))
        return found

    def attack_name(self, id_: str) -> str:
        """Return what ATT&CK calls a technique or tactic, '' for one that the pinned data does not have."""
        known = self._attack.technique(id_) or self._attack.tactic(id_)
        return known.name if known is not None else ""

    def rooted(self, path: str) -> str:
        """Return a path of the commit as the config has it: relative to the config's folder."""
        return os.path.relpath(path, self._folder).replace(os.sep, "/")

    def known_more(self, commit: Committed) -> tuple[str, int, tuple[str, ...]]:
        """Return the baseline's path, how many findings the commit's baseline knows beyond the base's, and their codes."""
        path = self._baseline_path()
        if path is None:
            return "", 0, ()
        before, now = (known_findings(side.bytes_of(path) or b"") for side in (self.base, commit))
        more = {row: number - before.get(row, 0) for row, number in now.items() if number > before.get(row, 0)}
        return path, sum(more.values()), tuple(sorted({row[1] for row in more}))

    def _baseline_path(self) -> str | None:
        named = self.settings.baseline
        return None if named is None else os.path.normpath(os.path.join(self._folder, named)).replace(os.sep, "/")

    def _baseline(self, commit: Committed) -> Baseline | None:
        path = self._baseline_path()
        data = self.base.bytes_of(path) if path is not None else None
        if path is None or data is None:
            return None
        here = commit.tree.files
        return read_baseline(path, data, self.rooted, lambda file: _below(self._folder, file) in here)

    def _held(self, entry: Entry, text: str) -> Held:
        playbook, file = entry.playbook, entry.source.path
        if playbook is None:
            return Held(key_in(entry), file, None, {}, text, "", entry.stated_key is not None)
        facts, digest = facts_of(playbook, self._plain), digest_of(playbook.data)
        secrets = [problem.path for problem in self.rules[SECRET].check(entry, self._plain)]
        shown = Playbook(without_secrets(playbook.data, secrets), stem(file)) if secrets else playbook
        return Held(playbook.key, file, shown, facts, text, digest, playbook.has_key)

    def _own(self, commit: Committed) -> Iterator[Entry]:
        config = commit.config_entry
        if config is not None and config.document is not None and not commit.wrong:
            said = tuple(config_problems(config.document.data, self.rules, self.today))
            yield Entry(config.source, config.document, None, (*config.problems, *said))
        elif config is not None:
            yield config
        if commit.connectors_entry is not None:
            yield commit.connectors_entry


def _below(folder: str, file: str) -> str:
    return os.path.normpath(os.path.join(folder, file)).replace(os.sep, "/")


def _summary(held: Held) -> Summary:
    name = held.playbook.name if held.playbook is not None else ""
    return Summary(held.file, held.key, name, held.facts, has_key=held.has_key)


def _found(findings: Iterable[Finding], key: str, entry: Entry) -> Iterator[Found]:
    for finding in findings:
        location, suppression = finding.location, finding.suppression
        _, at, text = identity_of(finding.code, location, entry)
        yield Found(
            finding.code, finding.severity.value, key, location.file, location.span.start_line, at, text, finding.message,
            suppression.kind if suppression is not None else "", suppression.reason if suppression is not None else "",
        )  # fmt: skip
