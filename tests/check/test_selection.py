"""Which rules speak, and how loudly."""

from __future__ import annotations

import pytest

from playbookctl.check.rule import Rule
from playbookctl.check.selection import Selection
from playbookctl.model.finding import Severity
from playbookctl.model.workspace import Settings

RULE = Rule("PB402", "ungated", Severity.ERROR, "playbook", lambda: None, "")

ON = [
    ({}, (), (), True),
    ({}, ("PB4",), (), True),
    ({}, ("PB1",), (), False),
    ({}, ("ungated",), (), True),
    ({}, ("ALL",), (), True),
    ({}, (), ("PB402",), False),
    ({}, (), ("PB4",), False),
    ({}, (), ("PB",), False),
    ({}, ("PB402",), ("PB4",), True),
    ({}, ("PB4",), ("PB402",), False),
    ({}, ("PB4",), ("PB4",), False),
    ({"ignore": ["PB402"]}, (), (), False),
    ({"ignore": ["PB402"]}, ("PB402",), (), True),
    ({"select": ["PB1"]}, (), (), False),
    ({"select": ["PB1"]}, ("PB4",), (), True),
    ({"select": ["PB4"], "ignore": ["PB402"]}, (), (), False),
]


@pytest.mark.parametrize(("rules", "select", "ignore", "on"), ON)
def test_the_longest_prefix_wins_and_the_command_line_beats_the_config(
    rules: dict[str, object],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    on: bool,
) -> None:
    assert Selection(Settings({"rules": rules}, "/", None), select, ignore).is_on(RULE) is on


LOUD = [
    ({}, None, Severity.ERROR),
    ({}, Severity.NOTE, Severity.NOTE),
    ({"severity": {"PB402": Severity.NOTE}}, Severity.WARNING, Severity.NOTE),
    ({"severity": {"PB4": Severity.NOTE, "PB402": Severity.WARNING}}, None, Severity.WARNING),
    ({"severity": {"PB1": Severity.NOTE}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"ignore": ["PB402"]}}}, None, None),
    ({"per_path": {"legacy/*.yaml": {"ignore": ["PB4"]}}}, None, None),
    ({"per_path": {"**/x.yaml": {"severity": {"PB402": "note"}}}}, None, Severity.NOTE),
    ({"per_path": {"legacy/": {"ignore": ["PB402"]}}}, None, None),
    ({"per_path": {"./legacy": {"ignore": ["PB402"]}}}, None, None),
    ({"per_path": {"legacy/?.yaml": {"ignore": ["PB402"]}}}, None, None),
    ({"per_path": {"legacy/??.yaml": {"ignore": ["PB402"]}}}, None, Severity.ERROR),
    ({"per_path": {"other": {"ignore": ["PB402"]}}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"select": ["PB1"]}}}, None, None),
    ({"per_path": {"legacy": {"select": ["PB4"]}}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"select": ["PB402"], "ignore": ["PB4"]}}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"select": ["PB4"], "ignore": ["PB402"]}}}, None, None),
    ({"per_path": {"legacy": {"ignore": ["ungated"]}}}, None, None),
    ({"per_path": {"legacy": {"select": ["PB4"]}}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"select": ["ungated"]}}}, Severity.NOTE, Severity.NOTE),
    ({"per_path": {"legacy": {"select": ["PB1"]}}}, None, None),
    ({"per_path": {"other": {"select": ["PB1"]}}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"select": ["PB402"], "ignore": ["PB4"]}}}, None, Severity.ERROR),
    ({"per_path": {"legacy": {"select": ["PB4"], "ignore": ["PB402"]}}}, None, None),
    ({"per_path": {"legacy": {"select": ["PB4"], "severity": {"PB402": "note"}}}}, None, Severity.NOTE),
    ({"per_path": {"legacy": {"select": ["PB402"]}, "**/x.yaml": {"select": ["PB1"]}}}, None, None),
]


@pytest.mark.parametrize(("rules", "said", "severity"), LOUD)
def test_how_loud_a_rule_is_in_a_file(
    rules: dict[str, object], said: Severity | None, severity: Severity | None
) -> None:
    assert Selection(Settings({"rules": rules}, "/", None)).severity(RULE, said, "legacy/x.yaml") is severity


def test_the_paths_of_the_config_are_those_below_its_folder() -> None:
    """A run in another folder shows other paths; what applies to a file does not depend on it."""
    settings = Settings({"rules": {"per_path": {"legacy": {"ignore": ["PB402"]}}}}, "/", None)
    shown = "../legacy/x.yaml"
    assert Selection(settings).severity(RULE, None, shown) is Severity.ERROR
    assert Selection(settings, rooted=lambda path: path.removeprefix("../")).severity(RULE, None, shown) is None
