"""A report sorts, splits and counts once, so that no format has to."""

from __future__ import annotations

from playbookctl.model.finding import Edit, Finding, Fix, Location, Severity, Suppression
from playbookctl.model.outcome import Outcome, OutcomeKind
from playbookctl.model.plan import Action, Change, FieldChange, Plan, Side, Standing
from playbookctl.model.plan_totals import Group, count_plan, group_of
from playbookctl.model.report import Report
from playbookctl.model.source import Span


def finding(file: str, line: int, severity: Severity = Severity.ERROR, **more: object) -> Finding:
    return Finding("PB102", "unknown-step", severity, "m", Location(file, Span(line, 1, line, 2)), **more)


def test_findings_are_sorted_by_place_and_suppressed_ones_stand_apart() -> None:
    suppressed = finding("a", 2, suppression=Suppression("inSource", "why"))
    report = Report("validate", "1", findings=[finding("b", 1), finding("a", 10), suppressed, finding("a", 9)])
    places = [(each.location.file, each.location.span.start_line) for each in report.findings]
    assert places == [("a", 9), ("a", 10), ("b", 1)]
    assert report.suppressed == (suppressed,)


def test_totals_count_each_finding_once_and_suppressed_ones_nowhere_else() -> None:
    safe, unsafe = Fix("t", (Edit((), "x"),)), Fix("t", (), safe=False)
    totals = Report(
        "validate",
        "1",
        findings=[
            finding("a", 1, fix=safe),
            finding("a", 2, Severity.WARNING, fix=unsafe),
            finding("b", 1, Severity.NOTE),
            finding("c", 1, suppression=Suppression("inSource", ""), fix=safe),
        ],
        files=["a", "b", "c", "d"],
    ).totals
    assert (totals.errors, totals.warnings, totals.notes, totals.suppressed) == (1, 1, 1, 1)
    assert (totals.findings, totals.files, totals.files_with_findings, totals.fixable) == (3, 4, 2, 1)


def test_a_command_without_a_plan_has_no_totals_of_one() -> None:
    report = Report("validate", "1")
    assert (report.plan, report.plan_totals, report.outcomes, report.outcome_totals) == (None, None, None, None)


DRIFT = (FieldChange("name", Side.LIVE, '"a"', '"b"'),)
EXPECTED = (FieldChange("name", Side.LIVE, '"a"', '"b"', expected=True),)
GROUPS = {
    Group.CONFLICT: Change("a", "", Action.HOLD, Standing.CONFLICT, 5),
    Group.HELD: Change("b", "", Action.HOLD, Standing.NEEDS_HUMAN, 2),
    Group.DRIFT: Change("c", "", Action.NONE, Standing.SERVER_DRIFTED, 5, fields=DRIFT),
    Group.ORPHAN: Change("d", "", Action.NONE, Standing.SERVER_DRIFTED, 13, fields=DRIFT),
    Group.UNCHANGED: Change("e", "", Action.NONE, Standing.IN_SYNC, 5, fields=EXPECTED),
    Group.UPDATE: Change("f", "", Action.UPDATE, Standing.REPO_AHEAD, 5, fields=DRIFT, riskier=("x",)),
    Group.RETIRE: Change("g", "", Action.RETIRE, Standing.REPO_AHEAD, 12),
}


def test_every_change_is_in_exactly_one_group() -> None:
    assert {change.key: group_of(change) for change in GROUPS.values()} == {
        change.key: group for group, change in GROUPS.items()
    }


def test_a_plan_is_counted_by_group_and_by_what_cuts_across_them() -> None:
    totals = count_plan(Plan("e", "n", "t", changes=tuple(GROUPS.values())))
    assert sum(number for _, number in totals.groups) == len(GROUPS)
    assert [totals[group] for group in GROUPS] == [1] * len(GROUPS)
    assert (totals.writes, totals.also_drifted, totals.expected, totals.riskier) == (2, 1, 1, 1)


def test_every_action_has_a_group() -> None:
    for action in Action:
        assert group_of(Change("k", "", action, Standing.IN_SYNC, 5)) in Group


def test_outcomes_are_counted_by_kind_and_by_failure() -> None:
    outcomes = [Outcome("k", Action.UPDATE, kind) for kind in OutcomeKind]
    totals = Report("sync", "1", outcomes=outcomes).outcome_totals
    assert totals is not None
    assert dict(totals.kinds) == dict.fromkeys(OutcomeKind, 1)
    assert totals.failed == 5
