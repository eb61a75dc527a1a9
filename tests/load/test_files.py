"""Which files are playbooks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playbookctl.load.files import Links, playbook_files, select
from playbookctl.model.workspace import Settings

TREE = (
    "playbooks/a.yaml", "playbooks/b.yml", "playbooks/deep/er/c.yaml", "playbooks/a.test.yaml", "playbooks/readme.md",
    "playbooks/.venv/x.yaml", "other/d.yaml", "connectors.yaml", "playbookctl.yaml",
)  # fmt: skip


def repository(folder: Path, **data: Any) -> Settings:
    for name in TREE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a: b\n", "utf-8")
    return Settings(data, str(folder), str(folder / "playbookctl.yaml"))


def names(files: list[str], folder: Path) -> list[str]:
    return [Path(file).relative_to(folder).as_posix() for file in files]


GLOBS = [
    ({}, ["playbooks/a.yaml", "playbooks/b.yml", "playbooks/deep/er/c.yaml"]),
    ({"playbooks": "playbooks/deep"}, ["playbooks/deep/er/c.yaml"]),
    ({"playbooks": ["other", "playbooks/a.yaml"]}, ["other/d.yaml", "playbooks/a.yaml"]),
    ({"playbooks": "playbooks/*.yaml"}, ["playbooks/a.yaml"]),
    ({"playbooks": "**/*.yml"}, ["playbooks/b.yml"]),
    ({"playbooks": "*/[ad].yaml"}, []),
    ({"playbooks": "."}, ["other/d.yaml", "playbooks/a.yaml", "playbooks/b.yml", "playbooks/deep/er/c.yaml"]),
    ({"exclude": ["playbooks/deep"]}, ["playbooks/a.yaml", "playbooks/b.yml"]),
    ({"exclude": ["**/a.yaml", "playbooks/deep/**"]}, ["playbooks/b.yml"]),
    ({"playbooks": "missing"}, []),
]


@pytest.mark.parametrize(("data", "expected"), GLOBS)
def test_the_globs_decide_minus_tests_config_and_connectors(
    data: dict[str, Any], expected: list[str], tmp_path: Path
) -> None:
    assert names(playbook_files(repository(tmp_path, **data)), tmp_path) == expected


def test_what_git_ignores_is_left_out_unless_it_is_named(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("b.yml\n", "utf-8")
    assert names(playbook_files(settings), tmp_path) == ["playbooks/a.yaml", "playbooks/deep/er/c.yaml"]
    chosen, passed_over = select([str(tmp_path / "playbooks" / "b.yml")], settings)
    assert (names(chosen, tmp_path), passed_over) == (["playbooks/b.yml"], [])


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems refuse names that are not UTF-8")
def test_names_that_are_not_utf8_are_asked_about_like_others(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("hidden*\n", "utf-8")
    for name in (b"seen-\xff.yaml", b"hidden-\xff.yaml"):
        with open(os.path.join(os.fsencode(tmp_path), b"playbooks", name), "wb"):
            pass
    found = names(playbook_files(settings), tmp_path)
    assert found == ["playbooks/a.yaml", "playbooks/b.yml", "playbooks/deep/er/c.yaml", "playbooks/seen-\udcff.yaml"]


def test_paths_outside_and_files_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    paths = [
        str(tmp_path / name)
        for name in ("playbooks/a.yaml", "other/d.yaml", "connectors.yaml", "playbooks/a.test.yaml")
    ]
    chosen, passed_over = select(paths, settings)
    assert (names(chosen, tmp_path), passed_over) == (["playbooks/a.yaml"], paths[1:])


def test_a_folder_means_the_playbooks_below_it(tmp_path: Path) -> None:
    chosen, passed_over = select([str(tmp_path / "playbooks" / "deep")], repository(tmp_path))
    assert (names(chosen, tmp_path), passed_over) == (["playbooks/deep/er/c.yaml"], [])


def test_a_link_that_leads_out_is_told_from_one_that_stays(tmp_path: Path) -> None:
    inside, outside = tmp_path / "repo", tmp_path / "outside"
    (inside / "playbooks").mkdir(parents=True)
    (inside / ".git").mkdir()
    outside.mkdir()
    (outside / "secret.yaml").write_text("a: b\n", "utf-8")
    (inside / "playbooks" / "real.yaml").write_text("a: b\n", "utf-8")
    (inside / "playbooks" / "out.yaml").symlink_to(outside / "secret.yaml")
    (inside / "playbooks" / "in.yaml").symlink_to(inside / "playbooks" / "real.yaml")
    links = Links(str(inside / "playbooks"))
    verdicts = {
        name: links.lead_out(os.path.join(inside, "playbooks", name)) for name in ("real.yaml", "in.yaml", "out.yaml")
    }
    assert verdicts == {"real.yaml": False, "in.yaml": False, "out.yaml": True}


def test_a_loop_of_linked_folders_ends(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    (tmp_path / "playbooks" / "deep" / "loop").symlink_to(tmp_path / "playbooks")
    assert names(playbook_files(settings), tmp_path) == [
        "playbooks/a.yaml",
        "playbooks/b.yml",
        "playbooks/deep/er/c.yaml",
    ]


@pytest.mark.parametrize("path", ["linked/playbooks/a.yaml", "linked/playbooks", "linked", "far/repo/playbooks/a.yaml"])
def test_a_path_through_a_link_to_the_repository_is_one_of_it(path: str, tmp_path: Path) -> None:
    root = tmp_path / "near" / "repo"
    settings = repository(root)
    (tmp_path / "linked").symlink_to(root)
    (tmp_path / "far").symlink_to(tmp_path / "near")
    chosen, passed_over = select([str(tmp_path / path)], settings)
    assert (names(chosen, root)[:1], passed_over) == (["playbooks/a.yaml"], [])


def test_a_path_is_one_of_a_repository_that_is_itself_named_through_a_link(tmp_path: Path) -> None:
    repository(tmp_path / "repo")
    (tmp_path / "linked").symlink_to(tmp_path / "repo")
    settings = Settings({}, str(tmp_path / "linked"), None)
    chosen, passed_over = select([str(tmp_path / "repo" / "playbooks" / "a.yaml")], settings)
    assert (names(chosen, tmp_path), passed_over) == (["linked/playbooks/a.yaml"], [])
