"""A baseline lets a legacy estate take up the rules: what is known does not count, what is new does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from playbookctl.check.baseline import Recorder, Section, read_baseline
from playbookctl.check.identity import place_of
from playbookctl.cli.main import run
from playbookctl.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "key: old\nname: Old\ndescription: d\n"
ONE = "  - id: one\n    action: get-host\n    next: onne\n"
TWO = "  - id: two\n    action: get-host\n    next: twoo\n"
OLD = f"{HEAD}steps:\n{ONE}{TWO}"
ONLY = ["--select", "PB102"]


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one old playbook, of which everything is known in `known.json`."""
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "old.yaml").write_text(OLD, "utf-8")
    (tmp_path / "playbookctl.yaml").write_text("rules: {baseline: known.json, ignore: [PB5, PB101]}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["validate", "--write-baseline", "known.json", "-q"]) == 0
    return tmp_path


def findings(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[list[tuple[str, int]], int, list[str]]:
    """Return (code, line) of the findings that count, the number of those that are known, and the notes."""
    capsys.readouterr()
    run(["validate", "--format", "json", *arguments])
    report = json.loads(capsys.readouterr().out)
    known = [row for row in report["suppressed"] if row["suppression"]["kind"] == "external"]
    return [(row["code"], row["place"]["line"]) for row in report["findings"]], len(known), report["messages"]


# What happens to the old file, and what is then new: (code, line). Two findings were known.
EDITS = [
    ("nothing", OLD, [], 2),
    ("lines move", "# a comment\n\n" + OLD.replace("  - id: two", "\n  # why\n  - id: two"), [], 2),
    ("something else changes", OLD.replace("description: d", "description: another"), [], 2),
    ("a step comes before", OLD.replace("steps:\n", "steps:\n  - id: zero\n    action: get-host\n"), [], 2),
    ("the steps change places", f"{HEAD}steps:\n{TWO}{ONE}", [], 2),
    ("the white space changes", OLD.replace("next: onne", "next:    onne"), [], 2),
    ("the value changes to another mistake", OLD.replace("next: onne", "next: oen"), [("PB102", 7)], 1),
    ("another step makes the same mistake", OLD + "  - id: three\n    action: x\n    next: onne\n", [("PB102", 13)], 2),
    ("one is mended", OLD.replace("    next: onne\n", ""), [], 1),
    ("one is mended, another made", OLD.replace("onne", "[two, thre]"), [("PB102", 7)], 1),
    ("the step gets another id", OLD.replace("id: one", "id: uno"), [("PB102", 7)], 1),
]


@pytest.mark.parametrize(("edit", "text", "new", "known"), EDITS, ids=[row[0] for row in EDITS])
def test_what_is_known_stays_known_and_what_is_new_counts(
    edit: str, text: str, new: list[tuple[str, int]], known: int, estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "playbooks" / "old.yaml").write_text(text, "utf-8")
    assert findings(capsys, *ONLY)[:2] == (new, known), edit
    assert run(["validate", *ONLY]) == (ExitCode.FINDINGS if new else 0)


def test_a_finding_is_known_as_often_as_it_was_there(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Steps of one id have one identity, counted; the third one is new."""
    file = estate / "playbooks" / "old.yaml"
    file.write_text(OLD + ONE, "utf-8")
    run(["validate", "--write-baseline", "known.json", "-q"])
    assert '"at": "/steps/one/next", "text": "a92aad34c0a1b56c", "count": 2}' in (estate / "known.json").read_text()
    assert findings(capsys, *ONLY)[:2] == ([], 3)
    file.write_text(OLD + ONE + ONE, "utf-8")
    assert findings(capsys, *ONLY)[:2] == ([("PB102", 16)], 3)


def test_a_file_of_a_name_that_is_new_is_the_old_one_by_its_key(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = estate / "playbooks" / "deep"
    folder.mkdir()
    (estate / "playbooks" / "old.yaml").rename(folder / "renamed.yaml")
    assert findings(capsys) == ([], 2, [])


def test_a_file_without_a_key_is_known_by_its_name(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = estate / "playbooks" / "old.yaml"
    file.write_text(OLD.replace("key: old\n", ""), "utf-8")
    run(["validate", "--write-baseline", "known.json", "-q"])
    file.rename(file.with_name("renamed.yaml"))
    assert findings(capsys) == ([], 3, [])


NOT_MOVED = [
    ("the old file is still there", "copy.yaml", OLD, True),
    ("it is another playbook", "other.yaml", OLD.replace("key: old", "key: new"), False),
    ("it is broken", "broken.yaml", OLD.replace("key: old", "key: [old"), False),
]


@pytest.mark.parametrize(("why", "name", "text", "stays"), NOT_MOVED, ids=[row[0] for row in NOT_MOVED])
def test_a_new_file_takes_no_place_that_is_not_its_own(
    why: str, name: str, text: str, stays: bool, estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "playbooks" / name).write_text(text, "utf-8")
    if not stays:
        (estate / "playbooks" / "old.yaml").unlink()
    new, known, _ = findings(capsys)
    assert len(new) >= 1, why
    assert known == (2 if stays else 0)


def test_what_is_known_of_a_file_stays_with_it_when_it_is_copied(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "playbooks" / "a-copy.yaml").write_text(OLD, "utf-8")
    capsys.readouterr()
    run(["validate", "--format", "json", *ONLY])
    report = json.loads(capsys.readouterr().out)
    assert {row["place"]["file"] for row in report["findings"]} == {"playbooks/a-copy.yaml"}
    assert {row["place"]["file"] for row in report["suppressed"]} == {"playbooks/old.yaml"}


def test_of_two_files_that_are_alike_only_one_takes_the_place(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "playbooks" / "old.yaml").rename(estate / "playbooks" / "a.yaml")
    (estate / "playbooks" / "b.yaml").write_text(OLD, "utf-8")
    new, known, _ = findings(capsys)
    assert known == 2
    assert sorted(code for code, _ in new) == ["PB006", "PB102", "PB102"]


def test_two_files_that_are_gone_and_were_alike_leave_their_place_to_none(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("b.yaml", "c.yaml"):
        (estate / "playbooks" / name).write_text(OLD.replace("key: old\n", "").replace("Old", "Twin"), "utf-8")
    run(["validate", "--write-baseline", "known.json", "-q"])
    (estate / "playbooks" / "b.yaml").rename(estate / "playbooks" / "d.yaml")
    (estate / "playbooks" / "c.yaml").unlink()
    assert findings(capsys, *ONLY)[:2] == ([("PB102", 6), ("PB102", 9)], 2)


def test_what_is_no_longer_there_is_said_with_the_remedy(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "playbooks" / "old.yaml").write_text(OLD.replace("    next: onne\n", ""), "utf-8")
    (note,) = findings(capsys)[2]
    again = "write it again: playbookctl validate --write-baseline known.json"
    assert note == f"1 finding is known in known.json and no longer there; {again}"


def test_findings_of_deleted_files_are_no_longer_there_either(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "playbooks" / "old.yaml").unlink()
    (estate / "playbooks" / "new.yaml").write_text("key: new\nname: New\nsteps: [{id: a, action: get-host}]\n", "utf-8")
    (note,) = findings(capsys)[2]
    assert note.startswith("2 findings are known in known.json and no longer there")


def test_nothing_is_said_of_what_was_not_looked_at(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "playbooks" / "old.yaml").write_text(OLD.replace("    next: onne\n", ""), "utf-8")
    (estate / "playbooks" / "new.yaml").write_text("key: new\nname: New\nsteps: [{id: a, action: get-host}]\n", "utf-8")
    assert findings(capsys, "playbooks/new.yaml")[2] == []
    assert findings(capsys, "--select", "PB103")[2] == []
    assert len(findings(capsys, "playbooks/old.yaml")[2]) == 1


def test_the_baseline_is_the_same_from_every_folder(
    estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(estate / "playbooks")
    assert findings(capsys, "old.yaml")[:2] == ([], 2)
    assert run(["validate", "--write-baseline", "../again.json", "-q"]) == 0
    assert (estate / "again.json").read_bytes() == (estate / "known.json").read_bytes()


def test_the_command_line_beats_the_config(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "empty.json").write_text('{"format": "playbookctl/baseline", "version": 1, "files": {}}', "utf-8")
    assert findings(capsys, "--baseline", "empty.json")[:2] == ([("PB102", 7), ("PB102", 10)], 0)


def test_a_finding_that_is_known_names_the_baseline(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["validate", "-v"])
    shown = capsys.readouterr().out
    assert estate.is_dir()
    assert "suppressed: known in known.json" in shown
    assert "1 file checked, no findings, 2 suppressed" in shown


def test_comments_come_before_the_baseline(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise a comment would be called unused as soon as its finding is known too."""
    text = OLD.replace("next: onne", "next: onne  # playbookctl: ignore[PB102] agreed")
    (estate / "playbooks" / "old.yaml").write_text(text, "utf-8")
    new, known, (note,) = findings(capsys)
    assert (new, known) == ([], 1)
    assert note.startswith("1 finding is known in known.json and no longer there")


def test_the_baseline_is_written_sorted_and_the_same_every_time(estate: Path) -> None:
    for number in reversed(range(30)):
        (estate / "playbooks" / f"p{number}.yaml").write_text(OLD.replace("key: old", f"key: p{number}"), "utf-8")
    run(["validate", "--write-baseline", "one.json", "-q"])
    run(["validate", "--write-baseline", "two.json", "-q"])
    text = (estate / "one.json").read_text("utf-8")
    assert text == (estate / "two.json").read_text("utf-8")
    whole = json.loads(text)
    assert list(whole["files"]) == sorted(whole["files"])
    assert len(whole["files"]) == 31


def test_the_file_has_one_line_for_each_finding(estate: Path) -> None:
    assert (estate / "known.json").read_text("utf-8").splitlines() == [
        "{",
        '  "format": "playbookctl/baseline",',
        '  "version": 1,',
        '  "files": {',
        '    "playbooks/old.yaml": {',
        '      "playbook": "old",',
        '      "findings": [',
        '        {"code": "PB102", "at": "/steps/one/next", "text": "a92aad34c0a1b56c", "count": 1},',
        '        {"code": "PB102", "at": "/steps/two/next", "text": "84bd206f2a2ac26b", "count": 1}',
        "      ]",
        "    }",
        "  }",
        "}",
    ]


def test_a_repository_without_findings_has_an_empty_baseline(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "playbooks" / "old.yaml").write_text("key: old\nname: Old\nsteps: [{id: a, action: get-host}]\n", "utf-8")
    assert run(["validate", "--write-baseline", "known.json"]) == 0
    assert "0 findings of 0 files are known from now on" in capsys.readouterr().err
    assert json.loads((estate / "known.json").read_text("utf-8"))["files"] == {}


def test_a_secret_leaves_no_trace_and_stays_known(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = OLD.replace("next: twoo", "with: {password: Tr0ub4dor-and-3}")
    (estate / "playbooks" / "old.yaml").write_text(text, "utf-8")
    run(["validate", "--write-baseline", "known.json", "-q"])
    (row,) = [line for line in (estate / "known.json").read_text("utf-8").splitlines() if "PB403" in line]
    assert json.loads(row.strip().rstrip(",")) == {
        "code": "PB403", "at": "/steps/two/with/password", "text": "", "count": 1,
    }  # fmt: skip
    assert findings(capsys, "--select", "PB403")[:2] == ([], 1)


def test_a_plan_knows_no_baseline(estate: Path) -> None:
    """What is known is wrong all the same: a playbook with an error is held, and no flag skips that."""
    from playbookctl.gather import gather
    from playbookctl.pipeline import Repository

    gathered = gather(Repository(None, str(estate)), "2026-01-01")
    assert gathered.playbooks["old"].errors == ("PB102",)


DAMAGED = [
    (b"", "the baseline 'known.json' is damaged: "),
    (b"<<<<<<< HEAD\n{}", "the baseline 'known.json' is damaged: "),
    (b"\xff\xfe{", "the baseline 'known.json' is damaged: "),
    (b"[" * 100_000, "the baseline 'known.json' is damaged: "),
    (b"[]", "'known.json' is no baseline: "),
    (b"{}", "'known.json' is no baseline: "),
    (b'{"format": "playbookctl/report", "version": 1}', "'known.json' is no baseline: "),
    (b'{"format": "playbookctl/baseline"}', "the baseline 'known.json' has version None; this playbookctl reads"),
    (b'{"format": "playbookctl/baseline", "version": 2}', "the baseline 'known.json' has version 2; this playbookctl"),
    (b'{"format": "playbookctl/baseline", "version": 1}', "a finding in it has another shape"),
    (b'{"format": "playbookctl/baseline", "version": 1, "files": []}', "a finding in it has another shape"),
]
SHAPES = [
    '{"findings": []}',
    '{"playbook": 1, "findings": []}',
    '{"playbook": "", "findings": [{}]}',
    '{"playbook": "", "findings": [{"code": 1, "at": "", "text": "", "count": 1}]}',
    '{"playbook": "", "findings": [{"code": [], "at": "", "text": "", "count": 1}]}',
    '{"playbook": "", "findings": [{"code": "", "at": "", "text": "", "count": 0}]}',
    '{"playbook": "", "findings": [{"code": "", "at": "", "text": "", "count": true}]}',
    '{"playbook": "", "findings": [{"code": "", "at": "", "text": "", "count": 1.5}]}',
]


@pytest.mark.parametrize(("data", "message"), DAMAGED)
def test_what_is_no_baseline_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match="baseline") as caught:
        read_baseline("known.json", data, str, lambda _: True)
    assert message in caught.value.message
    assert "write it again: playbookctl validate --write-baseline known.json" in caught.value.hint
    assert ("upgrade playbookctl" in caught.value.hint) == ("version 2;" in message)


@pytest.mark.parametrize("section", SHAPES)
def test_a_section_of_another_shape_is_refused(section: str) -> None:
    data = f'{{"format": "playbookctl/baseline", "version": 1, "files": {{"a.yaml": {section}}}}}'
    with pytest.raises(ConfigError, match="a finding in it has another shape"):
        read_baseline("known.json", data.encode(), str, lambda _: True)


def test_a_baseline_that_is_not_there_is_an_error_that_says_how_to_write_it(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "known.json").unlink()
    assert run(["validate"]) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        "error: the baseline 'known.json' cannot be read: no such file or directory\n"
        "hint: write it: playbookctl validate --write-baseline known.json\n"
    )


REFUSED = [
    ["playbooks/old.yaml"],
    ["-"],
    ["--select", "PB1"],
    ["--ignore", "PB1"],
    ["--changed-since", "HEAD"],
    ["--baseline", "known.json"],
]


@pytest.mark.parametrize("arguments", REFUSED)
def test_a_part_of_the_findings_is_not_written(arguments: list[str], estate: Path) -> None:
    before = (estate / "known.json").read_bytes()
    assert run(["validate", "--write-baseline", "known.json", *arguments]) == ExitCode.USAGE
    assert (estate / "known.json").read_bytes() == before


def test_a_baseline_is_read_as_it_was_written() -> None:
    recorder = Recorder("b.json", str)
    assert json.loads(recorder.text()) == {"format": "playbookctl/baseline", "version": 1, "files": {}}
    section = Section("p", {("PB1", "/a", "x"): 2})
    assert [section.take(("PB1", "/a", "x")) for _ in range(3)] == [True, True, False]
    assert section.take(("PB1", "/b", "x")) is False


PLACES = [
    ((), {}, ""),
    (("steps", 1, "next"), {"steps": [{"id": "a"}, {"id": "b", "next": "c"}]}, "/steps/b/next"),
    (("steps", 0, "branches", 1), {"steps": [{"id": "a", "branches": [{}, {"name": "yes"}]}]}, "/steps/a/branches/yes"),
    (("tags", 3), {"tags": ["a"]}, "/tags/*"),
    (("tags", 1), {"tags": ["a"]}, "/tags/*"),
    (("steps", 0, "id"), {"steps": [{"id": 7}]}, "/steps/*/id"),
    (("steps", 0), {"steps": "text"}, "/steps/*"),
    (("a/b", "c~d"), {"a/b": {}}, "/a~1b/c~0d"),
    (("x", "y", "z"), None, "/x/y/z"),
]


@pytest.mark.parametrize(("path", "data", "place"), PLACES)
def test_a_place_is_said_by_names(path: tuple[str | int, ...], data: object, place: str) -> None:
    assert place_of(path, data) == place
