"""Estates in the middle of a day's work, for faults to strike: something to create, to update, to mark, to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.model.choices import Choices
from support.hints import settle
from support.laws import Broken, acts, stands_for, texts_of
from support.values import document

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.estate import Estate


def a_create(estate: Estate) -> None:
    estate.files["b"] = document("b", auto_execute=True)
    estate.commit()


def an_update(estate: Estate) -> None:
    estate.files["a"] = document("a", description="The repo's word.", tags=["zulu", "alpha"])
    estate.commit()


def a_read(estate: Estate) -> None:
    """There is nothing to write, and drift to be kept."""
    theirs(estate, "c", description="Hot-fixed at 3 a.m.")


def everything(estate: Estate) -> None:
    """Two creates of which one calls the other, an update, a merge, a mark, drift, and a conflict."""
    for key in ("d", "e", "f", "g"):
        estate.files[key] = document(key)
    estate.commit()
    estate.sync()
    call = [{"id": "tell", "type": "playbook", "playbook": "b"}]
    estate.files |= {
        "b": document("b", auto_execute=True),
        "h": document("h", steps=call),
        "a": document("a", description="The repo's word.", tags=["zulu", "alpha"]),
        "d": document("d", description="The repo's word."),
        "e": document("e", category="recovery"),
        "f": document("f", description="The repo's word."),
    }
    estate.commit()
    theirs(estate, "c", description="Hot-fixed at 3 a.m.")
    theirs(estate, "d", name="Renamed at 3 a.m.")
    theirs(estate, "e", category="recovery")
    theirs(estate, "f", description="Hot-fixed at 3 a.m.")


SCENES: dict[str, Callable[[Estate], None]] = {
    "create": a_create,
    "update": an_update,
    "read": a_read,
    "mixed": everything,
}


def begin(estate: Estate, scene: str) -> dict[tuple[str, str], str]:
    """Play a scene on an estate that was synced; return what analysts hold: texts by (id, field)."""
    estate.sync(Choices(bootstrap=True))
    SCENES[scene](estate)
    estate.laws.catch_up()
    return edits(estate)


def theirs(estate: Estate, key: str, **fields: str) -> None:
    row = next(row for row in estate.rows() if stands_for(row, estate.namespace) == key)
    estate.edit(row["id"], dict(fields))


def edits(estate: Estate) -> dict[tuple[str, str], str]:
    """Return the texts that were hot-fixed, by (id, field)."""
    return {
        (row["id"], name): text for row in estate.rows() for name, text in texts_of(row).items() if "at 3 a.m." in text
    }


def recovered(estate: Estate, held: dict[tuple[str, str], str]) -> int:
    """Sync again in fair weather and walk the ways of what is held; return how many were. Raises Broken.

    Afterwards no edit is lost, of each key at most one object acts, and a plan has neither a write nor a hold.
    """
    estate.sync()
    if edits(estate) != held:
        raise Broken("no edit is lost", (held, edits(estate)))
    number = len(estate.plan().held)
    settle(estate, 0)
    acting = [stands_for(row, estate.namespace) for row in estate.rows() if acts(row)]
    keys = [key for key in acting if key is not None]
    if len(keys) != len(set(keys)):
        raise Broken("at most one object of a key acts", sorted(keys))
    if any(text not in set(edits(estate).values()) for text in held.values()):
        raise Broken("what is pulled is kept", (held, edits(estate)))
    return number
