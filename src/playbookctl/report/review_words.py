"""What a review comes to, in the words of every format that speaks to people. Plain text: renderers escape it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.review import ChangeKind, Level
from playbookctl.report.summary import GROUP_WORDS, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.model.review import Exchange, PlaybookChange, Review, Risk, StepNote
    from playbookctl.model.review_totals import ReviewTotals

_MOST = 8  # names of a list
_KINDS = {
    ChangeKind.ADDED: "added", ChangeKind.REMOVED: "removed", ChangeKind.RENAMED: "renamed", ChangeKind.MOVED: "moved",
    ChangeKind.CHANGED: "changed", ChangeKind.REWRITTEN: "written otherwise, with the same content",
}  # fmt: skip


def playbooks(totals: ReviewTotals) -> str:
    """Return '3 playbooks change', or 'no playbook changes'."""
    number = totals.playbooks
    return f"{count(number, 'playbook')} {'changes' if number == 1 else 'change'}" if number else "no playbook changes"


def kinds(totals: ReviewTotals) -> str:
    """Return '2 added, 1 changed'."""
    return ", ".join(f"{number:,} {_KINDS[kind]}" for kind, number in totals.kinds if number)


def risks(totals: ReviewTotals) -> str:
    """Return '1 high and 2 low risks', or 'no risk found'."""
    parts = [f"{number:,} {level.value}" for level, number in totals.levels if number]
    if not parts:
        return "no risk found"
    last = parts.pop()
    return f"{', '.join(parts)} and {last} {'risk' if totals.risks == 1 else 'risks'}".removeprefix(" and ")


def grouped(risks: Iterable[Risk]) -> list[tuple[Risk, ...]]:
    """Return the risks in their order, those together that say the same of several playbooks."""
    groups: dict[tuple[object, ...], list[Risk]] = {}
    for at, risk in enumerate(risks):
        same = (risk.level, risk.kinds, risk.sentence, risk.before, risk.undo) if risk.key else (at,)
        groups.setdefault(same, []).append(risk)
    return [tuple(rows) for rows in groups.values()]


def subject(risk: Risk, names: dict[str, str]) -> tuple[str, str]:
    """Return what a risk's sentence is about: a name for people, and the key or file."""
    if not risk.key:
        return risk.file, ""
    return names.get(risk.key) or risk.key, risk.key


def exchanges(change: PlaybookChange, attack: Mapping[str, str]) -> Iterator[str]:
    """Yield what the sets of names gained and lost; `attack` has the names of techniques and tactics by id."""
    sets: tuple[tuple[str, Exchange], ...] = (
        ("connectors", change.connectors),
        ("actions", change.actions),
        ("ATT&CK techniques", change.techniques),
        ("ATT&CK tactics", change.tactics),
        ("inputs", change.inputs),
        ("outputs", change.outputs),
    )
    for word, exchange in sets:
        sides = (("new", exchange.gained), ("gone", exchange.lost))
        said = [f"{verb} {_names(names, attack)}" for verb, names in sides if names]
        if said:
            yield f"{word}: {'; '.join(said)}"
    if change.callers:
        direct = [caller.key for caller in change.callers if not caller.through]
        others = [caller.key for caller in change.callers if caller.through]
        through = f", and through these {_names(others)}" if others else ""
        yield f"called by {_names(direct)}{through}"


def step(note: StepNote) -> str:
    """Return a step's change: what it is called, what became of it, and what is different."""
    name = f"'{_inner(note.name)}'" if note.name else f"'{_inner(note.id)}'"
    also = f" (was '{_inner(note.before_id)}')" if note.before_id else ""
    details = f": {'; '.join(note.details)}" if note.details else ""
    return f"step {name} {note.kind.value}{also}{details}"


def numbers(review: Review, totals: ReviewTotals) -> list[tuple[str, str, str]]:
    """Return the small table: what is counted, before and now."""
    before, now = review.before, review.now
    rows = [
        ("playbooks", f"{before.playbooks:,}", f"{now.playbooks:,}"),
        ("start by themselves", f"{before.automatic:,}", f"{now.automatic:,}"),
        ("places where a person is asked", f"{before.gates:,}", f"{now.gates:,}"),
        ("steps that take something away, with nobody asked", f"{before.ungated:,}", f"{now.ungated:,}"),
        (
            "ATT&CK techniques that a playbook answers",
            f"{before.techniques:,}",
            f"{now.techniques:,}{_uncovered(review)}",
        ),
        ("findings of the rules", f"{totals.fixed:,} fixed", f"{totals.new:,} new{_silenced(totals)}"),
    ]
    if review.alerts is not None:
        firings = review.alerts.firings
        rows.append((
            f"starts on {count(review.alerts.alerts, 'past alert')}",
            f"{sum(firing.before for firing in firings):,}",
            f"{sum(firing.after for firing in firings):,}",
        ))  # fmt: skip
    if review.target is not None:
        said = ", ".join(f"{number:,} {GROUP_WORDS.get(group, group)}" for group, number in review.target.totals)
        rows.append((f"a sync to '{_inner(review.target.environment)}'", "", said or "not known"))
    return rows


def unasked(review: Review) -> Iterator[str]:
    """Yield what was not looked at because nobody asked for it."""
    if review.alerts is None:
        yield "how many alerts would start what: no --alerts was given"
    if review.target is None:
        yield "what is live on a target: no --plan was given"


def worst(review: Review) -> Level | None:
    """Return the level of the worst risk, None if there is none."""
    return review.risks[0].level if review.risks else None


def _silenced(totals: ReviewTotals) -> str:
    return f", {totals.silenced:,} of them switched off by a comment of this change" if totals.silenced else ""


def _uncovered(review: Review) -> str:
    attack = dict(review.attack)
    return f" (none answers {_names(review.uncovered, attack)} any more)" if review.uncovered else ""


def _names(names: tuple[str, ...] | list[str], called: Mapping[str, str] | None = None) -> str:
    titles = {name: f" {called[name]}" for name in names[:_MOST] if called and name in called}
    shown = [f"'{_inner(name)}'{titles.get(name, '')}" for name in names[:_MOST]]
    return ", ".join(shown) + (f" and {len(names) - _MOST:,} more" if len(names) > _MOST else "")


def _inner(text: str) -> str:
    line = " ".join(text.split()).replace("'", "\u2019")
    return line if len(line) <= 80 else f"{line[:79]}…"  # noqa: PLR2004 - as in every sentence of a review
