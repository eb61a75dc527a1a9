"""Makes fixes in a text, each proven: the text is parsed again, and its data must differ by the intended change alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.edit.changes import patches
from playbookctl.edit.intended import intended, same
from playbookctl.edit.outline import Outline
from playbookctl.edit.patch import Unfit, patched
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.edit.changes import Order
    from playbookctl.edit.intended import Reopen
    from playbookctl.edit.patch import Patch
    from playbookctl.model.finding import Fix
    from playbookctl.model.workspace import Entry


class Fixed(Value):
    """What came of some fixes: the entry as it is now, and for each fix '' where it was made, else why not."""

    __slots__ = ("entry", "refusals")

    def __init__(self, entry: Entry, refusals: tuple[str, ...]) -> None:
        self.entry = entry
        self.refusals = refusals


def fix_all(entry: Entry, fixes: Iterable[Fix], reopen: Reopen, order: Order) -> Fixed:
    """Make as many of `fixes` as can be made in one round, from the end of the text to its beginning.

    So the places before stay where the rules have seen them. A fix that touches what another has changed waits for the
    next round, in which the rules look at the new text. `reopen` reads a text as this file is read.
    """
    wanted = tuple(fixes)
    ends = [_end(entry, fix, order) for fix in wanted]
    refusals = [end if isinstance(end, str) else "" for end in ends]
    places = [(end, index) for index, end in enumerate(ends) if isinstance(end, int)]
    untouched = len(entry.source.text)
    for _, index in sorted(places, reverse=True):
        made = _made(entry, wanted[index], untouched, reopen, order)
        if isinstance(made, str):
            refusals[index] = made
        else:
            entry, untouched = made
    return Fixed(entry, tuple(refusals))


def patches_of(entry: Entry, fix: Fix, order: Order) -> list[Patch]:
    """Return what a fix puts in the place of what, in the order of the text. Raises Unfit."""
    return sorted(_patches(entry, fix, order), key=lambda patch: (patch.start, patch.end))


def _end(entry: Entry, fix: Fix, order: Order) -> int | str:
    """Return where the text of a fix ends, or why it does not fit."""
    try:
        return max(patch.end for patch in _patches(entry, fix, order))
    except Unfit as reason:
        return str(reason)


def _made(entry: Entry, fix: Fix, untouched: int, reopen: Reopen, order: Order) -> tuple[Entry, int] | str:
    """Return the entry with the fix made and the offset before which nothing has changed, or why it is refused."""
    try:
        needed = _patches(entry, fix, order)
        if max(patch.end for patch in needed) > untouched:
            return "another fix has changed this place; it waits for the next round"
        return _proven(entry, fix, needed, reopen), min(patch.start for patch in needed)
    except Unfit as reason:
        return str(reason)


def _patches(entry: Entry, fix: Fix, order: Order) -> list[Patch]:
    if entry.document is None:
        raise Unfit("the file cannot be read")
    if not fix.edits:
        raise Unfit("the fix is empty")
    outline = Outline(entry.document)
    return [patch for edit in fix.edits for patch in patches(outline, edit, order)]


def _proven(entry: Entry, fix: Fix, needed: list[Patch], reopen: Reopen) -> Entry:
    """Return the entry of the patched text. Raises Unfit unless it differs by the intended change alone."""
    document = entry.document
    assert document is not None  # noqa: S101 - patches were found in it
    text = patched(entry.source.text, needed)
    if text == entry.source.text:
        raise Unfit("it changes nothing")
    after = reopen(text)
    wanted = document.data
    for edit in fix.edits:
        wanted = intended(wanted, edit, reopen)
    if after.document is None or not same(after.document.data, wanted):
        raise Unfit("the text would then read as something else than intended")
    if entry.playbook is not None and after.playbook is None:
        raise Unfit("the schema would not accept the result")
    if _repeats(after.document.data) > _repeats(document.data):
        raise Unfit("a list would then have the same value twice")
    return after


def _repeats(data: dict[str, Any]) -> int:
    """Return how many texts stand in the lists at the top a second time; these lists are sets."""
    lists = [[item for item in value if isinstance(item, str)] for value in data.values() if isinstance(value, list)]
    return sum(len(texts) - len(set(texts)) for texts in lists)
