"""What the rules that look at one file found in it: all that is kept of a file once its text is dropped.

It follows from the file's content, the config, the connectors and the ATT&CK data alone. Which rules are switched on, how
loudly they speak, today's date and a baseline come later (`check/engine.py`), so that it can be kept in a cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.check.facts import summary_of
from playbookctl.check.identity import identity_of, playbook_of
from playbookctl.check.line_secrets import without_secrets
from playbookctl.check.suppress import comments_of
from playbookctl.model.finding import Location
from playbookctl.model.source import Span
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from playbookctl.check.identity import Identity
    from playbookctl.check.rule import Context, Rule
    from playbookctl.check.suppress import Comment
    from playbookctl.model.finding import Fix, Problem, Severity
    from playbookctl.model.workspace import Entry, Summary

    Settle: TypeAlias = Callable[[Entry, Sequence[Fix]], Sequence[Fix | None]]

_TOP = Span(1, 1, 1, 1)
_LONGEST_LINE = 400
_ABOVE = 8000  # characters before a line among which a private key may begin


class Said(Value):
    """A problem with its place. `severity` is set where it differs from the rule's; `fix` is one that can be made.

    `identity` is what makes it the same one tomorrow: `check/identity.py`.
    """

    __slots__ = ("fix", "identity", "location", "message", "related", "severity")

    def __init__(
        self,
        identity: Identity,
        message: str,
        location: Location,
        severity: Severity | None,
        related: tuple[tuple[Location, str], ...],
        fix: Fix | None,
    ) -> None:
        self.identity = identity
        self.message = message
        self.location = location
        self.severity = severity
        self.related = related
        self.fix = fix

    @property
    def code(self) -> str:
        """The code of the rule that says it."""
        return self.identity[0]


class Examined:
    """One file, examined. `file` is its path as shown, `playbook` what it says it is, for a baseline."""

    __slots__ = ("comments", "file", "playbook", "said", "summary")

    def __init__(
        self, file: str, playbook: str, said: tuple[Said, ...], comments: tuple[Comment, ...], summary: Summary
    ) -> None:
        self.file = file
        self.playbook = playbook
        self.said = said
        self.comments = comments
        self.summary = summary


class Examiner:
    """Runs all rules that look at one file or one playbook. `settle` returns the fixes that can be made, None for others."""

    def __init__(self, rules: Iterable[Rule], context: Context, settle: Settle = lambda _, fixes: fixes) -> None:
        known = list(rules)
        self._entry_rules = [rule for rule in known if rule.kind == "entry"]
        self._playbook_rules = [rule for rule in known if rule.kind == "playbook"]
        self._context = context
        self._settle = settle

    def examine(self, entry: Entry) -> Examined:
        """Return what there is to say of a file, in the order of the rules."""
        problems = list(self._problems(entry))
        wanted = [problem.fix for _, problem in problems if problem.fix is not None]
        fixes = iter(self._settle(entry, wanted) if wanted else ())
        said = tuple(
            _placed(code, problem, entry, None if problem.fix is None else next(fixes)) for code, problem in problems
        )
        comments = tuple(comments_of(entry))
        return Examined(entry.source.path, playbook_of(entry), said, comments, self.summarise(entry))

    def summarise(self, entry: Entry) -> Summary:
        """Return what stays of a file for the rules that look at all."""
        return summary_of(entry, self._context)

    def _problems(self, entry: Entry) -> Iterator[tuple[str, Problem]]:
        yield from entry.problems
        if entry.document is not None:
            for rule in self._entry_rules:
                for problem in rule.check(entry, self._context):
                    yield rule.code, problem
        if entry.playbook is not None:
            for rule in self._playbook_rules:
                for problem in rule.check(entry.playbook, self._context):
                    yield rule.code, problem


def _placed(code: str, problem: Problem, entry: Entry, fix: Fix | None) -> Said:
    location = locate(entry, problem.path, problem.span)
    related = tuple((locate(entry, place.path, place.span), place.message) for place in problem.related)
    return Said(identity_of(code, location, entry), problem.message, location, problem.severity, related, fix)


def locate(entry: Entry, path: tuple[str | int, ...], span: Span | None) -> Location:
    """Return the place of a path in a file, or of a span where one is given."""
    if span is None:
        span = entry.document.spans.locate(path) if entry.document else _TOP
    return Location(entry.source.path, span, path, _line(entry.source.text, span.start))


def _line(text: str, offset: int) -> str:
    """Return the line around `offset`, without its break and its secrets. Positions in it are columns: only its end is cut."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    ends = [end for end in (text.find("\n", start), text.find("\r", start)) if end >= 0]
    end = min(ends, default=len(text))
    line = text[start : min(end, max(offset, start) + _LONGEST_LINE)]
    return without_secrets(line, text[max(0, start - _ABOVE) : start])
