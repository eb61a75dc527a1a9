"""Which live playbook each file adopts: by name, and only where there is no doubt."""

from __future__ import annotations

from typing import Any

import pytest

from playbookctl.model.choices import Adoption
from playbookctl.plan import LiveRows, read_live
from playbookctl.plan.pairing import pair_up
from support.plans import SPACE, body, marks, row, wanted

B = body()


def live(live_id: str, name: str, tags: list[str] | None = None, **stamps: Any) -> dict[str, Any]:
    return row(live_id, body(name=name, steps=[{"id": live_id}]), tags or [], **stamps)


# files {key: name}, live rows, what was named, bound, unbound, alone, already
PAIRS: list[tuple[str, dict[str, str], list[dict[str, Any]], list[str], dict[str, str], list[str], list[str], list[str]]] = [
    ("one name on each side", {"a": "A"}, [live("p1", "A")], [], {"a": "p1"}, [], [], []),
    ("case and space do not count", {"a": "Big A"}, [live("p1", " big a ")], [], {"a": "p1"}, [], [], []),
    ("another name", {"a": "A"}, [live("p1", "B")], [], {}, [], ["a"], []),
    ("two live ones", {"a": "A"}, [live("p1", "A"), live("p2", "A")], [], {}, ["a"], [], []),
    ("two files", {"a": "A", "b": "a"}, [live("p1", "A")], [], {}, ["a", "b"], [], []),
    ("two files, one of them has its own", {"a": "A", "b": "A"}, [live("p1", "A"), live("p2", "A", marks("b", B, "p2"))], [], {"a": "p1"}, [], [], []),
    ("a deleted one does not count", {"a": "A"}, [live("p1", "A", is_deleted=True)], [], {}, [], ["a"], []),
    ("another repository's does not count", {"a": "A"}, [live("p1", "A", marks("a", B, "p1", space="other"))], [], {}, [], ["a"], []),
    ("a copy is free", {"a": "A"}, [live("p1", "A", marks("z", B, "p1", bound_to="p9"))], [], {"a": "p1"}, [], [], []),
    ("what is ours is left alone", {"a": "A"}, [live("p1", "A", marks("a", B, "p1")), live("p2", "A")], [], {}, [], [], []),
    ("named, and ours already", {"a": "A"}, [live("p1", "A", marks("a", B, "p1"))], ["a"], {}, [], [], ["a"]),
    ("only what is named", {"a": "A", "b": "B"}, [live("p1", "A"), live("p2", "B")], ["b"], {"b": "p2"}, [], [], []),
    ("named, and nothing has the name", {"a": "A"}, [live("p1", "B")], ["a"], {}, ["a"], [], []),
    ("named with an id", {"a": "A"}, [live("p1", "B")], ["a=p1"], {"a": "p1"}, [], [], []),
    ("an id ends a doubt", {"a": "A"}, [live("p1", "A"), live("p2", "A")], ["a=p2"], {"a": "p2"}, [], [], []),
    ("an id that is ours", {"a": "A", "b": "B"}, [live("p1", "B", marks("b", B, "p1"))], ["a=p1"], {}, ["a"], [], []),
    ("one id for two", {"a": "A", "b": "B"}, [live("p1", "C")], ["a=p1", "b=p1"], {}, ["a", "b"], [], []),
    ("named, and its file cannot be read", {}, [live("p1", "A")], ["a"], {}, ["a"], [], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "rows", "named", "bound", "unbound", "alone", "already"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS]
)  # fmt: skip
def test_a_pair_is_bound_only_where_there_is_no_doubt(
    files: dict[str, str],
    rows: list[dict[str, Any]],
    named: list[str],
    bound: dict[str, str],
    unbound: list[str],
    alone: list[str],
    already: list[str],
) -> None:
    desired = {key: wanted(key, body(name=name)) for key, name in files.items()}
    adoptions = [Adoption(*text.partition("=")[::2]) for text in named]
    found = pair_up(desired, LiveRows(map(read_live, rows), SPACE), adoptions)
    assert {adoption.key: adoption.live_id for adoption in found.bound} == bound
    assert [entry.key for entry in found.unbound] == unbound
    assert list(found.alone) == alone
    assert [key for key, _ in found.already] == already
    assert all(entry.reason and entry.hint for entry in found.unbound)


def test_a_file_without_a_key_is_not_bound_to_its_name() -> None:
    desired = {"a": wanted("a", body(name="A"), has_key=False)}
    (entry,) = pair_up(desired, LiveRows(map(read_live, [live("p1", "A")]), SPACE), []).unbound
    assert entry.reason == "its file has no 'key:', and would lose its live playbook when it is renamed"
