"""Two sides to a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.review import ChangeKind, PlaybookChange, Review

if TYPE_CHECKING:
    from playbookctl.model.review import Commit
    from playbookctl.review.sides import Held, Side


def make_review(base: Commit, head: Commit, before: Side, now: Side) -> Review:
    """Return what `now` changes against `before`."""
    keys = sorted(before.playbooks.keys() | now.playbooks.keys())
    changes = [_change(key, before.playbooks.get(key), now.playbooks.get(key)) for key in keys]
    return Review(base, head, playbooks=tuple(change for change in changes if change is not None))


def _change(key: str, old: Held | None, new: Held | None) -> PlaybookChange | None:
    if old is not None and new is not None and old.text == new.text and old.file == new.file:
        return None
    kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED if new is None else ChangeKind.CHANGED
    shown = new or old
    return PlaybookChange(
        kind,
        key,
        shown.playbook.name if shown and shown.playbook else "",
        new.file if new else "",
        key if old else "",
        old.file if old else "",
        digests=(old.digest if old else "", new.digest if new else ""),
    )
