"""A review as the comment of a pull request: one line to act on, the risks, a small table; everything else folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playbookctl.model.review import Level
from playbookctl.model.review_totals import count_review
from playbookctl.report import escape, review_words
from playbookctl.report.bounded import Bounded
from playbookctl.report.summary import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from playbookctl.model.review import PlaybookChange, Review, ReviewFinding, Risk
    from playbookctl.model.review_effects import Firing
    from playbookctl.model.review_totals import ReviewTotals
    from playbookctl.report.registry import Options

NOTHING = "<!-- playbookctl:nothing -->"  # by which `comment` knows that no comment is needed
LIMIT = 65_000  # characters; GitHub refuses a comment of more than 65,536
_FULL = {Level.HIGH: 18_000, Level.MEDIUM: 8_000, Level.LOW: 4_000}  # characters for risks of a level, told in full
_SHORT = 3_000  # and for the others of that level, one line each
_CHANGES, _DIAGRAMS, _FINDINGS, _SOME = 16_000, 14_000, 4_000, 3_000
_TAIL = 4_000
_MARKS = {Level.HIGH: "🔴", Level.MEDIUM: "🟠", Level.LOW: "🟡"}
_SENTENCE = 500  # characters of one text
_OWNERS = 8


def render(review: Review, version: str, _: Options) -> str:
    """Return the review as Markdown of at most 65,000 characters."""
    totals = count_review(review)
    tail = _tail(review, version)
    page = Bounded(LIMIT - len(tail) - 1)
    page.add(_marker(review))
    if not (review.playbooks or review.risks or review.new_findings or review.fixed_findings):
        page.add(NOTHING)
    page.add(f"### playbookctl review: {_headline(totals)}\n")
    if totals.owners:
        page.add(f"**Must look:** {_owners(totals.owners)}{_why(totals)}\n")
    _risks(page, review)
    page.add(_table(review, totals))
    _changes(page, review, totals)
    _diagrams(page, review)
    _findings(page, "new finding", review.new_findings)
    _findings(page, "fixed finding", review.fixed_findings)
    _effects(page, review)
    return f"{page.text()}{tail}\n"


def _marker(review: Review) -> str:
    """Return the hidden first line by which a later run finds its own comment again, one per environment."""
    name = review.target.environment if review.target is not None else ""
    environment = f":{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')[:64]}" if name else ""
    return f"<!-- playbookctl:review{environment} -->"


def _headline(totals: ReviewTotals) -> str:
    high = totals.of(Level.HIGH)
    mark = f"{_MARKS[Level.HIGH]} " if high else ""
    return f"{mark}{review_words.playbooks(totals)}, {review_words.risks(totals)}"


def _why(totals: ReviewTotals) -> str:
    worst = next((level for level, number in totals.levels if number), None)
    return f", who own what the {worst.value} risks are about" if worst is not None else ", who own what changes"


def _owners(owners: Sequence[str]) -> str:
    shown = ", ".join(escape.code(owner, 80) for owner in owners[:_OWNERS])
    return shown + (f" and {len(owners) - _OWNERS:,} more" if len(owners) > _OWNERS else "")


def _risks(page: Bounded, review: Review) -> None:
    names = {change.key: change.name for change in review.playbooks}
    for level in Level:
        rows = review.of_level(level)
        if not rows:
            continue
        fold = level is Level.LOW
        title = f"{_MARKS[level]} {count(len(rows), f'{level.value} risk')}"
        groups = review_words.grouped(rows)
        blocks = list(_fitting((_risk(group, names) for group in groups), _FULL[level]))
        rest = _short(groups[len(blocks) :], names, level)
        head = _folded(title) if fold else f"#### {title}\n"
        page.add("\n".join([head, *blocks, *rest, "\n</details>" if fold else ""]))


def _fitting(blocks: Iterable[str], room: int) -> Iterator[str]:
    """Yield the first blocks that fit into `room` characters."""
    for block in blocks:
        room -= len(block) + 1
        if room < 0:
            return
        yield block


def _risk(group: Sequence[Risk], names: dict[str, str]) -> str:
    risk = group[0]
    return (
        f"- {_subjects(group, names)} {_say(risk.sentence)}\n"
        f"  - **before:** {_say(risk.before)}\n"
        f"  - **now:** {_say(risk.now)}\n"
        f"  - **undo:** {_say(risk.undo)}"
    )


def _short(groups: Sequence[Sequence[Risk]], names: dict[str, str], level: Level) -> Iterator[str]:
    """Yield the risks for which there was no room, one line each, and at last how many more there are."""
    lines = [f"- {_subjects(group, names)} {escape.markdown(group[0].sentence, 160)}" for group in groups]
    shown = list(_fitting(lines, _SHORT))
    yield from shown
    more = sum(map(len, groups[len(shown) :]))
    if more:
        yield f"\n… {count(more, f'more {level.value} risk')} not shown here; `--format json` has all."


def _subjects(group: Sequence[Risk], names: dict[str, str]) -> str:
    if len(group) == 1:
        return _subject(group[0], names)
    others = ", ".join(escape.code(risk.key, 80) for risk in group[1:_NAMED])
    more = f" and {len(group) - _NAMED:,} more" if len(group) > _NAMED else ""
    return f"**{len(group):,} playbooks**, such as {_subject(group[0], names)}, {others}{more}: each"


_NAMED = 6  # of the playbooks of which the same is said


def _subject(risk: Risk, names: dict[str, str]) -> str:
    name, key = review_words.subject(risk, names)
    if not key:
        return escape.code(name)
    same = " ".join(name.split()).casefold() == key.casefold()
    return f"**{escape.code(key)}**" if same else f"**{escape.markdown(name, 80)}** ({escape.code(key)})"


def _table(review: Review, totals: ReviewTotals) -> str:
    rows = [
        f"| {_say(what)} | {_say(before)} | {_say(now)} |" for what, before, now in review_words.numbers(review, totals)
    ]
    return "\n".join(["\n| | before | now |", "|---|---|---|", *rows])


def _changes(page: Bounded, review: Review, totals: ReviewTotals) -> None:
    attack = dict(review.attack)
    rows = [_change(change, attack) for change in review.playbooks]
    head = _folded(f"What changes, playbook by playbook: {review_words.kinds(totals)}")
    page.add_rows(head, rows, "\n</details>", _left_out(rows, "playbook"), at_most=_CHANGES)


def _change(change: PlaybookChange, attack: dict[str, str]) -> str:
    name = f" {escape.markdown(change.name, 80)}" if change.name.casefold() != change.key.casefold() else ""
    lines = [f"- **{escape.code(change.key)}**{name}: {change.kind.value}"]
    said = [*change.said, *map(review_words.step, change.steps), *review_words.exchanges(change, attack)]
    lines += [f"  - {_say(text)}" for text in said[:_MOST_SAID]]
    if len(said) > _MOST_SAID:
        lines.append(f"  - … and {len(said) - _MOST_SAID:,} more differences")
    return "\n".join(lines)


_MOST_SAID = 12


def _diagrams(page: Bounded, review: Review) -> None:
    """Add the diagrams of the playbooks with the worst risks first, as many as fit."""
    worst: dict[str, int] = {}
    for risk in review.risks:
        worst.setdefault(risk.key, risk.level.rank)
    drawn = [change for change in review.playbooks if any(change.diagrams)]
    drawn.sort(key=lambda change: (worst.get(change.key, len(Level)), change.key))
    rows = [_diagram(change) for change in drawn]
    page.add_rows(
        _folded(f"{count(len(rows), 'diagram')} of what changes", _LEGEND),
        rows,
        "\n</details>",
        _left_out(rows, "diagram"),
        at_most=_DIAGRAMS,
    )  # fmt: skip


_LEGEND = "Thick frames: blue is changed, green is new, dashed grey is gone. Yellow asks a person, red takes something away.\n"


def _diagram(change: PlaybookChange) -> str:
    name = f" {escape.markdown(change.name, 80)}" if change.name.casefold() != change.key.casefold() else ""
    parts = [f"**{escape.code(change.key)}**{name}"]
    for word, text in zip(("before", "now"), change.diagrams, strict=True):
        if text:
            parts.append(f"{word}:\n\n```mermaid\n{text.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def _findings(page: Bounded, word: str, findings: Sequence[ReviewFinding]) -> None:
    rows = [_finding(finding) for finding in findings]
    head = _folded(count(len(rows), word), "| | where | what |\n|---|---|---|")
    page.add_rows(head, rows, "\n</details>", _left_out(rows, word), at_most=_FINDINGS)


def _finding(finding: ReviewFinding) -> str:
    silenced = f"<br>switched off here: {_say(finding.silenced)}" if finding.silenced is not None else ""
    where = escape.code(f"{escape.clip(finding.file, 100)}:{finding.line}", 200)
    return f"| **{finding.severity}** | {where} | {finding.code} {escape.markdown(finding.message)}{silenced} |"


def _effects(page: Bounded, review: Review) -> None:
    if review.alerts is not None:
        rows = [
            f"| {escape.code(each.key)} | {each.before:,} | {each.after:,} | {each.unclear:,} | {_samples(each)} |"
            for each in review.alerts.firings
        ]
        head = "| playbook | before | now | unclear | such as |\n|---|---|---|---|---|"
        page.add_rows(
            _folded("Alerts that start what changes", head),
            rows,
            "\n</details>",
            _left_out(rows, "playbook"),
            at_most=_SOME,
        )
    if review.target is not None:
        rows = [
            f"| {escape.code(row.key)} | {row.group} | {', '.join(map(escape.code, row.fields))} | {_say(row.reason)} |"
            for row in review.target.rows
        ]
        head = "| playbook | what | fields | why |\n|---|---|---|---|"
        title = f"What a sync to {escape.html(review.target.environment)} would do"
        page.add_rows(_folded(title, head), rows, "\n</details>", _left_out(rows, "playbook"), at_most=_SOME)


def _samples(firing: Firing) -> str:
    rows = [f"starts now: {escape.markdown(text, 100)}" for text in firing.gained]
    rows += [f"no longer: {escape.markdown(text, 100)}" for text in firing.lost]
    return "<br>".join(rows)


def _tail(review: Review, version: str) -> str:
    """Return the end, which is always there: what was not checked, and the two commits."""
    effects = [effect for effect in (review.alerts, review.target) if effect is not None]
    rows = [*review.not_checked, *(note for effect in effects for note in effect.notes), *review_words.unasked(review)]
    page = Bounded(_TAIL)
    page.add("\n**Not checked**\n")
    page.add_rows("", [f"- {_say(row)}" for row in rows], "", _left_out(rows, "note"), at_most=_TAIL)
    sides = (("base", review.base), ("head", review.head))
    said = ", ".join(f"{word} {escape.code(side.ref, 60)} at {escape.code(side.id[:12])}" for word, side in sides)
    return f"{page.text()}\n<sub>{said}; judged by the base's settings. playbookctl {escape.markdown(version)}</sub>"


def _say(text: str) -> str:
    return escape.markdown(text, _SENTENCE)


def _folded(title: str, text: str = "") -> str:
    return f"\n<details><summary>{title}</summary>\n\n{text}"


def _left_out(rows: Sequence[object], word: str) -> Callable[[int], str]:
    return lambda shown: f"\n… {count(len(rows) - shown, f'more {word}')} not shown here."
