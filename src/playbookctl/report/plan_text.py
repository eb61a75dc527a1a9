"""A plan for a terminal: totals first and last, what needs a person nearest to the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.marker import NO_COMMIT
from playbookctl.model.plan_totals import Group, group_of
from playbookctl.report import cells, changes, summary
from playbookctl.report.page import Page
from playbookctl.report.style import BLUE, BOLD, CYAN, DIM, GREEN, MAGENTA, RED, YELLOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.model.plan import Change, Plan
    from playbookctl.model.plan_totals import PlanTotals
    from playbookctl.model.report import Report
    from playbookctl.report.registry import Options

# Mark, colour and title of each group, in the order of a terminal: the last lines are the ones that are seen.
GROUPS = {
    Group.UNCHANGED: (" ", DIM, "unchanged"),
    Group.CREATE: ("+", GREEN, "to create"),
    Group.FINISH: ("+", GREEN, "to finish: an earlier create was interrupted"),
    Group.REVIVE: ("+", GREEN, "to revive: retired, and the file is back"),
    Group.UPDATE: ("~", YELLOW, "to update"),
    Group.ADOPT: ("=", CYAN, "to adopt: only the mark is written"),
    Group.MARK: ("=", CYAN, "to mark: nothing else is written"),
    Group.DUPLICATE: ("-", RED, "to mark as duplicate, and to disable"),
    Group.RETIRE: ("-", RED, "to retire: disabled, never deleted"),
    Group.ORPHAN: ("?", BLUE, "orphaned: live, and no file has the key"),
    Group.DRIFT: ("<", MAGENTA, "drifted: edited on the server, kept until a commit takes it in"),
    Group.HELD: ("!", RED, "held: waits for a person"),
    Group.CONFLICT: ("!", RED, "in conflict: edited on both sides, nothing is written"),
}
_MARKS = {"+": (GREEN,), "-": (RED,), "~": (YELLOW,), "!": (BOLD, RED), "@": (DIM,), " ": ()}
_ROOM = 100  # characters of an inline value where the width is not known
_SHORTEST_NAME = 12  # cells of a name that a headline always shows
_NARROW = 60  # cells below which a headline leaves out the file


def render(report: Report, options: Options) -> str:
    """Return the plan of a report that has one."""
    page = Page(options)
    if report.plan is not None and report.plan_totals is not None:
        totals = f"{report.command}: {summary.of_plan(report)}"
        _head(page, report.plan)
        page.add(0, "", totals, BOLD)
        _riskier(page, report.plan.changes)
        above = len(page.lines)
        by_group: dict[Group, list[Change]] = {}
        for change in report.plan.changes:
            by_group.setdefault(group_of(change), []).append(change)
        for group in GROUPS:
            if group is not Group.UNCHANGED or options.verbose:
                _group(page, group, by_group.get(group, []), options)
        _rest(page, report.plan, report.plan_totals)
        if len(page.lines) > above:
            page.add(0, "", totals, BOLD)
    return page.text()


def _head(page: Page, plan: Plan) -> None:
    commit = "outside git" if plan.commit == NO_COMMIT else f"commit {plan.commit}"
    page.add(
        0, "", f"environment {plan.environment}, tenant {plan.tenant_id}, namespace {plan.namespace}, {commit}", DIM
    )


def _riskier(page: Page, rows: Sequence[Change]) -> None:
    for change in rows:
        for text in change.riskier:
            page.add(0, "! ", f"made riskier on the server: {change.key}: {text}", BOLD, RED)


def _group(page: Page, group: Group, rows: Sequence[Change], options: Options) -> None:
    if not rows:
        return
    mark, color, title = GROUPS[group]
    page.gap()
    page.add(0, "", f"{len(rows):,} {title}", BOLD, color)
    room = max(24, page.width - 6) if page.width else _ROOM
    layout = changes.Layout(page.style.arrow, page.style.ellipsis, room, whole=options.verbose)
    for change in rows:
        _headline(page, change, mark, color)
        for line in changes.of_change(change, layout):
            _line(page, line)
        if change.hint:
            page.command(4, change.hint, CYAN)
    page.gap()


def _headline(page: Page, change: Change, mark: str, color: str) -> None:
    style = page.style
    key = style.say(change.key or change.live_id)
    name = style.say(change.name) if changes.is_titled(change.name, change.key) else ""
    file = style.say(change.file) if not page.width or page.width >= _NARROW else ""
    room = page.width - 6 - cells.width(key) if page.width else _ROOM
    beside = not page.width or cells.width(file) + 2 + (min(cells.width(name), _SHORTEST_NAME) if name else -2) <= room
    if beside and file and page.width:
        room -= cells.width(file) + 2
    shown = f"  {cells.cut(name, max(room, _SHORTEST_NAME), style.ellipsis)}" if name else ""
    tail = style.paint(f"  {file}", DIM) if file and beside else ""
    page.lines.append(f"  {style.paint(mark, BOLD, color)} {style.paint(key, BOLD)}{shown}{tail}")
    if file and not beside:
        page.lines.append(f"    {style.paint(file, DIM)}")


def _line(page: Page, line: changes.Line) -> None:
    mark, text = line.mark, line.text
    if mark == "@":
        mark, text = " ", page.style.ellipsis
    elif mark == " " and line.depth:
        mark = page.style.bar
    if text == page.style.ellipsis:  # ours, not to be escaped
        page.lines.append(f"{' ' * (6 + 2 * line.depth)}{page.style.paint(text, DIM)}")
    else:
        page.add(4 + 2 * line.depth, f"{mark} " if mark.strip() else "", text, *_MARKS[line.mark])


def _rest(page: Page, plan: Plan, totals: PlanTotals) -> None:
    if totals.expected:
        page.add(0, "", f"drifted as the configuration expects: {totals.expected:,}", DIM)
    counts = plan.counts
    others = (
        (counts.unmanaged, "unmanaged"),
        (counts.foreign, "of another namespace"),
        (counts.copies, "copy" if counts.copies == 1 else "copies"),
        (counts.duplicates, "duplicate" if counts.duplicates == 1 else "duplicates"),
        (counts.retired, "retired"),
    )
    said = ", ".join(f"{number:,} {word}" for number, word in others if number)
    if said:
        page.add(0, "", f"never touched on the server: {said}", DIM)
    for note in plan.notes:
        page.add(0, "note: ", note)
    for refusal in plan.refusals:
        page.add(0, "", f"sync refuses this plan: {refusal.message}", BOLD, RED)
        page.command(4, refusal.hint, CYAN)
