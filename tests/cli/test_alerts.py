"""`alerts export`, from the command line to the reference server."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.alerts.redact import Redaction
from playbookctl.errors import ExitCode, UsageError
from playbookctl.exporting import KEY_FILE, moment_since, newest
from playbookctl.model.pseudonym import PSEUDONYM
from support.recording import Recorder
from support.server import ALERTS

if TYPE_CHECKING:
    from support.team import Team

TRIGGER = """\
key: phish
name: Phish
description: d
enabled: false
trigger_conditions:
  - {field: alert.title, op: contains, value: phish}
  - {not: {field: alert.user, op: equals, value: svc-scan}}
steps:
  - {id: a, action: get-host}
"""


def ingest(team: Team, *alerts: dict[str, Any]) -> None:
    operator = team.server.operator
    for alert in alerts:
        operator.ingest(operator.caller(), {"title": "t", "severity": "high", **alert})


def exported(team: Team, *arguments: str) -> list[dict[str, Any]]:
    code, out, err = team.say("alerts", "export", *arguments)
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def phish(team: Team) -> Team:
    team.write("phish", TRIGGER)
    team.commit("phish")
    return team


def test_it_writes_what_the_triggers_read_with_pseudonyms(phish: Team) -> None:
    ingest(
        phish,
        {"title": "phish for sam@corp.example", "user": "sam@corp.example", "host": "ws-17", "description": "by sam",
         "timestamp": "2026-03-01T10:00:00Z", "source_alert": "raw of ws-17"},
    )  # fmt: skip
    (line,) = exported(phish)
    user = line["user"]
    assert PSEUDONYM.fullmatch(user)
    live = phish.http.get(ALERTS).json()["data"][0]
    assert line == {
        "id": live["id"], "timestamp": live["timestamp"], "severity": "high", "source": live["source"],
        "title": "phish for " + user, "user": user,
    }  # fmt: skip


def test_a_value_has_the_same_pseudonym_in_the_next_export(phish: Team) -> None:
    ingest(phish, {"user": "sam"}, {"user": "SAM"}, {"user": "max"})
    first = [line["user"] for line in exported(phish)]
    assert first == [line["user"] for line in exported(phish)]
    assert first[0] == first[1] != first[2]
    key = Path(os.environ["XDG_CACHE_HOME"]) / "playbookctl" / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.unlink()
    assert exported(phish)[0]["user"] != first[0]


def test_fields_are_added_kept_and_dropped_by_name(phish: Team) -> None:
    ingest(phish, {"title": "phish", "user": "sam", "host": "ws-17"})
    (line,) = exported(phish, "--field", "alert.host", "--keep", "user", "--drop", "title")
    assert PSEUDONYM.fullmatch(line.pop("host"))
    assert (line.pop("user"), sorted(line)) == ("sam", ["created_at", "id", "severity", "source"])


def test_all_pages_are_read_and_the_newest_written_oldest_first(phish: Team) -> None:
    ingest(phish, *({"title": f"phish {n}", "timestamp": f"2026-03-{n % 28 + 1:02}T00:00:00Z"} for n in range(620)))
    with Recorder(phish.server.url) as recorder:
        phish.goes_through(recorder.url)
        lines = exported(phish, "--limit", "30")
        assert recorder.asked.count(("GET", ALERTS)) == 2
        _, out, err = phish.say("alerts", "export", "--since", "2026-03-28")
    times = [line["timestamp"] for line in lines]
    assert (len(times), times) == (30, sorted(times))
    assert {time[:10] for time in times} == {"2026-03-28", "2026-03-27"}
    assert len(out.splitlines()) == 22
    assert err == "22 of 620 alerts; 598 are older than 2026-03-28 00:00\n"


def test_a_file_is_for_its_owner_only_also_where_one_was(phish: Team, tmp_path: Path) -> None:
    ingest(phish, {"title": "phish\u2028two\nlines"})
    file = tmp_path / "alerts.jsonl"
    file.write_text("old")
    file.chmod(0o644)
    assert exported(phish, "-o", str(file)) == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [json.loads(line)["title"] for line in file.read_bytes().split(b"\n")[:-1]] == ["phish\u2028two\nlines"]
    assert [each.name for each in tmp_path.glob(".alerts*")] == []


def test_what_cannot_be_written_is_said_and_leaves_the_old_file(phish: Team, tmp_path: Path) -> None:
    code, _, err = phish.say("alerts", "export", "-o", str(tmp_path / "no" / "alerts.jsonl"))
    assert code == ExitCode.USAGE
    assert err.splitlines()[0].endswith("cannot be written: No such file or directory")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert phish.say("alerts", "export", "-o", str(folder))[0] == ExitCode.USAGE
    assert [*tmp_path.iterdir()].count(folder) == 1
    assert [each.name for each in tmp_path.glob(".alerts*")] == []


def test_a_key_that_the_repository_brings_is_not_used(phish: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever knows the key can try out who is meant: a pull request must not choose it."""
    ingest(phish, {"user": "sam"})
    folder = phish.folder / ".playbookctl" / "playbookctl"
    folder.mkdir(parents=True)
    (folder / KEY_FILE).write_bytes(bytes(32))
    (folder / KEY_FILE).chmod(0o600)
    (folder.parent / KEY_FILE).write_bytes(bytes(32))
    known = Redaction([("user",)], bytes(32), str)({"user": "sam"})["user"]
    assert exported(phish)[0]["user"] != known
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent))
    code, out, err = phish.say("alerts", "export")
    assert code == 0
    assert json.loads(out)["user"] != known
    assert err.endswith("note: no key could be kept in your cache folder; the next export has other pseudonyms\n")


NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text, moment",
    [
        ("24h", "2026-03-09T12:00:00"),
        ("7d", "2026-03-03T12:00:00"),
        ("90m", "2026-03-10T10:30:00"),
        ("1w", "2026-03-03T12:00:00"),
        ("2026-03-01", "2026-03-01T00:00:00"),
        ("2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00"),
        ("999999w", "0001-01-01T00:00:00"),
    ],
)
def test_since_is_a_span_or_a_date(text: str, moment: str) -> None:
    assert moment_since(text, NOW).astimezone(timezone.utc).isoformat()[:19] == moment


@pytest.mark.parametrize("text", ["", "yesterday", "24", "h", "2026-13-01", "-3d", "\u0663d"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        moment_since(text, NOW)


def test_an_alert_without_a_time_counts_as_the_oldest() -> None:
    rows = [{"id": "b"}, {"id": "a", "timestamp": "x", "created_at": "2026-03-02T00:00:00Z"}, {"id": "c"}]
    assert [row["id"] for row in newest(rows, None, 2).alerts] == ["c", "a"]
    assert newest(rows, NOW, 5) == ((), 3, 3)
