"""The history on paper says what git says: the same edits, squashes and checkouts on both, and the same questions."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from playbookctl.history import History
from support.paper import Paper
from support.repository import GitHistory

if TYPE_CHECKING:
    from pathlib import Path

STEMS = ("a", "b", "c")


def key_of(path: str, text: str) -> str | None:
    return str(json.loads(text)["key"]) if path.endswith(".yaml") else None


@pytest.mark.parametrize("seed", range(4))
def test_paper_and_git_agree(tmp_path: Path, seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a story, no secret
    folder = tmp_path / "work"
    (folder / "playbooks").mkdir(parents=True)
    git, paper = GitHistory(folder), Paper(folder)
    files: dict[str, str] = {}
    known: dict[str, str] = {}  # commits on paper -> the same in git
    try:
        for turn in range(10):
            stem = drawn.choice(STEMS)
            if drawn.random() < 0.25 and len(files) > 1:
                files.pop(f"playbooks/{stem}.yaml", None)
            else:
                files[f"playbooks/{stem}.yaml"] = json.dumps({"key": f"{stem}-{drawn.randrange(2)}", "turn": turn})
            for path in (folder / "playbooks").iterdir():
                path.unlink()
            for name, text in files.items():
                (folder / name).write_text(text, "utf-8")
            known[paper.commit(files)] = git.commit(files)
            if drawn.random() < 0.2:
                number = 1 + drawn.randrange(3)
                paper.squash(number)
                git.squash(number)
                known[paper.head] = git.head
            older = drawn.choice([*paper.line(), ""])
            paper.checkout(older)
            git.checkout(known.get(older, ""))
            compare(folder, paper, known)
            paper.checkout("")
            git.checkout("")
    finally:
        paper.leave()


def compare(folder: Path, paper: Paper, known: dict[str, str]) -> None:
    history = History.of(str(folder))
    assert history is not None
    assert history.head == known[paper.head]
    assert history.ancestors(known.values()) == tuple(known[commit] for commit in paper.ancestors(known))
    for commit, same in known.items():
        assert history.is_on_a_branch(same) == paper.is_on_a_branch(commit)
        folders = [str(folder / "playbooks")]
        assert history.keys_of(same, folders, key_of) == paper.keys_of(commit, folders, key_of)
        assert history.files_of(same, folders[0]) == paper.files_of(commit, folders[0])
        some = ["playbooks/a.yaml", "playbooks/none.yaml"]
        assert history.texts_of(same, some) == paper.texts_of(commit, some)
    assert history.files_of("0" * 12, folders[0]) == paper.files_of("0" * 12, folders[0]) == {}
    assert history.changed_by_head() == paper.changed_by_head()
