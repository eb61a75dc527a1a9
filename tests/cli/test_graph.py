from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

PLAYBOOK = "key: isolate\nname: Isolate\nsteps:\n  - {id: isolate, connector: edr, action: isolate-host}\n"


@pytest.fixture
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbookctl.yaml").write_text("namespace: test\n", "utf-8")
    (tmp_path / "playbooks" / "one.yaml").write_text(PLAYBOOK, "utf-8")
    (tmp_path / "playbooks" / "broken.yaml").write_text("name: [\n", "utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_repository")
@pytest.mark.parametrize("key", ["isolate", "playbooks/one.yaml"])
def test_a_playbook_is_drawn_by_its_key_or_its_file(key: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["graph", key]) == 0
    assert capfdbinary.readouterr().out.startswith(b'flowchart TD\n  s0["isolate<br/>edr: isolate-host"]\n')
    assert run(["graph", key, "--format", "dot"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"digraph playbook {\n")


@pytest.mark.usefixtures("_repository")
@pytest.mark.parametrize(
    "key, said",
    [
        ("islate", "no playbook has the key 'islate'; did you mean 'isolate'?"),
        ("playbooks/broken.yaml", "playbooks/broken.yaml is no playbook that can be drawn"),
    ],
)
def test_what_cannot_be_drawn_is_said(key: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", key]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
