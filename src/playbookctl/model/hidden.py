"""Folders of ours in a repository that git is to leave alone."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def hide_from_git(folder: str | Path) -> None:
    """Have git ignore a folder. What is called `.gitignore` there already stays: a link may lead anywhere. Raises OSError."""
    with suppress(FileExistsError):
        descriptor = os.open(os.path.join(folder, ".gitignore"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"*\n")
