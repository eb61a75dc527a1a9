"""What the rules about ATT&CK ids and about documentation say beyond their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.check.registry import all_rules
from playbookctl.check.rule import Context
from playbookctl.model.playbook import Playbook
from playbookctl.model.workspace import Connectors, Settings, Summary, Workspace

if TYPE_CHECKING:
    from playbookctl.model.finding import Problem

RULES = all_rules()
V = "ATT&CK enterprise v19.2"


def problems(code: str, top: dict[str, Any], stem: str = "a", **attack: Any) -> list[Problem]:
    settings = Settings({"attack": attack}, "/", None)
    context = Context(settings, Connectors({}, None), AttackIndex.of(settings))
    return list(
        RULES[code].check(Playbook({"name": "test", "steps": [{"id": "a", "action": "look"}], **top}, stem), context)
    )


def said(code: str, **top: Any) -> list[tuple[str, str]]:
    return [("/".join(map(str, each.path)), each.message) for each in problems(code, top)]


def techniques(*ids: str, tactics: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"mitre_techniques": list(ids), **({"mitre_tactics": list(tactics)} if tactics else {})}


TABLE: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("PB301", techniques("T1566", "T1566.1", tactics=("TA01", "TA0001")), [
        ("mitre_tactics/0", "'TA01' is no ATT&CK id, which looks like TA0001"),
        ("mitre_techniques/1", "'T1566.1' is no ATT&CK id, which looks like T1566 or T1566.001; did you mean 'T1566.001'?"),
    ]),
    ("PB301", techniques("phishing and the like"), [("mitre_techniques/0", "'phishing and the like' is no ATT&CK id, which looks like T1566 or T1566.001")]),
    ("PB302", techniques("T1566", "T9999"), [("mitre_techniques/1", f"no technique has the id 'T9999' in {V}")]),
    ("PB302", techniques(tactics=("TA0001", "TA9999")), [("mitre_tactics/1", f"no tactic has the id 'TA9999' in {V}")]),
    ("PB302", techniques("T0843"), [("mitre_techniques/0", f"no technique has the id 'T0843' in {V}; the domain 'ics' has it, see 'attack.domains' in playbookctl.yaml")]),
    ("PB302", techniques("TA0001", "d3-xyz"), []),
    ("PB303", techniques("T1562.001", "T1685"), [("mitre_techniques/0", f"'T1562.001' (Disable or Modify Tools) is revoked in {V}; 'T1685' (Disable or Modify Tools) replaces it and is listed already")]),
    ("PB303", techniques("T1566"), []),
    ("PB304", techniques("T1566", "T1064"), [("mitre_techniques/1", f"'T1064' (Scripting) is deprecated in {V}")]),
    ("PB305", techniques("T1566", tactics=("TA0040",)), [("mitre_techniques/0", "'T1566' (Phishing) serves TA0001 (Initial Access), and mitre_tactics lists none of these")]),
    ("PB305", techniques("T1566", "T9999", "T1064", tactics=("TA0001", "TA0040")), []),
    ("PB305", techniques("T1566"), []),
    ("PB306", techniques("T1566.001", "T1059", "T1566", "T1566.002"), [("mitre_techniques/2", "'T1566' stands beside its own sub-technique T1566.001, T1566.002; keep the one that is meant")]),
    ("PB306", techniques("T1566", "T1566.001", "T1059", "T1059.001"), [("mitre_techniques/0", "'T1566' stands beside its own sub-technique T1566.001; keep the one that is meant")]),
    ("PB306", techniques("T1566.001", "T1566.002"), []),
    ("PB307", techniques("TA0001", tactics=("T1566", "T1566.001", "TA0001")), [
        ("mitre_tactics/0", "'T1566' is a technique, not a tactic; it belongs into mitre_techniques"),
        ("mitre_tactics/1", "'T1566.001' is a sub-technique, not a tactic; it belongs into mitre_techniques"),
        ("mitre_techniques/0", "'TA0001' is a tactic, not a technique; it belongs into mitre_tactics"),
    ]),
    ("PB307", techniques("x", "T1566", tactics=("x",)), []),
    ("PB501", {"description": " \n"}, [("name", "there is no description; say what it does and when to use it")]),
    ("PB501", {"description": None}, [("name", "there is no description; say what it does and when to use it")]),
    ("PB501", {"description": "x"}, []),
    ("PB502", {}, [("name", "there is no owner; name who answers for it")]),
    ("PB502", {"owner": "lead"}, []),
    ("PB502", {"owner_id": "per_1"}, []),
    ("PB503", {}, [("name", "there is no category; the stages are preparation, identification, containment, eradication, recovery, lessons_learned")]),
    ("PB503", {"category": "contaiment"}, [("category", "'contaiment' is none of the six stages; did you mean 'containment'?")]),
    ("PB503", {"category": "recovery"}, []),
    ("PB504", {}, [("name", "no ATT&CK technique is listed that it answers")]),
    ("PB504", techniques("T1566"), []),
    ("PB504", techniques(tactics=("TA0001",)), []),
    ("PB504", {"inputs": {"host": {}}}, []),
]  # fmt: skip


@pytest.mark.parametrize(("code", "top", "expected"), TABLE)
def test_a_rule_says_what_is_wrong_and_where(code: str, top: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert said(code, **top) == expected


def test_an_id_that_only_an_older_version_knows_names_it() -> None:
    (found,) = problems("PB302", techniques("T1685"), version="18")
    assert found.message.startswith("no technique has the id 'T1685' in ATT&CK enterprise v18.1")


def test_an_id_that_another_bundled_version_lacks_is_noted_once() -> None:
    found = problems("PB308", techniques("T1566", "T1685", "T1686", tactics=("TA0001",)))
    assert [(each.path, each.message) for each in found] == [
        (("mitre_techniques", 1), "'T1685' is not known to enterprise v18.1, which is bundled too")
    ]


REVOKED = [
    (techniques("T1562.001"), "replace by 'T1685'", (("mitre_techniques", 0), "T1685", "replace")),
    (techniques("T1685", "T1562.001"), "remove 'T1562.001'", (("mitre_techniques", 1), "", "delete")),
]


@pytest.mark.parametrize(("top", "title", "edit"), REVOKED)
def test_a_revoked_id_is_replaced_or_removed(
    top: dict[str, Any], title: str, edit: tuple[tuple[Any, ...], str, str]
) -> None:
    (found,) = problems("PB303", top)
    assert found.fix is not None
    assert (found.fix.title, [(each.path, each.text, each.mode) for each in found.fix.edits]) == (title, [edit])


ENDS = [
    ("T1454", "'T1454' (Malicious SMS Message) is revoked in ATT&CK mobile v19.0, and nothing replaces it; remove it"),
    (
        "T1431",
        "'T1431' (App Delivered via Web Download) is revoked in ATT&CK mobile v19.0; its successor 'T1476' (Deliver Malicious App via Other Means) is deprecated; remove it",
    ),
]


@pytest.mark.parametrize(("technique", "message"), ENDS)
def test_an_id_that_nothing_replaces_is_to_be_removed(technique: str, message: str) -> None:
    (found,) = problems("PB303", techniques(technique), domains=["mobile"])
    assert (found.message, found.fix) == (message, None)


KEYS = [
    ("phishing", "write 'key: phishing'", True),
    ("Phishing Triage (2)", "write 'key: phishing-triage-2'", False),
    ("1", "write 'key: 1'", True),
    ("<stdin>", None, False),
    ("ééé", None, False),
    ("a" * 65, None, False),
]


@pytest.mark.parametrize(("stem", "title", "safe"), KEYS)
def test_the_key_that_is_proposed_is_that_of_the_file(stem: str, title: str | None, safe: bool) -> None:
    (found,) = problems("PB011", {}, stem)
    assert found.path == ("name",)
    assert (found.fix.title, found.fix.safe) == (title, safe) if found.fix else title is None


def test_a_playbook_with_a_key_needs_none() -> None:
    assert problems("PB011", {"key": "a"}) == []


def summary(file: str, key: str, name: str, *, has_key: bool = True, facts: dict[str, Any] | None = None) -> Summary:
    return Summary(f"{file}.yaml", key, name, {"reach": {}} if facts is None else facts, has_key=has_key)


def across(code: str, *summaries: Summary) -> list[tuple[str, tuple[Any, ...], str, str]]:
    settings = Settings({}, "/", None)
    context = Context(settings, Connectors({}, None), AttackIndex.of(settings))
    return [
        (each.file, each.path, each.message, ", ".join(f"{other.file}: {other.message}" for other in each.related))
        for each in RULES[code].check(Workspace(summaries), context)
    ]


def test_a_name_is_used_once_however_it_is_written() -> None:
    summaries = [
        summary("a", "a", "Lock  a host"),
        summary("b", "b", "lock a HOST"),
        summary("c", "c", ""),
        summary("d", "d", ""),
        summary("e", "e", "Lock"),
    ]
    assert across("PB505", *summaries) == [
        ("b.yaml", ("name",), "the name 'lock a HOST' is that of 'a' too", "a.yaml: it stands here first")
    ]


def test_a_key_is_used_once_wherever_it_comes_from() -> None:
    summaries = [
        summary("a", "x", "A"), summary("b", "x", "B"), summary("x", "x", "C", has_key=False),
        summary("d/x", "x", "", has_key=False, facts={}), summary("e", "x", "", facts={}), summary("f", "y", "F"),
    ]  # fmt: skip
    first = "a.yaml: it stands here first"
    assert across("PB006", *summaries) == [
        ("b.yaml", ("key",), "the key 'x' is taken by a.yaml", first),
        ("x.yaml", (), "the key 'x' (from the file's name) is taken by a.yaml", first),
        ("e.yaml", ("key",), "the key 'x' is taken by a.yaml", first),
    ]
