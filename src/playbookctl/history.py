"""What git knows: the commit that is checked out, what is not committed, and which commits were applied before.

Read for display, for `rollback`, for ancestry, and for what a change touches; a plan is decided by digests. Every answer
is None or empty where git is missing, the folder is no work tree, or the history is not there (a shallow clone).
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ABBREVIATED = 12
_TIMEOUT_S = 60


class History:
    """The history of one work tree. `head` has 12 hex digits."""

    def __init__(self, root: str, head: str) -> None:
        self.root = root
        self.head = head

    @classmethod
    def of(cls, folder: str) -> History | None:
        """Return the history of the work tree around `folder`; None outside git and before the first commit."""
        answer = _git(folder, "rev-parse", "--show-toplevel", "HEAD")
        lines = answer.split("\n") if answer else []
        if len(lines) < 2:  # noqa: PLR2004 - the two that were asked for
            return None
        return cls(os.path.realpath(lines[0]), lines[1][:ABBREVIATED])

    def dirty(self, files: Iterable[str]) -> tuple[str, ...]:
        """Return those of `files` (absolute) that differ from HEAD or are not in it, relative to the root, sorted."""
        answer = _git(self.root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        changed = {row[3:] for row in (answer or "").split("\0") if row}
        wanted = {os.path.relpath(os.path.realpath(file), self.root).replace(os.sep, "/") for file in files}
        return tuple(sorted(changed & wanted))

    def removed(self, folder: str) -> tuple[str, ...]:
        """Return the files below `folder` (absolute) that HEAD has and the work tree has not."""
        answer = _git(self.root, "ls-files", "--deleted", "-z", "--", folder)
        return tuple(sorted(row for row in (answer or "").split("\0") if row))

    def ancestors(self, commits: Iterable[str]) -> tuple[str, ...]:
        """Return those of `commits` (12 hex digits) that are HEAD or an ancestor of it, the newest first."""
        wanted = set(commits)
        answer = _git(self.root, "rev-list", "--topo-order", "HEAD") if wanted else None
        return tuple(line[:ABBREVIATED] for line in (answer or "").split("\n") if line[:ABBREVIATED] in wanted)

    def is_on_a_branch(self, commit: str) -> bool:
        """Tell whether some branch or tag, here or of a remote, still contains a commit; False for an unknown one."""
        return bool(_git(self.root, "for-each-ref", "--count=1", "--contains", commit))

    def files_of(self, commit: str, folder: str) -> dict[str, str]:
        """Return {path relative to the root: text} of the YAML files that `commit` has below `folder` (absolute)."""
        prefix = os.path.relpath(os.path.realpath(folder), self.root).replace(os.sep, "/")
        listed = _git(self.root, "ls-tree", "-r", "-z", "--format=%(objectname) %(path)", commit, "--", prefix)
        rows = [row.split(" ", 1) for row in (listed or "").split("\0") if row.endswith((".yaml", ".yml"))]
        texts = self._blobs([blob for blob, _ in rows])
        return {path: texts[blob] for blob, path in rows if blob in texts}

    def changed_by_head(self) -> frozenset[str]:
        """Return the paths, relative to the root, that the commit checked out changes against its first parent."""
        answer = _git(
            self.root,
            "diff-tree",
            "--root",
            "-r",
            "-z",
            "--no-commit-id",
            "--name-only",
            "-m",
            "--first-parent",
            "HEAD",
        )
        return frozenset(row for row in (answer or "").split("\0") if row)

    def commit_of(self, ref: str) -> str | None:
        """Return the full id of the commit that a branch, tag or id names; None if nothing is called so here."""
        if ref.startswith("-"):
            return None  # would be an option to git
        return _git(self.root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")

    def merge_base(self, commit: str) -> str | None:
        """Return the last commit that HEAD and `commit` have in common; None if there is none here."""
        return _git(self.root, "merge-base", commit, "HEAD")

    def changed_since(self, commit: str) -> frozenset[str]:
        """Return the paths, relative to the root, that differ between `commit` and the work tree.

        Committed, staged, not staged or not known to git, all the same; deleted ones too; a renamed file has both paths.
        """
        known = _git(self.root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", commit, "--")
        unknown = _git(self.root, "ls-files", "--others", "--exclude-standard", "-z")
        return frozenset(row for answer in (known, unknown) for row in (answer or "").split("\0") if row)

    def texts_of(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """Return {path: text} of those of `paths` (relative to the root) that are files in `commit`."""
        wanted = set(paths)
        listed = _git(self.root, "ls-tree", "-r", "-z", commit) if wanted else None
        rows = [row.split("\t", 1) for row in (listed or "").split("\0") if row]
        blobs = {path: head.split(" ")[2] for head, path in rows if path in wanted}
        texts = self._blobs(sorted(set(blobs.values())))
        return {path: texts[blob] for path, blob in blobs.items() if blob in texts}

    def is_shallow(self) -> bool:
        """Tell whether the clone was made without its whole history."""
        return _git(self.root, "rev-parse", "--is-shallow-repository") == "true"

    def ref_names(self) -> tuple[str, ...]:
        """Return the short names of all branches and tags, here and of remotes."""
        answer = _git(self.root, "for-each-ref", "--format=%(refname:short)")
        return tuple(name for name in (answer or "").split("\n") if name)

    def keys_of(self, commit: str, folders: Iterable[str], key_of: Callable[[str, str], str | None]) -> frozenset[str]:
        """Return the keys of the files that `commit` has below `folders`; `key_of(path, text)` reads one."""
        found = (key_of(path, text) for folder in folders for path, text in self.files_of(commit, folder).items())
        return frozenset(key for key in found if key is not None)

    def _blobs(self, names: list[str]) -> dict[str, str]:
        """Return the texts of blobs, through one process."""
        done = subprocess.run(
            ["git", "-C", self.root, "cat-file", "--batch"],
            input="\n".join(names).encode(), capture_output=True, check=False, timeout=_TIMEOUT_S,
        )  # fmt: skip
        found: dict[str, str] = {}
        rest = done.stdout
        while rest:
            head, _, rest = rest.partition(b"\n")
            words = head.split(b" ")
            if len(words) != 3:  # noqa: PLR2004 - name, kind, size; two where the object is missing
                continue
            size = int(words[2])
            found[words[0].decode()] = rest[:size].decode("utf-8", "replace")
            rest = rest[size + 1 :]
        return found


def why_no_history(folder: str) -> str:
    """Return why `History.of` knows nothing of `folder`, in git's words."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, "rev-parse", "--verify", "HEAD"],
            capture_output=True, check=False, timeout=_TIMEOUT_S, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "git cannot be run"
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0].removeprefix("fatal: ")
    return "there is no commit yet" if said in ("", "Needed a single revision") else said


def _git(folder: str, *arguments: str) -> str | None:
    """Return what git prints, None where it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            capture_output=True, check=False, timeout=_TIMEOUT_S, env={**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "surrogateescape").strip("\n") if done.returncode == 0 else None
