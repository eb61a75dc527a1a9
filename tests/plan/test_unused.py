from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from playbookctl.canonical import digests
from playbookctl.model.choices import NO_CHOICES, Choices, Decision, Retirement, Take
from support.plans import Scene, body, marks, row

if TYPE_CHECKING:
    from playbookctl.model.plan import Plan

B = body()
EDITED = {**B, "description": "Theirs."}
OTHER = body(name="Other", steps=[{"id": "o", "action": "o"}])
GONE = body(name="Gone", steps=[{"id": "g", "action": "g"}])


def scene() -> Scene:
    """One playbook that drifts, one in sync, one new; an orphan, a retired one, one of others, one deleted."""
    new = body(name="New", steps=[{"id": "n", "action": "n"}])
    return Scene(
        {"phishing": B, "other": OTHER, "new": new},
        [
            row("ply_1", EDITED, marks("phishing", B, "ply_1")),
            row("ply_2", OTHER, marks("other", OTHER, "ply_2")),
            row("ply_3", GONE, marks("gone", GONE, "ply_3")),
            row("ply_4", {**GONE, "enabled": False}, marks("was", GONE, "ply_4", retired=digests(GONE))),
            row("ply_5", GONE, marks("theirs", GONE, "ply_5", space="soc-b")),
            row("ply_6", GONE, marks("deleted", GONE, "ply_6"), is_deleted=True),
            row("ply_7", body(name="Nobody's", steps=[{"id": "x", "action": "x"}])),
        ],
    )


HASH = scene().change().live_hash
NOTHING: tuple[str, ...] = ()


def said(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a plan refuses and what it notes because of its choices."""
    return tuple(refusal.message for refusal in plan.refusals), plan.notes


def decided(key: str, live: str, source: str = "--resolve", until: str = "") -> Choices:
    return Choices(resolve=(Decision(key, Take.REPO, live, "said so", until, source),))


@pytest.mark.parametrize(
    "choices",
    [
        NO_CHOICES,
        decided("phishing", HASH),
        decided("phishing", HASH, "playbookctl.yaml:9", "2026-02-02"),
        Choices(retire=(Retirement("gone"),)),
        Choices(create=frozenset({"new"})),
        Choices(only=frozenset({"phishing"}), resolve=decided("phishing", HASH).resolve),
    ],
)
def test_of_what_does_something_nothing_is_said(choices: Choices) -> None:
    assert said(scene().plan(choices)) == (NOTHING, NOTHING)


SLIPS = [
    (
        decided("phishing", "0badc0de"),
        (
            "--resolve phishing=repo@0badc0de matches nothing: 'phishing' was decided about as it was at 0badc0de, "
            f"and live is now {HASH}"
        ),
    ),
    (Choices(retire=(Retirement("theirs"),)), "--retire names 'theirs', and ply_5 is foreign"),
    (Choices(keep=frozenset({"ply_7"})), "--keep names ply_7, which is unmanaged"),
]


@pytest.mark.parametrize("choices, message", SLIPS)
def test_a_slip_refuses_the_sync(choices: Choices, message: str) -> None:
    assert said(scene().plan(choices)) == ((message,), NOTHING)


DONE = [
    (decided("other", HASH), "--resolve other=repo@{hash}: nothing is to be decided about 'other'"),
    (Choices(retire=(Retirement("was"),)), "--retire names 'was', which is retired already (ply_4)"),
    (Choices(retire=(Retirement("deleted"),)), "--retire names 'deleted', which is deleted on the server (ply_6)"),
    (Choices(keep=frozenset({"ply_2"})), "--keep names ply_2, which is the only live playbook of 'other'"),
    (Choices(release=frozenset({"phishing"})), "--release names 'phishing', and nothing on the server made it safer"),
    (Choices(create=frozenset({"other"})), "--create names 'other', which is live already (ply_2)"),
    (Choices(create=frozenset({"theirs"})), "--create names 'theirs', which has no file"),
    (Choices(takeover=frozenset({"other"})), "--takeover names 'other', which is live already (ply_2)"),
    (
        Choices(create=frozenset({"new"}), only=frozenset({"other"})),
        "--create names 'new', which --only leaves out",
    ),
    (
        Choices(resolve=decided("phishing", HASH).resolve, only=frozenset({"other"})),
        "--resolve names 'phishing', which --only leaves out",
    ),
    (
        decided("phising", HASH, "playbookctl.yaml:9"),
        "playbookctl.yaml:9: there is no playbook 'phising' to decide about; did you mean 'phishing'?",
    ),
    (
        decided("phishing", "0badc0de", "playbookctl.yaml:9"),
        (
            "playbookctl.yaml:9: 'phishing' was decided about as it was at 0badc0de, and live is now {hash}; "
            "look at it, then renew or remove the entry"
        ),
    ),
    (
        decided("phishing", HASH, "playbookctl.yaml:9", until="2026-01-31"),
        "playbookctl.yaml:9: the decision about 'phishing' held until 2026-01-31; renew or remove the entry",
    ),
    (
        decided("other", HASH, "playbookctl.yaml:9"),
        "playbookctl.yaml:9: nothing is to be decided about 'other'; remove the entry",
    ),
]


@pytest.mark.parametrize("choices, note", DONE)
def test_what_is_done_or_over_already_is_said_and_stops_nothing(choices: Choices, note: str) -> None:
    here = scene()
    here.situation = replace(here.situation, today="2026-02-01")
    assert said(here.plan(choices)) == (NOTHING, (note.format(hash=HASH),))


def test_a_brake_that_is_released_is_used() -> None:
    here = scene()
    here.rows[0] = row("ply_1", {**B, "enabled": False}, marks("phishing", B, "ply_1"))
    assert said(here.plan(Choices(release=frozenset({"phishing"})))) == (NOTHING, NOTHING)


def test_one_of_several_that_is_kept_is_used() -> None:
    here = scene()
    here.rows.append(row("ply_8", B, marks("phishing", B, "ply_8")))
    assert said(here.plan(Choices(keep=frozenset({"ply_8"})))) == (NOTHING, NOTHING)
