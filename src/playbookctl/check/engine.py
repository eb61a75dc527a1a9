"""Turns what the rules say into findings: severity, suppression; and runs the rules that look at all playbooks.

Files pass one by one and are dropped (`check/examined.py`); what the rules that look at all playbooks need of them stays
in a summary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.examined import Examiner, locate
from playbookctl.check.facts import summary_of
from playbookctl.check.identity import identity_of, playbook_of
from playbookctl.check.suppress import Comment, comments_of, remarks, suppress
from playbookctl.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.check.baseline import Baseline, Recorder
    from playbookctl.check.examined import Examined
    from playbookctl.check.identity import Identity
    from playbookctl.check.rule import Context, Rule
    from playbookctl.check.selection import Selection
    from playbookctl.model.finding import Location, Problem, Related, Suppression
    from playbookctl.model.workspace import Entry, Summary, Workspace

_MOST_REOPENED = 200  # each holds its text
_ENDS = frozenset(("PB001", "PB002", "PB008", "PB009"))  # with one of these the rules about playbooks do not run


class Engine:
    """Judges what was found in each file, then checks all of them together.

    `reopen` returns the entry of a file again, for the few findings that speak of a document already dropped. `known`
    suppresses findings that no comment suppresses.
    """

    def __init__(
        self,
        rules: dict[str, Rule],
        context: Context,
        selection: Selection,
        reopen: Callable[[str], Entry],
        today: str,
        known: Baseline | Recorder | None = None,
    ) -> None:
        on = {code: rule for code, rule in rules.items() if selection.is_on(rule)}
        self._rules = on
        self._examiner = Examiner(rules.values(), context)
        self._workspace_rules = [rule for rule in on.values() if rule.kind == "workspace"]
        self._off = [code for code in rules if code not in on]
        self._context = context
        self._selection = selection
        self._reopen = reopen
        self._today = today
        self._known = known
        self._comments: dict[str, list[Comment]] = {}
        self._rejected: set[str] = set()  # files of which not all rules have seen something
        self._reopened: dict[str, Entry] = {}

    @property
    def codes(self) -> set[str]:
        """The codes of the rules that run."""
        return set(self._rules)

    def check_entry(self, entry: Entry) -> list[Finding]:
        """Return the findings of the rules that look at one file or one playbook, unsorted."""
        return self.judge(self._examiner.examine(entry))

    def summarise(self, entry: Entry) -> Summary:
        """Return what stays of an entry for the rules that look at all."""
        return summary_of(entry, self._context)

    def judge(self, examined: Examined) -> list[Finding]:
        """Return the findings in one file, unsorted: what was said by rules that are on."""
        if examined.comments:
            self._comments[examined.file] = list(examined.comments)
            if any(said.code in _ENDS for said in examined.said):
                self._rejected.add(examined.file)
        found = []
        for said in examined.said:
            rule = self._rules.get(said.code)
            if rule is None:
                continue
            severity = self._selection.severity(rule, said.severity, examined.file)
            if severity is None:
                continue
            suppression = self._suppression(said.identity, said.location, examined.playbook)
            found.append(
                Finding(
                    rule.code, rule.name, severity, said.message, said.location, related=said.related, fix=said.fix,
                    suppression=suppression,
                )
            )  # fmt: skip
        return found

    def check_workspace(self, workspace: Workspace, shown: set[str] | None = None) -> list[Finding]:
        """Return the findings of the rules that look at all playbooks.

        `shown` limits them to those of which at least one place lies in these files; None shows all.
        """
        return self.locate(
            (code, problem)
            for code, problem in self.workspace_problems(workspace)
            if shown is None or shown & {problem.file, *(related.file for related in problem.related)}
        )

    def workspace_problems(self, workspace: Workspace) -> Iterator[tuple[str, Problem]]:
        """Yield what the rules that look at all playbooks say, each with its code; no file is opened for it."""
        for rule in self._workspace_rules:
            for problem in rule.check(workspace, self._context):
                yield rule.code, problem

    def locate(self, problems: Iterable[tuple[str, Problem]]) -> list[Finding]:
        """Return the findings of problems that `workspace_problems` yields."""
        found: list[Finding] = []
        for code, problem in problems:
            found += self._findings(self._rules[code], problem, self.entry(problem.file))
        return found

    def check_suppressions(self, files: set[str]) -> list[Finding]:
        """Return the findings about the suppressing comments of `files`; call it last."""
        found: list[Finding] = []
        for file in sorted(files & set(self._comments)):
            checked = file not in self._rejected
            off = self._off_in(file)
            for code, problem in remarks(self._comments[file], self._today, checked=checked, off=off):
                if rule := self._rules.get(code):
                    found += self._findings(rule, problem, self.entry(file))
        return found

    def _off_in(self, file: str) -> list[str]:
        """Return the codes of the rules that do not speak of a file."""
        silent = (code for code, rule in self._rules.items() if self._selection.severity(rule, None, file) is None)
        return [*self._off, *silent]

    def entry(self, file: str) -> Entry:
        """Return the entry of a file again, from among the last that were asked for."""
        entry = self._reopened.get(file)
        if entry is None:
            if len(self._reopened) > _MOST_REOPENED:
                self._reopened.clear()
            entry = self._reopened[file] = self._reopen(file)
            if file not in self._comments and (comments := comments_of(entry)):
                self._comments[file] = comments
        return entry

    def _findings(self, rule: Rule, problem: Problem, entry: Entry) -> Iterator[Finding]:
        severity = self._selection.severity(rule, problem.severity, entry.source.path)
        if severity is None:
            return
        location = locate(entry, problem.path, problem.span)
        identity = identity_of(rule.code, location, entry)
        yield Finding(
            rule.code,
            rule.name,
            severity,
            problem.message,
            location,
            related=tuple(self._related(related, entry) for related in problem.related),
            fix=problem.fix,
            suppression=self._suppression(identity, location, playbook_of(entry)),
        )

    def _suppression(self, identity: Identity, location: Location, playbook: str) -> Suppression | None:
        code, comments = identity[0], self._comments.get(location.file)
        if comments and not code.startswith("PB9"):
            said = suppress(code, location.span, comments, self._today)
            if said is not None:
                return said
        return self._known.suppress(identity, location.file, playbook) if self._known is not None else None

    def _related(self, related: Related, entry: Entry) -> tuple[Location, str]:
        place = self.entry(related.file) if related.file else entry
        return locate(place, related.path, related.span), related.message
