"""The status of playbooks at every width, and what hostile names do to it: nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from playbookctl.model.status import ConnectorWarning, Runs, Status, StatusRow
from playbookctl.report import cells, status_json, status_text
from playbookctl.report.registry import Options

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = "2026-07-01T12:00:00+00:00"
ID = "ply_01M82KKWEHFA4R7MXB4A4144NK"
STATUS = Status(
    "prod", "soc", "tnt_1", NOW,
    rows=(
        StatusRow("credential-stuffing-against-a-login", "C", "in sync", "a.yaml", ID, True, True, "soc-lead",
                  "2026-07-01T09:00:00Z", "failed", Runs(1204, 1200, 3, 1)),
        StatusRow("ddos", "D", "drift", "b.yaml", ID, False, True, "network-lead", "2026-06-30T11:00:00Z", "succeeded", Runs(2, 2)),
        StatusRow("new", "N", "create", "c.yaml", owner="soc-lead"),
        StatusRow("old", "\x1b[31mO", "orphan", "", ID, True, False, "\x1b]0;x\x07 ##[group] 名前"),
    ),
    warnings=(ConnectorWarning("cnn_1", "edr", ("is disabled",), ("ddos", "new")),),
    not_ours=12,
)  # fmt: skip


@pytest.mark.parametrize("width", [0, 120, 80, 60, 40, 32])
def test_it_fits_any_terminal(width: int, golden: Callable[[str, str], None]) -> None:
    text = status_text.render(STATUS, Options(width=width))
    assert "\x1b" not in text
    assert "##[" not in text
    if width:
        assert max(cells.width(line) for line in text.splitlines() if "playbookctl plan" not in line) <= width
    golden(f"status-{width}.txt", text)


def test_colour_adds_nothing_but_colour() -> None:
    import re

    plain, painted = (status_text.render(STATUS, Options(width=100, color=color)) for color in (False, True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


def test_ascii_is_all_that_a_poor_terminal_gets() -> None:
    assert status_text.render(STATUS, Options(width=100, unicode=False)).isascii()


def test_a_column_without_anything_to_say_is_left_out() -> None:
    status = Status("prod", "soc", "tnt_1", NOW, rows=(StatusRow("a", "A", "create"),))
    assert status_text.render(status, Options()).splitlines()[2:4] == ["playbook  standing", "a         to create"]


def test_a_key_is_whole_where_there_is_room_for_it() -> None:
    key = "k" * 64
    text = status_text.render(Status("prod", "soc", "tnt_1", NOW, rows=(StatusRow(key, "A", "create"),)), Options())
    assert text.splitlines()[3] == f"{key}  to create"


def test_nothing_is_a_status_too() -> None:
    text = status_text.render(Status("prod", "soc", "tnt_1", NOW), Options())
    assert text.splitlines()[-1] == "status: 0 playbooks: nothing; 0 enabled, 0 of them automatic"


def test_programs_get_everything_and_the_same_totals() -> None:
    said = json.loads(status_json.render(STATUS))
    assert (said["format"], said["version"]) == ("playbookctl/status", 1)
    assert said["totals"] == {
        "playbooks": 4,
        "standings": {"create": 1, "drift": 1, "in sync": 1, "orphan": 1},
        "enabled": 2,
        "automatic": 1,
        "failed": 1,
        "not_ours": 12,
    }
    assert said["playbooks"][0]["runs"] == {"total": 1204, "succeeded": 1200, "failed": 3, "skipped": 1}
    assert said["playbooks"][2] == {
        "key": "new", "name": "N", "standing": "create", "file": "c.yaml", "live_id": "", "enabled": None,
        "auto_execute": None, "owner": "soc-lead", "last_run_at": None, "last_status": None, "runs": None,
    }  # fmt: skip
    assert said["warnings"] == [
        {"connector": "edr", "connector_id": "cnn_1", "reasons": ["is disabled"], "playbooks": ["ddos", "new"]}
    ]
