from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import Status
from playbookctl.attack.build import build_sections, gather
from playbookctl.attack.values import Tactic, Technique
from playbookctl.errors import ConfigError
from support.stix import bundle, collection, matrix, revoked_by, small_bundle, tactic, technique

if TYPE_CHECKING:
    from playbookctl.attack.table import Section

ACCESS = tactic("TA0001", "initial-access")
PHISHING = technique("T1566", "Phishing", "initial-access")


def build(document: dict[str, Any], version: str = "19", *domains: str) -> tuple[Section, ...]:
    return build_sections(gather(document["objects"]), version, "bundle.json", domains)


def one(*objects: dict[str, Any]) -> Section:
    (section,) = build(bundle(*objects))
    return section


def test_a_bundle_becomes_a_section() -> None:
    (section,) = build(small_bundle("19.2"))
    assert (section.label, section.sources) == ("enterprise v19.2", ("bundle.json",))
    assert section.tactics() == (
        Tactic("TA0005", "Stealth", "stealth", "enterprise"),
        Tactic("TA0001", "Initial Access", "initial-access", "enterprise"),
    )
    assert section.techniques() == (
        Technique("T1064", "Scripting", "enterprise", ("TA0005",), Status.DEPRECATED),
        Technique("T1193", "Spearphishing Attachment", "enterprise", ("TA0001",), Status.REVOKED, "T1566.001"),
        Technique("T1566", "Phishing", "enterprise", ("TA0001",)),
        Technique("T1566.001", "Spearphishing Attachment", "enterprise", ("TA0001",)),
    )


def test_the_order_of_a_bundles_objects_does_not_matter() -> None:
    document = small_bundle()
    (forwards,) = build(document)
    (backwards,) = build({**document, "objects": document["objects"][::-1]})
    assert list(forwards.rows.items()) == list(backwards.rows.items())


def test_stix_2_0_names_the_domain_by_kill_chain_and_source() -> None:
    old = technique("T1451", "SIM Card Swap", "initial-access", domain="mobile")
    old["external_references"] = [{"source_name": "mitre-mobile-attack", "external_id": "T1451"}]
    del old["x_mitre_domains"]
    (section,) = build(bundle(tactic("TA0027", "initial-access", "mobile"), old), "15")
    assert section.label == "mobile v15"
    assert section.techniques() == (Technique("T1451", "SIM Card Swap", "mobile", ("TA0027",)),)


def test_a_bundle_of_several_domains_becomes_several_sections() -> None:
    both = bundle(
        ACCESS,
        PHISHING,
        tactic("TA0108", "initial-access", "ics"),
        technique("T0817", "Drive-by", "initial-access", domain="ics"),
    )
    assert [(section.domain, len(section.rows)) for section in build(both)] == [("enterprise", 2), ("ics", 2)]
    assert [section.domain for section in build(both, "19", "ics")] == ["ics"]


def test_a_technique_without_domain_belongs_to_the_bundles_only_one() -> None:
    bare = technique("T1064", "Scripting", x_mitre_deprecated=True)
    del bare["x_mitre_domains"]
    assert one(ACCESS, PHISHING, bare).technique("T1064") is not None


def test_of_two_objects_with_one_id_the_one_in_force_is_taken() -> None:
    old = technique("T1566", "Old name", uid="a", revoked=True)
    older = technique("T1566", "Older name", uid="b", x_mitre_deprecated=True)
    for objects in ((old, PHISHING, older), (PHISHING, older, old)):
        assert one(ACCESS, *objects).technique("T1566") == Technique("T1566", "Phishing", "enterprise", ("TA0001",))


def test_of_two_successors_the_one_in_force_is_taken() -> None:
    gone = technique("T1193", "Gone", revoked=True)
    lost = technique("T1001", "Lost", x_mitre_deprecated=True)
    found = one(ACCESS, PHISHING, gone, lost, revoked_by("T1193", "T1001"), revoked_by("T1193", "T1566"))
    assert found.technique("T1193") == Technique("T1193", "Gone", "enterprise", (), Status.REVOKED, "T1566")


@pytest.mark.parametrize(
    "relation",
    [
        revoked_by("T1193", "T1566", revoked=True),
        revoked_by("T1193", "T1566", x_mitre_deprecated=True),
        revoked_by("T1193", "T1193"),
        revoked_by("T1193", "T9999"),
        {**revoked_by("T1193", "T1566"), "relationship_type": "subtechnique-of"},
    ],
    ids=["revoked", "deprecated", "to itself", "to nothing", "of another type"],
)
def test_a_relation_that_says_nothing_gives_no_successor(relation: dict[str, Any]) -> None:
    found = one(ACCESS, PHISHING, technique("T1193", "Gone", revoked=True), relation).technique("T1193")
    assert found == Technique("T1193", "Gone", "enterprise", (), Status.REVOKED)


def test_an_active_technique_is_not_revoked_by_a_relation_alone() -> None:
    found = one(ACCESS, PHISHING, technique("T1193", "Alive"), revoked_by("T1193", "T1566")).technique("T1193")
    assert found == Technique("T1193", "Alive", "enterprise", ())


def test_tactics_of_no_matrix_in_force_come_last() -> None:
    section = one(
        matrix("TA0039", x_mitre_deprecated=True),
        matrix("TA0002", "TA0001"),
        tactic("TA0039", "remote-service-effects", x_mitre_deprecated=True),
        tactic("TA0099", "new"),
        tactic("TA0002", "execution"),
        ACCESS,
        PHISHING,
    )
    assert [(found.id, found.status) for found in section.tactics()] == [
        ("TA0002", Status.ACTIVE), ("TA0001", Status.ACTIVE), ("TA0039", Status.DEPRECATED), ("TA0099", Status.ACTIVE),
    ]  # fmt: skip


def test_a_technique_that_is_no_longer_in_force_may_name_a_tactic_that_is_gone() -> None:
    found = one(
        ACCESS, PHISHING, technique("T1064", "Scripting", "defense-evasion", "initial-access", x_mitre_deprecated=True)
    )
    assert found.technique("T1064") == Technique("T1064", "Scripting", "enterprise", ("TA0001",), Status.DEPRECATED)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Two\n\twords ", "Two words"),
        ("\x1b[31mRed\x07", "[31mRed"),
        ("Left\u202eright", "Leftright"),
        ("x" * 500, "x" * 200),
        ("", "T1001"),
        (None, "None"),
        ("A\tB\tC", "A B C"),
    ],
)
def test_a_name_is_put_on_one_printable_line(written: Any, name: str) -> None:
    found = one(ACCESS, technique("T1001", written, "initial-access")).technique("T1001")
    assert found is not None
    assert found.name == name


REFUSED = [
    ("no techniques", bundle(ACCESS), (), "'bundle.json' holds 0 ATT&CK techniques and 1 tactics"),
    ("nothing", bundle(), (), "'bundle.json' holds 0 ATT&CK techniques and 0 tactics"),
    ("another source's", bundle(ACCESS, {**PHISHING, "external_references": [{"source_name": "capec", "external_id": "CAPEC-98"}]}), (), "'bundle.json' holds 0 ATT&CK techniques and 1 tactics"),
    ("another domain's", small_bundle(), ("ics",), "'bundle.json' holds ATT&CK enterprise, nothing of 'ics'"),
    ("another version", small_bundle("18.1"), (), "'bundle.json' says that it is ATT&CK v18.1, not v19"),
    ("a hostile version", small_bundle("19.2]\nT1001\tX"), (), r"'bundle.json' says that its version is '19.2]\nT1001\tX'"),
    ("a lost tactic", bundle(ACCESS, technique("T1001", "X", "gone")), (), "'bundle.json' lacks the tactic 'gone' that technique 'T1001' names"),
    ("a hostile id", bundle(ACCESS, technique("T1001\nT1002", "X")), (), r"'bundle.json' has a technique with the id 'T1001\nT1002'"),
    ("a tactic's id on a technique", bundle(ACCESS, technique("TA0001", "X")), (), "'bundle.json' has a technique with the id 'TA0001'"),
    ("a technique's id on a tactic", bundle(tactic("T1001", "a"), PHISHING), (), "'bundle.json' has a tactic with the id 'T1001'"),
    ("a hostile short name", bundle(ACCESS, tactic("TA0002", "a\tb"), PHISHING), (), r"'bundle.json' has the tactic 'TA0002' with the short name 'a\tb'"),
    ("nothing in force", bundle(ACCESS, technique("T1001", "X", revoked=True)), (), "'bundle.json' has not one active technique of ATT&CK enterprise"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "domains", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_bundle_that_is_foreign_or_contradicts_itself_is_refused(
    document: dict[str, Any], domains: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        build(document, "19", *domains)
    assert raised.value.message == said


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "attack-pattern"},
        {"type": "attack-pattern", "id": 5},
        {**PHISHING, "external_references": "T1566"},
        {**PHISHING, "external_references": ["T1566", {"source_name": "mitre-attack"}]},
        {**PHISHING, "external_references": None},
        {"type": "relationship", "relationship_type": "revoked-by", "source_ref": ["x"], "target_ref": None},
        {"type": "x-mitre-matrix", "tactic_refs": "TA0001"},
        {"type": ["attack-pattern"]},
        {},
    ],
)
def test_an_object_of_another_shape_is_skipped(broken: dict[str, Any]) -> None:
    assert one(ACCESS, technique("T1001", "X"), broken).rows.keys() == {"TA0001", "T1001"}


def test_phases_of_another_shape_are_skipped() -> None:
    odd = {
        **PHISHING,
        "kill_chain_phases": ["initial-access", {"kill_chain_name": "mitre-attack", "phase_name": "initial-access"}],
    }
    assert one(ACCESS, odd).technique("T1566") == Technique("T1566", "Phishing", "enterprise", ("TA0001",))
    assert one(ACCESS, {**PHISHING, "kill_chain_phases": 5}).technique("T1566") == Technique(
        "T1566", "Phishing", "enterprise", ()
    )


def test_the_version_may_be_given_without_minor_number() -> None:
    assert [build(small_bundle("20.1"), given)[0].version for given in ("20", "20.1")] == ["20.1", "20.1"]
    assert build(bundle(ACCESS, PHISHING), "20")[0].version == "20"
    assert build(bundle(ACCESS, PHISHING, collection("20.0")), "20")[0].version == "20.0"
