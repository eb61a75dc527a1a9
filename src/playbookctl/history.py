"""What git knows: the commit that is checked out, what is not committed, and which commits were applied before.

Read for display, for `rollback`, for ancestry, and for what a change touches; a plan is decided by digests. Outside git
there is no history (None); a commit that this clone does not have is no error either. A repository that git refuses to
read is one: taken for a folder outside git, it would be synced without a look at what was applied before.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ABBREVIATED = 12
_TIMEOUT_S = 60
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"})
_ALONE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
_NO_ANSWER = "see whether git works in this folder"
# what git says outside a work tree, in a bare repository, and before the first commit
_NO_REPOSITORY = ("not a git repository", "must be run in a work tree", "ambiguous argument 'HEAD'", "unknown revision")


class History:
    """The history of one work tree. `head` has 12 hex digits."""

    def __init__(self, root: str, head: str) -> None:
        self.root = root
        self.head = head

    @classmethod
    def of(cls, folder: str) -> History | None:
        """Return the history of the work tree around `folder`; None outside git and before the first commit.

        Raises ConfigError where there is a repository that git does not read, such as another user's.
        """
        done = _run(folder, "rev-parse", "--show-toplevel", "HEAD")
        if done is None:
            return None
        if done.returncode:
            _refuse_unless(done, _NO_REPOSITORY, "git does not read this repository")
            return None
        root, head = done.stdout.decode("utf-8", "surrogateescape").rstrip("\n").rsplit("\n", 1)
        return cls(os.path.realpath(root), head[:ABBREVIATED])

    def dirty(self, files: Iterable[str]) -> tuple[str, ...]:
        """Return those of `files` (absolute) that differ from HEAD or are not in it, relative to the root, sorted."""
        answer = _git(self.root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
        changed = {row[3:] for row in answer.split("\0") if row}
        wanted = {os.path.relpath(place, self.root).replace(os.sep, "/") for file in files for place in _places(file)}
        return tuple(sorted(changed & wanted))

    def removed(self, folder: str) -> tuple[str, ...]:
        """Return the files below `folder` (absolute) that HEAD has and the work tree has not, or the index has not."""
        answer = _git(self.root, "status", "--porcelain", "-z", "--untracked-files=no", "--no-renames", "--", folder)
        return tuple(sorted(row[3:] for row in answer.split("\0") if "D" in row[:2]))

    def ancestors(self, commits: Iterable[str]) -> tuple[str, ...]:
        """Return those of `commits` (12 hex digits) that are HEAD or an ancestor of it, the newest first."""
        wanted = set(commits)
        answer = _git(self.root, "rev-list", "--topo-order", "HEAD") if wanted else ""
        return tuple(line[:ABBREVIATED] for line in answer.split("\n") if line[:ABBREVIATED] in wanted)

    def is_on_a_branch(self, commit: str) -> bool:
        """Tell whether some branch or tag, here or of a remote, still contains a commit; False for an unknown one."""
        return bool(_asked(self.root, "for-each-ref", "--count=1", "--contains", commit))

    def files_of(self, commit: str, folder: str) -> dict[str, str]:
        """Return {path relative to the root: text} of the YAML files that `commit` has below `folder` (absolute), or as it.

        What this clone does not have is left out.
        """
        return self._texts(self._yaml_below(commit, folder))

    def changed_by_head(self) -> frozenset[str]:
        """Return the paths, relative to the root, that the commit checked out changes against its first parent."""
        parent = self.commit_of("HEAD^1")
        against = (parent, "HEAD") if parent else ("--root", "HEAD")
        answer = _git(self.root, "diff-tree", "-r", "-z", "--no-commit-id", "--name-only", *against)
        return frozenset(row for row in answer.split("\0") if row)

    def commit_of(self, ref: str) -> str | None:
        """Return the full id of the commit that a branch, tag or id names; None if nothing is called so here."""
        if ref.startswith("-"):
            return None  # would be an option to git
        return _asked(self.root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")

    def meanings(self, ref: str) -> tuple[str, ...]:
        """Return the whole names of the branches and tags that `ref` may mean, if they are of different commits, else ().

        git takes the first of them, a tag before a branch: whoever may push a tag would decide what a branch's name means.
        """
        if ref == "HEAD" or ref.startswith(("-", "refs/")):
            return ()
        names = [f"refs/{kind}{ref}" for kind in ("", "tags/", "heads/", "remotes/")]
        answer = _asked(self.root, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", *names) or ""
        found = {row.split()[0]: row.split()[-1] for row in answer.split("\n") if row}
        meant = {name: found[name] for name in names if name in found}
        return tuple(meant) if len(set(meant.values())) > 1 else ()

    def merge_base(self, commit: str, other: str = "HEAD") -> str | None:
        """Return the last commit that `other` and `commit` have in common; None if there is none here."""
        return _asked(self.root, "merge-base", commit, other)

    def changed_since(self, commit: str) -> frozenset[str]:
        """Return the paths, relative to the root, that differ between `commit` and the work tree.

        Committed, staged, not staged or not known to git, all the same; deleted ones too; a renamed file has both paths. Of
        a repository in this one there is only the path of its folder, whatever changed in it.
        """
        settings = _without_filters(self.root)
        known = _git(
            self.root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=none", commit, "--",
            settings=settings,
        )  # fmt: skip
        unknown = _git(self.root, "ls-files", "--others", "--exclude-standard", "-z")
        return frozenset(row for answer in (known, unknown) for row in answer.split("\0") if row)

    def texts_of(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """Return {path: text} of those of `paths` (relative to the root) that are files in `commit`, and in this clone."""
        wanted = set(paths)
        tree = self._tree(commit) if wanted else {}
        return self._texts({path: name for path, name in tree.items() if path in wanted})

    def is_shallow(self) -> bool:
        """Tell whether the clone was made without its whole history."""
        return _git(self.root, "rev-parse", "--is-shallow-repository") == "true"

    def ref_names(self) -> tuple[str, ...]:
        """Return the short names of all branches and tags, here and of remotes."""
        answer = _git(self.root, "for-each-ref", "--format=%(refname:short)")
        return tuple(name for name in answer.split("\n") if name)

    def keys_of(self, commit: str, folders: Iterable[str], key_of: Callable[[str, str], str | None]) -> frozenset[str]:
        """Return the keys of the files that `commit` has below `folders`; `key_of(path, text)` reads one.

        Raises ConfigError where this clone lacks a text: a key that is not known would be taken for one that never was.
        """
        keys: set[str] = set()
        for folder in folders:
            blobs = self._yaml_below(commit, folder)
            texts = self._texts(blobs)
            gone = sorted(blobs.keys() - texts.keys())
            if gone:
                raise ConfigError(
                    f"this clone lacks the text of {len(gone)} files of commit {commit}, such as '{gone[0]}'",
                    hint="clone with the whole history, without a filter",
                )
            keys |= {key for path, text in texts.items() if (key := key_of(path, text)) is not None}
        return frozenset(keys)

    def _yaml_below(self, commit: str, folder: str) -> dict[str, str]:
        below = os.path.relpath(os.path.realpath(folder), self.root).replace(os.sep, "/")
        blobs = {path: name for path, name in self._tree(commit).items() if path.endswith((".yaml", ".yml"))}
        inside = f"{below}/"
        return {path: name for path, name in blobs.items() if below in (".", path) or path.startswith(inside)}

    def submodules(self, commit: str) -> frozenset[str]:
        """Return the paths at which `commit` has a commit of another repository."""
        return frozenset(self._listed(commit, "commit"))

    def _tree(self, commit: str) -> dict[str, str]:
        """Return {path: name of its blob} of every file in a commit, nothing for a commit that is not here."""
        if self.commit_of(commit) is None:
            return {}
        return self._listed(commit, "blob")

    def _listed(self, commit: str, kind: str) -> dict[str, str]:
        """Return {path: name} of what a commit has of a kind."""
        listed = _git(self.root, "ls-tree", "-r", "-z", "--full-tree", commit)  # `--format` would need git 2.36
        rows = [row.split("\t", 1) for row in listed.split("\0") if row]
        return {path: head.split(" ")[2] for head, path in rows if head.split(" ")[1] == kind}

    def _texts(self, blobs: dict[str, str]) -> dict[str, str]:
        texts = self._blobs(sorted(set(blobs.values())))
        return {path: texts[name] for path, name in blobs.items() if name in texts}

    def _blobs(self, names: list[str]) -> dict[str, str]:
        """Return the texts of those blobs that are here, through one process."""
        done = _run(self.root, "cat-file", "--batch", sent="\n".join(names).encode()) if names else None
        found: dict[str, str] = {}
        rest = done.stdout if done is not None else b""
        while rest:
            head, _, rest = rest.partition(b"\n")
            words = head.split(b" ")
            if len(words) != 3:  # noqa: PLR2004 - name, kind, size; two where the object is missing
                continue
            size = int(words[2])
            found[words[0].decode()] = rest[:size].decode("utf-8", "replace")
            rest = rest[size + 1 :]
        return found


def _places(file: str) -> tuple[str, str]:
    """Return where a file (absolute) is, and where what is read is: a link and its target are two files to git."""
    folder, name = os.path.split(file)
    return os.path.join(os.path.realpath(folder), name), os.path.realpath(file)


def why_no_history(folder: str) -> str:
    """Return why `History.of` knows nothing of `folder`, in git's words."""
    done = _run(folder, "rev-parse", "--verify", "HEAD")
    if done is None:
        return "git cannot be run"
    said = _first_line(done).removeprefix("fatal: ")
    return "there is no commit yet" if said in ("", "Needed a single revision") else said


def read_git(folder: str, *arguments: str, sent: bytes = b"", hint: str = "") -> bytes:
    """Return what git prints, as bytes, without asking any network for what this clone lacks. Raises ConfigError."""
    done = _run(folder, *arguments, sent=sent, variables=_ALONE)
    if done is None:
        raise ConfigError(f"git {arguments[0]} gave no answer", hint=_NO_ANSWER)
    if done.returncode:
        raise ConfigError(f"git {arguments[0]} failed: {_first_line(done).removeprefix('fatal: ')}", hint=hint)
    return done.stdout


def _git(folder: str, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
    """Return what git prints. Raises ConfigError where it fails: an empty answer would say that nothing was found."""
    done = _run(folder, *arguments, settings=settings)
    if done is None:
        raise ConfigError(f"git {arguments[0]} gave no answer", hint=_NO_ANSWER)
    if done.returncode:
        _refuse_unless(done, (), f"git {arguments[0]} failed")
    return done.stdout.decode("utf-8", "surrogateescape").strip("\n")


def _asked(folder: str, *arguments: str) -> str | None:
    """Return what git prints, None where it says no."""
    done = _run(folder, *arguments)
    if done is None or done.returncode:
        return None
    return done.stdout.decode("utf-8", "surrogateescape").strip("\n")


def _without_filters(folder: str) -> dict[str, str]:
    """Return settings under which git runs no filter of the repository's: a comparison would run them over changed files."""
    said = _asked(folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\..") or ""
    names = [name for name in said.split("\0") if name]
    return {name: "false" if name.endswith(".required") else "" for name in names}


def _run(
    folder: str,
    *arguments: str,
    sent: bytes | None = None,
    settings: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes] | None:
    """Run git in `folder`; None where it is not there or does not end. It runs no hook, and nothing that watches files."""
    try:
        return subprocess.run(
            ["git", "-C", folder, *_NO_PROGRAMS, *arguments],
            input=sent, capture_output=True, check=False, timeout=_TIMEOUT_S,
            env={**_environment(settings or {}), **(variables or {})},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what a hook of git points elsewhere: the repository is the one around the folder.

    `settings` are added to git's own, as only the environment can name any.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    given = kept.get("GIT_CONFIG_COUNT", "")
    first = int(given) if given.isdecimal() else 0
    for number, (name, value) in enumerate(settings.items(), start=first):
        kept |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    count = {"GIT_CONFIG_COUNT": str(first + len(settings))} if settings else {}
    return {**kept, **count, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _refuse_unless(done: subprocess.CompletedProcess[bytes], harmless: tuple[str, ...], what: str) -> None:
    said = _first_line(done)
    if not any(words in said for words in harmless):
        hint = "trust the folder: git config --global --add safe.directory FOLDER" if "dubious" in said else ""
        raise ConfigError(f"{what}: {said.removeprefix('fatal: ')}", hint=hint)


def _first_line(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
