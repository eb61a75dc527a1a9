"""`fmt`: every playbook asked for, in canonical form or refused; nothing is written here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.edit.format import formatted
from playbookctl.edit.patch import Unfit
from playbookctl.errors import UsageError
from playbookctl.load.document import parse
from playbookctl.load.files import select
from playbookctl.load.schema.order import key_order
from playbookctl.model.collector import collector_paused
from playbookctl.model.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.pipeline import Repository


class Tidied:
    """What formatting came to: `changes` pairs a file (as shown) with its text before and after, `refused` with why not.

    `skipped` are paths that are no playbooks of this repository.
    """

    def __init__(self) -> None:
        self.files = 0
        self.changes: list[tuple[str, str, str]] = []
        self.refused: list[tuple[str, str]] = []
        self.skipped: list[str] = []


def tidy(repository: Repository, paths: Sequence[str]) -> Tidied:
    """Format playbooks in memory; no paths means all. Raises UsageError where there are none."""
    done = Tidied()
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder '{path}'")
    files = repository.files()
    if paths:
        files, done.skipped = select(paths, repository.settings)
    elif not files:
        raise UsageError(f"there is no playbook in {repository.settings.root}", hint="name files or folders")
    with collector_paused():
        for file in files:
            _format(repository, file, done)
    return done


def _format(repository: Repository, file: str, done: Tidied) -> None:
    entry = repository.load(file)
    shown = entry.source.path
    done.files += 1
    try:
        text = formatted(entry, lambda text: parse(Source(shown, text), text.encode("utf-8"))[0], key_order)
    except Unfit as reason:
        done.refused.append((shown, str(reason)))
        return
    if text != entry.source.text:
        done.changes.append((shown, entry.source.text, text))
