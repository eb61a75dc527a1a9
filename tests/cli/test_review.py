"""`playbookctl review` as a command: what it compares, what it ends with, where it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.pull_request import CONFIG, Clone, estate, step

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "repo")
    made.base(estate())
    return made


def run(clone: Clone, *arguments: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "playbookctl", "review", *arguments],
        cwd=clone.folder / folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


def change(clone: Clone) -> None:
    clone.edit("lock", lambda book: step(book, "disable")["approval"].update(by=["anybody"]))
    clone.commit()


def test_nothing_changed_says_so_and_ends_well(clone: Clone) -> None:
    done = run(clone, "--base", "main", "--fail-on", "risk=low")
    assert done.returncode == 0
    assert done.stdout.startswith("review: no playbook changes, no risk found\n")


@pytest.mark.parametrize(
    "fail_on, code", [("none", 0), ("risk=high", 0), ("risk=medium", 1), ("risk=low", 1)]
)  # the change is a medium risk
def test_the_exit_code_is_what_was_asked_for(clone: Clone, fail_on: str, code: int) -> None:
    change(clone)
    assert run(clone, "--base", "main", "--fail-on", fail_on).returncode == code


def test_formats_go_to_files_beside_what_is_printed(clone: Clone, tmp_path: Path) -> None:
    change(clone)
    target = tmp_path / "r.json"
    done = run(clone, "--base", "main", "--format", "markdown", "--report", f"json={target}")
    assert done.stdout.startswith(
        "<!-- playbookctl:review -->\n### playbookctl review: 1 playbook changes, 1 medium risk\n"
    )
    assert json.loads(target.read_text("utf-8"))["totals"]["risks"] == {"high": 0, "medium": 1, "low": 0}
    assert run(clone, "--base", "main", "--report", "sarif=x").returncode == 2


def test_only_what_the_branch_did_is_reviewed_and_the_tip_of_the_base_judges(clone: Clone) -> None:
    change(clone)
    clone.git("checkout", "-q", "main")
    clone.edit("enrich", lambda book: book.update(name="Merged meanwhile"))
    clone.write("playbookctl.yaml", {**CONFIG, "rules": {"ignore": ["PB5"]}})
    clone.commit("meanwhile")
    clone.git("checkout", "-q", "pr")
    data = json.loads(run(clone, "--base", "main", "--format", "json").stdout)
    assert [book["key"] for book in data["playbooks"]] == ["lock"]
    assert [risk["key"] for risk in data["risks"]] == ["lock"]
    assert "has moved on since" in data["not_checked"][0]


def test_what_is_not_committed_is_not_reviewed_and_that_is_said(clone: Clone) -> None:
    clone.edit("lock", lambda book: step(book, "disable").pop("approval"))
    done = run(clone, "--base", "main")
    assert "no playbook changes" in done.stdout
    assert "1 file of the work tree differs from HEAD" in done.stdout


def test_any_two_commits_can_be_compared_without_touching_the_work_tree(clone: Clone) -> None:
    change(clone)
    first, second = clone.git("rev-parse", "main"), clone.git("rev-parse", "pr")
    clone.git("checkout", "-q", "main")
    before = clone.git("status", "--porcelain")
    done = run(clone, "--base", first, "--head", second, "--format", "json")
    assert json.loads(done.stdout)["head"]["commit"] == second
    assert clone.git("status", "--porcelain") == before
    assert clone.git("rev-parse", "HEAD") == first


def test_it_works_from_a_folder_below(clone: Clone) -> None:
    change(clone)
    data = json.loads(run(clone, "--base", "main", "--format", "json", folder="playbooks").stdout)
    assert [book["file"] for book in data["playbooks"]] == ["playbooks/lock.yaml"]


def test_a_ref_that_is_not_there_is_named_with_a_guess(clone: Clone) -> None:
    done = run(clone, "--base", "mian")
    assert done.returncode == 2
    assert "git knows no commit 'mian'; did you mean 'main'?" in done.stderr


def test_outside_git_it_says_what_it_needs(tmp_path: Path) -> None:
    outside = Clone.__new__(Clone)
    outside.folder = tmp_path
    done = run(outside, "--base", "main")
    assert done.returncode == 2
    assert "review needs git" in done.stderr


def test_a_base_that_cannot_judge_is_an_error(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "repo")
    clone.base(estate())
    clone.git("checkout", "-q", "main")
    clone.write("playbookctl.yaml", "namespace: [\n")
    clone.commit()
    clone.git("checkout", "-q", "pr")
    done = run(clone, "--base", "main")
    assert done.returncode == 2
    assert "the base cannot judge" in done.stderr


def test_no_environment_variable_of_the_tool_matters(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    change(clone)
    plain = run(clone, "--base", "main").stdout
    for name in ("CPOD_API_KEY", "CPOD_BASE_URL", "CPOD_CLIENT_ID", "CPOD_CLIENT_SECRET"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    assert run(clone, "--base", "main").stdout == plain


def test_a_submodule_where_playbooks_lie_is_a_risk_and_any_other_is_said(clone: Clone, tmp_path: Path) -> None:
    other = Clone(tmp_path / "other")
    other.base(estate())
    for path in ("playbooks/more", "tools"):
        clone.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.folder), path)
    commit = clone.git("-C", "tools", "rev-parse", "HEAD")
    clone.commit()
    said = json.loads(run(clone, "--base", "main", "--format", "json").stdout)
    (risk,) = said["risks"]
    assert (risk["level"], risk["kinds"], risk["file"]) == ("high", ["unreadable"], "playbooks/more")
    assert (risk["before"], commit[:12] in risk["now"]) == ("there was no submodule", True)
    assert "2 changed submodules: 'playbooks/more' and 'tools'" in said["not_checked"]


def test_a_submodule_above_the_playbooks_is_a_risk_too(clone: Clone, tmp_path: Path) -> None:
    clone.git("checkout", "-q", "main")
    clone.write("playbookctl.yaml", {**CONFIG, "playbooks": ["playbooks", "vendor/soc/playbooks"]})
    clone.commit()
    clone.git("checkout", "-qB", "pr")
    other = Clone(tmp_path / "other")
    other.base(estate())
    clone.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.folder), "vendor/soc")
    clone.commit()
    assert run(clone, "--base", "main", "--fail-on", "risk=high").returncode == 1


def test_findings_behind_a_link_are_those_of_what_it_leads_to_now(clone: Clone) -> None:
    clone.git("checkout", "-q", "main")
    linked = {**estate()["report"], "key": "linked"}
    clone.write("shared/linked.yaml", linked)
    (clone.folder / "playbooks/linked.yaml").symlink_to("../shared/linked.yaml")
    clone.commit()
    clone.git("checkout", "-qB", "pr")
    clone.write(
        "shared/linked.yaml",
        {**linked, "trigger_conditions": [{"field": "alert.title", "op": "matches", "value": "("}]},
    )
    clone.commit()
    said = json.loads(run(clone, "--base", "main", "--format", "json").stdout)
    assert ("PB410", "playbooks/linked.yaml") in {(each["code"], each["file"]) for each in said["new_findings"]}
