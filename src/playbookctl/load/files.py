"""Which files are playbooks: the globs of the config, minus what git ignores, minus tests, config and connectors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.model.patterns import path_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playbookctl.model.workspace import Settings

ENDINGS = (".yaml", ".yml")
TEST_ENDINGS = (".test.yaml", ".test.yml")
_SKIPPED_FOLDERS = frozenset({".git", ".venv", "node_modules", ".playbookctl", "__pycache__"})


def playbook_files(settings: Settings) -> list[str]:
    """Return the absolute paths of all playbooks of the repository, sorted."""
    found: set[str] = set()
    for pattern in settings.playbooks:
        found.update(_expand(settings.root, pattern))
    return sorted(_not_ignored(list(filter(_chooser(settings), found)), settings.root))


def select(paths: Iterable[str], settings: Settings) -> tuple[list[str], list[str]]:
    """Return the playbook files that `paths` (files or folders) name, and the paths that were passed over.

    A file given by name counts even if git ignores it. Passed over is what lies outside `playbooks:` and what is a
    test, the config or the connectors file.
    """
    known = set(playbook_files(settings))
    chosen: set[str] = set()
    passed_over: list[str] = []
    for path in paths:
        absolute = _below_root(os.path.abspath(path), settings.root)
        if os.path.isdir(absolute):
            inside = absolute.rstrip(os.sep) + os.sep
            below = {file for file in known if file.startswith(inside)}
            chosen |= below
            if not below:
                passed_over.append(path)
        elif absolute in known or (os.path.isfile(absolute) and belongs(absolute, settings)):
            chosen.add(absolute)
        else:
            passed_over.append(path)
    return sorted(chosen), passed_over


def _below_root(path: str, root: str) -> str:
    """Return an absolute path below `root` where it leads there through a link to it, or to a folder around it."""
    if _is_below(path, root):
        return path
    folder, inside = os.path.realpath(os.path.dirname(path)), os.path.realpath(root)
    real = os.path.join(folder, os.path.basename(path)) if _is_below(folder, inside) else os.path.realpath(path)
    return os.path.normpath(os.path.join(root, os.path.relpath(real, inside))) if _is_below(real, inside) else path


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def decisive(paths: Iterable[str], settings: Settings) -> str | None:
    """Return the first of `paths` that decides about all playbooks: the config, connectors, ATT&CK data, a baseline."""
    named = (settings.connectors, settings.attack_file, settings.config_file, settings.baseline)
    deciding = {os.path.realpath(os.path.join(settings.root, file)) for file in named if file}
    return next((path for path in paths if os.path.realpath(path) in deciding), None)


def belongs(file: str, settings: Settings) -> bool:
    """Tell whether a path (absolute) is where a playbook would lie, whether or not there is such a file."""
    if not _chooser(settings)(file):
        return False
    relative = os.path.relpath(file, settings.root).replace(os.sep, "/")
    return any(
        relative.startswith(pattern.rstrip("/") + "/")
        or pattern in (".", "./")
        or path_pattern(pattern).fullmatch(relative)
        for pattern in settings.playbooks
    )


def is_of_another_kind(file: str, settings: Settings) -> bool:
    """Tell whether a YAML file (absolute) is left out wherever it lies: a test, the config, the connectors, excluded."""
    return file.endswith(ENDINGS) and not _chooser(settings)(file)


class Links:
    """Tells which files lie behind a symbolic link that leads out of a folder; asks the disk once per folder."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(work_tree(root))
        self._folders: dict[str, bool] = {}

    def lead_out(self, file: str) -> bool:
        """Tell whether `file` is, or lies behind, such a link."""
        return self.folder_leads_out(file) or (os.path.islink(file) and self._leaves(file))

    def folder_leads_out(self, file: str) -> bool:
        """Tell whether the folder of `file` is, or lies behind, such a link."""
        folder = file.rpartition(os.sep)[0]
        if folder not in self._folders:
            self._folders[folder] = self._leaves(folder)
        return self._folders[folder]

    def _leaves(self, path: str) -> bool:
        real = os.path.realpath(path)
        return not _is_below(real, self._root)


def _chooser(settings: Settings) -> Callable[[str], bool]:
    """Return what tells, by its path alone, whether a file is a playbook; made once, asked for each of thousands."""
    others = {os.path.join(settings.root, settings.connectors), settings.config_file}
    excluded = [path_pattern(pattern) for pattern in settings.exclude]

    def is_playbook(file: str) -> bool:
        if not file.endswith(ENDINGS) or file.endswith(TEST_ENDINGS) or file in others:
            return False
        if file.rpartition(os.sep)[2] in ("playbookctl.yaml", "playbookctl.yml"):
            return False
        if not excluded:
            return True
        relative = os.path.relpath(file, settings.root).replace(os.sep, "/")
        return not any(pattern.fullmatch(relative) for pattern in excluded)

    return is_playbook


def _expand(root: str, pattern: str) -> Iterator[str]:
    if not any(character in pattern for character in "*?["):
        path = os.path.normpath(os.path.join(root, pattern))
        if os.path.isfile(path):
            yield path
        else:
            yield from yaml_files(path)
        return
    fixed = pattern.partition("*")[0].partition("?")[0].partition("[")[0].rpartition("/")[0]
    wanted = path_pattern(pattern)
    for file in yaml_files(os.path.normpath(os.path.join(root, fixed))):
        if wanted.fullmatch(os.path.relpath(file, root).replace(os.sep, "/")):
            yield file


def yaml_files(folder: str) -> Iterator[str]:
    """Yield the YAML files below a folder. Links to folders are not followed: a link could lead out, or round."""
    pending = [folder]
    while pending:
        for row in _rows(pending.pop()):
            if row.is_dir(follow_symlinks=False):
                if row.name not in _SKIPPED_FOLDERS:
                    pending.append(row.path)
            elif row.name.endswith(ENDINGS):
                yield row.path


def _rows(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as rows:
            return list(rows)
    except OSError:
        return []


def _not_ignored(files: list[str], root: str) -> list[str]:
    """Leave out what git ignores; git itself is asked, and only where a .gitignore exists that could say so."""
    folders = {file.rpartition(os.sep)[0] for file in files}
    if not files or not any(_has_ignore_file(folder) for folder in folders):
        return files
    import subprocess

    try:
        answer = subprocess.run(
            ["git", "-C", root, "check-ignore", "--stdin", "-z"],
            input=os.fsencode("\0".join(files)), capture_output=True, check=False, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return files
    ignored = set(os.fsdecode(answer.stdout).split("\0"))
    return [file for file in files if file not in ignored]


def _has_ignore_file(folder: str) -> bool:
    while True:
        if os.path.exists(os.path.join(folder, ".gitignore")):
            return True
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return False
        folder = parent


def work_tree(folder: str) -> str:
    """Return the root of the git work tree around `folder`, else `folder`."""
    here = os.path.abspath(folder)
    while not os.path.exists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return folder
        here = parent
    return here
