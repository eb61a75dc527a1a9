"""The order of the stages, and nothing else: load, check; render, fetch, plan, apply. The one module that knows it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl import __version__
from playbookctl.check.codes import is_known, retirement, unknown
from playbookctl.check.engine import Engine
from playbookctl.check.registry import RuleInfos, all_rules
from playbookctl.check.selection import Selection
from playbookctl.errors import UsageError
from playbookctl.load.entry import load_entry
from playbookctl.load.files import decisive, is_of_another_kind, select
from playbookctl.model.collector import collector_paused
from playbookctl.model.finding import SECRET
from playbookctl.model.report import Report, Skipped
from playbookctl.model.workspace import Workspace
from playbookctl.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from playbookctl.check.baseline import Baseline, Recorder
    from playbookctl.check.examined import Examined
    from playbookctl.model.finding import Finding, Problem
    from playbookctl.model.workspace import Entry, Summary

__all__ = ["CheckOptions", "Repository", "check", "config_findings"]

UNNAMED = "<stdin>"  # what standard input is called where nobody has said


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
        stdin_name: str = UNNAMED,
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
    messages = _judge((*options.select, *options.ignore))
    if options.stdin is None and options.only is None and (file := decisive(paths, repository.settings)):
        _must_exist(paths)
        messages.append(f"'{file}' decides about all playbooks, so all are checked")
        paths = ()
    chosen, passed_over = _chosen(repository, paths, options)
    everything = not paths and options.stdin is None and options.only is None
    kept = _Kept(repository, options) if everything and on_entry is None else None
    findings, checked = kept.findings() if kept else None, set(map(repository.shown, chosen))
    if findings is None:
        findings, checked, said = _fresh(repository, chosen, options, on_entry, everything=everything)
        messages += said
        if kept:
            kept.keep(findings)
    data = [(f"ATT&CK {section.domain}", section.version) for section in repository.attack.sections]
    reason = "no playbook of this repository (see 'playbooks:' in playbookctl.yaml)"
    return Report(
        "validate",
        __version__,
        findings=findings,
        files=sorted(checked),
        rules=RuleInfos(),
        skipped=[Skipped(path, reason) for path in passed_over],
        messages=messages,
        data=data,
    )


def _fresh(
    repository: Repository,
    chosen: list[str],
    options: CheckOptions,
    on_entry: Callable[[Entry], object] | None,
    *,
    everything: bool,
) -> tuple[list[Finding], set[str], list[str]]:
    """Run the rules. Return the findings, the files that were checked (as shown), and what there is to say of a baseline."""
    rules = all_rules()
    selection = Selection(repository.settings, options.select, options.ignore, repository.rooted)
    own = {entry.source.path: entry for entry in repository.own_entries(rules, options.today)}
    by_name = {repository.shown(file): file for file in repository.files()}

    def reopen(shown: str) -> Entry:
        if options.stdin is not None and shown == options.stdin_name:
            return load_entry(shown, options.stdin)
        return own.get(shown) or repository.load(by_name.get(shown, shown))

    engine = Engine(rules, repository.context(), selection, reopen, options.today, options.known)
    examined = _examined(repository, chosen, options, on_entry)
    draft = UNNAMED if options.stdin is not None and options.stdin_name == UNNAMED else ""
    findings, checked = _run(engine, repository, examined, list(own.values()), everything=everything, draft=draft)
    repository.examination().save({*chosen, *repository.files()})
    return findings, checked, options.known.remarks(checked | set(own), engine.codes) if options.known else []


def config_findings(repository: Repository, problems: Sequence[tuple[str, Problem]], today: str) -> list[Finding]:
    """Return the findings of problems in the config, each with its code: of rules that are on, with their severity there."""
    entry = repository.config_entry
    if entry is None or not problems:
        return []
    selection = Selection(repository.settings, (), (), repository.rooted)
    engine = Engine(all_rules(), repository.context(), selection, lambda _: entry, today)
    return engine.locate((code, problem) for code, problem in problems if code in engine.codes)


class _Kept:
    """The findings of the last check of the whole repository, while nothing has changed that they depend on.

    Ten times as fast as the cache of each file: no file is opened, no rule imported. A baseline is used up by a check,
    so a check with one is never kept; nor is one that found a secret.
    """

    def __init__(self, repository: Repository, options: CheckOptions) -> None:
        self._cache = repository.cache if options.known is None else None
        asked = [*options.select, "", *options.ignore, "", options.today]
        self._state = repository.state(asked) if self._cache else ""

    def findings(self) -> list[Finding] | None:
        """Return the findings, None where there are none to rely on."""
        text = self._cache.find_report(self._state) if self._cache and self._state else None
        if text is None:
            return None
        from playbookctl.check.record import read_findings

        return read_findings(text)

    def keep(self, findings: list[Finding]) -> None:
        """Keep the findings for the next time."""
        if self._cache and self._state and not any(finding.code == SECRET for finding in findings):
            from playbookctl.check.record import write_findings

            self._cache.keep_report(self._state, write_findings(findings))


def _chosen(repository: Repository, paths: Sequence[str], options: CheckOptions) -> tuple[list[str], list[str]]:
    if options.stdin is not None:
        return [], [options.stdin_name] if _is_of_another_kind(repository, options) else []
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


def _is_of_another_kind(repository: Repository, options: CheckOptions) -> bool:
    """Tell whether standard input has the name of a file that is no playbook: an editor may hand over all YAML."""
    return is_of_another_kind(os.path.abspath(os.path.join(repository.here, options.stdin_name)), repository.settings)


def _must_exist(paths: Sequence[str]) -> None:
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no file or folder '{path}'")


def _narrowed(repository: Repository, files: list[str], options: CheckOptions) -> list[str]:
    only = options.only
    return files if only is None else [file for file in files if repository.shown(file) in only]


def _run(
    engine: Engine,
    repository: Repository,
    chosen: Iterable[Examined],
    own: list[Entry],
    *,
    everything: bool,
    draft: str,
) -> tuple[list[Finding], set[str]]:
    """Run all rules: one by one over the chosen files, then over the summaries of all.

    `draft` is a text that came without a name; it is taken for the new text of the playbook with its key.
    """
    findings: list[Finding] = []
    summaries: dict[str, Summary] = {}
    with collector_paused():
        for examined in chosen:
            findings += engine.judge(examined)
            summaries[examined.file] = examined.summary
        checked = set(summaries)
        beside = [file for file in repository.files() if repository.shown(file) not in checked]
        replaced = summaries[draft].key if draft in summaries else None
        for summary in repository.examination().summaries(beside):
            if summary.key != replaced:
                summaries[summary.file] = summary
        workspace = Workspace(tuple(summaries[file] for file in sorted(summaries)))
        rest = [finding for entry in own for finding in engine.check_entry(entry)]
        rest += engine.check_workspace(workspace, None if everything else checked)
        rest += engine.check_suppressions(checked | {entry.source.path for entry in own})
    return [*findings, *_repairable(rest, {entry.source.path for entry in own}, engine.entry)], checked


def _repairable(findings: list[Finding], own: set[str], reopen: Callable[[str], Entry]) -> list[Finding]:
    """Keep only the fixes that can be made. Those of rules that look at one file have been tried when it was read."""
    if not any(finding.fix for finding in findings):
        return findings
    from playbookctl.promise import kept

    return kept(findings, own, reopen)


def _examined(
    repository: Repository, chosen: list[str], options: CheckOptions, on_entry: Callable[[Entry], object] | None
) -> Iterator[Examined]:
    examination = repository.examination()
    if options.stdin is not None:
        if not _is_of_another_kind(repository, options):
            yield examination.examine(load_entry(options.stdin_name, options.stdin))
    elif on_entry is None:
        yield from examination.examined(chosen)
    else:
        yield from examination.of_entries(chosen, on_entry)


def _judge(words: Iterable[str]) -> list[str]:
    """Return what is to be said of codes on the command line. Raises UsageError for one that no rule ever had."""
    messages = []
    for word in words:
        rules = all_rules()
        if is_known(word, rules):
            continue
        if not (said := retirement(word)):
            raise UsageError(unknown(word, rules), hint="'playbookctl explain' lists them")
        messages.append(f"{said}; it selects nothing")
    return messages
