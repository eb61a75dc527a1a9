"""What a plan says about one field, in the direction in which it moved, in words that name the side."""

from __future__ import annotations

import json

import pytest

from playbookctl.model.outcome import Outcome, OutcomeKind
from playbookctl.model.plan import (
    Action,
    Change,
    Counts,
    FieldChange,
    Plan,
    Side,
    Standing,
    StepChange,
    StepKind,
    ValueChange,
    Writer,
)
from playbookctl.model.report import Report
from playbookctl.report import changes, values
from playbookctl.report.registry import Options, render


def text(value: object) -> str:
    return json.dumps(value)


def lines(*fields: FieldChange, action: Action = Action.UPDATE, standing: Standing = Standing.REPO_AHEAD) -> list[str]:
    change = Change("key", "Key", action, standing, 5, fields=fields)
    shown = changes.of_change(change, changes.Layout())
    return [f"{'  ' * line.depth}{line.mark} {line.text}".rstrip() for line in shown]


LIVE, REPO = text("live"), text("repo")
FIELDS = {
    "the repo moved": (
        FieldChange("name", Side.REPO, LIVE, REPO, written=True),
        ['~ name: "live" → "repo"'],
    ),
    "the server moved": (
        FieldChange("name", Side.LIVE, LIVE, REPO),
        ['~ name: "repo" → "live"  (moved on the server, kept)'],
    ),
    "the server moved and is written over": (
        FieldChange("name", Side.LIVE, LIVE, REPO, written=True),
        ['~ name: "live" → "repo"  (moved on the server, written over)'],
    ),
    "the server moved as expected": (
        FieldChange("name", Side.LIVE, LIVE, REPO, expected=True),
        ['~ name: "repo" → "live"  (expected)'],
    ),
    "a brake": (
        FieldChange("enabled", Side.LIVE, text(obj := False), text(not obj), brake=True),
        ["~ enabled: true → false  (moved on the server, kept; a brake: only --release undoes it)"],
    ),
    "both moved, the base is unknown": (
        FieldChange("name", Side.BOTH, LIVE, REPO),
        ['~ name: "live" → "repo"  (moved on both sides: live is -, repo is +)'],
    ),
    "both moved, the base is known": (
        FieldChange("name", Side.BOTH, LIVE, REPO, base=text("base")),
        ["~ name  (moved on both sides)", '  ~ on the server: "base" → "live"', '  ~ in the repo: "base" → "repo"'],
    ),
    "the environment moved": (
        FieldChange("required_connector_ids", Side.ENVIRONMENT, text(["a"]), text(["b"]), written=True),
        ["~ required_connector_ids  (the environment moved)", "  - a", "  + b"],
    ),
    "a list of words": (
        FieldChange("tags", Side.REPO, text(["b", "a"]), text(["c", "a"]), written=True),
        ["~ tags", "  - b", "  + c"],
    ),
    "values that a saved plan does not hold": (
        FieldChange("description", Side.REPO, "", "", written=True),
        ["~ description"],
    ),
    "text of several sentences": (
        FieldChange("description", Side.REPO, text("One. Two. " * 8), text("One. Two. " * 7 + "One. Three. "), written=True),
        ["~ description", "  @", "    One.", "  - Two.", "  + Three."],
    ),
    "conditions": (
        FieldChange("trigger_conditions", Side.REPO, text([]), text([{"field": "alert.title", "op": "in", "value": ["x", "a b"]}]), written=True),
        ["~ trigger_conditions", '  + {field: alert.title, op: in, value: [x, "a b"]}'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_shown_in_the_direction_it_moved(name: str) -> None:
    field, expected = FIELDS[name]
    assert [line.rstrip() for line in lines(field)] == expected


STEPS = (
    StepChange("gate", StepKind.ADDED, "Ask the lead"),
    StepChange("old", StepKind.REMOVED, dropped=("x-layout",)),
    StepChange("call", StepKind.CHANGED, values=(ValueChange("timeout", "", text("2m")),)),
    StepChange("end", StepKind.MOVED),
)


def test_steps_written_by_the_repo_go_from_live_to_repo() -> None:
    assert lines(FieldChange("steps", Side.REPO, text([]), text([]), written=True, steps=STEPS)) == [
        "~ steps",
        "  + gate  Ask the lead",
        "  - old",
        "    ! drops what the vendor keeps in it: x-layout",
        "  ~ call",
        '    ~ timeout: (nothing) → "2m"',
        "  ~ end  (moved)",
    ]


def test_steps_moved_on_the_server_go_from_repo_to_live() -> None:
    shown = lines(FieldChange("steps", Side.LIVE, text([]), text([]), steps=STEPS))
    assert shown[1:3] == ["  - gate  Ask the lead", "  + old"]
    assert '    ~ timeout: "2m" → (nothing)' in shown


def test_the_last_writer_is_named_where_the_server_moved_something() -> None:
    writer = Writer("per_1", "2026-11-02T03:12:44.716378Z", "frontend")  # a fraction of a second helps nobody
    base = Change("key", "Key", Action.NONE, Standing.SERVER_DRIFTED, 5, writer=writer)
    moved = Change("key", "Key", Action.NONE, Standing.SERVER_DRIFTED, 5, writer=writer,
                   fields=(FieldChange("name", Side.LIVE, LIVE, REPO),))  # fmt: skip
    said = "last written on the server by per_1 at 2026-11-02T03:12:44Z through frontend"
    assert said in [line.text for line in changes.of_change(moved, changes.Layout())]
    assert list(changes.of_change(base, changes.Layout())) == []
    assert changes.said_of(Writer()) == "by an unknown writer"


def report(*rows: Change, command: str = "plan") -> Report:
    return Report(command, "1", plan=Plan("prod", "soc", "tnt_1", changes=rows))


def test_the_totals_are_the_first_and_the_last_thing_that_is_read() -> None:
    rows = [Change(f"key-{number}", "", Action.NONE, Standing.IN_SYNC, 5) for number in range(1234)]
    shown = render("text", report(*rows)).splitlines()
    assert shown == [
        "environment prod, tenant tnt_1, namespace soc, outside git",
        "plan: nothing to write; 1,234 unchanged",
    ]
    shown = render("text", report(*rows, Change("b", "", Action.CREATE, Standing.REPO_AHEAD, 1))).splitlines()
    assert shown[1] == shown[-1] == "plan: 1 to create; 1,234 unchanged"


def test_unchanged_playbooks_are_named_only_when_asked() -> None:
    row = Change("quiet", "Quiet", Action.NONE, Standing.IN_SYNC, 5)
    assert "quiet" not in render("text", report(row))
    assert "quiet" in render("text", report(row), Options(verbose=True))


def test_a_new_playbook_is_shown_by_how_it_acts_and_whole_when_asked() -> None:
    steps = tuple(StepChange(f"step_{number}", StepKind.ADDED) for number in range(3))
    fields = (
        FieldChange("name", Side.REPO, "", text("A name"), written=True),
        FieldChange("auto_execute", Side.REPO, "", "true", written=True),
        FieldChange("steps", Side.REPO, "", text([]), written=True, steps=steps),
    )
    created = Change("a", "A", Action.CREATE, Standing.REPO_AHEAD, 1, reason="new in the repo", fields=fields)
    brief, whole = (
        render("text", report(created), Options(verbose=verbose)).splitlines()[3:-2] for verbose in (False, True)
    )
    assert brief == ["1 to create", "  + a", "    + auto_execute: true", "    + 3 steps: step_0, step_1, step_2"]
    assert whole == [*brief[:2], '    + name: "A name"', *brief[2:]]


def test_a_new_playbook_that_is_held_says_why() -> None:
    held = Change(
        "a", "A", Action.HOLD, Standing.NEEDS_HUMAN, 1, reason="the connector 'okta' has no id", hint="map it"
    )
    assert render("text", report(held)).splitlines()[4:7] == [
        "  ! a",
        "    the connector 'okta' has no id",
        "    → map it",
    ]


@pytest.mark.parametrize("width", [0, 60])
def test_a_file_stands_beside_its_key_where_there_is_room(width: int) -> None:
    held = Change("a-key", "A name", Action.HOLD, Standing.NEEDS_HUMAN, 3, file="playbooks/a-key.yaml")
    assert "  ! a-key  A name  playbooks/a-key.yaml" in render("text", report(held), Options(width=width)).splitlines()


def test_a_file_that_would_be_broken_stands_on_a_line_of_its_own() -> None:
    held = Change("k" * 40, "A name", Action.HOLD, Standing.NEEDS_HUMAN, 3, file="playbooks/some-key.yaml")
    shown = render("text", report(held), Options(width=60)).splitlines()
    assert shown[4:6] == [f"  ! {'k' * 40}  A name", "    playbooks/some-key.yaml"]


@pytest.mark.parametrize(("copies", "said"), [(1, "1 copy"), (2, "2 copies")])
def test_one_copy_is_no_copies(copies: int, said: str) -> None:
    plan = Plan("prod", "soc", "tnt_1", counts=Counts(copies=copies))
    assert f"never touched on the server: {said}\n" in render("text", Report("plan", "1", plan=plan))


def test_a_riskier_edit_is_said_before_any_group() -> None:
    risky = Change("a", "A", Action.NONE, Standing.SERVER_DRIFTED, 5, riskier=("it now starts by itself",),
                   fields=(FieldChange("auto_execute", Side.LIVE, "true", "false"),))  # fmt: skip
    created = Change("b", "B", Action.CREATE, Standing.REPO_AHEAD, 1)
    shown = render("text", report(risky, created))
    assert shown.index("made riskier on the server: a: it now starts by itself") < shown.index("to create\n")


def test_commands_are_never_broken_so_that_they_can_be_copied() -> None:
    hint = "playbookctl sync --resolve a-rather-long-key=repo@9f86d081 --release a-rather-long-key"
    held = Change("a", "A", Action.HOLD, Standing.CONFLICT, 5, hint=hint)
    assert hint in render("text", report(held), Options(width=40))


def test_very_long_texts_are_not_compared_line_by_line() -> None:
    before, after = text("a\n" * 3000), text("b\n" * 3000)
    assert values.difference(before, after) == [
        ("~", "3,001 lines before, 3,001 lines after, too many to compare here")
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "(nothing)"),
        ([], "(nothing)"),
        ("", '""'),
        (0, "0"),
        (False, "false"),
        ("2m", '"2m"'),
        (["a", "true", "x y", "1"], '[a, "true", "x y", "1"]'),
        ({"by": ["soc-lead"], "expires": "15m"}, "{by: [soc-lead], expires: 15m}"),
    ],
)
def test_a_value_is_written_as_in_the_file(value: object, shown: str) -> None:
    assert values.short(text(value)) == shown


@pytest.mark.parametrize(("number", "shown"), [(5, 5), (6, 1)])
def test_many_that_were_skipped_for_one_reason_are_named_together(number: int, shown: int) -> None:
    skipped = tuple(
        Outcome(f"key-{n}", Action.CREATE, OutcomeKind.SKIPPED, message="not tried, interrupted", hint="again")
        for n in range(number)
    )
    both = [
        render("text", Report("sync", "1", outcomes=skipped), Options(verbose=verbose)) for verbose in (False, True)
    ]
    assert [text.count("not tried, interrupted") for text in both] == [shown, number]
    assert ("6 skipped: key-0, key-1, key-2, key-3, key-4 and 1 more; -v names them" in both[0]) is (number > 5)
    assert f"sync: {number} skipped" in both[0]


def test_an_annotation_of_totals_names_the_command() -> None:
    assert "::notice title=playbookctl drift::no drift" in render("github", report(command="drift"))
