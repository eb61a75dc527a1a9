"""`owners`: who has to review which playbook, as a CODEOWNERS file."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from playbookctl.cli.main import run
from playbookctl.code_owners import BEGIN, END, merged, pattern
from playbookctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
code_owners:
  soc-lead: "@acme/soc-leads"
  iam: ["@acme/iam", duty@acme.test]
"""
LINES = ["/playbooks/a.yaml @acme/soc-leads", "/playbooks/deep/b\\ c.yaml @acme/iam duty@acme.test"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "playbooks" / "deep").mkdir(parents=True)
    (tmp_path / "playbookctl.yaml").write_text(CONFIG, "utf-8")
    for name, owner in {"a": "soc-lead", "deep/b c": "iam", "d": "nobody", "e": ""}.items():
        said = f"owner: {owner}\n" if owner else ""
        text = f"key: {name[-1]}\nname: {name}\n{said}steps: [{{id: a, action: b}}]\n"
        (tmp_path / "playbooks" / f"{name}.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str], str]:
    code = run(["owners", *arguments])
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err


def test_it_counts_the_playbooks_of_each_owner(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here.exists()
    assert said(capsys)[:2] == (0, [
        "(no owner)  -  1 playbook", "iam  @acme/iam duty@acme.test  1 playbook", "nobody  -  1 playbook",
        "soc-lead  @acme/soc-leads  1 playbook",
    ])  # fmt: skip


def test_each_playbook_gets_a_line_and_owners_without_a_team_are_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here.exists()
    code, lines, err = said(capsys, "--codeowners")
    assert code == 0
    assert (lines[0], lines[3:-1], lines[-1]) == (BEGIN, LINES, END)
    assert err == "note: no code owner is known for 'nobody' (1 playbook)\nnote: 1 playbook without 'owner:'\n"


def test_paths_begin_at_the_root_of_the_work_tree(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here.parent / ".git").mkdir()
    try:
        assert f"/{here.name}{LINES[0]}" in said(capsys, "--codeowners")[1]
    finally:
        (here.parent / ".git").rmdir()


def test_what_others_wrote_is_kept_and_the_second_time_nothing_changes(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = here / "CODEOWNERS"
    file.write_text("* @acme/all\n\n# ours\n/docs/ @acme/docs\n", "utf-8")
    assert said(capsys, "--codeowners", "--output", "CODEOWNERS")[1] == ["wrote CODEOWNERS"]
    first = file.read_text("utf-8")
    assert first.startswith("* @acme/all\n\n# ours\n/docs/ @acme/docs\n\n" + BEGIN)
    assert first.endswith(f"{LINES[1]}\n{END}\n")
    file.write_text(first + "/later @acme/x\n", "utf-8")
    assert said(capsys, "--codeowners", "--output", "CODEOWNERS")[1] == ["CODEOWNERS is up to date"]
    (here / "playbooks" / "a.yaml").unlink()
    said(capsys, "--codeowners", "--output", "CODEOWNERS")
    assert file.read_text("utf-8") == first.replace(f"{LINES[0]}\n", "") + "/later @acme/x\n"


def test_a_check_writes_nothing_and_shows_what_would_change(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "--codeowners", "--output", "CODEOWNERS")
    before = (here / "CODEOWNERS").read_bytes()
    assert said(capsys, "--codeowners", "--output", "CODEOWNERS", "--check")[0] == 0
    (here / "playbooks" / "d.yaml").write_text("key: d\nname: d\nowner: iam\nsteps: [{id: a, action: b}]\n", "utf-8")
    code, lines, err = said(capsys, "--codeowners", "--output", "CODEOWNERS", "--check")
    assert (code, (here / "CODEOWNERS").read_bytes()) == (ExitCode.FINDINGS, before)
    assert "+/playbooks/d.yaml @acme/iam duty@acme.test" in lines
    assert "CODEOWNERS is not up to date" in err


def test_a_playbook_that_cannot_be_read_fails_because_nobody_knows_its_owner(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "playbooks" / "a.yaml").write_text("\tkey: a\n", "utf-8")
    code, lines, err = said(capsys, "--codeowners")
    assert (code, lines[3:-1]) == (ExitCode.FINDINGS, LINES[1:])
    assert "error: nobody knows the owner of playbooks/a.yaml" in err


def test_an_owners_name_cannot_end_a_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'key: a\nname: A\nowner: "x\\n* @evil"\nsteps: [{id: a, action: b}]\n'
    (here / "playbooks" / "a.yaml").write_text(text, "utf-8")
    _, lines, err = said(capsys, "--codeowners")
    assert not any("evil" in line for line in lines)
    assert not any(line.startswith("*") for line in err.splitlines())


MISFITS = [["--check"], ["--output", "x"], ["--codeowners", "--check"]]


@pytest.mark.parametrize("arguments", MISFITS, ids=" ".join)
def test_options_that_do_not_fit_are_refused(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert here.exists()
    assert said(capsys, *arguments)[0] == ExitCode.USAGE


WRONG = {
    "no end": f"{BEGIN}\n/x @a\n", "no beginning": f"/x @a\n{END}\n", "turned round": f"{END}\n{BEGIN}\n",
    "twice": f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_marks_that_do_not_pair_are_left_to_a_person(text: str) -> None:
    with pytest.raises(UsageError, match="the marks do not pair"):
        merged(text, [BEGIN, END])


PLACES = {
    "an empty file": ("", f"{BEGIN}\n{END}\n"),
    "no line break at the end": ("* @a", f"* @a\n\n{BEGIN}\n{END}\n"),
    "line breaks of Windows": ("* @a\r\n", f"* @a\r\n\r\n{BEGIN}\r\n{END}\r\n"),
    "before the first section": (
        "* @a\n\n[Docs]\n/d @b\n^[Maybe]\n",
        f"* @a\n\n{BEGIN}\n{END}\n\n[Docs]\n/d @b\n^[Maybe]\n",
    ),
}


@pytest.mark.parametrize("text, expected", PLACES.values(), ids=PLACES.keys())
def test_a_new_block_goes_where_it_decides(text: str, expected: str) -> None:
    assert merged(text, [BEGIN, END]) == expected
    assert merged(expected, [BEGIN, END]) == expected


ODD = ["plain.yaml", "two words.yaml", "a#b.yaml", "[1].yaml", "st*r.yaml", "wh?t.yaml", "back\\slash.yaml", "!not.yaml", "tab\t.yaml",
       "line\nbreak.yaml", "größe.yaml", " front.yaml", "#hash.yaml", "deep/er/x.yaml", "latin-\udcff.yaml"]  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_a_pattern_matches_its_path_on_one_line(tmp_path: Path, path: str) -> None:
    written = pattern(path)
    assert "\n" not in written
    assert written.startswith("/")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(written + "\n", "utf-8")
    done = subprocess.run(["git", "check-ignore", "-z", "--stdin"], cwd=tmp_path, input=os.fsencode(f"{path}\0other.yaml\0"),
                          capture_output=True, check=False)  # fmt: skip
    assert os.fsdecode(done.stdout) == f"{path}\0"
    assert written.encode("utf-8")
