"""Mistakes that a reconciler of this kind can make, to be switched on: the stories have to find each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playbookctl.api.pages import Listing
from playbookctl.apply import update
from playbookctl.apply.create import Creator
from playbookctl.apply.sight import Sight
from playbookctl.plan import by_field, by_key, fields
from playbookctl.plan.run import Run
from playbookctl.plan.sides import Live, LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from playbookctl.apply.result import Ended
    from playbookctl.model.marker import Marker
    from playbookctl.model.plan import Change
    from playbookctl.plan.sides import Desired

UNPLANTED: dict[str, Any] = {
    "marker": Run.marker,
    "class": Live._class_by_base,
    "create": Creator.create,
    "to_write": fields.to_write,
}


def base_taken_from_live(patch: pytest.MonkeyPatch) -> None:
    """The mark records what live has, not what the repo asked for: drift that was kept is forgotten."""

    def marker(run: Run, desired: Desired, live: Live | None = None, echo: Any = ()) -> Marker:
        made: Marker = UNPLANTED["marker"](run, desired, live, echo)
        if live is None or made.base is None:
            return made
        return replace(made, base=replace(made.base, digests=live.digests))

    patch.setattr(Run, "marker", marker)


def no_reading_before_a_write(patch: pytest.MonkeyPatch) -> None:
    """What is there by now is overwritten, whatever the plan saw."""
    patch.setattr(update, "sight", lambda *_, **__: Sight.AS_PLANNED)


def a_blind_post_after_a_lost_answer(patch: pytest.MonkeyPatch) -> None:
    """No answer is taken for a no."""

    def again(creator: Creator, change: Change, *_: object) -> Ended:
        ended: Ended = UNPLANTED["create"](creator, change)
        return ended

    patch.setattr(Creator, "_looked_for", again)


def the_self_id_ignored(patch: pytest.MonkeyPatch) -> None:
    """A clone made in the editor is taken for the playbook."""

    def class_by_base(live: Live, marker: Marker) -> LiveClass:
        what: LiveClass = UNPLANTED["class"](live, marker)
        return LiveClass.OURS if what is LiveClass.COPY else what

    patch.setattr(Live, "_class_by_base", class_by_base)


def a_partial_list_taken_as_whole(patch: pytest.MonkeyPatch) -> None:
    """What is not on the page is not on the server."""
    patch.setattr(Listing, "_finish", lambda *_: None)


def an_edit_taken_for_an_echo(patch: pytest.MonkeyPatch) -> None:
    """What is read after a lost answer is taken for our own write: this one was here once, and stories found it."""
    read_back = update.read_back
    patch.setattr(update, "read_back", lambda *known: replace(read_back(*known), ours=True))


def a_field_that_is_never_sent(patch: pytest.MonkeyPatch) -> None:
    """The mark says that it was: from then on live's old value is drift, which is kept."""
    for module in (by_field, by_key):
        patch.setattr(module, "to_write", _without_category)


def _without_category(names: Iterable[str], *sides: Any) -> Any:
    return UNPLANTED["to_write"](set(names) - {"category"}, *sides)


PLANTED = (
    base_taken_from_live,
    no_reading_before_a_write,
    a_blind_post_after_a_lost_answer,
    the_self_id_ignored,
    a_partial_list_taken_as_whole,
    an_edit_taken_for_an_echo,
    a_field_that_is_never_sent,
)
