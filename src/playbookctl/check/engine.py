"""Runs the rules and turns what they say into findings: file, span, severity, suppression.

Documents pass one by one and are dropped; what the rules that look at all playbooks need of them stays in a summary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.facts import summary_of
from playbookctl.check.suppress import Comment, comments_of, remarks, suppress
from playbookctl.model.finding import Finding, Location
from playbookctl.model.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.check.baseline import Baseline, Recorder
    from playbookctl.check.rule import Context, Rule
    from playbookctl.check.selection import Selection
    from playbookctl.model.finding import Problem, Related, Suppression
    from playbookctl.model.workspace import Entry, Summary, Workspace

_TOP = Span(1, 1, 1, 1)
_LONGEST_LINE = 400
_MOST_REOPENED = 200  # each holds its text


class Engine:
    """Checks entries one by one, then all of them together.

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
        self._entry_rules = [rule for rule in on.values() if rule.kind == "entry"]
        self._playbook_rules = [rule for rule in on.values() if rule.kind == "playbook"]
        self._workspace_rules = [rule for rule in on.values() if rule.kind == "workspace"]
        self._all_on = len(on) == len(rules)
        self._context = context
        self._selection = selection
        self._reopen = reopen
        self._today = today
        self._known = known
        self._comments: dict[str, list[Comment]] = {}
        self._reopened: dict[str, Entry] = {}

    @property
    def codes(self) -> set[str]:
        """The codes of the rules that run."""
        return set(self._rules)

    def check_entry(self, entry: Entry) -> list[Finding]:
        """Return the findings of the rules that look at one file or one playbook, unsorted."""
        comments = comments_of(entry)
        if comments:
            self._comments[entry.source.path] = comments
        found: list[Finding] = []
        for code, problem in entry.problems:
            if rule := self._rules.get(code):
                found += self._findings(rule, iter((problem,)), entry)
        if entry.document is not None:
            for rule in self._entry_rules:
                found += self._findings(rule, rule.check(entry, self._context), entry)
        if entry.playbook is not None:
            for rule in self._playbook_rules:
                found += self._findings(rule, rule.check(entry.playbook, self._context), entry)
        return found

    def summarise(self, entry: Entry) -> Summary:
        """Return what stays of an entry for the rules that look at all."""
        return summary_of(entry, self._context)

    def check_workspace(self, workspace: Workspace, shown: set[str] | None = None) -> list[Finding]:
        """Return the findings of the rules that look at all playbooks.

        `shown` limits them to those of which at least one place lies in these files; None shows all.
        """
        found: list[Finding] = []
        for rule in self._workspace_rules:
            for problem in rule.check(workspace, self._context):
                files = {problem.file, *(related.file for related in problem.related)}
                if shown is None or files & shown:
                    found += self._findings(rule, iter((problem,)), self._entry(problem.file))
        return found

    def check_suppressions(self, files: set[str]) -> list[Finding]:
        """Return the findings about the suppressing comments of `files`; call it last."""
        found: list[Finding] = []
        for file in sorted(files & set(self._comments)):
            for code, problem in remarks(self._comments[file], self._today, checked=self._all_on):
                if rule := self._rules.get(code):
                    found += self._findings(rule, iter((problem,)), self._entry(file))
        return found

    def _findings(self, rule: Rule, problems: Iterator[Problem], entry: Entry) -> Iterator[Finding]:
        for problem in problems:
            severity = self._selection.severity(rule, problem.severity, entry.source.path)
            if severity is None:
                continue
            location = _location(entry, problem.path, problem.span)
            yield Finding(
                rule.code,
                rule.name,
                severity,
                problem.message,
                location,
                related=tuple(self._related(related, entry) for related in problem.related),
                fix=problem.fix,
                suppression=self._suppression(rule.code, location, entry),
            )

    def _suppression(self, code: str, location: Location, entry: Entry) -> Suppression | None:
        comments = self._comments.get(location.file)
        if comments and not code.startswith("PB9"):
            said = suppress(code, location.span, comments, self._today)
            if said is not None:
                return said
        return self._known.suppress(code, location, entry) if self._known is not None else None

    def _related(self, related: Related, entry: Entry) -> tuple[Location, str]:
        place = self._entry(related.file) if related.file else entry
        return _location(place, related.path, related.span), related.message

    def _entry(self, file: str) -> Entry:
        entry = self._reopened.get(file)
        if entry is None:
            if len(self._reopened) > _MOST_REOPENED:
                self._reopened.clear()
            entry = self._reopened[file] = self._reopen(file)
            if file not in self._comments and (comments := comments_of(entry)):
                self._comments[file] = comments
        return entry


def _location(entry: Entry, path: tuple[str | int, ...], span: Span | None) -> Location:
    if span is None:
        span = entry.document.spans.locate(path) if entry.document else _TOP
    return Location(entry.source.path, span, path, _line(entry.source.text, span.start))


def _line(text: str, offset: int) -> str:
    """Return the line around `offset`, without its break. Positions in it are columns, so its start is never cut."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    ends = [end for end in (text.find("\n", start), text.find("\r", start)) if end >= 0]
    end = min(ends, default=len(text))
    return text[start : min(end, max(offset, start) + _LONGEST_LINE)]
