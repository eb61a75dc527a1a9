"""Codes that were retired go on working with a note; codes that no rule ever had are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.check import codes
from playbookctl.check.codes import config_problems, is_known, retirement, unknown, word_problems
from playbookctl.check.registry import all_rules
from playbookctl.check.suppress import comments_of, remarks
from playbookctl.cli.main import run
from playbookctl.errors import ExitCode
from playbookctl.load.entry import load_entry
from playbookctl.model.finding import Severity

if TYPE_CHECKING:
    from pathlib import Path

RETIRED = {"PB199": "PB101 says it since 0.4"}
RULES = all_rules()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text("key: a\nname: A\nsteps: [{id: x, action: get-host}]\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


KNOWN = [
    ("PB102", True), ("pb102", True), ("PB1", True), ("PB", True), ("ALL", True), ("unknown-step", True),
    ("PB199", False), ("PB1021", False), ("unknown", False), ("all", False), ("102", False),
]  # fmt: skip


@pytest.mark.parametrize(("word", "known"), KNOWN)
def test_a_word_is_a_code_or_its_beginning_or_a_name(word: str, known: bool) -> None:
    assert is_known(word, RULES) is known


def test_no_code_is_used_again() -> None:
    assert set(codes.RETIRED) & set(RULES) == set()


def test_an_unknown_word_gets_a_guess() -> None:
    assert unknown("PB1O2", RULES) == "no rule has the code or name 'PB1O2'; did you mean 'PB102'?"
    assert unknown("unknown-stepp", RULES).endswith("did you mean 'unknown-step'?")


CONFIGS = [
    ({}, []),
    ({"rules": None}, []),
    ({"rules": {"select": ["PB1", "ALL"], "ignore": ["owner"], "severity": {"PB402": Severity.NOTE}}}, []),
    ({"rules": {"select": ["PB7"]}}, [("rules", "select", 0)]),
    ({"rules": {"ignore": ["PB1", "PB777"]}}, [("rules", "ignore", 1)]),
    ({"rules": {"severity": {"PB402": Severity.NOTE, "x": Severity.NOTE}}}, [("rules", "severity", "x")]),
    ({"rules": {"per_path": {"legacy": {"select": ["PBX"]}}}}, [("rules", "per_path", "legacy", "select", 0)]),
    ({"rules": {"per_path": {"a": {"ignore": ["PB9"]}, "b": {"severity": {"PBX": "note"}}}}},
     [("rules", "per_path", "b", "severity", "PBX")]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "paths"), CONFIGS)
def test_a_code_of_a_config_that_no_rule_has_is_a_warning_at_its_place(
    data: dict[str, object], paths: list[tuple[str | int, ...]]
) -> None:
    problems = list(word_problems(data, RULES))
    assert [problem.path for problem in problems] == paths
    assert {problem.severity for problem in problems} <= {Severity.WARNING}


EXPECTED = {"key": "phishing", "reason": "mail move"}
OF_TIME = [
    ({"until": "2026-06-30"}, "PB905", "until", "drift of 'phishing' was expected until 2026-06-30 (mail move); renew or "),
    ({"environment": "prd"}, "PB904", "environment", "drift is expected in the environment 'prd', and there is none; did "),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "code", "field", "said"), OF_TIME)
def test_drift_that_cannot_be_expected_any_more_is_found_at_its_place(
    entry: dict[str, str], code: str, field: str, said: str
) -> None:
    for known in ({}, {"until": "2026-07-01"}, {"environment": "prod"}):
        data = {"environments": {"prod": {}}, "expected_drift": [{**EXPECTED, **known}, {**EXPECTED, **known, **entry}]}
        ((found, problem),) = config_problems(data, RULES, "2026-07-01")
        assert (found, problem.path) == (code, ("expected_drift", 1, field))
        assert problem.message.startswith(said)


def test_a_retired_code_in_a_config_is_a_note() -> None:
    (problem,) = word_problems({"rules": {"ignore": ["pb199"]}}, RULES, RETIRED)
    assert problem.message == "the rule PB199 was retired: PB101 says it since 0.4; remove it here"
    assert problem.severity is Severity.NOTE


def test_a_retired_code_in_a_comment_is_a_note_and_not_called_unused() -> None:
    comments = comments_of(load_entry("x.yaml", b"a: b # playbookctl: ignore[PB199,PB402] agreed"))
    said = [(p.message, p.severity) for _, p in remarks(comments, "2026-01-01", checked=True, retired=RETIRED)]
    assert said == [
        ("the rule PB199 was retired: PB101 says it since 0.4; remove it here", Severity.NOTE),
        ("nothing here is suppressed by PB402; remove it", None),
    ]


def test_only_a_whole_code_was_retired() -> None:
    assert [bool(retirement(word, RETIRED)) for word in ("PB199", "pb199", "PB19", "PB101")] == [
        True,
        True,
        False,
        False,
    ]


def test_an_unknown_code_in_the_config_warns_with_line_and_column(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "playbookctl.yaml").write_text("rules:\n  ignore: [PB5, PB1O2]\n", "utf-8")
    assert run(["validate"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "playbookctl.yaml:2:17: warning PB002 no rule has the code or name 'PB1O2'; did you mean 'PB102'?"
    assert run(["validate", "--fail-on", "warning"]) == ExitCode.FINDINGS


def test_a_retired_code_on_the_command_line_is_accepted_with_a_note(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(codes.RETIRED, "PB199", "PB101 says it since 0.4")
    assert run(["validate", "--ignore", "PB5,pb199"]) == 0, repository
    assert "note: the rule PB199 was retired: PB101 says it since 0.4; it selects nothing" in capsys.readouterr().out
    assert run(["validate", "--ignore", "PB198"]) == ExitCode.USAGE
