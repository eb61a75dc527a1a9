"""What the repo asked for earlier: bodies of playbooks as they are in a commit, for display and for comparing by digest."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from playbookctl.history import History
from playbookctl.load.entry import key_in, load_entry
from playbookctl.past import folder_of
from playbookctl.plan.render import Unrendered, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playbookctl.gather import Gathered
    from playbookctl.model.playbook import Playbook
    from playbookctl.model.workspace import Entry
    from playbookctl.pipeline import Repository
    from playbookctl.plan.lookups import Lookups


class Applied:
    """Renders playbooks of the work tree and of old commits. A commit that is not in this clone has none."""

    def __init__(self, repository: Repository, gathered: Gathered, lookups: Lookups) -> None:
        self._repository = repository
        self._gathered = gathered
        self._lookups = lookups
        self._history = History.of(repository.settings.root)
        self._all: dict[str, dict[str, Entry]] = {}

    def bodies(self, key: str, commit: str) -> Iterator[Mapping[str, Any]]:
        """Yield the body of a key as its file is now, and as it is in `commit`; '' stands for a name without an id."""
        loaded = self._gathered.playbooks.get(key)
        if loaded is not None:
            yield self._rendered(loaded.playbook())
        entry = self._in_commit(key, commit, loaded.file if loaded is not None else "")
        if entry is not None and entry.playbook is not None:
            yield self._rendered(entry.playbook)

    def _rendered(self, playbook: Playbook) -> Mapping[str, Any]:
        try:
            return render(playbook, self._lookups)
        except Unrendered as error:
            return error.body

    def _in_commit(self, key: str, commit: str, file: str) -> Entry | None:
        """Return the file of a key in a commit: looked for where it is now, then everywhere."""
        history = self._history
        if history is None or not commit.strip("0"):
            return None
        if file:
            path = os.path.realpath(os.path.join(self._repository.here, file))
            row = os.path.relpath(path, history.root).replace(os.sep, "/")
            for where, text in history.texts_of(commit, [row]).items():
                entry = load_entry(where, text.encode("utf-8", "replace"))
                if key_in(entry) == key:
                    return entry
        if commit not in self._all:
            self._all[commit] = dict(self._everything(history, commit))
        return self._all[commit].get(key)

    def _everything(self, history: History, commit: str) -> Iterator[tuple[str, Entry]]:
        settings = self._repository.settings
        for glob in settings.playbooks:
            folder = os.path.join(settings.root, folder_of(glob))
            for path, text in history.files_of(commit, folder).items():
                entry = load_entry(path, text.encode("utf-8", "replace"))
                yield key_in(entry), entry
