"""What is known of one id in every version at hand, as plain values: for `attack show`, in text and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.attack import shipped
from playbookctl.attack.index import AttackIndex
from playbookctl.attack.kinds import kind_of_id
from playbookctl.attack.table import DOMAINS
from playbookctl.attack.values import Status

if TYPE_CHECKING:
    from playbookctl.attack.table import Section
    from playbookctl.attack.values import Tactic, Technique


def sections_at_hand(in_use: AttackIndex) -> tuple[tuple[Section, bool], ...]:
    """Return every section that can be looked into, and whether it is the one in use: those first, then the bundled."""
    used = {(section.domain, section.version) for section in in_use.sections}
    newest_first = list(shipped.versions())[::-1]
    newest_first.sort(key=lambda pair: DOMAINS.index(pair[0]))
    others = (shipped.load(*pair) for pair in newest_first if pair not in used)
    return tuple((section, True) for section in in_use.sections) + tuple((section, False) for section in others)


def describe(wanted: str, in_use: AttackIndex) -> dict[str, Any] | None:
    """Return what each version says of the id `wanted`, None if none knows it.

    Shape: `{id, kind, name, versions: [{domain, version, in_use, name, status, tactics | shortname, successor}]}`.
    """
    versions = [
        _in_section(wanted, section, used) for section, used in sections_at_hand(in_use) if wanted in section.rows
    ]
    if not versions:
        return None
    return {"id": wanted, "kind": kind_of_id(wanted).value, "name": versions[0]["name"], "versions": versions}


def counts(section: Section) -> dict[str, Any]:
    """Return how much a section holds and what it was built from: `{domain, version, tactics, techniques, sources}`."""
    statuses = [technique.status.value for technique in section.techniques()]
    return {
        "domain": section.domain,
        "version": section.version,
        "tactics": len(section.tactics()),
        "techniques": {status: statuses.count(status) for status in ("active", "revoked", "deprecated")},
        "sources": list(section.sources),
    }


def _in_section(wanted: str, section: Section, used: bool) -> dict[str, Any]:  # noqa: FBT001 - private
    index = AttackIndex([section])
    where = {"domain": section.domain, "version": section.version, "in_use": used}
    tactic = index.tactic(wanted)
    technique = index.technique(wanted)
    return where | (_tactic(tactic, section) if tactic else {}) | (_technique(technique, index) if technique else {})


def _tactic(tactic: Tactic, section: Section) -> dict[str, Any]:
    active = [technique for technique in section.techniques() if technique.status is Status.ACTIVE]
    under = [technique.id for technique in active if tactic.id in technique.tactics and not technique.parent]
    return {"name": tactic.name, "status": tactic.status.value, "shortname": tactic.shortname, "techniques": under}


def _technique(technique: Technique, index: AttackIndex) -> dict[str, Any]:
    successor = index.successor(technique.id)
    final = index.technique(successor.final) if successor.final else None
    return {
        "name": index.full_name(technique),
        "status": technique.status.value,
        "tactics": [{"id": row, "name": tactic.name} for row in technique.tactics if (tactic := index.tactic(row))],
        "subtechniques": [row for row in index.sections[0].rows if row.startswith(f"{technique.id}.")],
        "successor": final
        and {
            "id": final.id,
            "name": index.full_name(final),
            "status": final.status.value,
            "chain": list(successor.chain),
        },
    }
