"""Comments that switch a finding off: `# playbookctl: ignore[PB402] reason until=2027-01-31`.

At the end of a line it speaks of the findings that start on that line; alone on a line of the next node (a step, or
a key with its value); on the first line of the file of the whole file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from playbookctl.check.codes import RETIRED, retirement
from playbookctl.model.finding import Edit, Fix, Problem, Severity, Suppression
from playbookctl.model.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.model.workspace import Entry

_WORD = "playbookctl:"
_COMMENT = re.compile(r"#[ \t]*playbookctl:[ \t]*ignore\[(?P<codes>[^\]\r\n]*)\](?P<rest>[^\r\n]*)")
_UNTIL = re.compile(r"\buntil=(\S*)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BREAK = re.compile(r"\r\n|\n|\r")
_REACH_OF_FILE = (0, 1 << 60)


class Comment:
    """One suppressing comment. `start` and `end` are the offsets between which a finding must start to be meant."""

    __slots__ = ("codes", "end", "is_used", "reason", "span", "start", "text", "until")

    def __init__(
        self, codes: tuple[str, ...], until: str, reason: str, span: Span, reach: tuple[int, int], text: str
    ) -> None:
        self.codes = codes
        self.until = until  # an ISO date, or what stands in the place of one; '' for ever
        self.reason = reason
        self.span = span
        self.start, self.end = reach
        self.is_used: set[str] = set()
        self.text = text

    def is_expired(self, today: str) -> bool:
        """Tell whether the date after `until=` has passed, or is none; `today` is an ISO date."""
        return bool(self.until) and (not self.has_date or self.until < today)

    @property
    def has_date(self) -> bool:
        """Whether what stands after `until=` is a date."""
        return _DATE.fullmatch(self.until) is not None


def comments_of(entry: Entry) -> list[Comment]:
    """Return the suppressing comments of a file, in the order of the text. `#` inside text is text."""
    text = entry.source.text
    if _WORD not in text:
        return []
    return list(_read(entry, text))


def suppress(code: str, span: Span, comments: list[Comment], today: str) -> Suppression | None:
    """Return the suppression of a finding with `code` that starts at `span`, and mark its comment as used."""
    for comment in comments:
        if comment.start <= span.start < comment.end and not comment.is_expired(today):
            named = next((word for word in comment.codes if code.startswith(word)), None)
            if named:
                comment.is_used.add(named)
                return Suppression("inSource", comment.reason)
    return None


def remarks(
    comments: list[Comment],
    today: str,
    *,
    checked: bool,
    off: Iterable[str] = (),
    retired: Mapping[str, str] = RETIRED,
) -> Iterator[tuple[str, Problem]]:
    """Yield what is wrong with the comments themselves, as (code, problem): unused, expired, without a reason.

    `checked` says whether the rules have seen the file, `off` which of them did not run (their codes): of a code that
    names such a one it cannot be said that it is unused.
    """
    for comment in comments:
        codes = ", ".join(comment.codes)
        if comment.is_expired(today):
            said = f"the suppression of {codes} expired on {comment.until}"
            if not comment.has_date:
                said = f"'until={comment.until}' names no day, so {codes} is not suppressed; write until=YYYY-MM-DD"
            yield "PB902", Problem((), said, span=comment.span)
            continue
        gone = {code: said for code in comment.codes if (said := retirement(code, retired))}
        for said in gone.values():
            fix = _without(comment, set(gone))
            yield "PB901", Problem((), f"{said}; remove it here", span=comment.span, severity=Severity.NOTE, fix=fix)
        unused = [
            code
            for code in comment.codes
            if code not in comment.is_used and code not in gone and not any(each.startswith(code) for each in off)
        ]
        if unused and checked:
            message = f"nothing here is suppressed by {', '.join(unused)}; remove it"
            yield "PB901", Problem((), message, span=comment.span, fix=_without(comment, set(unused)))
        if not comment.reason:
            message = f"the suppression of {codes} gives no reason; write why after the brackets"
            yield "PB903", Problem((), message, span=comment.span)


def _without(comment: Comment, codes: set[str]) -> Fix:
    """Return the fix that takes codes out of a comment, and the comment out of the file where none is left."""
    kept = ", ".join(code for code in comment.codes if code not in codes)
    before, _, rest = comment.text.partition("[")
    text = f"{before}[{kept}]{rest.partition(']')[2]}" if kept else ""
    title = f"suppress only {kept}" if kept else "remove the comment"
    return Fix(title, (Edit((), text, "comment", at=comment.span.start),))


def _read(entry: Entry, text: str) -> Iterator[Comment]:
    spans = entry.document.spans if entry.document else None
    begins = [0, *(match.end() for match in _BREAK.finditer(text))]
    for match in _COMMENT.finditer(text):
        offset = match.start()
        if spans and spans.in_text(offset):
            continue
        line = bisect_right(begins, offset)
        line_start = begins[line - 1]
        before = text[line_start:offset]
        codes = tuple(code.strip().upper() for code in match.group("codes").split(",") if code.strip())
        if before and not before[-1].isspace():
            continue
        width = len(match.group().rstrip())
        column = offset - line_start + 1
        span = Span(line, column, line, column + width, offset, offset + width)
        if not before.strip() and _is_first_line(text, line_start):
            reach = _REACH_OF_FILE
        elif before.strip():
            reach = (line_start, match.end())
        else:
            reach = spans.extent(_next_content(text, match.end())) if spans else _REACH_OF_FILE
        yield Comment(codes, *_until_and_reason(match.group("rest")), span, reach, match.group().rstrip())


def _until_and_reason(rest: str) -> tuple[str, str]:
    """Return the date and the reason in what stands behind the brackets."""
    until = _UNTIL.search(rest)
    reason = " ".join(_UNTIL.sub("", rest).strip(" \t-\u2013\u2014:").split())
    return until.group(1) if until else "", reason


def _is_first_line(text: str, line_start: int) -> bool:
    """Tell whether a line is the first of the file; an editor's line `# yaml-language-server: …` above it does not count."""
    return line_start == 0 or (text.startswith("# yaml-language-server:") and "\n" not in text[: line_start - 1])


def _next_content(text: str, offset: int) -> int:
    """Return the offset of the first character after `offset` that is neither white space nor in a comment."""
    pattern = re.compile(r"(?:\s+|#[^\r\n]*)*")
    match = pattern.match(text, offset)
    return match.end() if match else offset
