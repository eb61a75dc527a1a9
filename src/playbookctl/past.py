"""What was applied before, as the marks on live playbooks and git together tell it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.history import History
from playbookctl.load.entry import load_entry, stem
from playbookctl.marker import BadMarker
from playbookctl.model.marker import NO_COMMIT
from playbookctl.plan.sides import Ancestry, LiveClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.gather import Gathered
    from playbookctl.pipeline import Repository
    from playbookctl.plan.rows import LiveRows

_MARKED = (LiveClass.OURS, LiveClass.RETIRED)


@dataclass(frozen=True, slots=True)
class Past:
    """The commit that is checked out, how the applied ones stand to it, the keys of the newest, and what HEAD touches.

    `applied_keys` and `touched` are None where they are not known.
    """

    commit: str = NO_COMMIT
    ancestry: Ancestry = Ancestry.NO_HISTORY
    applied_commit: str = ""
    applied_keys: frozenset[str] | None = None
    touched: frozenset[str] | None = None


def past_of(repository: Repository, rows: LiveRows, gathered: Gathered, namespace: str) -> Past:
    """Return the past of a namespace in one environment. Files of an old commit are read only if something is missing live."""
    history = History.of(repository.settings.root)
    if history is None:
        return Past()
    commits = _applied(rows, namespace)
    ancestors = history.ancestors(commits)
    newest = ancestors[0] if ancestors else None
    touched = _touched(history, repository, gathered)
    ancestry, older = _ancestry(history, commits, frozenset(ancestors))
    applied = older or newest or _first(commits)
    if newest is None or all(rows.stands_for(key) for key in gathered.playbooks):
        return Past(history.head, ancestry, applied, None, touched)
    folders = [os.path.join(repository.settings.root, folder_of(glob)) for glob in repository.settings.playbooks]
    return Past(history.head, ancestry, applied, history.keys_of(newest, folders, _key_of), touched)


def folder_of(glob: str) -> str:
    """Return the folder (or file) that a glob of the config begins with, relative to the config."""
    fixed = glob.partition("*")[0].partition("?")[0].partition("[")[0]
    return fixed if fixed == glob else fixed.rpartition("/")[0]


def _applied(rows: LiveRows, namespace: str) -> frozenset[str]:
    """Return the commits that the marks of a namespace name."""
    found = set()
    for live in rows.by_id.values():
        marker = live.marker
        if marker is None or isinstance(marker, BadMarker) or marker.base is None:
            continue
        if live.class_in(namespace) in _MARKED and marker.base.commit != NO_COMMIT:
            found.add(marker.base.commit)
    return frozenset(found)


def _ancestry(history: History, commits: frozenset[str], ancestors: frozenset[str]) -> tuple[Ancestry, str]:
    """Tell how the applied commits stand to HEAD: one that is no ancestor and still on a branch means an older pipeline.

    The second value is that commit, '' where there is none.
    """
    if not commits:
        return Ancestry.NO_HISTORY, ""
    others = sorted(commits - ancestors)
    older = next((commit for commit in others if history.is_on_a_branch(commit)), "")
    if older:
        return Ancestry.OLDER, older
    return (Ancestry.UNKNOWN if others else Ancestry.APPLIED), ""


def _touched(history: History, repository: Repository, gathered: Gathered) -> frozenset[str]:
    """Return the keys of the files that HEAD changes: looked up from its few paths, not for each of many files."""
    here = os.path.realpath(repository.here)
    changed = {
        os.path.relpath(os.path.join(history.root, path), here).replace(os.sep, "/")
        for path in history.changed_by_head()
    }
    return frozenset(key for key, loaded in gathered.playbooks.items() if loaded.file in changed)


def _key_of(path: str, text: str) -> str | None:
    entry = load_entry(path, text.encode("utf-8", "replace"))
    if entry.document is None:
        return None
    key = entry.document.data.get("key")
    return key if isinstance(key, str) else stem(path)


def _first(commits: Iterable[str]) -> str:
    return min(commits, default="")
