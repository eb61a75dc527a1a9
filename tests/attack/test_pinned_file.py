"""An index file in a user's repository: what is read, and how each kind of damage is said."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbookctl.attack import AttackIndex, Status, checked
from playbookctl.attack.checked import check_sections
from playbookctl.attack.table import MAGIC, Section, read_sections, render_sections
from playbookctl.attack.values import Tactic, Technique
from playbookctl.errors import ConfigError
from playbookctl.model.workspace import Settings

if TYPE_CHECKING:
    from pathlib import Path

TACTICS = (
    Tactic("TA0005", "Stealth", "stealth", "enterprise"),
    Tactic("TA0001", "Initial Access", "initial-access", "enterprise"),
)
TECHNIQUES = (
    Technique("T1566", "Phishing", "enterprise", ("TA0005", "TA0001")),
    Technique("T1193", "Spearphishing", "enterprise", (), Status.REVOKED, "T1566"),
    Technique("T1064", "Scripting", "enterprise", (), Status.DEPRECATED),
)
ENTERPRISE = Section.of("enterprise", "20.1", ("a bundle",), TACTICS, TECHNIQUES)
ICS = Section.of(
    "ics",
    "20.0",
    ("another bundle",),
    (Tactic("TA0107", "Inhibit", "inhibit", "ics"),),
    (Technique("T0800", "Mode", "ics", ()),),
)
TEXT = render_sections((ICS, ENTERPRISE))


def pinned(folder: Path, text: str | bytes) -> str:
    path = folder / "attack.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_text_is_one_line_per_id_and_the_same_at_every_writing() -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith("# ")]
    assert lines == [
        "[enterprise 20.1]",
        "TA0005\tStealth\tstealth\tactive",
        "TA0001\tInitial Access\tinitial-access\tactive",
        "T1064\tScripting\t\tdeprecated",
        "T1193\tSpearphishing\t\trevoked\tT1566",
        "T1566\tPhishing\tTA0005,TA0001\tactive",
        "[ics 20.0]",
        "TA0107\tInhibit\tinhibit\tactive",
        "T0800\tMode\t\tactive",
    ]
    assert render_sections(tuple(reversed(read_sections(TEXT)))) == TEXT
    assert [section.sources for section in read_sections(TEXT)] == [("a bundle",), ("another bundle",)]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.replace("\t\tdeprecated", "\t\tdeprecated\t"),
        TEXT.rstrip("\n"),
    ],
    ids=["as written", "CRLF", "byte-order mark", "trailing tab", "no final newline"],
)
def test_a_pinned_file_is_read_however_an_editor_has_left_it(tmp_path: Path, text: str) -> None:
    index = AttackIndex.from_file(pinned(tmp_path, text))
    assert index.version == "ATT&CK enterprise v20.1, ics v20.0"
    assert index.tactics()[:2] == TACTICS
    assert set(index.techniques()) == {*TECHNIQUES, Technique("T0800", "Mode", "ics", ())}


def test_of_a_pinned_file_only_the_domains_asked_for_are_used(tmp_path: Path) -> None:
    index = AttackIndex.from_file(pinned(tmp_path, TEXT), ["enterprise"])
    assert (index.domains, index.technique("T0800")) == (("enterprise",), None)
    assert index.unknown_to("T1566") == ()
    assert index.known_to("T1566") == ("enterprise v18.1", "enterprise v19.2")


@pytest.mark.parametrize(
    ("domains", "version", "said"),
    [
        (["mobile"], None, "has no data of the ATT&CK domain 'mobile', it has enterprise v20.1, ics v20.0"),
        (["ics"], "19", "holds ATT&CK ics v20.0, the configuration asks for '19'"),
        (["ics"], "20.1", "holds ATT&CK ics v20.0, the configuration asks for '20.1'"),
        (["atlas"], None, "'atlas' is no ATT&CK domain"),
    ],
)
def test_a_pinned_file_that_does_not_fit_the_configuration_is_refused(
    tmp_path: Path, domains: list[str], version: str | None, said: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        AttackIndex.from_file(pinned(tmp_path, TEXT), domains, version)
    assert raised.value.message.endswith(said)
    assert raised.value.hint


def test_settings_name_a_pinned_file_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    pinned(tmp_path, TEXT)

    def index(**attack: object) -> AttackIndex:
        return AttackIndex.of(Settings({"attack": {"file": "attack.tsv", **attack}}, str(tmp_path), None))

    assert index().version == "ATT&CK enterprise v20.1"
    assert index(version="20", domains=["ics"]).version == "ATT&CK ics v20.0"
    with pytest.raises(ConfigError, match=r"the configuration asks for '19'"):
        index(version="19")


ROW = "T1566\tPhishing\tTA0005,TA0001\tactive"
DAMAGE = [
    ("another file", TEXT.replace(MAGIC, "name: phishing"), "line 1: this is no ATT&CK index, which begins with '# playbookctl ATT&CK index, format 1'"),
    ("a newer format", TEXT.replace("format 1", "format 2"), "line 1: the index has another format than 1, which is the one that this playbookctl reads"),
    ("empty", "", "line 1: this is no ATT&CK index"),
    ("only the first line", MAGIC + "\n", "line 2: the file has no [domain version]"),
    ("cut off", TEXT[: TEXT.index("T1064")], "the domain 'enterprise' has no tactics or no techniques"),
    ("conflict of a merge", TEXT.replace(ROW, "<<<<<<< HEAD\n" + ROW), "'<<<<<<< HEAD' is no id of a technique or tactic"),
    ("a row above", TEXT.replace("[enterprise", ROW + "\n[enterprise"), "a row before the first [domain version]"),
    ("a domain twice", TEXT.replace("[ics 20.0]", "[enterprise 20.0]"), "the domain 'enterprise' a second time"),
    ("an unknown domain", TEXT.replace("[ics 20.0]", "[atlas 5.0]"), "'[atlas 5.0]' is no [domain version]"),
    ("no version", TEXT.replace("[ics 20.0]", "[ics]"), "'' is no version such as 19.2"),
    ("a strange version", TEXT.replace("[ics 20.0]", "[ics 20.x]"), "'20.x' is no version such as 19.2"),
    ("an open bracket", TEXT.replace("[ics 20.0]", "[ics 20.0"), "'[ics 20.0' is no [domain version]"),
    ("an id twice", TEXT.replace(ROW, ROW + "\n" + ROW), "'T1566' a second time"),
    ("a mitigation", TEXT.replace(ROW, "M1036\tX\t\tactive"), "'M1036' is no id of a technique or tactic"),
    ("spaces for tabs", TEXT.replace("\t", "    "), "is no id of a technique or tactic"),
    ("no name", TEXT.replace("Phishing", ""), "'T1566' has no name, or one that cannot be printed: ''"),
    ("a terminal's escape", TEXT.replace("Phishing", "\x1b[31mP"), r"'T1566' has no name, or one that cannot be printed: '\x1b[31mP'"),
    ("a long name", TEXT.replace("Phishing", "P" * 201), "'T1566' has no name, or one that cannot be printed: 'PPP"),
    ("a status", TEXT.replace("deprecated", "retired"), "'T1064' has the status 'retired', not one of active, deprecated, revoked"),
    ("an unknown tactic", TEXT.replace("TA0005,TA0001", "TA0005,TA0009"), "names the tactic 'TA0009', which does not stand above it"),
    ("a tactic of no form", TEXT.replace("TA0005,TA0001", "stealth"), "names the tactic 'stealth', which does not stand above it"),
    ("a strange successor", TEXT.replace("revoked\tT1566", "revoked\tT15"), "'T1193' cannot be revoked by 'T15'"),
    ("a successor of an active one", TEXT.replace(ROW, ROW + "\tT1064"), "'T1566' cannot be active by 'T1064'"),
    ("a sixth column", TEXT.replace(ROW, ROW + "\t\tx"), "6 columns instead of at most 5"),
    ("a short name", TEXT.replace("initial-access", "initial access!"), "'TA0001' has the short name 'initial access!'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE])
def test_damage_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = pinned(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        AttackIndex.from_file(path)
    assert raised.value.message.startswith(f"'{path}' line ")
    assert said in raised.value.message
    assert raised.value.message.isprintable()
    assert "attack update" in raised.value.hint


def test_the_text_of_a_file_that_is_no_index_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        AttackIndex.from_file(pinned(tmp_path, "machine example.com password hunter2\n" + TEXT))
    assert "hunter2" not in raised.value.message + raised.value.hint


@given(st.integers(0, len(TEXT)), st.integers(0, 30), st.text("T0195.\t\n[]#,Aé ", max_size=12))
def test_any_edit_is_either_read_whole_or_refused(at: int, cut: int, put: str) -> None:
    text = TEXT[:at] + put + TEXT[at + cut :]
    with contextlib.suppress(ConfigError):
        _holds(AttackIndex(check_sections(text, "attack.tsv")))


def _holds(index: AttackIndex) -> None:
    tactics = {tactic.id for tactic in index.tactics()}
    assert all(set(technique.tactics) <= tactics for technique in index.techniques())
    assert all(index.successor(technique.id).chain for technique in index.techniques())
    written = render_sections(index.sections)
    assert render_sections(check_sections(written, "attack.tsv")) == written


def test_the_longest_name_and_version_are_read(tmp_path: Path) -> None:
    text = TEXT.replace("Phishing", "P" * 200).replace("20.1", "20.123456")
    assert AttackIndex.from_file(pinned(tmp_path, text), ["enterprise"]).version == "ATT&CK enterprise v20.123456"
    with pytest.raises(ConfigError, match=r"'20.1234567' is no version"):
        AttackIndex.from_file(pinned(tmp_path, TEXT.replace("20.1", "20.1234567")))


def test_a_row_of_a_merge_conflict_is_named_by_its_line(tmp_path: Path) -> None:
    line = TEXT[: TEXT.index(ROW)].count("\n") + 1
    with pytest.raises(ConfigError, match=f"line {line}: '<<<<<<< HEAD'"):
        AttackIndex.from_file(pinned(tmp_path, TEXT.replace(ROW, "<<<<<<< HEAD\n" + ROW)))


def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"No such file"):
        AttackIndex.from_file(tmp_path / "none.tsv")
    with pytest.raises(ConfigError, match=r"Is a directory"):
        AttackIndex.from_file(tmp_path)
    with pytest.raises(ConfigError, match=r"is not UTF-8 at byte 2"):
        AttackIndex.from_file(pinned(tmp_path, b"ab\xff"))
    size = len(TEXT.encode())
    monkeypatch.setattr(checked, "LIMIT", size)
    assert AttackIndex.from_file(pinned(tmp_path, TEXT)).domains == ("enterprise", "ics")
    monkeypatch.setattr(checked, "LIMIT", size - 1)
    with pytest.raises(ConfigError, match=f"is larger than {size - 1} bytes"):
        AttackIndex.from_file(pinned(tmp_path, TEXT))
