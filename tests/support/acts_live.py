"""What people do on the server: analysts in the vendor's editor, the vendor, and another repository's robot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.marker import is_reserved
from support.acts import act, pick
from support.estate import STRANGER
from support.laws import stands_for
from support.values import FIELDS, document, live_value

if TYPE_CHECKING:
    from support.estate import Estate


@act(14)
def edit_live(estate: Estate, a: int, b: int) -> None:
    row = pick(estate.rows(), a)
    if row is not None:
        edit(estate, row, b)


@act(4)
def flip_a_switch(estate: Estate, a: int, b: int) -> None:
    row = pick(estate.rows(), a)
    if row is not None:
        field = ("enabled", "auto_execute")[b % 2]
        estate.edit(row["id"], {field: not row[field]})


@act(2)
def undo_on_the_server(estate: Estate, a: int, b: int) -> None:
    """An analyst types back a value that the playbook once had."""
    row = pick(estate.rows(), a)
    field = ("description", "name", "category")[b % 3]
    past = [
        write.before[field]
        for write in estate.watch.writes(estate.tenant)
        if row and write.id == row["id"] and write.before
    ]
    value = pick(past, b // 3)
    if row is not None and value is not None:
        estate.edit(row["id"], {field: value})


@act(2)
def arrange_steps(estate: Estate, a: int, b: int) -> None:
    """The editor stores where a step stands on the canvas."""
    row = pick(estate.rows(), a)
    if row is not None:
        estate.edit(
            row["id"], {"steps": [{**step, "layout": {"x": b, "y": at}} for at, step in enumerate(row["steps"])]}
        )


@act(1)
def store_an_unknown_field(estate: Estate, a: int, b: int) -> None:
    row = pick(estate.rows(), a)
    if row is not None:
        estate.watch.inject(row["id"], {"canvas": {"zoom": b}})
        estate.laws.catch_up()


@act(3)
def edit_the_marks(estate: Estate, a: int, b: int) -> None:
    """Somebody tidies up the tags."""
    row = pick(estate.rows(), a)
    if row is None:
        return
    tags = {
        0: [tag for tag in row["tags"] if not tag.startswith("playbookctl:base")],
        1: [tag for tag in row["tags"] if not is_reserved(tag)],
        2: [*row["tags"], "playbookctl:lease=1"],
        3: [tag.replace("playbookctl:base=1.", "playbookctl:base=9.") for tag in row["tags"]],
        4: [*row["tags"], "playbookctl:key=other/x"],
    }[b % 5]
    estate.edit(row["id"], {"tags": sorted(set(tags))})


@act(3)
def clone(estate: Estate, a: int, b: int) -> None:
    row = pick(estate.rows(), a)
    if row is not None:
        copy = estate.clone(row["id"])
        if b % 2:
            edit(estate, estate.watch.playbooks(estate.tenant)[copy], b)


@act(2)
def delete_live(estate: Estate, a: int, _: int) -> None:
    row = pick(estate.rows(), a)
    if row is not None:
        estate.delete(row["id"])


@act(1)
def make_something_alike(estate: Estate, a: int, b: int) -> None:
    key = pick(("a", "b", "c", "d"), a)
    assert key is not None
    name = document(key)["name"]
    estate.make({"name": f" {name.upper()}" if b % 2 else name, "enabled": b % 3 > 0, "description": "By hand."})


@act(1)
def make_something_foreign(estate: Estate, a: int, _: int) -> None:
    """Another repository has a playbook of the same key in this tenant."""
    key = pick(("a", "b"), a)
    estate.make({"name": f"Theirs {key}", "tags": [f"playbookctl:key=theirs/{key}"]}, by=STRANGER)


@act(1)
def recreate_a_connector(estate: Estate, a: int, _: int) -> None:
    estate.recreate_connector(("edr", "chat")[a % 2])


def edit(estate: Estate, row: dict[str, Any], number: int) -> None:
    """Edit one field of a live playbook; an edit of the tags keeps the marks."""
    field = FIELDS[number % len(FIELDS)]
    value = live_value(estate, field, number // len(FIELDS), row[field])
    if field == "tags":
        value = [*value, *filter(is_reserved, row["tags"])]
    estate.edit(row["id"], {field: value})


def ours(estate: Estate) -> list[dict[str, Any]]:
    """Return the live playbooks that stand for a key of this repository."""
    return [row for row in estate.rows() if stands_for(row, estate.namespace) is not None]
