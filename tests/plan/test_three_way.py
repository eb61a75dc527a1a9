from __future__ import annotations

import pytest

from playbookctl.canonical import POSITIONS, digest_at, digests
from playbookctl.model.choices import OnDrift, Take
from playbookctl.plan.three_way import Move, Orders, compare, move, settle

SAME, MARK, WRITE, DRIFT, CONFLICT = Move.SAME, Move.MARK, Move.WRITE, Move.DRIFT, Move.CONFLICT


@pytest.mark.parametrize(
    "desired, base, live, what",
    [
        ("1", "1", "1", SAME),
        ("2", "1", "2", MARK),
        ("2", "1", "1", WRITE),
        ("1", "1", "2", DRIFT),
        ("2", "1", "3", CONFLICT),
        ("1", None, "1", MARK),
        ("1", None, "2", CONFLICT),
    ],
)
def test_a_field_has_moved_on_the_side_that_left_the_base(
    desired: str, base: str | None, live: str, what: Move
) -> None:
    assert move(desired, base, live) is what


def _digests(**fields: str) -> str:
    return digests({"name": "n", **fields})


def _base(**fields: str) -> dict[str, str | None]:
    whole = _digests(**fields)
    return {name: digest_at(whole, position) for name, position in POSITIONS.items()}


@pytest.mark.parametrize(
    "desired, base, live, echo, moves",
    [
        ("a ", "a ", "a", "a", {}),
        ("a ", "a ", "a", None, {"description": DRIFT}),
        ("a ", "a ", "b", "a", {"description": DRIFT}),
        ("b ", "a ", "a", "a", {"description": WRITE}),
        ("a", "a ", "a", "a", {"description": MARK}),
        ("c", "a ", "b", "a", {"description": CONFLICT}),
    ],
)
def test_what_the_server_made_of_the_base_is_no_move(
    desired: str, base: str, live: str, echo: str | None, moves: dict[str, Move]
) -> None:
    echoes = {} if echo is None else {"description": digest_at(_digests(description=echo), POSITIONS["description"])}
    found = compare(
        _digests(description=desired), _base(description=base), _digests(description=live), echoes, POSITIONS
    )
    assert found == moves


def test_a_field_that_is_not_managed_or_has_no_base_is_not_compared() -> None:
    base = _base()
    assert compare(_digests(name="x"), base, _digests(name="y"), {}, ["description"]) == {}
    del base["name"]
    assert compare(_digests(name="x"), base, _digests(name="y"), {}, POSITIONS) == {}


KEEP, REVERT, FAIL = OnDrift.KEEP, OnDrift.REVERT, OnDrift.FAIL
W, K, H = "written", "kept", "held"


@pytest.mark.parametrize(
    "what, brake, on_drift, decision, released, fate",
    [
        (WRITE, False, KEEP, None, False, W),
        (WRITE, False, REVERT, Take.LIVE, False, W),
        (DRIFT, False, KEEP, None, False, K),
        (DRIFT, False, FAIL, None, False, K),
        (DRIFT, False, REVERT, None, False, W),
        (DRIFT, False, KEEP, Take.REPO, False, W),
        (DRIFT, False, KEEP, Take.LIVE, False, K),
        (DRIFT, False, KEEP, None, True, K),
        (DRIFT, True, REVERT, None, False, K),
        (DRIFT, True, KEEP, Take.REPO, False, K),
        (DRIFT, True, REVERT, Take.REPO, False, K),
        (DRIFT, True, KEEP, None, True, W),
        (DRIFT, True, REVERT, Take.REPO, True, W),
        (CONFLICT, False, KEEP, None, False, H),
        (CONFLICT, False, REVERT, None, False, H),
        (CONFLICT, False, KEEP, None, True, H),
        (CONFLICT, False, KEEP, Take.REPO, False, W),
        (CONFLICT, False, KEEP, Take.LIVE, False, K),
        (CONFLICT, True, KEEP, Take.REPO, False, H),
        (CONFLICT, True, REVERT, Take.REPO, False, H),
        (CONFLICT, True, KEEP, Take.REPO, True, W),
        (CONFLICT, True, REVERT, None, True, H),
        (CONFLICT, True, KEEP, Take.LIVE, False, K),
    ],
)
def test_what_becomes_of_a_moved_field(
    what: Move, brake: bool, on_drift: OnDrift, decision: Take | None, released: bool, fate: str
) -> None:
    settled = settle({"steps": what}, frozenset({"steps"} if brake else ()), Orders(on_drift, decision, released))
    assert {name: getattr(settled, name) for name in (W, K, H)} == {
        name: frozenset({"steps"} if name == fate else ()) for name in (W, K, H)
    }


@pytest.mark.parametrize(
    "moves, decision, clash, written, kept",
    [
        ({"steps": WRITE, "description": DRIFT}, None, False, {"steps"}, {"description"}),
        ({"description": WRITE, "steps": DRIFT}, None, False, {"description"}, {"steps"}),
        ({"steps": WRITE, "enabled": DRIFT}, None, True, {"steps"}, {"enabled"}),
        ({"trigger_conditions": WRITE, "auto_execute": DRIFT}, None, True, {"trigger_conditions"}, {"auto_execute"}),
        ({"steps": WRITE, "enabled": DRIFT}, Take.LIVE, False, set(), {"steps", "enabled"}),
        ({"steps": WRITE, "name": WRITE, "enabled": DRIFT}, Take.LIVE, False, {"name"}, {"steps", "enabled"}),
        ({"steps": WRITE, "enabled": DRIFT}, Take.REPO, False, {"steps", "enabled"}, set()),
        ({"steps": CONFLICT, "enabled": WRITE}, Take.LIVE, False, set(), {"steps", "enabled"}),
        ({"steps": MARK, "enabled": DRIFT}, None, False, set(), {"enabled"}),
    ],
)
def test_two_sides_that_both_say_how_it_acts_clash(
    moves: dict[str, Move], decision: Take | None, clash: bool, written: set[str], kept: set[str]
) -> None:
    settled = settle(moves, frozenset(), Orders(decision=decision))
    assert (settled.clash, settled.written, settled.kept) == (clash, written, kept)


def test_a_revert_beside_a_brake_that_holds_is_no_clash() -> None:
    settled = settle({"steps": DRIFT, "enabled": DRIFT}, frozenset({"enabled"}), Orders(REVERT))
    assert (settled.clash, settled.written, settled.kept) == (False, {"steps"}, {"enabled"})
