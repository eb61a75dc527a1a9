"""A plan for a pull request's comment: what needs a person first, then what would be written, contents folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.model.marker import NO_COMMIT
from playbookctl.model.plan_totals import Group, group_of
from playbookctl.report import changes, escape, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from playbookctl.model.plan import Change, Plan
    from playbookctl.model.report import Report
    from playbookctl.report.bounded import Bounded

_SOME = 8_000  # characters for each table
_LINE = 300  # characters of a line of contents
_DIFF_MARKS = {"~": "!", "@": "@"}


def add(page: Bounded, report: Report, title: str) -> None:
    """Add the plan of a report that has one."""
    plan = report.plan
    if plan is None or report.plan_totals is None:
        return
    page.add(f"**playbookctl {title}**: {summary.of_plan(report)}\n")
    page.add(_head(plan))
    _list(page, (f"- **sync refuses this plan**: {_with_hint(r.message, r.hint)}" for r in plan.refusals), "refusal")
    _list(
        page,
        (
            f"- **made riskier on the server**: {escape.code(change.key)}: {escape.markdown(text)}"
            for change in plan.changes
            for text in change.riskier
        ),
        "riskier edit",
    )
    rows: dict[Group, list[Change]] = {group: [] for group in Group}
    for change in plan.changes:
        rows[group_of(change)].append(change)
    _table(page, "Needs a person", [*rows[Group.CONFLICT], *rows[Group.HELD]])
    _table(page, "Drifted: edited on the server, kept until a commit takes it in", rows[Group.DRIFT])
    written = [change for change in plan.changes if change.writes]
    written.sort(key=lambda change: (list(Group).index(group_of(change)), change.key))
    _table(page, "To be written", written)
    _table(page, "Orphaned: live, and no file has the key", rows[Group.ORPHAN])
    _contents(page, [*rows[Group.CONFLICT], *rows[Group.HELD], *rows[Group.DRIFT], *written])
    _list(page, (f"- {escape.markdown(note)}" for note in plan.notes), "note")


def _head(plan: Plan) -> str:
    commit = "" if plan.commit == NO_COMMIT else f", commit {escape.code(plan.commit)}"
    return (
        f"Environment {escape.code(plan.environment)}, tenant {escape.code(plan.tenant_id)}, "
        f"namespace {escape.code(plan.namespace)}{commit}"
    )


def _list(page: Bounded, rows: Iterable[str], word: str) -> None:
    listed = list(rows)
    page.add_rows("", listed, "", _left_out(listed, word), at_most=_SOME)


def _left_out(rows: Sequence[object], word: str) -> Callable[[int], str]:
    return lambda shown: f"… {summary.count(len(rows) - shown, f'more {word}')} not shown here."


def _table(page: Bounded, title: str, rows: Sequence[Change]) -> None:
    shown = [_row(change) for change in rows]
    head = f"\n#### {title}\n\n| | playbook | what |\n|---|---|---|"
    page.add_rows(head, shown, "", _left_out(rows, "playbook"), at_most=_SOME)


def _row(change: Change) -> str:
    group = group_of(change)
    name = f"<br>{escape.markdown(change.name, 80)}" if changes.is_titled(change.name, change.key) else ""
    fields = ", ".join(escape.code(field.field) for field in change.fields)
    said = [escape.markdown(change.reason) or fields] if change.reason or fields else []
    if change.hint:
        said.append(f"→ {_hint(change.hint)}")
    return f"| **{group.value}** | {escape.code(change.key or change.live_id)}{name} | {'<br>'.join(said)} |"


def _with_hint(message: str, hint: str) -> str:
    return f"{escape.markdown(message)} → {_hint(hint)}" if hint else escape.markdown(message)


def _hint(hint: str) -> str:
    """Code keeps every character of a command as it has to be typed; prose may get unseen ones."""
    return escape.code(hint, _LINE)


def _contents(page: Bounded, rows: Sequence[Change]) -> None:
    """Add what each change does, folded, as long as there is room; count the rest."""
    left_out = 0
    for change in rows:
        block = _content(change)
        if block and (left_out or not page.add(block)):
            left_out += 1
    if left_out:
        page.say_left_out(f"\n… the contents of {summary.count(left_out, 'more change')} not shown here.")


def _content(change: Change) -> str:
    lines = [_diff_line(line) for line in changes.of_change(change, changes.Layout())]
    if not lines:
        return ""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    title = f"{group_of(change).value} {escape.html(change.key or change.live_id)}"
    body = "\n".join(lines)
    return f"\n<details><summary>{title}</summary>\n\n{fence}diff\n{body}\n{fence}\n\n</details>"


def _diff_line(line: changes.Line) -> str:
    text = "…" if line.mark == "@" else escape.clip(escape.visible(line.text), _LINE)
    return f"{_DIFF_MARKS.get(line.mark, line.mark)} {'  ' * line.depth}{text}"
