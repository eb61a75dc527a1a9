"""From the objects of a STIX bundle to the sections of an index. What MITRE's objects mean is known only here.

Shapes: https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playbookctl.attack.checked import LONGEST_NAME, is_version
from playbookctl.attack.kinds import IdKind, kind_of_id
from playbookctl.attack.table import DOMAINS, Section
from playbookctl.attack.values import Status, Tactic, Technique
from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SOURCES = ("mitre-attack", "mitre-mobile-attack", "mitre-ics-attack")  # of an external id; STIX 2.0 had three
_CHAINS = dict(zip(_SOURCES, DOMAINS, strict=True))
_WEIGHT = {Status.ACTIVE: 0, Status.DEPRECATED: 1, Status.REVOKED: 2}
_Object = dict[str, Any]


@dataclass(frozen=True)
class Bundle:
    """What an index needs of a STIX bundle: the rest of an object is dropped as it is read."""

    techniques: list[_Object] = field(default_factory=list)
    tactics: list[_Object] = field(default_factory=list)
    matrices: list[_Object] = field(default_factory=list)
    revocations: dict[str, list[str]] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)


_KEPT = (
    "id", "name", "revoked", "x_mitre_deprecated", "x_mitre_domains", "x_mitre_shortname", "kill_chain_phases",
    "tactic_refs",
)  # fmt: skip


def gather(objects: Iterable[_Object]) -> Bundle:
    """Take techniques, tactics, their order, revocations and the version out of a bundle's objects."""
    bundle = Bundle()
    for item in objects:
        match item:
            case {"type": "attack-pattern" | "x-mitre-tactic", "id": str()}:
                kept = {key: item[key] for key in _KEPT if key in item} | {"external_id": _external_id(item)}
                of_kind = bundle.techniques if item["type"] == "attack-pattern" else bundle.tactics
                if kept["external_id"]:
                    of_kind.append(kept)
            case {"type": "x-mitre-matrix", "tactic_refs": list()}:
                bundle.matrices.append({key: item[key] for key in _KEPT if key in item})
            case {"type": "relationship", "relationship_type": "revoked-by", "source_ref": str(), "target_ref": str()}:
                if not (item.get("revoked") or item.get("x_mitre_deprecated")):
                    bundle.revocations.setdefault(item["source_ref"], []).append(item["target_ref"])
            case {"type": "x-mitre-collection", "x_mitre_version": str() as version}:
                bundle.versions.add(version)
    return bundle


def build_sections(
    bundle: Bundle, version: str, source: str, domains: tuple[str, ...] = (), digest: str = ""
) -> tuple[Section, ...]:
    """Return one section for each domain of `bundle`, or for those of `domains`; `source` and its `digest` are noted.

    Raises ConfigError if the bundle holds no ATT&CK techniques or tactics, lacks one of `domains`, says that it is
    another version, or contradicts itself.
    """
    if not bundle.techniques or not bundle.tactics:
        raise ConfigError(
            f"'{source}' holds {len(bundle.techniques)} ATT&CK techniques and {len(bundle.tactics)} tactics",
            hint="it must be a bundle of MITRE ATT&CK; ATLAS, CAPEC and others are not",
        )
    version = _version(bundle, version, source)
    held = [domain for domain in DOMAINS if any(domain in _domains_of(tactic) for tactic in bundle.tactics)]
    for domain in domains:
        if domain not in held:
            raise ConfigError(f"'{source}' holds ATT&CK {' and '.join(held)}, nothing of '{domain}'")
    noted = f"{source} {digest}".rstrip()
    sections = []
    for domain in domains or held:
        tactics, techniques = _contents(bundle, domain, source)
        sections.append(Section.of(domain, version, (noted,), tactics, techniques))
    return tuple(sections)


def _version(bundle: Bundle, version: str, source: str) -> str:
    """Return what the bundle says of its version if it agrees with `version`, which may lack the minor number."""
    for said in sorted(bundle.versions):
        if not is_version(said):
            raise ConfigError(f"'{source}' says that its version is {said[:40]!a}")
        if version not in (said, said.partition(".")[0]):
            raise ConfigError(f"'{source}' says that it is ATT&CK v{said}, not v{version}", hint=f"--version {said}")
    return min(bundle.versions, default=version)


def _contents(bundle: Bundle, domain: str, source: str) -> tuple[tuple[Tactic, ...], tuple[Technique, ...]]:
    tactics = _tactics(bundle, domain, source)
    by_shortname = {tactic.shortname: tactic.id for tactic in tactics}
    best: dict[str, _Object] = {}
    for item in bundle.techniques:
        if domain in (_domains_of(item) or (domain,)):
            held = best.setdefault(item["external_id"], item)
            best[item["external_id"]] = min(held, item, key=lambda one: (_WEIGHT[_status(one)], one["id"]))
    ids = {item["id"]: item for item in bundle.techniques}
    techniques = [
        Technique(
            _checked_id(item, source, IdKind.TECHNIQUE, IdKind.SUBTECHNIQUE),
            _name(item),
            domain,
            _tactics_of(item, by_shortname, source),
            _status(item),
            _revoked_by(item, bundle, ids),
        )
        for item in best.values()
    ]
    if not any(technique.status is Status.ACTIVE for technique in techniques):
        raise ConfigError(f"'{source}' has not one active technique of ATT&CK {domain}")
    return tactics, tuple(techniques)


def _tactics(bundle: Bundle, domain: str, source: str) -> tuple[Tactic, ...]:
    """Return the domain's tactics in the order of its matrix; those in no matrix that is in force come last, by id."""
    matrices = sorted(
        bundle.matrices, key=lambda matrix: (bool(matrix.get("x_mitre_deprecated")), matrix.get("id", ""))
    )
    order = {
        ref: at for at, ref in reversed(list(enumerate(ref for matrix in matrices for ref in matrix["tactic_refs"])))
    }
    items = [item for item in bundle.tactics if domain in (_domains_of(item) or (domain,))]
    items.sort(key=lambda item: (order.get(item["id"], len(order)), item["external_id"]))
    return tuple(
        Tactic(_checked_id(item, source, IdKind.TACTIC), _name(item), _shortname(item, source), domain, _status(item))
        for item in items
    )


def _tactics_of(item: _Object, by_shortname: dict[str, str], source: str) -> tuple[str, ...]:
    """Return the ids of an object's kill-chain phases; a technique in force must not name one that the bundle lacks."""
    names = {phase.get("phase_name") for phase in _phases(item)}
    lost = sorted(str(name) for name in names if name not in by_shortname)
    if lost and _status(item) is Status.ACTIVE:
        raise ConfigError(f"'{source}' lacks the tactic '{lost[0]}' that technique '{item['external_id']}' names")
    return tuple(tactic for shortname, tactic in by_shortname.items() if shortname in names)


def _revoked_by(item: _Object, bundle: Bundle, ids: dict[str, _Object]) -> str | None:
    """Return the id that replaces a revoked object, one in force before others; None if the bundle names none."""
    targets = [ids[ref] for ref in bundle.revocations.get(item["id"], ()) if ref in ids]
    targets = [target for target in targets if target["external_id"] != item["external_id"]]
    if _status(item) is not Status.REVOKED or not targets:
        return None
    best: str = min(targets, key=lambda target: (_WEIGHT[_status(target)], target["external_id"]))["external_id"]
    return best


def _status(item: _Object) -> Status:
    if item.get("revoked"):
        return Status.REVOKED
    return Status.DEPRECATED if item.get("x_mitre_deprecated") else Status.ACTIVE


def _domains_of(item: _Object) -> tuple[str, ...]:
    """Return the domains an object says it belongs to: by name, else by the kill chain of its phases."""
    named = item.get("x_mitre_domains")
    if isinstance(named, list) and named:
        return tuple(domain for domain in DOMAINS if f"{domain}-attack" in named)
    chains = {phase.get("kill_chain_name") for phase in _phases(item)}
    return tuple(domain for chain, domain in _CHAINS.items() if chain in chains)


def _phases(item: _Object) -> Iterator[_Object]:
    phases = item.get("kill_chain_phases")
    return (phase for phase in (phases if isinstance(phases, list) else ()) if isinstance(phase, dict))


def _external_id(item: _Object) -> str:
    references = item.get("external_references")
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, dict) and reference.get("source_name") in _SOURCES:
            return str(reference.get("external_id", ""))
    return ""


def _checked_id(item: _Object, source: str, *kinds: IdKind) -> str:
    external_id: str = item["external_id"]
    if kind_of_id(external_id) not in kinds:
        raise ConfigError(f"'{source}' has a {kinds[0].value} with the id {external_id[:40]!a}")
    return external_id


def _shortname(item: _Object, source: str) -> str:
    shortname = str(item.get("x_mitre_shortname", ""))
    if not shortname.replace("-", "").isalpha():
        raise ConfigError(f"'{source}' has the tactic '{item['external_id']}' with the short name {shortname[:40]!a}")
    return shortname


def _name(item: _Object) -> str:
    """Return the name on one line and printable, so that neither a table nor a terminal can be upset by it."""
    name = " ".join(str(item.get("name", "")).split())
    return "".join(mark for mark in name if mark.isprintable())[:LONGEST_NAME] or item["external_id"]
