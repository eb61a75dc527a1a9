"""Which playbook and which step of the head is which of the base, and what is said of them."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from playbookctl.model.playbook import Playbook
from playbookctl.model.review import ChangeKind, StepKind
from playbookctl.review import steps
from playbookctl.review.pairing import pairs
from support.pull_request import estate, review_of, side, step


def kinds(before: dict[str, Any], now: dict[str, Any]) -> dict[str, str]:
    return {pair.key: pair.kind.value for pair in pairs(side(before), side(now)) if pair.kind is not None}


def changed(**books: Any) -> dict[str, Any]:
    now = estate()
    for key, value in books.items():
        if value is None:
            del now[key]
        else:
            now[key] = value
    return now


def test_nothing_changed_is_nothing() -> None:
    assert kinds(estate(), estate()) == {}


def test_another_key_with_the_same_content_is_a_renamed_playbook() -> None:
    now = changed(lock=None, other={**estate()["lock"], "key": "other"})
    assert kinds(estate(), now) == {"other": "renamed"}
    (change,) = review_of(estate(), now).playbooks
    assert (change.before_key, change.key) == ("lock", "other")
    assert change.said[0] == "has the key 'other', before 'lock'"


def test_another_key_and_a_small_change_is_one_too() -> None:
    lock = estate()["lock"]
    lock.update(key="other", description="new")
    assert kinds(estate(), changed(lock=None, other=lock)) == {"other": "renamed"}


def test_another_key_and_another_name_is_removed_and_added() -> None:
    lock = {**estate()["enrich"], "key": "other", "name": "Something else"}
    assert kinds(estate(), changed(lock=None, other=lock)) == {"lock": "removed", "other": "added"}


def test_order_of_sets_and_prose_is_no_change_of_content() -> None:
    before, now = estate(), estate()
    before["lock"]["tags"], now["lock"]["tags"] = ["a", "b"], ["b", "a"]
    before["lock"]["description"], now["lock"]["description"] = "one\ntwo", "one\r\ntwo"
    assert kinds(before, now) == {"lock": ChangeKind.REWRITTEN.value}


def playbook(*rows: dict[str, Any]) -> Playbook:
    return Playbook({"key": "k", "name": "K", "steps": [copy.deepcopy(row) for row in rows]})


A = {"id": "a", "connector": "x", "action": "get-a", "with": {"p": 1, "q": 2}}
B = {"id": "b", "connector": "x", "action": "get-b"}
C = {"id": "c", "connector": "x", "action": "get-c"}
READER = {"id": "r", "action": "send-message", "with": {"text": "{{ steps.a.output.name }}"}, "on_error": {"next": "a"}}

STEPS: list[tuple[str, Playbook, Playbook, list[tuple[StepKind, str, str]]]] = [
    ("added in between", playbook(A, C), playbook(A, B, C), [(StepKind.ADDED, "b", "")]),
    ("removed", playbook(A, B, C), playbook(A, C), [(StepKind.REMOVED, "b", "")]),
    ("moved to the top: one moved, not two", playbook(A, B, C), playbook(C, A, B), [(StepKind.MOVED, "c", "")]),
    ("renamed, and its readers follow", playbook(A, READER),
     playbook({**A, "id": "z"}, {**READER, "with": {"text": "{{ steps.z.output.name }}"}, "on_error": {"next": "z"}}),
     [(StepKind.RENAMED, "z", "a")]),
    ("renamed, and a reader forgotten", playbook(A, READER), playbook({**A, "id": "z"}, READER),
     [(StepKind.RENAMED, "z", "a"), (StepKind.CHANGED, "r", "")]),
    ("another action under another id is another step", playbook(A), playbook({**A, "id": "z", "action": "get-z"}),
     [(StepKind.ADDED, "z", ""), (StepKind.REMOVED, "a", "")]),
    ("rewired", playbook(A, B, C), playbook({**A, "next": "c"}, B, C), [(StepKind.REWIRED, "a", "")]),
    ("a default written out is no change", playbook(A), playbook({**A, "type": "action", "on_error": "stop"}), []),
    ("into a loop", playbook(A, {**B, "for_each": "{{ x }}", "steps": [C]}), playbook({**B, "for_each": "{{ x }}", "steps": [A, C]}),
     [(StepKind.MOVED, "a", "")]),
]  # fmt: skip


@pytest.mark.parametrize("name, before, now, expected", STEPS, ids=[row[0] for row in STEPS])
def test_what_became_of_each_step(name: str, before: Playbook, now: Playbook, expected: list[Any]) -> None:
    notes = steps.compare(before, now).notes()
    assert [(note.kind, note.id, note.before_id) for note in notes] == expected, name


def test_the_differences_are_in_plain_words() -> None:
    now = estate()
    it = step(now["contain"], "isolate")
    it.update({"if": {"field": "alert.host", "op": "exists"}, "timeout": "9m", "next": "by_hand"})
    it["with"] = {"host": "{{ alert.host }}", "force": True}
    (change,) = review_of(estate(), now).playbooks
    (note,) = change.steps
    assert note.details == (
        "only if: always → 'alert.host' is there",
        "given 'force': yes",
        "'host': '{{ inputs.host }}' → '{{ alert.host }}'",
        "time limit: '5m' → '9m'",
        "leads to: the end → 'by_hand'",
    )


def test_of_long_texts_that_begin_alike_the_part_that_differs_is_shown() -> None:
    before, now = estate(), estate()
    before["lock"]["description"] = "x" * 200 + " ask the lead first"
    now["lock"]["description"] = "x" * 200 + " ask nobody"
    (change,) = review_of(before, now).playbooks
    assert change.said == ("description: '…xxxxxxxxxxxxxxx ask the lead first' → '…xxxxxxxxxxxxxxx ask nobody'",)


def test_what_cannot_be_told_is_said_to_be_so() -> None:
    now = estate()
    now["enrich"]["steps"].append({"id": "a", "connector": "edr", "action": "get-host"})  # an id that stands twice
    (change,) = review_of(estate(), now).playbooks
    assert change.said == (
        "differs in what is not told here, such as a secret, or a step whose id stands twice: look at the file",
    )


def test_callers_are_told_with_those_between() -> None:
    now = estate()
    now["top"] = {"key": "top", "name": "Top", "steps": [{"id": "x", "type": "playbook", "playbook": "phish"}]}
    before = json.loads(json.dumps(now))
    now["contain"]["description"] = "another"
    (change,) = review_of(before, now).playbooks
    assert [(caller.key, caller.through) for caller in change.callers] == [("phish", ()), ("top", ("phish",))]
