"""The judge of a review: the base's settings, catalogue, ATT&CK data and baseline, applied to any commit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.check.baseline import known_findings, read_baseline
from playbookctl.check.codes import config_problems
from playbookctl.check.engine import Engine
from playbookctl.check.facts import facts_of
from playbookctl.check.identity import place_of, text_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.check.selection import Selection
from playbookctl.load.entry import key_in
from playbookctl.model.playbook import Playbook
from playbookctl.model.source import stem
from playbookctl.model.workspace import Entry, Summary, Workspace
from playbookctl.review.found import Found
from playbookctl.review.sides import Held, Side, digest_of, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.check.baseline import Baseline
    from playbookctl.committed import Committed
    from playbookctl.model.finding import Finding
    from playbookctl.model.workspace import Connectors

_SECRET = "PB403"  # noqa: S105 - the code of the rule, not a secret


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

    def side(self, commit: Committed) -> Side:
        """Load the playbooks of a commit; a file that was just so on another side is not loaded again."""
        playbooks: dict[str, Held] = {}
        twice: list[Held] = []
        for path, blob in commit.playbooks(self.settings).items():
            same = (path, blob.name)
            held = self._known.get(same) or self._held(commit.load(path), blob.name)
            if not blob.is_link:  # the same link may lead to another text
                self._known[same] = held
            if held.key in playbooks:
                twice.append(held)
            else:
                playbooks[held.key] = held
        return Side(playbooks, tuple(twice), None if commit.wrong else commit.settings, commit.connectors)

    def findings(self, commit: Committed, side: Side, connectors: Connectors, files: set[str]) -> list[Found]:
        """Return the findings in `files`, those that speak of all playbooks, and those of the commit's own two files."""
        context = Context(self.settings, connectors, self._attack)
        selection = Selection(self.settings, (), (), self.rooted)
        engine = Engine(self.rules, context, selection, commit.load, self.today, self._baseline(commit))
        found: list[Finding] = []
        entries: dict[str, Entry] = {}
        for path in sorted(files):
            entries[path] = entry = commit.load(path)
            found += engine.check_entry(entry)
        for own in self._own(commit):
            entries[own.source.path] = own
            found += engine.check_entry(own)
        held = sorted((*side.playbooks.values(), *side.twice), key=lambda each: each.file)
        found += engine.check_workspace(Workspace(tuple(map(_summary, held))), None)
        found += engine.check_suppressions(files)
        keys = {each.file: each.key for each in held}
        return list(_found(found, keys, entries, commit))

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
        return read_baseline(
            path, data, self.rooted, lambda file: os.path.join(self._folder, file) in commit.tree.files
        )

    def _held(self, entry: Entry, text: str) -> Held:
        playbook, file = entry.playbook, entry.source.path
        if playbook is None:
            return Held(key_in(entry), file, None, {}, text, "", entry.stated_key is not None)
        facts, digest = facts_of(playbook, self._plain), digest_of(playbook.data)
        secrets = [problem.path for problem in self.rules[_SECRET].check(entry, self._plain)]
        shown = Playbook(without_secrets(playbook.data, secrets), stem(file)) if secrets else playbook
        return Held(playbook.key, file, shown, facts, text, digest, playbook.has_key)

    def _own(self, commit: Committed) -> Iterator[Entry]:
        config = commit.config_entry
        if config is not None and config.document is not None:
            said = tuple(("PB002", problem) for problem in config_problems(config.document.data, self.rules))
            yield Entry(config.source, config.document, None, (*config.problems, *said))
        elif config is not None:
            yield config
        if commit.connectors_entry is not None:
            yield commit.connectors_entry


def _summary(held: Held) -> Summary:
    name = held.playbook.name if held.playbook is not None else ""
    return Summary(held.file, held.key, name, held.facts, has_key=held.has_key)


def _found(
    findings: Iterable[Finding], keys: dict[str, str], entries: dict[str, Entry], commit: Committed
) -> Iterator[Found]:
    for finding in findings:
        file = finding.location.file
        if file not in entries:
            entries[file] = commit.load(file)
        entry = entries[file]
        data = entry.document.data if entry.document else None
        suppression = finding.suppression
        yield Found(
            finding.code,
            finding.severity.value,
            keys.get(file, ""),
            file,
            finding.location.span.start_line,
            place_of(finding.location.path, data),
            text_of(finding.code, finding.location, entry),
            finding.message,
            suppression.kind if suppression is not None else "",
            suppression.reason if suppression is not None else "",
        )
