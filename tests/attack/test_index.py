from __future__ import annotations

from typing import Any

import pytest

from playbookctl.attack import AttackIndex, Status
from playbookctl.attack.table import Section
from playbookctl.attack.values import Tactic, Technique
from playbookctl.errors import ConfigError
from playbookctl.model.workspace import Settings

ALL = ("enterprise", "mobile", "ics")


@pytest.fixture(scope="module")
def index() -> AttackIndex:
    return AttackIndex.bundled("19", ALL)


@pytest.mark.parametrize(
    ("row", "name", "shortname", "domain"),
    [
        ("TA0005", "Stealth", "stealth", "enterprise"),
        ("TA0112", "Defense Impairment", "defense-impairment", "enterprise"),
        ("TA0030", "Defense Evasion", "defense-evasion", "mobile"),
        ("TA0107", "Inhibit Response Function", "inhibit-response-function", "ics"),
    ],
)
def test_v19_has_these_tactics(index: AttackIndex, row: str, name: str, shortname: str, domain: str) -> None:
    assert index.tactic(row) == Tactic(row, name, shortname, domain)


def test_before_v19_ta0005_was_called_defense_evasion() -> None:
    assert AttackIndex.bundled("18").tactic("TA0005") == Tactic(
        "TA0005", "Defense Evasion", "defense-evasion", "enterprise"
    )
    assert AttackIndex.bundled("18").tactic("TA0112") is None


ACTIVE = [
    ("enterprise", "T1566.001", "Spearphishing Attachment", ("initial-access",)),
    ("enterprise", "T1685", "Disable or Modify Tools", ("defense-impairment",)),
    ("mobile", "T1636.005", "Accounts", ("collection",)),
    ("mobile", "T1670", "Virtualization Solution", ("defense-evasion",)),
    ("mobile", "T1676", "Linked Devices", ("persistence", "collection")),
    ("mobile", "T1451", "SIM Card Swap", ("initial-access",)),
    ("mobile", "T1453", "Abuse Accessibility Features", ("credential-access", "collection")),
    ("ics", "T0843.001", "Download All", ("lateral-movement",)),
    ("ics", "T0843.002", "Online Edit", ("lateral-movement",)),
    ("ics", "T0843.003", "Program Append", ("lateral-movement",)),
    ("ics", "T0846.001", "Port Scan", ("discovery",)),
    ("ics", "T0846.002", "Broadcast Discovery", ("discovery",)),
    ("ics", "T0846.003", "Multicast Discovery", ("discovery",)),
    ("ics", "T0873.001", "Siemens Project File Format", ("persistence",)),
    ("ics", "T1691", "Block Operational Technology Message", ()),
    ("ics", "T1691.001", "Command Message", ("inhibit-response-function",)),
    ("ics", "T1691.002", "Reporting Message", ("inhibit-response-function",)),
    ("ics", "T1692", "Unauthorized Message", ()),
    ("ics", "T1692.001", "Command Message", ("impair-process-control",)),
    ("ics", "T1692.002", "Reporting Message", ("evasion", "impair-process-control")),
    ("ics", "T1693", "Modify Firmware", ()),
    ("ics", "T1693.001", "System Firmware", ("persistence", "inhibit-response-function")),
    ("ics", "T1693.002", "Module Firmware", ("persistence", "impair-process-control")),
    ("ics", "T1694", "Insecure Credentials", ()),
    ("ics", "T1694.001", "Default Credentials", ("lateral-movement",)),
    ("ics", "T1694.002", "Hardcoded Credentials", ("persistence", "lateral-movement")),
    ("ics", "T1695", "Block Communications", ()),
    ("ics", "T1695.001", "Serial COM", ("inhibit-response-function",)),
    ("ics", "T1695.002", "Ethernet", ()),
    ("ics", "T1695.003", "Wi-Fi", ()),
]


@pytest.mark.parametrize(("domain", "row", "name", "tactics"), ACTIVE, ids=[row[1] for row in ACTIVE])
def test_v19_has_these_techniques(
    index: AttackIndex, domain: str, row: str, name: str, tactics: tuple[str, ...]
) -> None:
    found = index.technique(row)
    assert found is not None
    names = tuple(tactic.shortname for held in found.tactics if (tactic := index.tactic(held)))
    assert (found.domain, found.name, found.status, names) == (domain, name, Status.ACTIVE, tactics)


REVOKED = [
    ("T1562", "T1685"), ("T1562.001", "T1685"), ("T1562.006", "T1685"),
    ("T1073", "T1574.002"), ("T1574.002", "T1574.001"),
    ("T0803", "T1691.001"), ("T0804", "T1691.002"), ("T0805", "T1695.001"), ("T0812", "T1694.001"),
    ("T0839", "T1693.002"), ("T0855", "T1692.001"), ("T0856", "T1692.002"), ("T0857", "T1693.001"),
    ("T0891", "T1694.002"),
    ("T1415", "T1635.001"), ("T1419", "T1426"), ("T1454", None),
]  # fmt: skip


@pytest.mark.parametrize(("row", "successor"), REVOKED, ids=[row[0] for row in REVOKED])
def test_v19_has_revoked_these(index: AttackIndex, row: str, successor: str | None) -> None:
    found = index.technique(row)
    assert found is not None
    assert (found.status, found.revoked_by) == (Status.REVOKED, successor)


def test_all_of_t1562_went_to_t1685_to_t1690(index: AttackIndex) -> None:
    family = [technique for technique in index.techniques() if technique.id.startswith("T1562")]
    ends = {technique.id: index.successor(technique.id).final or "" for technique in family}
    assert len(ends) == 13
    assert {end.partition(".")[0] for end in ends.values()} <= {f"T{number}" for number in range(1685, 1691)}


CHAINS = [
    ("T1073", ("T1073", "T1574.002", "T1574.001"), "T1574.001", Status.ACTIVE),
    ("T1562.001", ("T1562.001", "T1685"), "T1685", Status.ACTIVE),
    ("T1431", ("T1431", "T1476"), "T1476", Status.DEPRECATED),
    ("T1454", ("T1454",), None, Status.REVOKED),
    ("T1566", ("T1566",), None, Status.ACTIVE),
    ("T1064", ("T1064",), None, Status.DEPRECATED),
    ("T9999", ("T9999",), None, None),
    ("TA0005", ("TA0005",), None, None),
]


@pytest.mark.parametrize(("row", "chain", "final", "status"), CHAINS, ids=[row[0] for row in CHAINS])
def test_a_revoked_technique_is_followed_to_its_end(
    index: AttackIndex, row: str, chain: tuple[str, ...], final: str | None, status: Status | None
) -> None:
    found = index.successor(row)
    assert (found.chain, found.final, found.status) == (chain, final, status)


def test_eight_chains_end_deprecated_and_one_ends_nowhere(index: AttackIndex) -> None:
    revoked = [technique.id for technique in index.techniques() if technique.status is Status.REVOKED]
    ends = {row: index.successor(row) for row in revoked}
    assert sorted(row for row, end in ends.items() if end.status is Status.DEPRECATED) == [
        "T1431", "T1434", "T1440", "T1441", "T1442", "T1443", "T1445", "T1455",
    ]  # fmt: skip
    assert [row for row, end in ends.items() if end.final is None] == ["T1454"]


def section(*techniques: Technique) -> Section:
    return Section.of("enterprise", "1.0", (), (Tactic("TA0001", "A", "a", "enterprise"),), techniques)


def revoked(row: str, successor: str) -> Technique:
    return Technique(row, row, "enterprise", (), Status.REVOKED, successor)


def test_a_circle_of_revocations_ends() -> None:
    circle = AttackIndex([section(revoked("T1001", "T1002"), revoked("T1002", "T1003"), revoked("T1003", "T1002"))])
    assert circle.successor("T1001").chain == ("T1001", "T1002", "T1003")
    assert circle.successor("T1001").final is None
    assert AttackIndex([section(revoked("T1001", "T1001"))]).successor("T1001").chain == ("T1001",)


def test_a_successor_that_the_index_does_not_know_is_no_final() -> None:
    found = AttackIndex([section(revoked("T1001", "T1002"))]).successor("T1001")
    assert (found.chain, found.final, found.status) == (("T1001", "T1002"), None, None)


@pytest.mark.parametrize(
    ("version", "domains", "said"),
    [
        ("19", ("enterprise",), "ATT&CK enterprise v19.2"),
        ("19.2", ("enterprise",), "ATT&CK enterprise v19.2"),
        ("18", ("enterprise",), "ATT&CK enterprise v18.1"),
        ("19", ("ics", "enterprise", "ics"), "ATT&CK ics v19.0, enterprise v19.2"),
        ("19", ALL, "ATT&CK enterprise v19.2, mobile v19.0, ics v19.0"),
    ],
)
def test_a_version_without_minor_number_is_the_newest_of_each_domain(
    version: str, domains: tuple[str, ...], said: str
) -> None:
    assert AttackIndex.bundled(version, domains).version == said


@pytest.mark.parametrize(
    ("version", "domains", "said"),
    [
        ("20", ("enterprise",), "ATT&CK enterprise v20 is not bundled, only 18.1 and 19.2"),
        ("19.2", ("ics",), "ATT&CK ics v19.2 is not bundled, only 18.1 and 19.0"),
        ("1", ("enterprise",), "ATT&CK enterprise v1 is not bundled, only 18.1 and 19.2"),
        ("", ("enterprise",), "ATT&CK enterprise v is not bundled, only 18.1 and 19.2"),
        ("19", ("atlas",), "'atlas' is no ATT&CK domain"),
    ],
)
def test_what_is_not_bundled_is_an_error_that_says_what_is(version: str, domains: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        AttackIndex.bundled(version, domains)
    assert raised.value.message == said
    assert raised.value.hint


def test_an_id_is_looked_up_only_in_the_domains_asked_for(index: AttackIndex) -> None:
    enterprise = AttackIndex.bundled()
    assert enterprise.technique("T1691") is None
    assert (enterprise.other_domain("T1691"), enterprise.other_domain("TA0107")) == ("ics", "ics")
    assert (enterprise.other_domain("T1636.005"), enterprise.other_domain("T9999")) == ("mobile", None)
    assert (enterprise.other_domain("T1566"), index.other_domain("T1691")) == (None, None)


def test_a_technique_is_no_tactic_and_a_tactic_no_technique(index: AttackIndex) -> None:
    assert index.tactic("T1566") is None
    assert index.technique("TA0001") is None
    assert (index.technique(""), index.tactic("")) == (None, None)


def test_other_bundled_versions_tell_whether_they_know_an_id() -> None:
    new, old = AttackIndex.bundled("19", ALL), AttackIndex.bundled("18", ALL)
    assert (new.unknown_to("T1685"), new.known_to("T1685")) == (("enterprise v18.1",), ())
    assert (new.unknown_to("T1566"), new.known_to("T1566")) == ((), ("enterprise v18.1",))
    assert (new.unknown_to("T1691"), new.unknown_to("TA0112")) == (("ics v18.1",), ("enterprise v18.1",))
    assert (old.unknown_to("T1685"), old.known_to("T1685")) == ((), ("enterprise v19.2",))
    assert (new.unknown_to("T9999"), new.known_to("T9999")) == ((), ())


def test_a_full_name_has_the_parent_before_it(index: AttackIndex) -> None:
    names = {row: index.full_name(found) for row in ("T1574.001", "T1566") if (found := index.technique(row))}
    assert names == {"T1574.001": "Hijack Execution Flow: DLL", "T1566": "Phishing"}


def test_tactics_stand_in_the_order_of_the_matrix() -> None:
    assert [tactic.shortname for tactic in AttackIndex.bundled().tactics()] == [
        "reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
        "stealth", "defense-impairment", "credential-access", "discovery", "lateral-movement", "collection",
        "command-and-control", "exfiltration", "impact",
    ]  # fmt: skip


def settings(**attack: Any) -> Settings:
    return Settings({"attack": attack}, "/nowhere", "playbookctl.yaml")


def test_settings_choose_version_and_domains() -> None:
    assert AttackIndex.of(settings()).version == "ATT&CK enterprise v19.2"
    assert AttackIndex.of(settings(version="18", domains=["ics"])).version == "ATT&CK ics v18.1"
    assert AttackIndex.bundled().version_of("enterprise") == "ATT&CK enterprise v19.2"
