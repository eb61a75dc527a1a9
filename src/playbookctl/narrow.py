"""What a check may leave out: findings that a baseline knows, and playbooks that a change cannot touch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.check.affected import affected
from playbookctl.errors import ConfigError, UsageError
from playbookctl.history import History, why_no_history
from playbookctl.load.entry import key_in, load_entry
from playbookctl.load.files import belongs
from playbookctl.load.settings import CONFIG_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.check.affected import Affected
    from playbookctl.check.baseline import Baseline
    from playbookctl.model.workspace import Settings
    from playbookctl.pipeline import Repository

_FETCH = "this clone is shallow; fetch the rest: git fetch --unshallow, or in actions/checkout 'fetch-depth: 0'"


def open_baseline(repository: Repository, path: str | None = None) -> Baseline | None:
    """Return the baseline in the file `path`, by default the config's; None where there is neither.

    Raises ConfigError for a file that is missing, damaged, or of a newer version.
    """
    file = path or baseline_file(repository.settings)
    if file is None:
        return None
    from playbookctl.check.baseline import read_baseline

    name = repository.shown(file)
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ConfigError(
            f"the baseline '{name}' cannot be read: {(error.strerror or str(error)).lower()}",
            hint=f"write it: playbookctl validate --write-baseline {name}",
        ) from error
    root = repository.settings.root
    return read_baseline(name, data, repository.rooted, lambda file: os.path.lexists(os.path.join(root, file)))


def baseline_file(settings: Settings) -> str | None:
    """Return the absolute path of the baseline that the config names, None where it names none."""
    return os.path.join(settings.root, settings.baseline) if settings.baseline else None


def affected_since(repository: Repository, ref: str) -> Affected:
    """Return what has to be checked for the changes since the merge base with `ref`, the work tree included.

    Raises UsageError outside git, for a ref that is not there, and where the history does not reach the merge base.
    """
    settings = repository.settings
    history = History.of(settings.root)
    if history is None:
        raise UsageError(
            f"--changed-since needs git, and {repository.shown(settings.root)} has no history: {why_no_history(settings.root)}",
            hint="check all playbooks, without --changed-since",
        )
    base = merge_base(history, commit_called(history, ref), ref)
    rows = history.changed_since(base)
    changed = {os.path.join(history.root, row) for row in rows}
    playbooks = {_real(file): repository.shown(file) for file in repository.files()}
    before = _keys_before(history, base, rows, settings)
    own = {shown for real, shown in playbooks.items() if real in changed or os.path.realpath(real) in changed}
    gone = {path for path in before if path not in playbooks}
    others = _repositories(history, base, rows)
    decisive = (
        next(iter(sorted(changed & _deciding(settings))), "")
        or _config_above(changed, settings)
        or next((folder for folder in others if _holds_playbooks(folder, playbooks, settings)), "")
    )
    return affected(
        set(playbooks.values()),
        own,
        set(before.values()),
        () if decisive else repository.summaries(),
        deleted=len(gone),
        decisive=repository.shown(decisive) if decisive else "",
    )


def commit_called(history: History, ref: str) -> str:
    """Return the full id of the commit that `ref` names. Raises UsageError where this clone has none, or several."""
    if meanings := history.meanings(ref):
        names = " and ".join(f"'{name}'" for name in meanings)
        raise UsageError(f"'{ref}' can mean {names}, which are different commits", hint=f"write {meanings[-1]}")
    commit = history.commit_of(ref)
    if commit is None:
        from playbookctl.model.nearest import did_you_mean

        guess = did_you_mean(ref, history.ref_names())
        plain = "name a branch, tag or commit that is here, such as origin/main after 'git fetch'"
        hint = _FETCH if history.is_shallow() else plain
        raise UsageError(f"git knows no commit '{ref}'{guess}", hint=hint)
    return commit


def merge_base(history: History, commit: str, ref: str, head: str = "HEAD") -> str:
    """Return the last commit that `commit`, called `ref`, has in common with `head`. Raises UsageError if none is here."""
    base = history.merge_base(commit, head)
    if base is None:
        shallow = history.is_shallow()
        why = ", as far as this shallow clone reaches" if shallow else ""
        hint = _FETCH if shallow else "name a commit of the same history"
        raise UsageError(f"'{ref}' and {head} have no commit in common{why}", hint=hint)
    return base


def _keys_before(history: History, base: str, rows: Iterable[str], settings: Settings) -> dict[str, str]:
    """Return {path: key} of the changed and deleted playbooks, as they were at `base`."""
    root = os.path.realpath(settings.root)
    paths = {row: os.path.join(history.root, row) for row in rows}
    wanted = [
        row
        for row, path in paths.items()
        if belongs(os.path.join(settings.root, os.path.relpath(path, root)), settings)
    ]
    texts = history.texts_of(base, wanted)
    return {paths[row]: key_in(load_entry(row, text.encode("utf-8", "replace"))) for row, text in texts.items()}


def _deciding(settings: Settings) -> set[str]:
    """Return the files on which the findings in all playbooks depend."""
    files = [settings.connectors, settings.attack_file, settings.config_file, settings.baseline]
    paths = [os.path.join(settings.root, file) for file in files if file]
    return {*map(_real, paths), *map(os.path.realpath, paths)}  # a link and what it leads to are two files to git


def _config_above(changed: Iterable[str], settings: Settings) -> str:
    """Return a config that was deleted, and had been found from the root; '' if there is none."""
    root = os.path.realpath(settings.root)
    for path in sorted(changed):
        folder, name = os.path.split(path)
        if name in CONFIG_NAMES and (root + os.sep).startswith(folder + os.sep) and not os.path.exists(path):
            return path
    return ""


def _repositories(history: History, base: str, rows: Iterable[str]) -> list[str]:
    """Return the folders (absolute, sorted) of the changed paths that are repositories of their own."""
    known = history.submodules(base)
    folders = {row for row in rows if row in known or os.path.isdir(os.path.join(history.root, row))}
    return [os.path.join(history.root, row.rstrip("/")) for row in sorted(folders)]


def _holds_playbooks(folder: str, playbooks: Iterable[str], settings: Settings) -> bool:
    """Tell whether a folder holds one of the playbooks, or may have held some; paths are absolute and real."""
    below = os.path.join(settings.root, os.path.relpath(folder, os.path.realpath(settings.root)), "any.yaml")
    return belongs(below, settings) or any(file.startswith(folder + os.sep) for file in playbooks)


def _real(file: str) -> str:
    """Return a path whose folders are no links; the file itself may be one, as git sees it."""
    folder, name = os.path.split(file)
    return os.path.join(os.path.realpath(folder), name)
