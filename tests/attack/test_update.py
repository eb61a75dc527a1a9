from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.attack.table import COPYRIGHT, LICENSE
from playbookctl.attack.update import build_from_file, compare, write_index
from playbookctl.errors import ConfigError, UsageError
from support.stix import bundle, revoked_by, small_bundle, tactic, technique

if TYPE_CHECKING:
    from pathlib import Path

ICS = bundle(
    tactic("TA0108", "initial-access", "ics"), technique("T0817", "Drive-by Compromise", "initial-access", domain="ics")
)


def saved(folder: Path, document: Any, name: str = "enterprise-attack.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def test_a_bundle_becomes_a_pinned_file_that_validate_reads(tmp_path: Path) -> None:
    target = tmp_path / "attack.tsv"
    sections = build_from_file(saved(tmp_path, small_bundle("20.0")), "20")
    assert write_index(target, sections) == sections
    index = AttackIndex.from_file(target, ["enterprise"], "20")
    assert index.version == "ATT&CK enterprise v20.0"
    assert index.successor("T1193").final == "T1566.001"
    text = target.read_text("utf-8")
    assert f"# {COPYRIGHT}\n# {LICENSE}\n# source: enterprise-attack.json sha256:" in text


def test_the_same_bundle_gives_the_same_bytes(tmp_path: Path) -> None:
    source = saved(tmp_path, small_bundle())
    for name in ("a.tsv", "b.tsv"):
        write_index(tmp_path / name, build_from_file(source, "19"))
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()
    before = (tmp_path / "a.tsv").read_bytes()
    write_index(tmp_path / "a.tsv", build_from_file(source, "19"))
    assert (tmp_path / "a.tsv").read_bytes() == before


def test_a_second_domain_is_added_and_the_same_domain_replaced(tmp_path: Path) -> None:
    target = tmp_path / "attack.tsv"
    write_index(target, build_from_file(saved(tmp_path, ICS), "19.0"))
    write_index(target, build_from_file(saved(tmp_path, small_bundle("19.2")), "19"))
    write_index(target, build_from_file(saved(tmp_path, small_bundle("20.0")), "20"))
    assert AttackIndex.from_file(target).version == "ATT&CK enterprise v20.0, ics v19.0"


BAD = [
    ("damaged", json.dumps(small_bundle())[:-40], "is no JSON"),
    ("foreign", json.dumps({"type": "bundle", "objects": []}), "holds 0 ATT&CK techniques"),
    ("another version", json.dumps(small_bundle("18.1")), "says that it is ATT&CK v18.1"),
    ("not UTF-8", "\ufeff" + json.dumps(small_bundle())[:-1] + "\udcff", "is not UTF-8"),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_bundle_gives_no_sections(tmp_path: Path, text: str, said: str) -> None:
    source = tmp_path / "enterprise-attack.json"
    source.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=said):
        build_from_file(source, "19")


def test_a_bundle_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read '.*none.json': No such file"):
        build_from_file(tmp_path / "none.json", "19")


@pytest.mark.parametrize("version", ["", "nineteen", "v19", "19.", "19.2]\n", "١٩", "1" * 20])
def test_a_version_is_a_number(tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match=r"is no version of ATT&CK"):
        build_from_file(saved(tmp_path, small_bundle()), version)


def test_a_name_of_a_file_cannot_add_lines(tmp_path: Path) -> None:
    source = saved(tmp_path, small_bundle(), "x\n[ics 1]\nT1000\tX.json")
    (section,) = build_from_file(source, "19")
    assert section.sources[0].startswith("x[ics 1]T1000X.json sha256:")
    write_index(tmp_path / "attack.tsv", (section,))
    assert AttackIndex.from_file(tmp_path / "attack.tsv").domains == ("enterprise",)


def test_a_target_that_is_no_index_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "notes.txt"
    target.write_text("my notes", "utf-8")
    sections = build_from_file(saved(tmp_path, small_bundle()), "19")
    with pytest.raises(ConfigError, match=r"'.*notes.txt' line 1: this is no ATT&CK index"):
        write_index(target, sections)
    assert target.read_text("utf-8") == "my notes"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["enterprise-attack.json", "notes.txt"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "attack.tsv"
    write_index(target, build_from_file(saved(tmp_path, ICS), "19.0"))
    before = target.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match=r"cannot write '.*attack.tsv': No space left on device"):
        write_index(target, build_from_file(saved(tmp_path, small_bundle()), "19"))
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["attack.tsv", "enterprise-attack.json"]


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    sections = build_from_file(saved(tmp_path, small_bundle()), "19")
    with pytest.raises(ConfigError, match=r"cannot write '.*attack.tsv': No such file"):
        write_index(tmp_path / "none" / "attack.tsv", sections)


def test_a_replaced_file_keeps_its_permissions_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    sections = build_from_file(saved(tmp_path, small_bundle()), "19")
    target, usual = tmp_path / "attack.tsv", tmp_path / "usual"
    usual.touch()
    write_index(target, sections)
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    target.chmod(0o640)
    write_index(target, sections)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_comparison_names_what_changes_for_the_user(tmp_path: Path) -> None:
    (old,) = build_from_file(saved(tmp_path, small_bundle("19.2")), "19")
    changed = small_bundle("20.0")
    changed["objects"] = [item for item in changed["objects"] if item.get("name") not in {"Phishing", "Scripting"}]
    changed["objects"] += [
        technique("T1566", "Phishing", "initial-access", revoked=True),
        technique("T1700", "Lures", "initial-access"),
        technique("T1701", "Old lures", x_mitre_deprecated=True),
        revoked_by("T1566", "T1700"),
    ]
    (new,) = build_from_file(saved(tmp_path, changed), "20")
    found = compare(old, new)
    assert (found.old_version, found.new_version, found.techniques) == ("19.2", "20.0", 2)
    assert (found.added, found.removed) == (("T1700", "T1701"), ("T1064",))
    assert (found.revoked, found.deprecated) == (("T1566",), ())
    assert compare(new, new).added == compare(new, new).revoked == ()
