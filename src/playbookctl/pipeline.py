"""The order of the stages, and nothing else: load, check; render, fetch, plan, apply. The one module that knows it."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from playbookctl import __version__
from playbookctl.attack import AttackIndex
from playbookctl.check.codes import config_problems, is_known, retirement, unknown
from playbookctl.check.engine import Engine
from playbookctl.check.facts import summary_of
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.check.selection import Selection
from playbookctl.errors import UsageError
from playbookctl.load.connectors import load_connectors
from playbookctl.load.entry import load_entry, read_bytes, unreadable
from playbookctl.load.files import Links, decisive, playbook_files, select
from playbookctl.load.settings import find_config, load_settings
from playbookctl.model.report import Report, RuleInfo, Skipped
from playbookctl.model.workspace import Entry, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from playbookctl.check.baseline import Baseline, Recorder
    from playbookctl.check.rule import Rule
    from playbookctl.model.finding import Finding
    from playbookctl.model.source import NodePath
    from playbookctl.model.workspace import Summary


class Repository:
    """A repository as found: settings, connectors, ATT&CK data, and the entries of its own two files.

    `here` is the folder that shown paths are relative to.
    """

    def __init__(self, config: str | None, here: str) -> None:
        self.here = here
        found = os.path.abspath(config) if config else find_config(here)
        self.settings, self._config_entry = load_settings(found, here, shown_path(found, here) if found else "")
        catalogue = os.path.join(self.settings.root, self.settings.connectors)
        self.connectors, self._connectors_entry = load_connectors(self.settings, shown_path(catalogue, here))
        self.attack = AttackIndex.of(self.settings)
        self._links = Links(self.settings.root)
        self._files: list[str] | None = None
        self.drafts: dict[str, str] = {}  # texts of playbooks by absolute path, read in place of the files

    def own_entries(self, rules: dict[str, Rule]) -> list[Entry]:
        """Return the entries of the config and the connectors file, where they exist; the config's names `rules`."""
        config = self._config_entry
        if config is not None and config.document is not None:
            said = tuple(("PB002", problem) for problem in config_problems(config.document.data, rules))
            config = Entry(config.source, config.document, None, (*config.problems, *said)) if said else config
        return [entry for entry in (config, self._connectors_entry) if entry is not None]

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

    def load(self, file: str) -> Entry:
        """Return the entry of a playbook file, readable or not. Never raises for what is in the file."""
        shown = shown_path(file, self.here)
        if self._links.lead_out(file):
            return unreadable(shown, "a symbolic link leads out of the repository; such a file is not read")
        try:
            draft = self.drafts.get(file)
            return load_entry(shown, read_bytes(file) if draft is None else draft.encode("utf-8"))
        except OSError as error:
            return unreadable(shown, f"the file cannot be read: {(error.strerror or str(error)).lower()}")

    def context(self) -> Context:
        """Return what the rules may know."""
        return Context(self.settings, self.connectors, self.attack)

    def summaries(self) -> Iterator[Summary]:
        """Yield the summaries of all playbooks."""
        context = self.context()
        for file in self.files():
            yield summary_of(self.load(file), context)

    def shown(self, file: str) -> str:
        """Return an absolute path as people see it: relative to the current folder, with `/`."""
        return shown_path(file, self.here)

    def rooted(self, shown: str) -> str:
        """Return a shown path as the config has it: relative to the root, with `/`."""
        return shown_path(os.path.join(self.here, shown), self.settings.root)


class CheckOptions:
    """What the command line asks of a check. `today` is an ISO date, for suppressions that expire.

    `known` suppresses findings that a baseline has, or takes down all for one. `only` are the files (as shown) to which
    the check is narrowed; None means no such limit.
    """

    __slots__ = ("ignore", "known", "only", "select", "stdin", "stdin_name", "today")

    def __init__(
        self,
        *,
        today: str,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        stdin: bytes | None = None,
        stdin_name: str = "<stdin>",
        known: Baseline | Recorder | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        self.today = today
        self.select = tuple(select)
        self.ignore = tuple(ignore)
        self.stdin = stdin
        self.stdin_name = stdin_name
        self.known = known
        self.only = only


def check(
    repository: Repository,
    paths: Sequence[str],
    options: CheckOptions,
    on_entry: Callable[[Entry], object] | None = None,
) -> Report:
    """Check files, and the whole repository as far as they have to do with it. No paths means all playbooks.

    All are checked as well where a path is a file that decides about all: the config, the connectors.
    `on_entry` sees each of the files that were asked for, before it is dropped. Raises UsageError for an unknown code on
    the command line, and where there is no playbook at all.
    """
    rules = all_rules()
    messages = _judge((*options.select, *options.ignore), rules)
    if options.stdin is None and options.only is None and (file := decisive(paths, repository.settings)):
        _must_exist(paths)
        messages.append(f"'{file}' decides about all playbooks, so all are checked")
        paths = ()
    chosen, passed_over = _chosen(repository, paths, options)
    selection = Selection(repository.settings, options.select, options.ignore, repository.rooted)
    own = {entry.source.path: entry for entry in repository.own_entries(rules)}
    by_name = {repository.shown(file): file for file in repository.files()}

    def reopen(shown: str) -> Entry:
        if options.stdin is not None and shown == options.stdin_name:
            return load_entry(shown, options.stdin)
        return own.get(shown) or repository.load(by_name.get(shown, shown))

    engine = Engine(rules, repository.context(), selection, reopen, options.today, options.known)
    everything = not paths and options.stdin is None and options.only is None
    entries = _entries(repository, chosen, options, on_entry)
    findings, checked = _run(engine, repository, entries, list(own.values()), everything=everything)
    findings = _repairable(findings, set(own), reopen)
    if options.known is not None:
        messages += options.known.remarks(checked | set(own), engine.codes)
    infos = {code: RuleInfo(code, rule.name, rule.severity, rule.title, rule.doc) for code, rule in rules.items()}
    data = [(f"ATT&CK {section.domain}", section.version) for section in repository.attack.sections]
    reason = "no playbook of this repository (see 'playbooks:' in playbookctl.yaml)"
    return Report(
        "validate",
        __version__,
        findings=findings,
        files=sorted(checked),
        rules=infos,
        skipped=[Skipped(path, reason) for path in passed_over],
        messages=messages,
        data=data,
    )


def shown_path(file: str, here: str) -> str:
    """Return a path for people: relative to `here`, with `/`."""
    try:
        return os.path.relpath(file, here).replace(os.sep, "/")
    except ValueError:  # another drive
        return file.replace(os.sep, "/")


def _chosen(repository: Repository, paths: Sequence[str], options: CheckOptions) -> tuple[list[str], list[str]]:
    if options.stdin is not None:
        return [], []
    _must_exist(paths)
    if paths:
        chosen, passed_over = select(paths, repository.settings)
        return _narrowed(repository, chosen, options), passed_over
    files = repository.files()
    if not files:
        folders = ", ".join(f"'{pattern}'" for pattern in repository.settings.playbooks)
        raise UsageError(
            f"there is no playbook under {folders} in {repository.settings.root}",
            hint="name files or folders, or set 'playbooks:' in playbookctl.yaml; 'playbookctl init' writes one",
        )
    return _narrowed(repository, files, options), []


def _must_exist(paths: Sequence[str]) -> None:
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder '{path}'")


def _narrowed(repository: Repository, files: list[str], options: CheckOptions) -> list[str]:
    only = options.only
    return files if only is None else [file for file in files if repository.shown(file) in only]


def _run(
    engine: Engine, repository: Repository, chosen: Iterable[Entry], own: list[Entry], *, everything: bool
) -> tuple[list[Finding], set[str]]:
    """Run all rules: one by one over the chosen files, then over the summaries of all."""
    findings: list[Finding] = []
    summaries: dict[str, Summary] = {}
    checked: set[str] = set()
    gc.disable()  # nothing here makes cycles worth collecting; worth a factor of two over thousands of files
    try:
        for entry in chosen:
            checked.add(entry.source.path)
            findings += engine.check_entry(entry)
            summaries[entry.source.path] = engine.summarise(entry)
        for entry in own:
            findings += engine.check_entry(entry)
        for file in repository.files():
            shown = repository.shown(file)
            if shown not in checked:
                summaries[shown] = engine.summarise(repository.load(file))
    finally:
        gc.enable()
    workspace = Workspace(tuple(summaries[file] for file in sorted(summaries)))
    findings += engine.check_workspace(workspace, None if everything else checked)
    findings += engine.check_suppressions(checked | {entry.source.path for entry in own})
    return findings, checked


def _repairable(findings: list[Finding], own: set[str], reopen: Callable[[str], Entry]) -> list[Finding]:
    """Keep only the fixes that can be made, so that every format promises what `validate --fix` does."""
    if not any(finding.fix for finding in findings):
        return findings
    from playbookctl.promise import kept

    return kept(findings, own, reopen)


def _entries(
    repository: Repository, chosen: list[str], options: CheckOptions, on_entry: Callable[[Entry], object] | None
) -> Iterator[Entry]:
    if options.stdin is not None:
        yield load_entry(options.stdin_name, options.stdin)
    for file in chosen:
        entry = repository.load(file)
        if on_entry is not None:
            on_entry(entry)
        yield entry


def _judge(words: Iterable[str], rules: dict[str, Rule]) -> list[str]:
    """Return what is to be said of codes on the command line. Raises UsageError for one that no rule ever had."""
    messages = []
    for word in words:
        if is_known(word, rules):
            continue
        if not (said := retirement(word)):
            raise UsageError(unknown(word, rules), hint="'playbookctl explain' lists them")
        messages.append(f"{said}; it selects nothing")
    return messages
