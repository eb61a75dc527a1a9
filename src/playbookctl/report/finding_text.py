"""A finding for a terminal: place, message, its line with carets, and what belongs to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from playbookctl.report import cells
from playbookctl.report.style import BLUE, BOLD, SEVERITY, Style

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding, Location

_HANG = 4  # cells by which the second line of a message is indented


def render(finding: Finding, style: Style, width: int) -> str:
    """Return one finding, a line break at its end; `width` is the terminal's, 0 for any."""
    number = str(finding.location.span.start_line)
    color = SEVERITY[finding.severity]
    lines = _headline(finding, color, style, width)
    if _has_excerpt(finding.location):
        lines += _source(finding.location, number, color, style, width)
    said = [f"note: {_place(location, style)} {style.say(message)}" for location, message in finding.related]
    if finding.fix is not None:
        how = "" if finding.fix.safe else " (changes what it does: look at it first)"
        said.append(f"fix: {style.say(finding.fix.title)}{how}")
    if finding.suppression is not None:
        said.append(f"suppressed: {style.say(finding.suppression.reason)}")
    hang = len(number) + 3
    for text in said:
        first, *rest = _wrapped(text, width - hang if width else 0, style)
        lines += [f"{' ' * (hang - 2)}{style.paint('=', BLUE)} {first}", *(f"{' ' * hang}{piece}" for piece in rest)]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, style: Style, hang: int = 0) -> list[str]:
    """Wrap harmless text; a piece may begin with what a CI reads as a command, so each of them is looked at again."""
    return [style.say(piece, sys.maxsize) for piece in cells.wrap(text, width, hang=hang)]


def _headline(finding: Finding, color: str, style: Style, width: int) -> list[str]:
    place, severity, code = _place(finding.location, style), finding.severity.value, style.say(finding.code)
    before = f"{place} {severity} {code} "
    first, *rest = _wrapped(before + style.say(finding.message), width, style, _HANG)
    if not first.startswith(before):  # the path alone is wider than the terminal
        first, rest = before, _wrapped(style.say(finding.message), width - _HANG, style)
    painted = f"{style.paint(place, BOLD)} {style.paint(severity, BOLD, color)} {style.paint(code, color)} "
    whole = (painted + style.paint(first[len(before) :], BOLD)).rstrip()
    return [whole, *(f"{' ' * _HANG}{style.paint(piece, BOLD)}" for piece in rest)]


def _source(location: Location, number: str, color: str, style: Style, width: int) -> list[str]:
    span = location.span
    end = span.end_column if span.end_line == span.start_line else len(location.line_text) + 1
    gutter = len(number) + 3
    limit = max(20, width - gutter) if width else 0
    part = cells.excerpt(location.line_text, span.start_column - 1, end - 1, limit, unicode=style.unicode)
    bar = style.paint(style.bar, BLUE)
    return [
        f"{style.paint(number, BLUE)} {bar} {part.text}",
        f"{' ' * len(number)} {bar} {' ' * part.indent}{style.paint('^' * part.length, BOLD, color)}",
    ]


def _has_excerpt(location: Location) -> bool:
    """Tell whether the place is in the text we have: of a long line we know only the beginning."""
    return bool(location.line_text.strip()) and location.span.start_column <= len(location.line_text) + 1


def _place(location: Location, style: Style) -> str:
    return f"{style.say(location.file)}:{location.span.start_line}:{location.span.start_column}:"
