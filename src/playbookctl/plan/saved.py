"""A saved plan against one made now: whether it may still be carried out, and if not, what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.plan import Change, Plan

_BOUND_TO = ("format", "environment", "namespace", "tenant_id", "app_id", "commit", "config", "choices")


def moved_since(saved: Plan, now: Plan) -> tuple[str, ...]:
    """Return in sentences why a saved plan is stale; empty if what it would do is what a plan made now would do.

    `now` must have been made with the saved plan's own choices. Texts are not compared: a saved plan has none.
    """
    bound = [
        f"it was made for another {name.replace('_', ' ')}"
        for name in _BOUND_TO
        if getattr(saved, name) != getattr(now, name)
    ]
    return (*bound, *_moved_changes(saved.bare(), now.bare()))


def _moved_changes(saved: Plan, now: Plan) -> Iterator[str]:
    then = {(change.key, change.live_id): change for change in saved.to_write}
    here = {(change.key, change.live_id): change for change in now.to_write}
    for key, live_id in sorted(then.keys() | here.keys()):
        before, after = then.get((key, live_id)), here.get((key, live_id))
        if before is None or after is None:
            yield f"'{key}' {'is' if before is None else 'is no longer'} to be written"
        elif _effect(before) != _effect(after):
            yield f"'{key}' has moved since"


def _effect(change: Change) -> object:
    return (change.action, change.expect, change.write, change.tags, change.mark, change.pending, change.wave)
