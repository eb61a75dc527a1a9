"""The files of a commit, read out of git's own store: nothing is checked out, no link followed out, no network asked.

A commit of a fork is hostile. Sizes are known before anything is read, and a file beyond the loader's limit is never
read; a symbolic link leads only to a file of the same commit.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from playbookctl.errors import ConfigError
from playbookctl.history import read_git

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINK = "120000"
_MOST_LINKS = 10  # that lead to links
_LONGEST_LINK = 4096  # bytes of a path
_MOST_KEPT = 100_000_000  # bytes


class Blob(NamedTuple):
    """A file of a commit: git's mode, the name of its content, and its size in bytes, -1 where this clone lacks it."""

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
    """Reads contents by name, many with one call of git, and keeps them as long as there is room."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._kept: dict[str, bytes] = {}
        self._room = _MOST_KEPT

    def tree(self, commit: str) -> tuple[dict[str, Blob], dict[str, str]]:
        """Return {path relative to the root: file} of a commit (its full id), and {path: commit} of its submodules.

        Raises ConfigError if git fails.
        """
        listed = self._git("ls-tree", "-r", "-l", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape")
        found: dict[str, Blob] = {}
        others: dict[str, str] = {}
        for head, path in (row.split("\t", 1) for row in listed.split("\0") if row):
            mode, kind, name, size = head.split()
            if kind == "blob":
                found[path] = Blob(mode, name, int(size) if size.isdecimal() else -1)
            else:
                others[path] = name
        return found, others

    def fetch(self, blobs: Iterable[Blob]) -> None:
        """Read contents ahead, as far as there is room. Raises ConfigError for one that this clone does not have."""
        wanted: dict[str, int] = {}
        for blob in blobs:
            if blob.name not in self._kept and blob.name not in wanted and blob.size <= self._room:
                wanted[blob.name] = blob.size
                self._room -= blob.size
        if wanted:
            self._kept.update(self._contents(list(wanted)))

    def read(self, blob: Blob) -> bytes:
        """Return a content, however large. Raises ConfigError where this clone does not have it."""
        kept = self._kept.get(blob.name)
        return self._contents([blob.name])[blob.name] if kept is None else kept

    def _contents(self, names: list[str]) -> dict[str, bytes]:
        answer = self._git("cat-file", "--batch", sent="".join(f"{name}\n" for name in names).encode())
        found: dict[str, bytes] = {}
        at = 0
        for name in names:
            end = answer.index(b"\n", at)
            head = answer[at:end].split()
            if len(head) != 3:  # noqa: PLR2004 - name, kind, size; two where the object is missing
                hint = "clone without a filter, or fetch the rest: git fetch --refetch"
                raise ConfigError(f"this clone lacks the content {name[:12]}", hint=hint)
            size = int(head[2])
            found[name] = answer[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def _git(self, *arguments: str, sent: bytes = b"") -> bytes:
        return read_git(self.root, *arguments, sent=sent, hint="fetch the commits whole: git fetch")


class Tree:
    """One commit: `files` by path, relative to the root of the work tree; `submodules` are the commits of others by path."""

    def __init__(self, store: Store, commit: str) -> None:
        self.commit = commit
        self.files, self.submodules = store.tree(commit)
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

    def links(self) -> dict[str, Blob | None]:
        """Return what each symbolic link leads to; None for one that leads to no file of the commit."""
        links = {path: blob for path, blob in self.files.items() if blob.is_link}
        self.fetch(blob for blob in links.values() if blob.size <= _LONGEST_LINK)
        return {path: self._led(path) for path in links}

    def _led(self, path: str) -> Blob | None:
        try:
            return self.resolve(path)
        except LeadsOut:
            return None

    def fetch(self, blobs: Iterable[Blob]) -> None:
        """Read contents ahead; see `Store.fetch`."""
        self._store.fetch(blobs)

    def content(self, blob: Blob) -> bytes:
        """Return the content of a file. Look at its size first."""
        return self._store.read(blob)
