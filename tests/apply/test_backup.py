"""Backups: private, out of git, never outside their folder, never overwritten."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.apply.backup import Backups
from playbookctl.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def live(live_id: str, **fields: Any) -> dict[str, Any]:
    return {"id": live_id, "name": "P", **fields}


def saved(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder).parts[1]) for path in folder.glob("*/*"))


def test_a_backup_holds_the_whole_object_and_is_private(tmp_path: Path) -> None:
    body = live("ply_1", name="Über\ud800", unknown=[1, None])
    path = tmp_path / "backup"
    file = Backups(path).save("phishing", body)
    (run,) = path.glob("2*Z")
    assert file == str(run / "phishing-ply_1.json")
    assert json.loads((run / "phishing-ply_1.json").read_text("utf-8")) == {**body, "name": "Über?"}
    assert [stat.S_IMODE(entry.stat().st_mode) for entry in (path, run, run / "phishing-ply_1.json")] == [
        0o700,
        0o700,
        0o600,
    ]
    assert (path / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("live_id", ["../../etc/passwd", "a/b", "a\\b", "C:x", ".", "..", "a\x00b", "x" * 5000, "\n"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, live_id: str) -> None:
    Backups(tmp_path / "backup").save("key", live(live_id))
    (name,) = saved(tmp_path / "backup")
    assert name.startswith("key-")
    assert len(name) < 200
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_ids_that_look_alike_on_disk_are_kept_apart(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    for live_id in ("a/b", "a:b", "a_b"):
        backups.save("key", live(live_id))
    assert len(saved(tmp_path)) == 3


def test_the_first_backup_of_a_run_is_kept(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    first = backups.save("key", live("ply_1", name="before the run"))
    again = backups.save("key", live("ply_1", name="in between"))
    assert first == again
    (file,) = tmp_path.glob("*/*.json")
    assert json.loads(file.read_text())["name"] == "before the run"


def test_two_runs_of_one_second_do_not_share_a_folder(tmp_path: Path) -> None:
    files = {Backups(tmp_path).save("key", live("ply_1", name=str(number))) for number in range(5)}
    assert len(files) == 5


def test_no_folder_means_no_backup() -> None:
    assert Backups(None).save("key", live("ply_1")) == ""


def test_a_backup_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written: ") as caught:
        Backups(tmp_path / "file").save("key", live("ply_1"))
    assert caught.value.hint
