"""Putting a new text in place of a file: whole or not at all, and never over what somebody else has done."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import UsageError
from playbookctl.load.files import playbook_files
from playbookctl.model.workspace import Settings
from playbookctl.rewrite import write_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD, NEW = "name: old\n", "name: new\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    file = tmp_path / "playbooks" / "a.yaml"
    file.write_text(OLD, "utf-8")
    return file


def write(file: Path) -> None:
    write_all(str(file.parent), [(file.name, OLD, NEW)])


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o640, 0o755, 0o664])
def test_the_permissions_stay(file: Path, mode: int) -> None:
    file.chmod(mode)
    write(file)
    assert (file.read_text("utf-8"), file.stat().st_mode & 0o7777) == (NEW, mode)


def test_a_file_that_is_read_only_is_left(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(UsageError, match=r"'a\.yaml' is read-only"):
        write(file)
    assert file.read_text("utf-8") == OLD


def test_a_file_with_two_names_is_written_once(file: Path) -> None:
    (file.parent / "b.yaml").symlink_to(file.name)
    write_all(str(file.parent), [(name, OLD, NEW) for name in ("a.yaml", "b.yaml")])
    assert (file.read_text("utf-8"), (file.parent / "b.yaml").is_symlink()) == (NEW, True)


def remove(file: Path) -> None:
    file.unlink()


def edit(file: Path) -> None:
    file.write_text("name: other\n", "utf-8")


def mark(file: Path) -> None:
    file.write_text(OLD.replace("\n", "\r\n"), "utf-8", newline="")


@pytest.mark.parametrize("meanwhile", [remove, edit, mark])
def test_what_happened_to_the_file_meanwhile_is_not_undone(file: Path, meanwhile: Callable[[Path], None]) -> None:
    meanwhile(file)
    before = file.read_bytes() if file.exists() else None
    with pytest.raises(UsageError, match=r"changed by somebody else|cannot be written: no such file"):
        write(file)
    assert (file.read_bytes() if file.exists() else None) == before
    assert [path.name for path in file.parent.iterdir()] == ([file.name] if before else [])


@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, call, fail)
    with pytest.raises((UsageError, KeyboardInterrupt)) as raised:
        write(file)
    if isinstance(error, OSError):
        assert str(raised.value) == "'a.yaml' cannot be written: no space left on device"
    assert file.read_text("utf-8") == OLD
    assert [path.name for path in file.parent.iterdir()] == [file.name]


KILLED = """\
import os, sys
from playbookctl.rewrite import write_all
os.replace = lambda *_: os.kill(os.getpid(), 9)
write_all(sys.argv[1], [("a.yaml", "name: old\\n", "name: new\\n")])
"""


def test_a_process_that_is_killed_while_writing_leaves_the_old_file_and_no_playbook(file: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(file.parent)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert file.read_text("utf-8") == OLD
    assert len(list(file.parent.iterdir())) == 2
    assert playbook_files(Settings({}, str(file.parent.parent), None)) == [str(file)]
    write(file)
    assert file.read_text("utf-8") == NEW


def test_a_link_stays_a_link_and_its_target_is_written(file: Path) -> None:
    link = file.parent / "b.yaml"
    link.symlink_to(file.name)
    write_all(str(file.parent), [("b.yaml", OLD, NEW)])
    assert link.is_symlink()
    assert file.read_text("utf-8") == NEW


def test_of_several_files_each_is_whole(file: Path) -> None:
    other = file.parent / "b.yaml"
    other.write_text("name: someone else's\n", "utf-8")
    with pytest.raises(UsageError, match=r"'b\.yaml' was changed by somebody else"):
        write_all(str(file.parent), [("a.yaml", OLD, NEW), ("b.yaml", OLD, NEW)])
    assert (file.read_text("utf-8"), other.read_text("utf-8")) == (NEW, "name: someone else's\n")
