"""A hook passes some files: what follows from these is said, wherever it stands, and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from playbookctl.pipeline import CheckOptions, Repository, check

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "playbookctl.yaml": "namespace: test\n",
    "connectors.yaml": "connectors:\n  edr: {provider: edr, actions: {find-host: {}}}\n",
    "playbooks/callee.yaml": "name: Callee\ninputs: {host: {required: true}}\nsteps:\n"
    "  - {id: a, action: get-host, with: {x: '{{ inputs.host }}'}}\n",
    "playbooks/caller.yaml": "name: Caller\nsteps:\n  - {id: call, type: playbook, playbook: callee, with: {}}\n",
    "playbooks/stranger.yaml": "name: Stranger\nrequired_connectors: [edr]\nsteps:\n"
    "  - {id: a, connector: edr, action: get-host}\n",
}
CALLED, UNKNOWN = ("PB114", "playbooks/caller.yaml"), ("PB204", "playbooks/stranger.yaml")
PASSED: list[tuple[list[str], list[tuple[str, str]]]] = [
    ([], [CALLED, UNKNOWN]),
    (["playbooks/caller.yaml"], [CALLED]),
    (["playbooks/callee.yaml"], [CALLED]),
    (["playbooks/stranger.yaml"], [UNKNOWN]),
    (["connectors.yaml"], [CALLED, UNKNOWN]),
    (["playbookctl.yaml", "playbooks/stranger.yaml"], [CALLED, UNKNOWN]),
    (["compose.yaml"], []),
]


@pytest.mark.parametrize(("passed", "expected"), PASSED)
def test_what_follows_from_the_files_that_are_passed_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passed: list[str], expected: list[tuple[str, str]]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").mkdir()
    for name, text in {**FILES, "compose.yaml": "services: {}\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    report = check(Repository(None, os.getcwd()), passed, CheckOptions(today="2026-06-01", select=("PB114", "PB204")))
    assert [(finding.code, finding.location.file) for finding in report.findings] == expected
    assert [skipped.path for skipped in report.skipped] == [name for name in passed if name == "compose.yaml"]
    deciding = [name for name in passed if "/" not in name and name != "compose.yaml"]
    assert list(report.messages) == [f"'{name}' decides about all playbooks, so all are checked" for name in deciding]
