"""The short way and click's way through `validate` say the same, and the short way has no click on it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from playbookctl.cli import plain
from playbookctl.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "key: {0}\nname: Name of {0}\nsteps:\n  - {{id: look, action: get-host}}\n"
FILES = {
    "playbooks/good.yaml": GOOD.format("good"),
    "playbooks/odd \u00e9.yaml": "name: Odd \u202e\u00e9\nsteps:\n  - {id: a, type: playbook, playbook: gone}\n",
    "playbooks/below/broken.yaml": "name: [\n",
    "playbooks/below/known.yaml": GOOD.format("known") + "color: red\n",
    "outside.yaml": GOOD.format("outside"),
}
BASELINE = (
    '{"format": "playbookctl/baseline", "version": 1, "files": {"playbooks/below/known.yaml": {"playbook": "known",'
    ' "findings": [{"code": "PB002", "at": "/color", "text": "", "count": 1}]}}}'
)
CONFIGS = {
    "none": None,
    "plain": "namespace: a\n",
    "baseline": "rules: {baseline: known.json}\n",
    "baseline missing": "rules: {baseline: gone.json}\n",
    "broken": "namespace: [\n",
    "wrong": "namespace: 12\n",
    "no playbooks": "playbooks: nowhere\n",
    "milder": "rules: {severity: {PB1: note, PB0: warning}}\n",
}
PASSED = [
    [], ["playbooks/good.yaml"], ["playbooks/below"], ["playbooks/below/broken.yaml", "outside.yaml"], ["gone.yaml"],
    ["playbooks/odd \u00e9.yaml"], ["playbookctl.yaml", "playbooks/good.yaml"], [""],
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {**FILES, "known.json": BASELINE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("config", CONFIGS)
def test_both_ways_say_the_same(folder: Path, capsys: pytest.CaptureFixture[str], config: str) -> None:
    text = CONFIGS[config]
    if text is not None:
        (folder / "playbookctl.yaml").write_text(text, "utf-8")
    codes = set()
    for paths in PASSED:
        assert plain.fits(["validate", *paths])
        short, said = run(["validate", *paths]), capsys.readouterr()
        assert (run(["validate", "--fail-on", "error", *paths]), capsys.readouterr()) == (short, said)
        codes.add(int(short))
    assert len(codes) > 1 or config in ("baseline missing", "broken", "wrong", "no playbooks")


NOT_PLAIN = [
    ["validate", "-"],
    ["validate", "-q"],
    ["validate", "a", "--no-cache"],
    ["validate", "--", "a"],
    ["plan"],
    [],
    ["-h"],
]


@pytest.mark.parametrize("arguments", NOT_PLAIN)
def test_whatever_else_is_asked_goes_through_click(arguments: list[str]) -> None:
    assert not plain.fits(arguments)


@pytest.mark.parametrize("variable", ["GITHUB_ACTIONS", "_PLAYBOOKCTL_COMPLETE"])
def test_what_only_click_can_do_goes_through_click(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert plain.fits(["validate", "a"])
    monkeypatch.setenv(variable, "true")
    assert not plain.fits(["validate", "a"])


@pytest.mark.parametrize(("arguments", "expected"), [([], "False"), (["-q"], "True")])
def test_the_short_way_does_not_import_click(folder: Path, arguments: list[str], expected: str) -> None:
    code = (
        "import sys; from playbookctl.cli.main import run; "
        f"run(['validate', 'playbooks/good.yaml', *{arguments!r}]); print('click' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    assert done.stdout.splitlines()[-1] == expected


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    command = f"{sys.executable} -c 'from playbookctl.cli.main import main; main([\"validate\"])' | true"
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
