"""Every rule that has a fix: what stands in the file, what `validate --fix` makes of it, and whether that takes courage."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from playbookctl.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
FRAME = """\
key: a
name: A
description: Look at it.
category: identification
owner: lead
mitre_tactics: [TA0001]
mitre_techniques: [T1566]
required_connectors: [edr]
tags: [x]
steps:
  - id: look
    connector: edr
    action: get-host
    with: {host: "{{ alert.host }}"}
"""
SAFE = True
TACTICS, TECHNIQUES = "mitre_tactics: [TA0001]", "mitre_techniques: [T1566]"
REQUIRED, TAGS, OWNER = "required_connectors: [edr]", "tags: [x]", "owner: lead"
DESCRIPTION, WITH, LAST = "description: Look at it.", 'with: {host: "{{ alert.host }}"}', '{{ alert.host }}"}\n'
BRANCHES = """\
    branches:
      - {name: "yes", next: tell}
      - {name: "no", next: isolate}
  - id: tell
    connector: edr
    action: send-message
  - id: isolate
    connector: edr
    action: isolate-host
"""
# what the frame has, what stands there instead, what becomes of it
FIXES: dict[str, tuple[str, bool, list[tuple[str, str, str]]]] = {
    "a repeated tag": ("PB002", SAFE, [(TAGS, "tags: [x, x]", TAGS)]),
    "a repeated technique": ("PB002", SAFE, [(TECHNIQUES, "mitre_techniques: [T1566, T1566]", TECHNIQUES)]),
    "a misspelt field": ("PB002", not SAFE, [(DESCRIPTION, "descrption: Look at it.", DESCRIPTION)]),
    "a misspelt word": ("PB002", not SAFE, [("    action:", "    type: acton\n    action:", "    type: action\n    action:")]),
    "a key that is a boolean": ("PB004", SAFE, [(WITH, "with: {yes: x}", 'with: {"yes": x}')]),
    "a date where text is due": ("PB004", SAFE, [(OWNER, "owner: 2026-01-31", 'owner: "2026-01-31"')]),
    "an octal number": ("PB004", not SAFE, [(WITH, "with: {pin: 0123}", 'with: {pin: "0123"}')]),
    "a text that ends at a #": ("PB004", not SAFE, [(DESCRIPTION, "description: see #12 now", 'description: "see #12 now"')]),
    "a field of the server": ("PB005", SAFE, [("name: A", "id: ply_1\nname: A", "name: A")]),
    "a reserved tag": ("PB010", SAFE, [(TAGS, "tags: [x, 'playbookctl:key=a']", TAGS), (TAGS, "tags: [x, ' playbookctl:key=a']", TAGS)]),
    "no key": ("PB011", SAFE, [("key: a\n", "", "key: a\n")]),
    "a branch that falls into another": ("PB105", not SAFE, [
        (LAST, LAST + BRANCHES, LAST + BRANCHES.replace("send-message", "send-message\n    next: end")),
    ]),
    "a connector that is used": ("PB202", SAFE, [(REQUIRED, "required_connectors: []", REQUIRED)]),
    "a connector that is not used": ("PB203", SAFE, [(REQUIRED, "required_connectors: [edr, b]", REQUIRED)]),
    "a technique in lower case": ("PB301", SAFE, [(TECHNIQUES, "mitre_techniques: [t1566]", TECHNIQUES)]),
    "a technique with blanks": ("PB301", SAFE, [(TECHNIQUES, "mitre_techniques: [' T1566 ']", "mitre_techniques: ['T1566']")]),
    "a technique with a digit too few": ("PB301", not SAFE, [
        (TECHNIQUES, "mitre_techniques: [T1566.1]", "mitre_techniques: [T1566.001]"),
    ]),
    "a revoked technique": ("PB303", SAFE, [(TECHNIQUES, "mitre_techniques: [T1562.001]", "mitre_techniques: [T1685]")]),
    "a tactic among techniques": ("PB307", SAFE, [
        (TACTICS, "mitre_tactics: []", TACTICS), (TECHNIQUES, "mitre_techniques: [T1566, TA0001]", TECHNIQUES),
    ]),
    "a tactic among techniques, and no tactics": ("PB307", SAFE, [
        (TACTICS + "\n", "", TACTICS + "\n"), (TECHNIQUES, "mitre_techniques: [TA0001, T1566]", TECHNIQUES),
    ]),
    "a technique among tactics and among techniques": ("PB307", SAFE, [(TACTICS, "mitre_tactics: [TA0001, T1566]", TACTICS)]),
    "a suppression of nothing": ("PB901", SAFE, [(OWNER, OWNER + "  # playbookctl: ignore[PB502] so", OWNER)]),
    "a suppression of nothing on its line": ("PB901", SAFE, [(OWNER, "# playbookctl: ignore[PB502] so\n" + OWNER, OWNER)]),
    "a suppression of more than there is": ("PB901", SAFE, [
        (OWNER, "owner: 2026-01-31  # playbookctl: ignore[PB502, PB004] so", "owner: 2026-01-31  # playbookctl: ignore[PB004] so"),
    ]),
}  # fmt: skip


def files(changes: list[tuple[str, str, str]]) -> tuple[str, str]:
    """Return a playbook with something to mend, and what it looks like mended."""
    before = after = FRAME
    for there, wrong, right in changes:
        assert there in FRAME
        before, after = before.replace(there, wrong), after.replace(there, right)
    return before, after


@pytest.fixture
def playbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbookctl.yaml").write_text("namespace: test\n", "utf-8")
    (tmp_path / "playbooks").mkdir()
    return tmp_path / "playbooks" / "a.yaml"


@pytest.mark.parametrize("name", FIXES)
def test_a_rule_mends_what_it_finds(name: str, playbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, is_safe, changes = FIXES[name]
    before, after = files(changes)
    playbook.write_text(before, "utf-8")
    run(["validate", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    fixes = [row["fix"]["safe"] for row in found if row["code"] == code and row["fix"]]
    assert fixes == [is_safe]
    run(["validate", "--fix", *([] if is_safe else ["--unsafe-fixes"])])
    assert playbook.read_text("utf-8") == after
    run(["validate", "--fix", "--unsafe-fixes"])
    assert playbook.read_text("utf-8") == after


@pytest.mark.parametrize("name", FIXES)
def test_code_scanning_is_told_the_same_fix_as_text(
    name: str, playbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, changes = FIXES[name]
    before, after = files(changes)
    playbook.write_text(before, "utf-8")
    run(["validate", "--format", "sarif"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    (fix,) = [fix for result in results if result["ruleId"] == code for fix in result.get("fixes", ())]
    (file,) = fix["artifactChanges"]
    assert file["artifactLocation"]["uri"] == "playbooks/a.yaml"
    starts = [0, *(match.end() for match in re.finditer("\n", before))]
    text = before
    for change in reversed(file["replacements"]):  # they are in the order of the text
        gone = change["deletedRegion"]
        start, end = (starts[gone[f"{at}Line"] - 1] + gone[f"{at}Column"] - 1 for at in ("start", "end"))
        text = text[:start] + change.get("insertedContent", {"text": ""})["text"] + text[end:]
    assert text == after


@pytest.mark.parametrize("name", [name for name, (_, is_safe, _) in FIXES.items() if not is_safe])
def test_what_takes_courage_is_not_done_without_being_asked(name: str, playbook: Path) -> None:
    before, _ = files(FIXES[name][2])
    playbook.write_text(before, "utf-8")
    run(["validate", "--fix"])
    assert playbook.read_text("utf-8") == before


def test_the_page_about_fixes_names_exactly_the_rules_that_have_one() -> None:
    page = (ROOT / "docs" / "fix.md").read_text("utf-8")
    rows = re.findall(r"^\| (PB\d+) \|(.*)\|(.*)\|$", page, re.MULTILINE)
    table = {(code, safe) for code, safe, _ in FIXES.values()} | {
        ("PB011", False)
    }  # the file's name decides: test_fix.py
    assert {(code, True) for code, safe, _ in rows if safe.strip()} | {
        (code, False) for code, _, risky in rows if risky.strip()
    } == table


def test_every_rule_that_makes_a_fix_is_among_them() -> None:
    rules = (ROOT / "src" / "playbookctl" / "check" / "rules").glob("pb*.py")
    making = {path.name[:5].upper() for path in rules if re.search(r"\bFix\(", path.read_text("utf-8"))}
    elsewhere = {"PB002", "PB004", "PB901"}  # in load/entry.py, load/document.py and check/suppress.py
    assert {code for code, _, _ in FIXES.values()} == making | elsewhere
