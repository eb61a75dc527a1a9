"""What a rule says (a problem, in paths) and what the engine makes of it (a finding, in lines)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from playbookctl.model.value import Value

if TYPE_CHECKING:
    from playbookctl.model.source import NodePath, Span

SECRET = "PB403"  # noqa: S105 - the code of the rule that finds secrets: what it points at is shown and kept nowhere


class Severity(Enum):
    """How bad a finding is; the values order from worst to mildest by `rank`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for a note."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Edit(Value):
    """One change of the text at a path. `text` is YAML as it will stand in the file; the edit stage makes patches of it.

    `mode` is 'replace' (the value), 'rest' (the value and what follows on its line), 'key' (rename), 'delete' (a key with
    its value, or an element), 'insert' (a key that is not there, or an element before the one with that index) or 'comment'
    (the comment that begins `at` this offset becomes `text`; '' deletes it).
    """

    __slots__ = ("at", "mode", "path", "text")

    def __init__(self, path: NodePath, text: str, mode: str = "replace", *, at: int = -1) -> None:
        self.path = path
        self.text = text
        self.mode = mode
        self.at = at


class Fix(Value):
    """A remedy that a machine can apply. A safe one cannot change what the playbook does.

    `replacements` say the same in text, once it is known that the fix can be made: each place, and what takes it.
    """

    __slots__ = ("edits", "replacements", "safe", "title")

    def __init__(
        self,
        title: str,
        edits: tuple[Edit, ...],
        *,
        safe: bool = True,
        replacements: tuple[tuple[Location, str], ...] = (),
    ) -> None:
        self.title = title
        self.edits = edits
        self.safe = safe
        self.replacements = replacements


class Related(Value):
    """Another place that belongs to a problem, in this file or in another (`file`, as in `Source.path`)."""

    __slots__ = ("file", "message", "path", "span")

    def __init__(self, path: NodePath, message: str, file: str = "", *, span: Span | None = None) -> None:
        self.path = path
        self.message = message
        self.file = file
        self.span = span  # where a path does not tell: of two equal keys it means the last


class Problem(Value):
    """What a rule says: a path in the document, a sentence, perhaps other places and a fix.

    `span` is set where there is no path to speak of (broken YAML, characters). `severity` overrides the rule's own.
    `file` is set by workspace rules, which speak of many files.
    """

    __slots__ = ("file", "fix", "message", "path", "related", "severity", "span")

    def __init__(
        self,
        path: NodePath,
        message: str,
        *,
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
        span: Span | None = None,
        file: str = "",
        severity: Severity | None = None,
    ) -> None:
        self.path = path
        self.message = message
        self.related = related
        self.fix = fix
        self.span = span
        self.file = file
        self.severity = severity


class Location(Value):
    """A place for people and machines: file, span, path, and the text of the first line (at most 400 characters)."""

    __slots__ = ("file", "line_text", "path", "span")

    def __init__(self, file: str, span: Span, path: NodePath = (), line_text: str = "") -> None:
        self.file = file
        self.span = span
        self.path = path
        self.line_text = line_text


class Suppression(Value):
    """Why a finding is not counted: the comment's or baseline's reason, and where it is said."""

    __slots__ = ("kind", "reason")

    def __init__(self, kind: str, reason: str) -> None:
        self.kind = kind  # 'inSource' or 'external', as SARIF calls them
        self.reason = reason


class Finding(Value):
    """A problem with its rule's code, its severity and its place; what every format shows."""

    __slots__ = ("code", "fix", "location", "message", "related", "rule", "severity", "suppression")

    def __init__(
        self,
        code: str,
        rule: str,
        severity: Severity,
        message: str,
        location: Location,
        *,
        related: tuple[tuple[Location, str], ...] = (),
        fix: Fix | None = None,
        suppression: Suppression | None = None,
    ) -> None:
        self.code = code
        self.rule = rule  # the rule's name, such as 'unknown-step'
        self.severity = severity
        self.message = message
        self.location = location
        self.related = related
        self.fix = fix
        self.suppression = suppression

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The key by which findings are sorted: file, line, column, code, message."""
        span = self.location.span
        return (self.location.file, span.start_line, span.start_column, self.code, self.message)
