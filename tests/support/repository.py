"""A real git repository behind the same few calls as `paper.Paper`: what people do to the history of a work tree."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ABBREVIATED = 12
NOBODY = ("-c", "user.name=a", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false", "-c", "gc.auto=0")


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it prints."""
    done = subprocess.run(["git", *NOBODY, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class GitHistory:
    """The history of one folder, on one branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git(folder, "init", "-q", "-b", "main")

    def leave(self) -> None:
        """There is nothing to leave behind: the folder goes with the test."""

    @property
    def head(self) -> str:
        return git(self.folder, "rev-parse", "HEAD")[:ABBREVIATED]

    def commit(self, _: Mapping[str, str]) -> str:
        """Commit the work tree as it is, on the branch."""
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-qm", "edit", "--allow-empty")
        return self.head

    def line(self) -> list[str]:
        """Return the commits of the branch, the newest first."""
        return [commit[:ABBREVIATED] for commit in git(self.folder, "rev-list", "main").split("\n")]

    def checkout(self, commit: str) -> None:
        """Check out an older commit, as a pipeline that is run again does; '' goes back to the branch."""
        git(self.folder, "checkout", "-q", commit or "main")

    def squash(self, number: int) -> None:
        """Replace the last `number` commits by one with the same files."""
        line = self.line()
        if len(line) > number:
            git(self.folder, "reset", "-q", "--soft", line[number])
            git(self.folder, "commit", "-qm", "squashed", "--allow-empty")


def outside(folder: Path) -> bool:
    """Whether no git work tree is around a folder: temporary folders of tests are in none."""
    done = subprocess.run(["git", "-C", os.fspath(folder), "rev-parse"], capture_output=True, check=False)
    return done.returncode != 0
