"""For people: findings with their source line, then the totals and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.report import cells, escape, summary
from playbookctl.report.style import BLUE, BOLD, DIM, GREEN, SEVERITY, Style

if TYPE_CHECKING:
    from playbookctl.model.finding import Finding, Location
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

_MESSAGE = 1000  # characters of a message that are shown
_HANG = 4  # cells by which the second line of a message is indented


def render(report: Report, options: Options) -> str:
    """Return the report for a terminal or a log."""
    style = Style(options)
    blocks = [_finding(finding, style, options.width) for finding in report.findings]
    if options.verbose:
        blocks += [_finding(finding, style, options.width) for finding in report.suppressed]
    if blocks or (report.plan is None and report.outcomes is None):
        blocks.append(_ending(report, style))
    blocks += _plan(report, options)
    return "\n".join(blocks)


def _plan(report: Report, options: Options) -> list[str]:
    """Return the outcomes if there are any, else the plan; their modules are never imported for `validate`."""
    if report.outcomes is not None:
        from playbookctl.report import outcome_text

        return [outcome_text.render(report, options)]
    if report.plan is not None:
        from playbookctl.report import plan_text

        return [plan_text.render(report, options)]
    return []


def _finding(finding: Finding, style: Style, width: int) -> str:
    number = str(finding.location.span.start_line)
    color = SEVERITY[finding.severity]
    lines = _headline(finding, color, style, width)
    if _has_excerpt(finding.location):
        lines += _source(finding.location, number, color, style, width)
    said = [f"note: {_place(location, style)} {_prose(message, style)}" for location, message in finding.related]
    if finding.fix is not None:
        how = "" if finding.fix.safe else " (changes what it does: look at it first)"
        said.append(f"fix: {_prose(finding.fix.title, style)}{how}")
    if finding.suppression is not None:
        said.append(f"suppressed: {_prose(finding.suppression.reason, style)}")
    hang = len(number) + 3
    for text in said:
        first, *rest = _wrapped(text, width - hang if width else 0, style)
        lines += [f"{' ' * (hang - 2)}{style.paint('=', BLUE)} {first}", *(f"{' ' * hang}{piece}" for piece in rest)]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, style: Style, hang: int = 0) -> list[str]:
    """Wrap harmless text; a piece may begin with what a CI reads as a command, so each of them is looked at again."""
    return [style.say(piece) for piece in cells.wrap(text, width, hang=hang)]


def _headline(finding: Finding, color: str, style: Style, width: int) -> list[str]:
    place, severity, code = _place(finding.location, style), finding.severity.value, style.say(finding.code)
    before = f"{place} {severity} {code} "
    first, *rest = _wrapped(before + _prose(finding.message, style), width, style, _HANG)
    if not first.startswith(before):  # the path alone is wider than the terminal
        first, rest = before, _wrapped(_prose(finding.message, style), width - _HANG, style)
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


def _prose(text: str, style: Style) -> str:
    return escape.clip(style.say(text), _MESSAGE, style.ellipsis)


def _ending(report: Report, style: Style) -> str:
    lines = [f"note: skipped {style.say(skipped.path)}: {_prose(skipped.reason, style)}" for skipped in report.skipped]
    lines += [f"note: {_prose(message, style)}" for message in report.messages]
    color = GREEN
    if report.findings:
        color = SEVERITY[min((finding.severity for finding in report.findings), key=lambda severity: severity.rank)]
    lines.append(style.paint(summary.findings(report.totals), BOLD, color))
    remedies = summary.remedies(report)
    broad = max((len(command) for command, _ in remedies), default=0)
    lines += [f"  {command:<{broad}}  {style.paint(does, DIM)}" for command, does in remedies]
    return "\n".join(lines) + "\n"
