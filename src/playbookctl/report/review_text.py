"""A review for a terminal: the headline, the risks, then what changed in each playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.review import Level
from playbookctl.model.review_totals import count_review
from playbookctl.report import review_words
from playbookctl.report.page import Page
from playbookctl.report.style import BOLD, CYAN, DIM, RED, YELLOW

if TYPE_CHECKING:
    from playbookctl.model.review import PlaybookChange, Review, Risk
    from playbookctl.report.registry import Options

_PAINT = {Level.HIGH: (BOLD, RED), Level.MEDIUM: (BOLD, YELLOW), Level.LOW: (CYAN,)}
_MOST = 6  # differences of a playbook, without --verbose


def render(review: Review, _version: str, options: Options) -> str:
    """Return the review as text, ending in a line break."""
    page = Page(options)
    totals = count_review(review)
    headline = f"review: {review_words.playbooks(totals)}, {review_words.risks(totals)}"
    page.add(0, "", headline, BOLD)
    if totals.owners:
        page.add(0, "", f"must look: {', '.join(totals.owners)}")
    names = {change.key: change.name for change in review.playbooks}
    for risk in review.risks:
        _risk(page, risk, names)
    for change in review.playbooks:
        _change(page, change, dict(review.attack), options)
    _findings(page, review)
    page.gap()
    for what, before, now in review_words.numbers(review, totals):
        page.add(2, "", f"{what}: {before} {page.style.arrow} {now}" if before else f"{what}: {now}")
    _rest(page, review)
    return page.text()


def _risk(page: Page, risk: Risk, names: dict[str, str]) -> None:
    page.gap()
    name, key = review_words.subject(risk, names)
    who = f"{name} ({key})" if key and name != key else name
    page.add(0, f"{risk.level.value.upper()} ", f"{who} {risk.sentence}", mark_paint=_PAINT[risk.level])
    page.add(2, "before: ", risk.before)
    page.add(2, "now:    ", risk.now)
    page.command(2, risk.undo, CYAN)


def _change(page: Page, change: PlaybookChange, attack: dict[str, str], options: Options) -> None:
    page.gap()
    name = f"  {change.name}" if change.name and change.name != change.key else ""
    page.add(0, "", f"{change.key}{name}: {change.kind.value}", BOLD)
    said = [*change.said, *map(review_words.step, change.steps), *review_words.exchanges(change, attack)]
    most = len(said) if options.verbose else _MOST
    for text in said[:most]:
        page.add(2, "- ", text)
    if len(said) > most:
        page.add(2, "", f"{len(said) - most:,} more differences; -v shows them", DIM)


def _findings(page: Page, review: Review) -> None:
    for word, findings in (("new", review.new_findings), ("fixed", review.fixed_findings)):
        if findings:
            page.gap()
        for finding in findings:
            silenced = f" (switched off here: {finding.silenced})" if finding.silenced is not None else ""
            place = f"{finding.file}:{finding.line}"
            page.add(0, f"{word} ", f"{finding.severity} {finding.code} {place} {finding.message}{silenced}")


def _rest(page: Page, review: Review) -> None:
    if review.alerts is not None:
        page.gap()
        for firing in review.alerts.firings:
            unclear = f", {firing.unclear:,} unclear" if firing.unclear else ""
            page.add(0, "alerts ", f"{firing.key}: {firing.before:,} {page.style.arrow} {firing.after:,}{unclear}")
            for word, titles in (("starts now", firing.gained), ("no longer", firing.lost)):
                for title in titles:
                    page.add(4, f"{word}: ", title)
    if review.target is not None:
        page.gap()
        for row in review.target.rows:
            page.add(0, "target ", f"{row.key}: {row.group} {', '.join(row.fields)} {row.reason}")
    page.gap()
    effects = [effect for effect in (review.alerts, review.target) if effect is not None]
    notes = [*review.not_checked, *(note for effect in effects for note in effect.notes), *review_words.unasked(review)]
    for note in notes:
        page.add(0, "not checked: ", note, DIM)
    page.add(0, "", f"base {review.base.ref} {review.base.id[:12]}, head {review.head.ref} {review.head.id[:12]}", DIM)
