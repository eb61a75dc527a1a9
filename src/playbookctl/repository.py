"""A repository as found: its settings, connectors and ATT&CK data, its files, and what each of them holds."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from playbookctl.attack import AttackIndex
from playbookctl.cache import Cache, digest, key_in, name_of, stamp
from playbookctl.check.codes import config_problems
from playbookctl.check.examined import Examiner
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.examine import Examination
from playbookctl.load.connectors import load_connectors
from playbookctl.load.entry import load_entry, read_bytes, unreadable
from playbookctl.load.files import Links, belongs, playbook_files, work_tree
from playbookctl.load.settings import find_config, load_settings
from playbookctl.load.yaml_nodes import versions
from playbookctl.model.workspace import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from playbookctl.check.rule import Rule
    from playbookctl.model.finding import Fix
    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Summary

_WORTH_A_CACHE = 32  # playbooks; fewer are examined sooner than a cache is read and written


class Repository:
    """A repository as found: settings, connectors, ATT&CK data, and the entries of its own two files.

    `here` is the folder that shown paths are relative to. `key_folder` is where the key of the user's caches lies (see
    `cache.py`), None to keep none. At most `jobs` processes work at once.
    """

    def __init__(self, config: str | None, here: str, *, key_folder: str | None = None, jobs: int = 1) -> None:
        self.here = here
        self._key_folder = key_folder
        self._jobs = jobs
        self._shown: dict[str, str] = {}
        self._stamps: dict[str, str] = {}
        self._cache: tuple[Cache | None] | None = None
        self._examination: Examination | None = None
        found = os.path.abspath(config) if config else find_config(here)
        self.settings, self._config_entry = load_settings(found, here, shown_path(found, here) if found else "")
        catalogue = os.path.join(self.settings.root, self.settings.connectors)
        self.connectors, self._connectors_entry = load_connectors(self.settings, shown_path(catalogue, here))
        self.attack = AttackIndex.of(self.settings)
        self._links = Links(self.settings.root)
        self._below = self.settings.root.rstrip(os.sep) + os.sep
        self._files: list[str] | None = None
        self.drafts: dict[str, str] = {}  # texts of playbooks by absolute path, read in place of the files

    def own_entries(self, rules: dict[str, Rule], today: str) -> list[Entry]:
        """Return the entries of the config and the connectors file, where they exist; the config's names `rules`."""
        config = self._config_entry
        if config is not None and config.document is not None:
            said = tuple(config_problems(config.document.data, rules, today))
            config = Entry(config.source, config.document, None, (*config.problems, *said)) if said else config
        return [entry for entry in (config, self._connectors_entry) if entry is not None]

    @property
    def config_entry(self) -> Entry | None:
        """The config as it was read, None where there is none."""
        return self._config_entry

    def config_place(self, path: NodePath) -> str:
        """Return where a value of the config stands, such as 'playbookctl.yaml:14'; '' without a config."""
        entry = self._config_entry
        if entry is None or entry.document is None:
            return ""
        return f"{entry.source.path}:{entry.document.spans.locate(path).start_line}"

    def files(self) -> list[str]:
        """Return the absolute paths of all playbooks, sorted, as they were when first asked for."""
        if self._files is None:
            self._files = playbook_files(self.settings)
        return self._files

    def would_have(self, file: str) -> bool:
        """Tell whether a path as git has it (absolute, without links) is where a playbook would lie."""
        root = self.settings.root
        return belongs(os.path.join(root, os.path.relpath(file, os.path.realpath(root))), self.settings)

    def read(self, file: str) -> bytes | Entry:
        """Return the content of a playbook file, or the entry of one that cannot be read. Never raises."""
        if self._links.lead_out(file):
            return unreadable(self.shown(file), "a symbolic link leads out of the repository; such a file is not read")
        try:
            draft = self.drafts.get(file)
            return read_bytes(file) if draft is None else draft.encode("utf-8")
        except OSError as error:
            return unreadable(self.shown(file), f"the file cannot be read: {(error.strerror or str(error)).lower()}")

    def load(self, file: str) -> Entry:
        """Return the entry of a playbook file, readable or not. Never raises for what is in the file."""
        data = self.read(file)
        return load_entry(self.shown(file), data) if isinstance(data, bytes) else data

    def stamp(self, file: str) -> str:
        """Return what changes with the content of a playbook file, '' where only its content tells."""
        if file in self.drafts:
            return ""
        if file not in self._stamps:
            self._stamps[file] = self._stamp(file)  # once, and before anything is read
        return self._stamps[file]

    def state(self, words: Iterable[str]) -> str:
        """Return what stands for all playbooks as they are and for what is asked of them; '' where it would not be sure."""
        files = self.files()
        stamps = [self.stamp(file) for file in files]
        if "" in stamps:
            return ""
        parts = [self.here, self.settings.root, *words, "", *files, *stamps]
        return digest("\0".join(parts).encode("utf-8", "surrogateescape"))

    def context(self) -> Context:
        """Return what the rules may know."""
        return Context(self.settings, self.connectors, self.attack)

    @property
    def cache(self) -> Cache | None:
        """The cache; None where none is wanted, none can be, or where there is too little to be worth one."""
        if self._cache is None:
            self._cache = (self._open_cache(),)
        return self._cache[0]

    def cache_of(self, *parts: str) -> Cache | None:
        """Return a cache that depends on the tool and on `parts` alone; None as for `cache`."""
        return self._open_cache(parts)

    def examination(self) -> Examination:
        """Return what examines playbooks, one by one: the same for every check of this repository."""
        if self._examination is None:
            examiner = Examiner(all_rules().values(), self.context(), settled)
            self._examination = Examination(self, examiner, self.cache, self._jobs)
        return self._examination

    def summaries(self) -> list[Summary]:
        """Return the summaries of all playbooks."""
        return self.examination().summaries(self.files())

    def shown(self, file: str) -> str:
        """Return an absolute path as people see it: relative to the current folder, with `/`."""
        folder, _, name = file.rpartition(os.sep)
        before = self._shown.get(folder)  # asked once for each folder: relpath takes 8 µs
        if before is None:
            shown = shown_path(os.path.join(folder, "x"), self.here)
            before = self._shown[folder] = "" if shown.startswith("..") else f"./{shown}"[:-1]
        return before[2:] + name if before else shown_path(file, self.here)

    def within(self, file: str) -> str:
        """Return an absolute path relative to the root, where it lies below it."""
        return file.removeprefix(self._below)

    def rooted(self, shown: str) -> str:
        """Return a shown path as the config has it: relative to the root, with `/`."""
        return shown_path(os.path.join(self.here, shown), self.settings.root)

    def _stamp(self, file: str) -> str:
        if self._links.folder_leads_out(file):
            return ""
        try:
            return stamp(os.lstat(file), time.time_ns())
        except OSError:
            return ""

    def _open_cache(self, parts: Iterable[str | bytes | None] | None = None) -> Cache | None:
        root = self.settings.root
        if self._key_folder is None or self.settings.config_file is None or not self.settings.cache:
            return None  # without a config nothing says that this folder is a repository of ours
        if len(self.files()) < _WORTH_A_CACHE:
            return None
        key = key_in(self._key_folder, work_tree(root))
        return None if key is None else Cache(root, key, name_of(self._deciding() if parts is None else parts))

    def _deciding(self) -> list[str | bytes | None]:
        """Return all that findings in a playbook depend on, beside the playbook and the tool itself."""
        entries = (self._config_entry, self._connectors_entry)
        own = [None if entry is None else f"{entry.source.text}\n{entry.problems!r}" for entry in entries]
        file = self.settings.attack_file
        return [*own, None if file is None else read_bytes(os.path.join(self.settings.root, file)), *versions()]


def shown_path(file: str, here: str) -> str:
    """Return a path for people: relative to `here`, with `/`."""
    try:
        return os.path.relpath(file, here).replace(os.sep, "/")
    except ValueError:  # another drive
        return file.replace(os.sep, "/")


def settled(entry: Entry, fixes: Sequence[Fix]) -> list[Fix | None]:
    """Return each fix with what it does to the text if it can be made, so that every format promises what `--fix` does."""
    from playbookctl.promise import promised

    return promised(entry, fixes)
