"""The repo side of a plan: every playbook checked by all rules, kept small, and rendered for one environment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import pack, packed_digest
from playbookctl.errors import Refused
from playbookctl.load.entry import stem
from playbookctl.model.collector import collector_paused
from playbookctl.model.finding import Severity
from playbookctl.model.playbook import Playbook
from playbookctl.pipeline import CheckOptions, Repository, check
from playbookctl.plan.render import desire_body, names_in, render, unset_in
from playbookctl.plan.sides import Desired, Known, Unreadable
from playbookctl.recall import About, Recall, Rendering, content_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.report import Report
    from playbookctl.model.workspace import Entry
    from playbookctl.plan.lookups import Lookups


@dataclass(frozen=True, slots=True)
class Loaded:
    """One playbook of the repository: where it is, what a plan asks of it, and the codes of the rules it breaks.

    `file` is the path as shown, `path` the absolute one. `text` is its data as JSON (a tenth of the size of Python objects),
    None where the file is read again when asked. `renderings` are by environment.
    """

    file: str
    path: str
    about: About
    errors: tuple[str, ...]
    repository: Repository
    text: bytes | None = None
    renderings: dict[str, Rendering] = field(default_factory=dict)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names that rendering looks up, as (kind, name)."""
        flat = self.about.names
        return tuple(zip(flat[::2], flat[1::2], strict=True))

    def playbook(self) -> Playbook:
        """Return the playbook. Raises Refused if its file has changed since the plan was begun."""
        if self.text is not None:
            data: dict[str, Any] = json.loads(self.text)
            return Playbook(data, stem(self.file))
        entry = self.repository.load(self.path)
        if entry.playbook is None or content_of(entry.source.text) != self.about.content:
            raise Refused(f"{self.file} was changed while it was planned", hint="run the command again")
        return entry.playbook


@dataclass(frozen=True, slots=True)
class Gathered:
    """The repository's side: playbooks by key, files that are none, and the report of the rules.

    `owners` are the names that playbooks give as theirs.
    """

    playbooks: Mapping[str, Loaded]
    unreadable: tuple[Unreadable, ...]
    report: Report
    owners: frozenset[str]
    recall: Recall | None = None

    def desired(self, lookups: Lookups) -> dict[str, Desired]:
        """Return what each file asks for in the environment that `lookups` knows, by key."""
        desired = {key: self._desired(loaded, lookups) for key, loaded in self.playbooks.items()}
        if self.recall is not None:
            self.recall.save()
        return desired

    def seen(self, environment: str) -> dict[str, Known]:
        """Return what files were rendered to for an environment before, by `canonical.packed_digest`."""
        found = {}
        for loaded in self.playbooks.values():
            rendering = loaded.renderings.get(environment)
            if rendering is not None:
                found[rendering.packed] = Known(rendering.digests, bool(loaded.about.calls))
        return found

    def body(self, key: str, lookups: Lookups) -> dict[str, Any]:
        """Return the body of one playbook. Raises `Unrendered` for a name without an id, KeyError for an unknown key."""
        return render(self.playbooks[key].playbook(), lookups)

    def _desired(self, loaded: Loaded, lookups: Lookups) -> Desired:
        about, answers = loaded.about, lookups.answers(loaded.about.names)
        known = loaded.renderings.get(lookups.environment)
        if known is not None and known.answers == answers:
            return Desired(
                about.key, about.name, loaded.file, known.digests, about.has_key, about.calls, known.pending, about.unset,
                errors=loaded.errors,
            )  # fmt: skip
        desired, body = desire_body(loaded.playbook(), loaded.file, lookups, loaded.errors)
        if body is not None:
            rendering = Rendering(answers, desired.digests, packed_digest(pack(body)), desired.pending)
            loaded.renderings[lookups.environment] = rendering
            if self.recall is not None:
                self.recall.keep(loaded.path, about, loaded.renderings)
        return desired


@collector_paused()
def gather(repository: Repository, today: str) -> Gathered:
    """Load and check every playbook. A key that two files claim is kept once, with the error that says so.

    What is known of a file from an earlier run is not read again. Raises UsageError where there is no playbook at all.
    """
    recall, files = Recall(repository), repository.files()
    known = recall.known(files)
    entries: dict[str, tuple[About, bytes] | Unreadable] = {}

    def note(entry: Entry) -> None:
        entries[entry.source.path] = _noted(entry)

    unknown = [file for file in files if file not in known]
    at_once = len(unknown) * 2 > len(files)  # then all are read once, for the rules and for the plan
    report = check(repository, (), CheckOptions(today=today), note if at_once else None)
    for file in () if at_once else unknown:
        note(repository.load(file))
    playbooks: dict[str, Loaded] = {}
    unreadable: list[Unreadable] = []
    errors, twice = _errors(report), set()
    for path in files:
        file = repository.shown(path)
        about, renderings = known.get(path, (None, {}))
        noted, text = entries.get(file), None
        if isinstance(noted, Unreadable):
            unreadable.append(noted)
            continue
        if noted is not None:
            about, text = noted
        if about is None or about.key in playbooks:
            twice |= {about.key} if about is not None else set()
            continue
        playbooks[about.key] = Loaded(file, path, about, errors.get(file, ()), repository, text, renderings)
    for key in sorted(twice):
        loaded = playbooks[key]
        codes = tuple(sorted({*loaded.errors, "PB006"}))
        playbooks[key] = Loaded(
            loaded.file, loaded.path, loaded.about, codes, repository, loaded.text, loaded.renderings
        )
    owners = frozenset(loaded.about.owner for loaded in playbooks.values() if loaded.about.owner)
    return Gathered(dict(sorted(playbooks.items())), tuple(unreadable), report, owners, recall)


def _noted(entry: Entry) -> tuple[About, bytes] | Unreadable:
    """Return what a plan asks of a file, and its data as JSON."""
    file, playbook = entry.source.path, entry.playbook
    if playbook is None:
        key = entry.document.data.get("key") if entry.document else None
        return Unreadable(key if isinstance(key, str) else stem(file), file)
    about = About(
        content_of(entry.source.text),
        playbook.key,
        playbook.name,
        str(playbook.data.get("owner") or ""),
        sorted({step.calls for step in playbook.all_steps if step.calls}),
        unset_in(playbook.data),
        [word for pair in names_in(playbook) for word in pair],
        has_key=playbook.has_key,
    )
    return about, json.dumps(playbook.data, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _errors(report: Report) -> dict[str, tuple[str, ...]]:
    """Return the codes of the errors of each file."""
    found: dict[str, set[str]] = {}
    for finding in report.findings:
        if finding.severity is Severity.ERROR:
            found.setdefault(finding.location.file, set()).add(finding.code)
    return {file: tuple(sorted(codes)) for file, codes in found.items()}
