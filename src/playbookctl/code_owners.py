"""CODEOWNERS from `owner:` of the playbooks: a block of our own in a file that may hold more.

The syntax is what GitHub and GitLab document in common: the last line that matches decides, paths are those of gitignore
from the root of the repository, a space in one is escaped, and `[ ]` and an escaped `#` cannot be relied on.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from playbookctl.errors import UsageError
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playbookctl.pipeline import Repository

BEGIN = "# playbookctl owners: begin"
END = "# playbookctl owners: end"
_HEAD = (
    "# Written by 'playbookctl owners --codeowners' from 'owner:' of the playbooks and 'code_owners:' of the config.",
    "# Change those and run it again; what stands outside of these two marks is kept.",
)
_ODD = re.compile(r"[*?\[\]\\#!]|[^\S ]|[\x00-\x1f\x7f\ud800-\udfff]")
_SECTION = re.compile(r"\^?\[[^\]]+\]")


class Owned(Value):
    """Who owns what: `files` maps paths from the root of the repository to the owner named in each, '' where none is.

    `unreadable` are files, as shown, whose owner nobody knows.
    """

    __slots__ = ("files", "unreadable")

    def __init__(self, files: Mapping[str, str], unreadable: Sequence[str]) -> None:
        self.files = dict(sorted(files.items()))
        self.unreadable = tuple(sorted(unreadable))

    def counts(self) -> dict[str, int]:
        """Return the number of playbooks by owner, sorted by name; those without an owner under ''."""
        owners = list(self.files.values())
        return {owner: owners.count(owner) for owner in sorted(set(owners))}


def owned(repository: Repository) -> Owned:
    """Read the owner of every playbook."""
    root = _work_tree(repository.settings.root)
    files: dict[str, str] = {}
    unreadable = []
    for file in repository.files():
        entry = repository.load(file)
        if entry.playbook is None:
            unreadable.append(entry.source.path)
        else:
            files[os.path.relpath(file, root).replace(os.sep, "/")] = entry.playbook.owner or ""
    return Owned(files, unreadable)


def block(found: Owned, code_owners: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the lines of the block, one for each playbook whose owner the config maps, sorted by path."""
    lines = [
        f"{pattern(path)} {' '.join(code_owners[owner])}" for path, owner in found.files.items() if owner in code_owners
    ]
    return [BEGIN, *_HEAD, *lines, END]


def unmapped(found: Owned, code_owners: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Return the owners that the config does not map, and how many playbooks each has."""
    return {owner: number for owner, number in found.counts().items() if owner and owner not in code_owners}


def pattern(path: str) -> str:
    """Return the pattern that matches a path from the root: a space is escaped, what means something is `?`.

    `?` is any one character; a pattern that matches a little more is better than one that one of the forges misreads.
    """
    return "/" + _ODD.sub("?", path).replace(" ", "\\ ")


def merged(text: str, lines: Sequence[str]) -> str:
    """Return a CODEOWNERS file with the block in place of the one it has, else at its end.

    GitLab reads sections one by one, so that a new block goes before the first of them. Raises UsageError where the marks
    of the block do not pair.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    old = text.replace("\r\n", "\n").split("\n")
    begins = [number for number, line in enumerate(old) if line.strip() == BEGIN]
    ends = [number for number, line in enumerate(old) if line.strip() == END]
    if not begins and not ends:
        before, after = _around(old)
    elif len(begins) == len(ends) == 1 and begins[0] < ends[0]:
        before, after = old[: begins[0]], old[ends[0] + 1 :]
    else:
        raise UsageError(
            f"the marks do not pair: {len(begins)} '{BEGIN}' and {len(ends)} '{END}'",
            hint="remove them, then run again",
        )
    return newline.join([*before, *lines, *(after or [""])])


def _around(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return what stands before and after a block that is not there yet, with a blank line between."""
    first = next((number for number, line in enumerate(lines) if _SECTION.match(line.strip())), len(lines))
    before, after = lines[:first], lines[first:]
    while before and not before[-1].strip():
        before.pop()
    return [*before, *([""] if before else [])], [*([""] if after else []), *after]


def _work_tree(folder: str) -> str:
    """Return the root of the git work tree around a folder, else the folder itself."""
    here = folder
    while not os.path.exists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return folder
        here = parent
    return here
