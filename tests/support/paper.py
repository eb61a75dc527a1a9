"""A history on paper: what git would say of a work tree, without git's forty processes a story."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

WIDTH = 12


@dataclass(frozen=True)
class Commit:
    """A commit: its id, its parent's ('' for the first), and its files."""

    id: str
    parent: str
    files: Mapping[str, str]


class Paper:
    """Answers what `past` asks of `History`. Stand-in and git are held equal by a test."""

    desk: ClassVar[dict[str, Paper]] = {}  # by root: `Paper.of` finds the one of a folder, as `History.of` does

    def __init__(self, folder: Path) -> None:
        self.root = os.path.realpath(folder)
        self.commits: dict[str, Commit] = {}
        self.head = ""
        self.tip = ""  # of the only branch
        self.lost: set[str] = set()  # commits that this clone does not have
        Paper.desk[self.root] = self

    @classmethod
    def of(cls, folder: str) -> Paper | None:
        found = cls.desk.get(os.path.realpath(folder))
        return found if found is not None and found.head else None

    def leave(self) -> None:
        del Paper.desk[self.root]

    # --- what people do

    def commit(self, files: Mapping[str, str]) -> str:
        """Commit on the branch; nothing where nothing changed."""
        if self.tip and self.commits[self.tip].files == files:
            return self.tip
        text = repr((self.tip, len(self.commits), sorted(files.items())))
        made = Commit(hashlib.sha256(text.encode()).hexdigest()[:WIDTH], self.tip, dict(files))
        self.commits[made.id] = made
        self.head = self.tip = made.id
        return made.id

    def line(self) -> list[str]:
        """Return the commits of the branch, the newest first."""
        return self._line(self.tip)

    def checkout(self, commit: str) -> None:
        """Check out an older commit; '' goes back to the branch. Files are the caller's matter."""
        self.head = commit or self.tip

    def squash(self, number: int) -> None:
        """Replace the last `number` commits by one with the same files; the old ones are on no branch any more."""
        line = self._line(self.tip)
        if len(line) <= number:
            return
        files = self.commits[self.tip].files
        text = f"squash {self.tip} {number}"
        made = Commit(hashlib.sha256(text.encode()).hexdigest()[:WIDTH], line[number], files)
        self.commits[made.id] = made
        self.head = self.tip = made.id

    # --- what is asked

    def ancestors(self, commits: Iterable[str]) -> tuple[str, ...]:
        wanted = set(commits)
        return tuple(commit for commit in self._line(self.head) if commit in wanted)

    def is_on_a_branch(self, commit: str) -> bool:
        return commit in self._line(self.tip)

    def keys_of(self, commit: str, folders: Iterable[str], key_of: Callable[[str, str], str | None]) -> frozenset[str]:
        starts = [os.path.relpath(os.path.realpath(folder), self.root).replace(os.sep, "/") for folder in folders]
        files = self.commits[commit].files
        here = {path for path in files if any(path == start or path.startswith(f"{start}/") for start in starts)}
        found = (key_of(path, files[path]) for path in sorted(here))
        return frozenset(key for key in found if key is not None)

    def texts_of(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        files = self._files_of(commit)
        return {path: files[path] for path in paths if path in files}

    def files_of(self, commit: str, folder: str) -> dict[str, str]:
        start = os.path.relpath(os.path.realpath(folder), self.root).replace(os.sep, "/")
        found = self._files_of(commit)
        return {path: found[path] for path in sorted(found) if path.startswith(f"{start}/") and path.endswith(".yaml")}

    def _files_of(self, commit: str) -> Mapping[str, str]:
        known = self.commits.get(commit)
        return known.files if known is not None and commit not in self.lost else {}

    def changed_by_head(self) -> frozenset[str]:
        commit = self.commits[self.head]
        parent = self.commits[commit.parent].files if commit.parent else {}
        return frozenset(
            path for path in commit.files.keys() | parent.keys() if commit.files.get(path) != parent.get(path)
        )

    def _line(self, commit: str) -> list[str]:
        """Return a commit and its ancestors, the newest first, as far as this clone reaches."""
        line = []
        while commit and commit not in self.lost:
            line.append(commit)
            commit = self.commits[commit].parent
        return line
