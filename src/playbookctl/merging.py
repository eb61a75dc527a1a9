"""Merges before the rules: fields of both sides side by side make a playbook that nobody has checked yet."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from playbookctl.check.identity import place_of
from playbookctl.pipeline import CheckOptions, check
from playbookctl.plan.merge import merged_document
from playbookctl.plan.render import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.finding import Finding
    from playbookctl.model.plan import Change, Plan
    from playbookctl.model.report import Report
    from playbookctl.plan.lookups import Lookups
    from playbookctl.plan.sides import Desired
    from playbookctl.survey import Survey

    Documents = Mapping[str, Mapping[str, Any]]

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")  # what JSON may hold and YAML not


def broken_merges(
    plan: Plan, desired: Mapping[str, Desired], found: Survey, lookups: Lookups
) -> dict[str, tuple[str, ...]]:
    """Return, by key, the codes of findings that a playbook or one that calls it would have after the plan, and has not.

    Every rule looks at every playbook that the plan merges, as it would be and in place of its file. Sends nothing.
    """
    merges = {change.key: change for change in plan.changes if change.merges}
    if not merges:
        return {}
    concerned = _concerned(merges, desired)
    merged = {desired[key].file: _document(change, found, lookups) for key, change in merges.items()}
    known = {desired[key].file: found.gathered.playbooks[key].playbook().data for key in concerned}
    before = {_mark(finding, known) for finding in _all(found.gathered.report)}
    files = {desired[key].file: keys for key, keys in concerned.items()}
    codes: dict[str, set[str]] = {}
    for finding in _all(_checked(found, merged, files)):
        if _mark(finding, known | merged) not in before:
            places = {finding.location.file, *(location.file for location, _ in finding.related)}
            for key in set().union(*(files.get(place, ()) for place in places)):
                codes.setdefault(key, set()).add(finding.code)
    return {key: tuple(sorted(codes[key])) for key in sorted(codes)}


def _concerned(merges: Iterable[str], desired: Mapping[str, Desired]) -> dict[str, set[str]]:
    """Return every key that a merge may bring a finding to, with the merges: the merged one and all who call it."""
    callers: dict[str, list[str]] = {}
    for key, wanted in desired.items():
        for callee in wanted.calls:
            callers.setdefault(callee, []).append(key)
    concerned: dict[str, set[str]] = {}
    for merge in merges:
        todo = [merge]
        while todo:
            key = todo.pop()
            if key in desired and merge not in concerned.setdefault(key, set()):
                concerned[key].add(merge)
                todo += callers.get(key, ())
    return concerned


def _document(change: Change, found: Survey, lookups: Lookups) -> dict[str, Any]:
    loaded = found.gathered.playbooks[change.key]
    playbook = loaded.playbook()
    connectors = {name for kind, name in names_in(playbook) if kind == "connector"}
    connectors |= found.repository.connectors.by_name.keys() | found.environment.connectors.keys()
    names = {
        "connector": lookups.names("connector", connectors),
        "owner": lookups.names("owner", found.gathered.owners | found.environment.owners.keys()),
        "playbook": {live_id: key for key, live_id in found.rows.ids().items()},
    }
    return merged_document(playbook.data, change, names)


def _checked(found: Survey, merged: Documents, files: Iterable[str]) -> Report:
    """Check `files`, with the documents in the place of theirs."""
    repository = found.repository
    paths = {file: os.path.abspath(os.path.join(repository.here, file)) for file in files}
    repository.drafts.update({paths[file]: _text(document) for file, document in merged.items()})
    try:
        return check(repository, sorted(paths.values()), CheckOptions(today=found.today))
    finally:
        for file in merged:
            del repository.drafts[paths[file]]


def _text(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _all(report: Report) -> Iterable[Finding]:
    """Return all findings: one that a comment in the file suppresses is one that the file has; a merge has no comments."""
    return (*report.findings, *report.suppressed)


def _mark(finding: Finding, documents: Documents) -> tuple[str, str, str]:
    """Return what makes a finding the same one in the file and in the merge: by names, not by positions."""
    location = finding.location
    return (location.file, finding.code, place_of(location.path, documents.get(location.file)))
