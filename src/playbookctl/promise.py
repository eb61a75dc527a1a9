"""A finding shows a fix only where it can be made: each is tried on the text, in memory, before a report names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.edit.fix import fix_all, patches_of, readings
from playbookctl.load.entry import load_entry
from playbookctl.load.schema.order import key_order
from playbookctl.model.finding import Finding, Fix, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from playbookctl.edit.fix import Fixed
    from playbookctl.model.workspace import Entry


def fixed(entry: Entry, fixes: Iterable[Fix]) -> Fixed:
    """Make fixes in the text of a playbook, in memory."""
    return fix_all(entry, fixes, lambda text: load_entry(entry.source.path, text.encode("utf-8")), key_order)


def promised(entry: Entry, fixes: Sequence[Fix]) -> list[Fix | None]:
    """Return the fixes, each with what it does to the text, or None if it cannot be made."""
    if not fixes:
        return []
    left = readings(entry)
    made: list[Fix | None] = []
    for fix, refusal in zip(fixes, fixed(entry, fixes).refusals, strict=True):
        left -= refusal != ""  # what only another fix stands in the way of can be made
        can_be = not refusal or (left >= 0 and not fixed(entry, (fix,)).refusals[0])
        replacements = _in_text(entry, fix) if can_be else ()
        made.append(Fix(fix.title, fix.edits, safe=fix.safe, replacements=replacements) if can_be else None)
    return made


def kept(findings: Iterable[Finding], own: Collection[str], open_entry: Callable[[str], Entry]) -> list[Finding]:
    """Return the findings, without the fixes that cannot be made, and without those of `own` files.

    These are the config and the connectors: nothing there is fixed by a program.
    """
    found = list(findings)
    by_file: dict[str, list[int]] = {}
    for at, finding in enumerate(found):
        if finding.fix is not None:
            by_file.setdefault(finding.location.file, []).append(at)
    for file, places in by_file.items():
        fixes = [fix for at in places if (fix := found[at].fix) is not None]
        made = promised(open_entry(file), fixes) if file not in own else [None] * len(fixes)
        for at, fix in zip(places, made, strict=True):
            found[at] = _with_fix(found[at], fix)
    return found


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
