"""A copy of every live object before it is overwritten: `<folder>/<time>/<key>-<id>.json`, for its owner's eyes only."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from playbookctl.errors import ConfigError
from playbookctl.model.hidden import hide_from_git

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST_NAME = 80


class Backups:
    """The backups of one run. The folder is made at the first one, named after the time in UTC, and ignores itself."""

    def __init__(self, folder: Path | None) -> None:
        self._root = folder
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def save(self, key: str, body: Mapping[str, Any]) -> str:
        """Write one object and return the file's path, '' where no backups are kept. Raises ConfigError if it cannot.

        An object that is overwritten twice in a run keeps its first backup: how it was before the run.
        """
        if self._root is None:
            return ""
        text = _text(body).encode("utf-8", "replace")
        path = self._run_folder(self._root) / f"{_plain(key)}-{_plain(str(body['id']))}.json"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text + b"\n")
        except FileExistsError:
            return str(path)
        except OSError as error:
            raise _unwritable(path, error) from error
        return str(path)

    def _run_folder(self, root: Path) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = _new_folder(root)
            return self._folder


def _text(body: Mapping[str, Any]) -> str:
    """Return an object as JSON with a line for each field: `indent` would cost ten times as much for each write."""
    lines = (f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in body.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _new_folder(root: Path) -> Path:
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        hide_from_git(root)
        for number in range(1000):
            folder = root / (now if number == 0 else f"{now}-{number}")
            try:
                folder.mkdir(mode=0o700)
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise _unwritable(root, error) from error
    raise ConfigError(f"'{root}' has a thousand backups of this second", hint="try again")


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"the backup '{path}' cannot be written: {(error.strerror or str(error)).lower()}",
        hint="nothing is overwritten without a backup; make room or correct the folder's permissions",
    )


def _plain(text: str) -> str:
    """Keys and ids come from servers and files: nothing of them may lead out of the folder."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", text)[:LONGEST_NAME]
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
