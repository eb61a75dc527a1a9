"""A part of a drawing: what is marked, what stands next to it, and the arrows between."""

from __future__ import annotations

from playbookctl.flow.drawing import Arrow, Box, Drawing, Mark, Node, Shape, part_of


def node(name: str, *marks: Mark, lines: tuple[str, ...] = ("x",)) -> Node:
    return Node(name, Shape.ACTION, lines, frozenset(marks))


LINE = Drawing(
    (node("a"), node("b", Mark.DESTRUCTIVE), Box("box", "each", (node("c"), node("d"))), node("e"), Box("far", "each", (node("f"),))),
    (Arrow("a", "b"), Arrow("b", "c"), Arrow("c", "d"), Arrow("d", "e"), Arrow("e", "f"), Arrow("a", "e")),
)  # fmt: skip


def test_neighbours_are_kept_and_what_is_farther_is_not() -> None:
    part = part_of(LINE, {"b": Mark.CHANGED})
    assert part.content == (
        node("a"), node("b", Mark.DESTRUCTIVE, Mark.CHANGED), Box("box", "each", (node("c"),)),
    )  # fmt: skip
    assert part.arrows == (Arrow("a", "b"), Arrow("b", "c"))


def test_a_node_in_a_box_is_marked_there_and_gets_its_note() -> None:
    part = part_of(LINE, {"c": Mark.ADDED, "f": Mark.REMOVED}, {"f": "it was here"})
    assert part.content == (
        node("b", Mark.DESTRUCTIVE), Box("box", "each", (node("c", Mark.ADDED), node("d"))), node("e"),
        Box("far", "each", (node("f", Mark.REMOVED, lines=("x", "it was here")),)),
    )  # fmt: skip
    assert part.arrows == (Arrow("b", "c"), Arrow("c", "d"), Arrow("d", "e"), Arrow("e", "f"))


def test_of_nothing_marked_nothing_is_drawn() -> None:
    assert part_of(LINE, {}) == Drawing((), ())
