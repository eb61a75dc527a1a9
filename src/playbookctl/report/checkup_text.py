"""A checkup for a terminal: a line per check with its remedy, and at the end the first thing that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.checkup import Verdict
from playbookctl.report import summary
from playbookctl.report.page import Page
from playbookctl.report.style import BOLD, CYAN, DIM, GREEN, RED, YELLOW

if TYPE_CHECKING:
    from playbookctl.model.checkup import Checkup
    from playbookctl.report.registry import Options

_MARKS = {
    Verdict.OK: ("ok", GREEN),
    Verdict.WARN: ("warn", YELLOW),
    Verdict.FAIL: ("FAIL", RED),
    Verdict.SKIPPED: ("-", DIM),
}
_WORD = max(len(word) for word, _ in _MARKS.values())


def render(checkup: Checkup, options: Options) -> str:
    """Return all checks, and what to mend first."""
    page = Page(options)
    broad = max(len(check.topic.value) for check in checkup.checks)
    for check in checkup.checks:
        word, color = _MARKS[check.verdict]
        head = f"{word:<{_WORD}}  {check.topic.value:<{broad}}  "
        page.add(0, head, check.said or check.verdict.value, mark_paint=(BOLD, color))
        if check.remedy and check.verdict is not Verdict.OK:
            page.command(len(head), check.remedy, CYAN)
    page.gap()
    page.add(0, "", f"doctor: {totals(checkup)}", BOLD)
    first = checkup.first
    if first is not None and first.verdict is Verdict.FAIL:
        page.add(0, "", f"first to mend: {first.topic.value}: {first.said}", RED)
        if first.remedy:
            page.command(2, first.remedy, CYAN)
    return page.text()


def totals(checkup: Checkup) -> str:
    """Return '11 ok, 1 warning, 1 failed, 3 not checked'."""
    warnings = checkup.count(Verdict.WARN)
    numbers = (
        (checkup.count(Verdict.OK), "ok"),
        (warnings, summary.count(warnings, "warning").partition(" ")[2]),
        (checkup.count(Verdict.FAIL), "failed"),
        (checkup.count(Verdict.SKIPPED), "not checked"),
    )
    return ", ".join(f"{number:,} {word}" for number, word in numbers if number)
