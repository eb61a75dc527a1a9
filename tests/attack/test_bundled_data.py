from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from playbookctl.attack import AttackIndex, IdKind, Status, kind_of_id, shipped
from playbookctl.attack.checked import read_checked
from playbookctl.attack.table import COPYRIGHT, LICENSE, read_sections, render_sections

ROOT = Path(__file__).parents[2]
FILES = sorted(Path(shipped.FOLDER).glob("*.tsv"))
STATUSES = (Status.ACTIVE, Status.REVOKED, Status.DEPRECATED)
COUNTS = [
    ("enterprise", "18.1", (691, 132, 12), 14),
    ("enterprise", "19.2", (697, 149, 12), 15),
    ("mobile", "18.1", (124, 53, 13), 14),
    ("mobile", "19.0", (124, 53, 13), 14),
    ("ics", "18.1", (83, 0, 12), 12),
    ("ics", "19.0", (97, 9, 12), 12),
]


def test_these_versions_are_bundled() -> None:
    assert AttackIndex.versions() == tuple((domain, version) for domain, version, _, _ in COUNTS)


@pytest.mark.parametrize(("domain", "version", "counts", "tactics"), COUNTS)
def test_each_version_has_as_many_techniques_as_mitre(
    domain: str, version: str, counts: tuple[int, ...], tactics: int
) -> None:
    index = AttackIndex.bundled(version, (domain,))
    found = Counter(technique.status for technique in index.techniques())
    assert (tuple(found[status] for status in STATUSES), len(index.tactics())) == (counts, tactics)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bundled_file_is_one_that_the_check_accepts_and_the_writer_writes(file: Path) -> None:
    read_checked(str(file))
    text = file.read_text("utf-8")
    assert render_sections(read_sections(text)) == text


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bundled_file_carries_notice_license_and_pinned_sources(file: Path) -> None:
    text = file.read_text("utf-8")
    (section,) = read_sections(text)
    pinned = (ROOT / "scripts" / "attack_packages.txt").read_text("utf-8")
    assert f"# {COPYRIGHT}\n# {LICENSE}\n" in text
    assert file.name == f"{section.domain}-{section.version}.tsv"
    package = re.match(r"PyPI (\S+==\S+), \S+ sha256:[0-9a-f]{64}$", section.sources[0])
    assert package is not None
    assert package[1] in pinned


def test_the_notice_beside_the_data_says_the_same() -> None:
    notice = " ".join((Path(shipped.FOLDER) / "NOTICE.txt").read_text("utf-8").split())
    assert COPYRIGHT in notice
    assert LICENSE in notice


@pytest.mark.parametrize("major", ["18", "19"])
def test_ids_are_well_formed_sorted_and_unique_across_domains(major: str) -> None:
    index = AttackIndex.bundled(major, ("enterprise", "mobile", "ics"))
    for section in index.sections:
        rows = [technique.id for technique in section.techniques()]
        assert rows == sorted(rows)
    every = Counter(technique.id for technique in index.techniques())
    every.update(tactic.id for tactic in index.tactics())
    assert [row for row, count in every.items() if count > 1] == []
    assert {kind_of_id(row) for row in every} == {IdKind.TECHNIQUE, IdKind.SUBTECHNIQUE, IdKind.TACTIC}


@pytest.mark.parametrize("major", ["18", "19"])
def test_every_reference_of_the_data_leads_somewhere(major: str) -> None:
    index = AttackIndex.bundled(major, ("enterprise", "mobile", "ics"))
    for technique in index.techniques():
        assert technique.parent is None or index.technique(technique.parent), technique
        assert technique.revoked_by is None or index.technique(technique.revoked_by), technique
        assert all(index.tactic(tactic) for tactic in technique.tactics), technique


def test_only_techniques_new_in_ics_are_active_without_tactics() -> None:
    index = AttackIndex.bundled("19", ("enterprise", "mobile", "ics"))
    bare = [
        technique.id for technique in index.techniques() if technique.status is Status.ACTIVE and not technique.tactics
    ]
    assert bare == ["T1691", "T1692", "T1693", "T1694", "T1695", "T1695.002", "T1695.003"]


def test_every_fact_merged_by_hand_is_in_the_data() -> None:
    facts = yaml.safe_load((ROOT / "scripts" / "attack_facts.yaml").read_text("utf-8"))
    for file in facts["files"]:
        index = AttackIndex.bundled(file["version"], (file["domain"],))
        ids = {tactic.shortname: tactic.id for tactic in index.tactics()}
        for change in (facts["changes"][name] for name in file["changes"]):
            for row, fact in (change.get("added", {}) | change.get("active_again", {})).items():
                found = index.technique(row)
                assert found is not None
                assert found.status is Status.ACTIVE
                assert sorted(found.tactics) == sorted(ids[tactic] for tactic in fact["tactics"])
            for row, successor in change.get("revoked", {}).items():
                found = index.technique(row)
                assert found is not None
                assert found.revoked_by == successor
