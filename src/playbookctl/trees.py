"""The files of a commit, read out of git's own store: nothing is checked out, no link followed out, no network asked.

A commit of a fork is hostile. Sizes are known before anything is read, and a file beyond the loader's limit is never
read; a symbolic link leads only to a file of the same commit.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from typing import IO

_LINK = "120000"
_MOST_LINKS = 10  # that lead to links
_LONGEST_LINK = 4096  # bytes of a path
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"})


class Blob(NamedTuple):
    """A file of a commit: git's mode, the name of its content, and its size in bytes."""

    mode: str
    name: str
    size: int

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link; its content is then where it leads."""
        return self.mode == _LINK


class LeadsOut(Exception):
    """A symbolic link that leads to no file of its commit."""


class Store:
    """Reads contents by name, one at a time, through one process of git. Close it."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._process: subprocess.Popen[bytes] | None = None

    def tree(self, commit: str) -> dict[str, Blob]:
        """Return {path relative to the root: file} of a commit (its full id). Raises ConfigError if git fails."""
        done = subprocess.run(
            ["git", "-C", self.root, "ls-tree", "-r", "-l", "-z", "--full-tree", commit],
            capture_output=True, check=False, env=_environment(),
        )  # fmt: skip
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
            raise ConfigError(f"git cannot list commit {commit[:12]}: {said}", hint="fetch it whole: git fetch")
        rows = (row.split("\t", 1) for row in done.stdout.decode("utf-8", "surrogateescape").split("\0") if row)
        found: dict[str, Blob] = {}
        for head, path in rows:
            mode, kind, name, size = head.split()
            if kind == "blob":
                found[path] = Blob(mode, name, int(size))
        return found

    def read(self, blob: Blob) -> bytes:
        """Return a content, however large. Raises ConfigError where this clone does not have it."""
        wanted, answer = self._pipes()
        wanted.write(blob.name.encode() + b"\n")
        wanted.flush()
        head = answer.readline().split()
        if len(head) != 3:  # noqa: PLR2004 - name, kind, size; two where the object is missing
            raise ConfigError(
                f"this clone lacks the content {blob.name[:12]}",
                hint="clone without a filter, or fetch the rest: git fetch --refetch",
            )
        data = answer.read(int(head[2]))
        answer.read(1)
        return data

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(
                ["git", "-C", self.root, "cat-file", "--batch"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
            )  # fmt: skip
        if self._process.stdin is None or self._process.stdout is None:
            raise ConfigError("git cat-file gave no answer", hint="see whether git works in this folder")
        return self._process.stdin, self._process.stdout


class Tree:
    """One commit: `files` by path, relative to the root of the work tree."""

    def __init__(self, store: Store, commit: str) -> None:
        self.commit = commit
        self.files = store.tree(commit)
        self._store = store

    def resolve(self, path: str) -> Blob | None:
        """Return the file at a path, links followed inside the commit; None if there is none.

        Raises LeadsOut for a link that leads to no file of the commit.
        """
        blob = self.files.get(path)
        for _ in range(_MOST_LINKS):
            if blob is None or not blob.is_link:
                return blob
            target = self.content(blob).decode("utf-8", "surrogateescape") if blob.size <= _LONGEST_LINK else "/"
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            blob = self.files.get(path)
            if blob is None:
                break
        raise LeadsOut(path)

    def content(self, blob: Blob) -> bytes:
        """Return the content of a file. Look at its size first."""
        return self._store.read(blob)


def _environment() -> dict[str, str]:
    """Return the environment for reading: no hook's pointers, no lazy fetching of what a partial clone lacks."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
