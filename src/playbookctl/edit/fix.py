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
    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Entry

_MOST_CHARACTERS, _FEWEST = 2_000_000, 64


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
    places = sorted(((end, index) for index, end in enumerate(ends) if isinstance(end, int)), reverse=True)
    untouched = len(entry.source.text)
    pending = [[index for _, index in places]] if places else []
    for _ in range(readings(entry)):
        if not pending:
            break
        indexes = pending.pop()
        made = _made(entry, [wanted[index] for index in indexes], untouched, reopen, order)
        if not isinstance(made, str):
            entry, untouched = made
        elif len(indexes) == 1:
            refusals[indexes[0]] = made
        else:  # one of them cannot be made: a proof for each half, the one behind first
            half = len(indexes) // 2
            pending += [indexes[half:], indexes[:half]]
    for index in (index for indexes in pending for index in indexes):
        refusals[index] = "too many fixes of this file cannot be made; it waits for the next round"
    return Fixed(entry, tuple(refusals))


def readings(entry: Entry) -> int:
    """Return how often a text may be read to prove its fixes: some seconds of work, however large and broken it is."""
    return max(_FEWEST, _MOST_CHARACTERS // (len(entry.source.text) + 1))


def patches_of(entry: Entry, fix: Fix, order: Order) -> list[Patch]:
    """Return what a fix puts in the place of what, in the order of the text. Raises Unfit."""
    return sorted(_patches(entry, fix, order), key=lambda patch: (patch.start, patch.end))


def _end(entry: Entry, fix: Fix, order: Order) -> int | str:
    """Return where the text of a fix ends, or why it does not fit."""
    try:
        return max(patch.end for patch in _patches(entry, fix, order))
    except Unfit as reason:
        return str(reason)


def _made(entry: Entry, fixes: list[Fix], untouched: int, reopen: Reopen, order: Order) -> tuple[Entry, int] | str:
    """Return the entry with the fixes made, and the offset before which nothing has changed, or why they are refused.

    They come from the end of the text to its beginning. One reading proves all of them: a file may have thousands. Those
    that touch each other, or add to or take from the same mapping or list, are made one after the other.
    """
    needed: list[Patch] = []
    changed: set[NodePath] = set()
    try:
        for fix in fixes:
            patches = _patches(entry, fix, order)
            members = {edit.path[:-1] for edit in fix.edits if edit.mode in ("insert", "delete")}
            if max(patch.end for patch in patches) > untouched - bool(needed) or changed & members:
                return "another fix has changed this place; it waits for the next round"
            if all(entry.source.text[patch.start : patch.end] == patch.text for patch in patches):
                return "it changes nothing"
            untouched = min(patch.start for patch in patches)
            needed += patches
            changed |= members
        return _proven(entry, fixes, needed, reopen), untouched
    except Unfit as reason:
        return str(reason)


def _patches(entry: Entry, fix: Fix, order: Order) -> list[Patch]:
    if entry.document is None:
        raise Unfit("the file cannot be read")
    if not fix.edits:
        raise Unfit("the fix is empty")
    outline = Outline(entry.document)
    return [patch for edit in fix.edits for patch in patches(outline, edit, order)]


def _proven(entry: Entry, fixes: list[Fix], needed: list[Patch], reopen: Reopen) -> Entry:
    """Return the entry of the patched text. Raises Unfit unless it differs by the intended changes alone."""
    document = entry.document
    assert document is not None  # noqa: S101 - patches were found in it
    text = patched(entry.source.text, needed)
    after = reopen(text)
    wanted = intended(document.data, [edit for fix in fixes for edit in fix.edits], reopen)
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
