"""Looking things up in the pinned ATT&CK data. On the hook path: opens only the files of the domains asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from playbookctl.attack import shipped
from playbookctl.attack.table import DOMAINS, Section
from playbookctl.attack.values import Status, Successor, Tactic, Technique
from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.workspace import Settings


class AttackIndex:
    """The techniques and tactics of one or more domains, each in one version.

    Ids are unique across ATT&CK's domains, so a look-up needs no domain; a prefix does not tell it (ICS has T1691).
    """

    __slots__ = ("_found", "_near", "_others", "_sections")

    def __init__(self, sections: Iterable[Section]) -> None:
        self._sections = tuple(sections)
        self._found: dict[str, Technique | None] = {}
        self._near: dict[tuple[str, int], tuple[str, ...]] = {}
        self._others: tuple[Section, ...] | None = None

    @classmethod
    def bundled(cls, version: str = "19", domains: Iterable[str] = ("enterprise",)) -> AttackIndex:
        """Load what the package ships. '19' is the newest 19.x of each domain, '19.2' is that version alone.

        Raises ConfigError for a domain that does not exist and a version that is not bundled.
        """
        return cls(shipped.load(domain, shipped.resolve(domain, version)) for domain in _known(domains))

    @classmethod
    def from_file(
        cls, path: str | os.PathLike[str], domains: Iterable[str] = (), version: str | None = None
    ) -> AttackIndex:
        """Load an index that `attack update` has written: `domains` of it, all if none are given.

        Raises ConfigError if the file cannot be read, is no index or a damaged one, lacks a domain, or holds another
        version than `version` ('19' agrees with any 19.x).
        """
        from playbookctl.attack.checked import read_checked  # only where a repository pins a file

        held = {section.domain: section for section in read_checked(os.fspath(path))}
        wanted = _known(domains) or tuple(held)
        for domain in wanted:
            if domain not in held:
                raise ConfigError(
                    f"'{os.fspath(path)}' has no data of the ATT&CK domain '{domain}', it has {_listed(held)}",
                    hint=f"playbookctl attack update --domain {domain} adds it",
                )
            if version is not None and not shipped.agrees(version, held[domain].version):
                raise ConfigError(
                    f"'{os.fspath(path)}' holds ATT&CK {held[domain].label}, the configuration asks for '{version}'",
                    hint="change attack.version, or build the file again with playbookctl attack update",
                )
        return cls(held[domain] for domain in wanted)

    @classmethod
    def of(cls, settings: Settings) -> AttackIndex:
        """Load what playbookctl.yaml asks for under `attack`: its `file` if it names one, else bundled data.

        A `version` written beside a `file` must agree with it. Raises ConfigError as the two above.
        """
        if settings.attack_file is None:
            return cls.bundled(settings.attack_version, settings.attack_domains)
        written = (settings.data.get("attack") or {}).get("version")
        path = os.path.join(settings.root, settings.attack_file)
        return cls.from_file(path, settings.attack_domains, None if written is None else settings.attack_version)

    @staticmethod
    def versions() -> tuple[tuple[str, str], ...]:
        """Return what is bundled as (domain, version), the oldest version of a domain first."""
        return shipped.versions()

    @property
    def version(self) -> str:
        """What a message calls the data: 'ATT&CK enterprise v19.2' or 'ATT&CK enterprise v19.2, ics v19.0'."""
        return f"ATT&CK {', '.join(section.label for section in self._sections)}"

    @property
    def sections(self) -> tuple[Section, ...]:
        """The data by domain, in the order asked for."""
        return self._sections

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that are looked up."""
        return tuple(section.domain for section in self._sections)

    def version_of(self, domain: str) -> str:
        """Return 'ATT&CK ics v19.0' for a message about one domain; raises KeyError if it is not looked up."""
        return f"ATT&CK {({section.domain: section for section in self._sections})[domain].label}"

    def technique(self, technique_id: str) -> Technique | None:
        """Return the technique or sub-technique, of any status; None if the domains do not know it."""
        if technique_id not in self._found:
            found = (section.technique(technique_id) for section in self._sections)
            self._found[technique_id] = next((technique for technique in found if technique), None)
        return self._found[technique_id]

    def tactic(self, tactic_id: str) -> Tactic | None:
        """Return the tactic, None if the domains do not know it."""
        found = (section.tactic(tactic_id) for section in self._sections)
        return next((tactic for tactic in found if tactic), None)

    def techniques(self) -> tuple[Technique, ...]:
        """Return all techniques, by domain and id."""
        return tuple(technique for section in self._sections for technique in section.techniques())

    def tactics(self) -> tuple[Tactic, ...]:
        """Return all tactics, by domain and in the order of its matrix."""
        return tuple(tactic for section in self._sections for tactic in section.tactics())

    def full_name(self, technique: Technique) -> str:
        """Return the name as MITRE's site shows it: 'Hijack Execution Flow: DLL', a sub-technique after its parent."""
        parent = self.technique(technique.parent) if technique.parent else None
        return f"{parent.name}: {technique.name}" if parent else technique.name

    def successor(self, technique_id: str) -> Successor:
        """Follow revocations to their end. An id that is unknown or not revoked is a chain of itself, no `final`."""
        chain = [technique_id]
        last = self.technique(technique_id)
        while last is not None and last.revoked_by is not None and last.revoked_by not in chain:
            chain.append(last.revoked_by)
            last = self.technique(last.revoked_by)
        status = last.status if last else None
        ended = len(chain) > 1 and status is not None and status is not Status.REVOKED
        return Successor(tuple(chain), chain[-1] if ended else None, status)

    def near(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Return at most `limit` ids that may have been meant by an unknown id or by a name, the likeliest first.

        A name of another bundled version counts too, and its id is followed: TA0005 was called Defense Evasion.
        """
        if (text, limit) not in self._near:
            self._near[text, limit] = self._search(text, limit)
        return self._near[text, limit]

    def _search(self, text: str, limit: int) -> tuple[str, ...]:
        from playbookctl.attack.near import near  # only for a mistake

        found = near(text, self._sections, limit)
        if found:
            return found
        once = (self.successor(row).final or row for row in near(text, self._other_versions(), limit))
        return tuple(dict.fromkeys(row for row in once if any(row in section.rows for section in self._sections)))

    def other_domain(self, any_id: str) -> str | None:
        """Return the domain that knows a technique or tactic which the domains looked up do not; None if none does."""
        others = (domain for domain in DOMAINS if domain not in self.domains)
        return next((domain for domain in others if any_id in shipped.newest(domain).rows), None)

    def known_to(self, any_id: str) -> tuple[str, ...]:
        """Return the bundled versions that know an id, the one looked up aside: ('enterprise v18.1',)."""
        return tuple(section.label for section in self._other_versions() if any_id in section.rows)

    def unknown_to(self, any_id: str) -> tuple[str, ...]:
        """Return the bundled versions of the id's own domain that do not know it; () for an id unknown here."""
        domains = {section.domain for section in self._sections if any_id in section.rows}
        others = (section for section in self._other_versions() if section.domain in domains)
        return tuple(section.label for section in others if any_id not in section.rows)

    def _other_versions(self) -> tuple[Section, ...]:
        if self._others is None:
            used = {(section.domain, section.version) for section in self._sections}
            pairs = (pair for pair in self.versions() if pair[0] in self.domains and pair not in used)
            self._others = tuple(shipped.load(*pair) for pair in pairs)
        return self._others


def _known(domains: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(domains))
    for domain in wanted:
        if domain not in DOMAINS:
            raise ConfigError(f"'{domain}' is no ATT&CK domain", hint=f"one or more of {', '.join(DOMAINS)}")
    return wanted


def _listed(held: dict[str, Section]) -> str:
    return ", ".join(section.label for section in held.values())
