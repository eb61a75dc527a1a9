"""One commit of a repository, loaded by the ordinary loader and checked by the base's settings."""

from __future__ import annotations

import os
import posixpath
import tempfile
from typing import TYPE_CHECKING

from playbookctl.attack import AttackIndex
from playbookctl.errors import ConfigError
from playbookctl.load.connectors import catalogue_of
from playbookctl.load.entry import TOP, load_entry, unreadable
from playbookctl.load.files import belongs
from playbookctl.load.limits import MAX_BYTES
from playbookctl.load.settings import CONFIG_NAMES, read_settings
from playbookctl.model.finding import Problem
from playbookctl.model.source import Source
from playbookctl.model.workspace import Connectors, Entry, Settings
from playbookctl.trees import LeadsOut

if TYPE_CHECKING:
    from playbookctl.trees import Blob, Tree

_ENDINGS = (".yaml", ".yml")
_LARGEST_DATA = 100_000_000  # bytes of an ATT&CK index that a repository pins


class Committed:
    """A commit: its own config and catalogue, and the entries of its files. Paths are relative to the work tree's root.

    `config` is where the config lies or would lie. Raises nothing for what is in the files, except where asked to judge.
    """

    def __init__(self, tree: Tree, root: str, config: str) -> None:
        self.tree = tree
        self.root = root
        self.config = config
        self.config_entry = self._entry(config, "config") if config in tree.files else None
        self.wrong = ""  # why the config cannot be used
        self.settings = self._settings()
        self.catalogue = posixpath.normpath(posixpath.join(posixpath.dirname(config), self.settings.connectors))
        self.connectors_entry = self._entry(self.catalogue, "connectors") if self.catalogue in tree.files else None
        self.connectors = self._connectors()

    def playbooks(self, settings: Settings) -> dict[str, Blob]:
        """Return the files that are playbooks by `settings`, sorted by path."""
        return {
            path: blob
            for path, blob in sorted(self.tree.files.items())
            if path.endswith(_ENDINGS) and belongs(os.path.join(self.root, path), settings)
        }

    def covers(self, folder: str, settings: Settings) -> bool:
        """Tell whether a file in a folder, or below it, could be a playbook by `settings`."""
        place = os.path.join(self.root, folder)
        below = f"{os.path.relpath(place, settings.root)}/".replace(os.sep, "/")
        return belongs(os.path.join(place, "any.yaml"), settings) or any(
            pattern.removeprefix("./").startswith(below) for pattern in settings.playbooks
        )

    def load(self, path: str) -> Entry:
        """Return the entry of a playbook file, readable or not."""
        return self._entry(path, "playbook")

    def bytes_of(self, path: str, limit: int = MAX_BYTES) -> bytes | None:
        """Return the content of a file, None where there is none or it is too large."""
        try:
            blob = self.tree.resolve(path)
        except LeadsOut:
            return None
        return None if blob is None or blob.size > limit else self.tree.content(blob)

    @property
    def attack_path(self) -> str | None:
        """The path of the ATT&CK data that the config pins, None where it pins none."""
        named = self.settings.attack_file
        return None if named is None else posixpath.normpath(posixpath.join(posixpath.dirname(self.config), named))

    def attack(self) -> AttackIndex:
        """Return the ATT&CK data that the config pins. Raises ConfigError if it cannot be read."""
        named = self.settings.attack_file
        if named is None:
            return AttackIndex.of(self.settings)
        path = self.attack_path or named
        data = self.bytes_of(path, _LARGEST_DATA)
        if data is None:
            raise ConfigError(f"commit {self.tree.commit[:12]} has no ATT&CK data at '{path}', which its config names")
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "index.tsv")
            with open(file, "wb") as out:
                out.write(data)
            written = (self.settings.data.get("attack") or {}).get("version")
            version = None if written is None else self.settings.attack_version
            return AttackIndex.from_file(file, self.settings.attack_domains, version)

    def _settings(self) -> Settings:
        data = self.bytes_of(self.config) if self.config_entry is not None else None
        file = os.path.join(self.root, self.config)
        if data is None:
            self.wrong = f"'{self.config}' cannot be read" if self.config_entry is not None else ""
            return Settings({}, os.path.dirname(file), None)
        try:
            return read_settings(file, self.config, data)[0]
        except ConfigError as error:
            self.wrong = error.message
            return Settings({}, os.path.dirname(file), None)

    def _connectors(self) -> Connectors:
        if self.connectors_entry is None:
            return Connectors({}, None)
        return catalogue_of(self.connectors_entry, os.path.join(self.root, self.catalogue))

    def _entry(self, path: str, kind: str) -> Entry:
        try:
            blob = self.tree.resolve(path)
        except LeadsOut:
            return unreadable(path, "a symbolic link leads out of the repository; such a file is not read")
        if blob is None:
            return unreadable(path, "there is no such file")
        if blob.size > MAX_BYTES:
            said = f"the file has {blob.size:,} bytes; at most {MAX_BYTES:,} are read"
            return Entry(Source(path, ""), None, None, (("PB008", Problem((), said, span=TOP)),))
        return load_entry(path, self.tree.content(blob), kind)


def config_in(tree: Tree, folder: str) -> str | None:
    """Return the path of the nearest config from `folder` (relative to the root, '' for the root) upwards."""
    while True:
        for name in CONFIG_NAMES:
            if posixpath.join(folder, name) in tree.files:
                return posixpath.join(folder, name)
        if not folder:
            return None
        folder = posixpath.dirname(folder)
