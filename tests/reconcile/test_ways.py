"""Of live playbooks that are not ours but alike, each way that the hint names leads out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playbookctl.model.choices import Adoption, Choices
from playbookctl.model.plan import Action
from support.plans import SPACE, Scene, body, marks, row

B = body()
BY_HAND, TWIN = row("ply_1", B), row("ply_2", B)
THEIRS, OTHERS = (row(f"ply_{at}", B, marks("phishing", B, f"ply_{at}", space=f"s{at}")) for at in (3, 4))

# strangers, and the ways that the hint names
STRANGERS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "by hand": ([BY_HAND], ["adopt phishing", "sync --create phishing"]),
    "by hand, two": ([BY_HAND, TWIN], ["adopt phishing=ID", "sync --create phishing"]),
    "theirs": ([THEIRS], ["sync --takeover phishing", "sync --create phishing"]),
    "theirs and one by hand": (
        [THEIRS, BY_HAND],
        ["adopt phishing", "sync --takeover phishing", "sync --create phishing"],
    ),
    "theirs and two by hand": (
        [THEIRS, BY_HAND, TWIN],
        ["adopt phishing=ID", "sync --takeover phishing", "sync --create phishing"],
    ),
    "of two other repositories": ([THEIRS, OTHERS], ["sync --create phishing"]),
}


@pytest.mark.parametrize("rows, ways", STRANGERS.values(), ids=STRANGERS.keys())
def test_every_way_that_a_hint_names_leads_out(rows: list[dict[str, Any]], ways: list[str]) -> None:
    scene = Scene({"phishing": B}, rows)
    hint = scene.change().hint
    assert re.findall(r"adopt phishing(?:=ID)?|sync --[a-z]+ phishing", hint) == ways
    for way in ways:
        change = scene.change(choices=_choices(way, rows))
        assert change.action in (Action.ADOPT, Action.CREATE), (way, change.reason)


@pytest.mark.parametrize("rows, ways", STRANGERS.values(), ids=STRANGERS.keys())
@pytest.mark.parametrize("asked", [Choices(adopt=(Adoption("phishing"),)), Choices(takeover=frozenset({"phishing"}))])
def test_where_it_is_not_clear_which_is_meant_the_same_ways_are_named(
    rows: list[dict[str, Any]], ways: list[str], asked: Choices
) -> None:
    change = Scene({"phishing": B}, rows).change(choices=asked)
    if change.action is Action.HOLD:
        assert re.findall(r"adopt phishing(?:=ID)?|sync --[a-z]+ phishing", change.hint) == ways


@pytest.mark.parametrize("rows, ways", STRANGERS.values(), ids=STRANGERS.keys())
@pytest.mark.parametrize("named, space", [("ply_9", SPACE), ("ply_9", "theirs")])
def test_where_a_hint_says_id_the_ids_are_named(
    rows: list[dict[str, Any]], ways: list[str], named: str, space: str
) -> None:
    """Somebody gave the id of one that is ours under another key, or another repository's."""
    other = body(name="Other", description="Other.", steps=[{"id": "other", "type": "manual", "message": "Wait."}])
    taken = row(named, other, marks("other", other, named, space=space))
    change = Scene({"phishing": B}, [*rows, taken]).change(choices=Choices(adopt=(Adoption("phishing", named),)))
    assert change.action is Action.HOLD
    assert f"'{named}' cannot be adopted, it is " in change.reason
    assert re.findall(r"adopt phishing(?:=ID)?|sync --[a-z]+ phishing", change.hint) == ways
    assert all(f"{stranger['id']} ('{stranger['name']}'" in change.reason for stranger in rows)


def _choices(way: str, rows: list[dict[str, Any]]) -> Choices:
    if way.startswith("adopt"):
        free = next(found["id"] for found in rows if not any(tag.startswith("playbookctl:") for tag in found["tags"]))
        return Choices(adopt=(Adoption("phishing", free if way.endswith("=ID") else ""),))
    key = frozenset({"phishing"})
    return Choices(takeover=key) if "--takeover" in way else Choices(create=key)
