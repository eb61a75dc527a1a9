"""A finding shows a fix only where it can be made: each is tried on the text, in memory, before a report names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.edit.fix import fix_all, patches_of
from playbookctl.load.entry import load_entry
from playbookctl.load.schema.order import key_order
from playbookctl.model.finding import Finding, Fix, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from playbookctl.edit.fix import Fixed
    from playbookctl.model.workspace import Entry


def fixed(entry: Entry, fixes: Iterable[Fix]) -> Fixed:
    """Make fixes in the text of a playbook, in memory."""
    return fix_all(entry, fixes, lambda text: load_entry(entry.source.path, text.encode("utf-8")), key_order)


def promised(entry: Entry, fix: Fix) -> Fix | None:
    """Return the fix with what it does to the text, None if it cannot be made."""
    if fixed(entry, (fix,)).refusals[0]:
        return None
    return Fix(fix.title, fix.edits, safe=fix.safe, replacements=_in_text(entry, fix))


def kept(findings: Iterable[Finding], own: Collection[str], open_entry: Callable[[str], Entry]) -> list[Finding]:
    """Return the findings, without the fixes that cannot be made, and without those of `own` files.

    These are the config and the connectors: nothing there is fixed by a program.
    """
    entries: dict[str, Entry] = {}
    checked = []
    for finding in findings:
        fix, file = finding.fix, finding.location.file
        if fix is not None:
            entry = entries.get(file) or entries.setdefault(file, open_entry(file))
            fix = None if file in own else promised(entry, fix)
        checked.append(finding if fix is finding.fix else _with_fix(finding, fix))
    return checked


def _in_text(entry: Entry, fix: Fix) -> tuple[tuple[Location, str], ...]:
    """Return the places in the text that the fix replaces, and by what."""
    document = entry.document
    assert document is not None  # noqa: S101 - the fix has been made in it
    made = []
    for patch in patches_of(entry, fix, key_order):
        span = document.spans.between(patch.start, patch.end)
        made.append((Location(entry.source.path, span, (), entry.source.line(span.start_line)), patch.text))
    return tuple(made)


def _with_fix(finding: Finding, fix: Fix | None) -> Finding:
    return Finding(
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        finding.location,
        related=finding.related,
        fix=fix,
        suppression=finding.suppression,
    )
