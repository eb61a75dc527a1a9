"""The status of playbooks as a table that fits the terminal: where it is too narrow for what matters, in two lines each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from playbookctl.model.moment import ago, parse_moment
from playbookctl.report import cells, summary
from playbookctl.report.page import Page
from playbookctl.report.style import BOLD, CYAN, DIM, GREEN, MAGENTA, RED, YELLOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playbookctl.model.status import Status, StatusRow
    from playbookctl.report.registry import Options

_GAP = 2
_SHORTEST_KEY = 12  # cells that a key keeps on the narrowest terminal
_LONGEST = 64  # cells of a key, which is never longer, or an owner's name
_SHORT_ID = 6  # last characters of an id, shown where lines have a limit


class Column(NamedTuple):
    """One column. `stays`: the higher, the longer it stays on a terminal that is too narrow for all."""

    head: str
    stays: int
    text: Callable[[StatusRow, str], str]
    paint: Callable[[StatusRow], str]
    alone: str = "{}"  # how it is said where no head stands above it


def render(status: Status, options: Options) -> str:
    """Return one line per playbook, what their connectors suffer from, and the totals."""
    page = Page(options)
    head = f"environment {status.environment}, tenant {status.tenant_id}, namespace {status.namespace}"
    page.add(0, "", head, DIM)
    if status.rows:
        page.gap()
        _table(page, status)
    page.gap()
    for warning in status.warnings:
        page.add(0, "warning: ", warning.sentence, mark_paint=(BOLD, YELLOW))
    page.gap()
    page.add(0, "", f"status: {totals(status)}", BOLD)
    if any(row.standing != "in sync" for row in status.rows):
        page.lines.append(
            f"  playbookctl plan  {page.style.paint('why a playbook is not in sync, and what ends it', DIM)}"
        )
    return page.text()


def totals(status: Status) -> str:
    """Return '18 playbooks: 17 in sync, 1 drifted; 16 enabled, 9 of them automatic; 1 failed in its last run'."""
    standings = ", ".join(f"{number:,} {_standing_word(word)}" for word, number in status.standings)
    acts = f"{status.enabled:,} enabled, {status.automatic:,} of them automatic"
    failed = f"; {status.failed:,} failed when last run" if status.failed else ""
    others = f"; {summary.count(status.not_ours, 'live playbook')} of others" if status.not_ours else ""
    return f"{summary.count(len(status.rows), 'playbook')}: {standings or 'nothing'}; {acts}{failed}{others}"


def _table(page: Page, status: Status) -> None:
    style, limit = page.style, page.width
    rows = [
        [cells.cut(style.say(column.text(row, status.now)), _LONGEST, style.ellipsis) for column in COLUMNS]
        for row in status.rows
    ]
    if limit:  # what the last column loses, and only it, is said by an ellipsis of ours
        rows = [[*row[:-1], f"{style.ellipsis}{row[-1][-_SHORT_ID:]}" if row[-1] else ""] for row in rows]
    natural = [_width(column, [row[n] for row in rows]) for n, column in enumerate(COLUMNS)]
    widths = _fit(natural, limit)
    below = [n for n in _BELOW if natural[n]] if any(natural[n] and not widths[n] for n in _MATTERS) else []
    if below:
        widths = _fit([width if n < _STAYING else 0 for n, width in enumerate(natural)], limit)
    page.lines.append(style.paint(_line([column.head for column in COLUMNS], [""] * len(COLUMNS), widths, page), DIM))
    for row, texts in zip(status.rows, rows, strict=True):
        page.lines.append(_line(texts, [column.paint(row) for column in COLUMNS], widths, page))
        said = ", ".join(COLUMNS[n].alone.format(texts[n]) for n in below if texts[n])
        for piece in cells.wrap(said, limit - _GAP) if said else ():
            page.lines.append(f"{' ' * _GAP}{style.paint(piece, DIM)}")


def _width(column: Column, texts: Sequence[str]) -> int:
    """Return the cells of a column, 0 for one that has nothing to say."""
    widest = max(map(cells.width, texts))
    return max(widest, len(column.head)) if widest else 0


def _fit(widths: list[int], limit: int) -> list[int]:
    """Return the width of each column, 0 for one that is left out. The first two stay; the first is cut last."""
    fitted = list(widths)
    leaving = sorted(range(2, len(COLUMNS)), key=lambda number: COLUMNS[number].stays)
    while limit and _whole(fitted) > limit and leaving:
        fitted[leaving.pop(0)] = 0
    if limit and _whole(fitted) > limit:
        fitted[0] = max(_SHORTEST_KEY, fitted[0] - (_whole(fitted) - limit))
    return fitted


def _whole(widths: Sequence[int]) -> int:
    shown = [width for width in widths if width]
    return sum(shown) + _GAP * (len(shown) - 1)


def _line(texts: Sequence[str], paints: Sequence[str], widths: Sequence[int], page: Page) -> str:
    shown = [
        (cells.cut(text, width, page.style.ellipsis), paint, width)
        for text, paint, width in zip(texts, paints, widths, strict=True)
        if width
    ]
    while shown and not shown[-1][0]:
        shown.pop()
    parts = [f"{page.style.paint(text, paint)}{' ' * (width - cells.width(text))}" for text, paint, width in shown]
    return (" " * _GAP).join(parts).rstrip()


def _standing_word(standing: str) -> str:
    return summary.GROUP_WORDS.get(standing, standing)


def _standing_paint(row: StatusRow) -> str:
    colors = {"in sync": GREEN, "conflict": RED, "held": RED, "drift": MAGENTA, "orphan": CYAN}
    return colors.get(row.standing, YELLOW)


def _acts(row: StatusRow, _: str) -> str:
    if row.enabled is None:
        return ""
    return ("automatic" if row.auto_execute else "on demand") if row.enabled else "disabled"


def _last_run(row: StatusRow, now: str) -> str:
    then, here = parse_moment(row.last_run_at), parse_moment(now)
    if then is None or here is None:
        return row.last_run_at or ("never" if row.live_id else "")
    return f"{row.last_status} {ago(then, here)}".strip()


def _runs(row: StatusRow, _: str) -> str:
    if row.runs is None:
        return ""
    parts = ((row.runs.failed, "failed"), (row.runs.skipped, "skipped"))
    rest = ", ".join(f"{number:,} {word}" for number, word in parts if number)
    return f"{row.runs.total:,}" + (f" ({rest})" if rest else "")


COLUMNS = (
    Column("playbook", 7, lambda row, _: row.key, lambda _: BOLD),
    Column("standing", 6, lambda row, _: _standing_word(row.standing), _standing_paint),
    Column("acts", 5, _acts, lambda row: RED if row.enabled is False else ""),
    Column("last run", 4, _last_run, lambda row: RED if row.last_status == "failed" else "", "last run: {}"),
    Column("runs", 3, _runs, lambda _: "", "runs: {}"),
    Column("owner", 2, lambda row, _: row.owner, lambda _: "", "owner: {}"),
    Column("live id", 1, lambda row, _: row.live_id, lambda _: DIM),
)
_STAYING = 2  # columns that every terminal shows
_MATTERS = range(_STAYING, 4)  # what has to be seen of every playbook: whether it acts, and how it ran
_BELOW = range(_STAYING, 6)  # what stands on a second line where these do not fit beside the first
