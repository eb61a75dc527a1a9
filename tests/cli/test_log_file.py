"""`--log-file`: a line for every request, and never a secret."""

from __future__ import annotations

import logging
import re
import stat
from typing import TYPE_CHECKING

from playbookctl.errors import ExitCode

if TYPE_CHECKING:
    import pytest

    from support.team import Team

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (GET|POST|PATCH) (/api/\S+) (\d{3}) \d+ bytes \d+ ms, request id req_\w+"
)


def test_every_request_has_a_line_and_no_line_has_a_secret(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = team.server.operator
    client_id, secret = operator.new_client(operator.caller())
    monkeypatch.delenv("CPOD_API_KEY")
    monkeypatch.setenv("CPOD_CLIENT_ID", client_id)
    monkeypatch.setenv("CPOD_CLIENT_SECRET", secret)
    log = team.folder.parent / "requests.log"
    assert team.sync("--bootstrap", "--log-file", str(log))[0] == 0
    text = log.read_text("utf-8")
    rows = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(rows), text
    seen = {(row[1], re.sub("ply_.*", "ID", row[2]), row[3]) for row in rows if row}
    assert {
        ("POST", "/api/v1/auth/token", "200"),
        ("GET", "/api/v1/soc/playbooks", "200"),
        ("POST", "/api/v1/soc/playbooks", "201"),
        ("PATCH", "/api/v1/soc/playbooks/ID", "200"),
    } <= seen
    assert secret not in text
    assert "eyJ" not in text  # how every JWT begins
    assert "Tell the channel" not in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_second_run_adds_to_it(synced: Team) -> None:
    log = synced.folder.parent / "requests.log"
    synced.plan("--log-file", str(log))
    once = log.read_text("utf-8").count("\n")
    synced.plan("--log-file", str(log))
    assert log.read_text("utf-8").count("\n") == 2 * once > 0
    assert logging.getLogger("playbookctl").handlers == []


def test_a_request_without_an_answer_says_what_was_in_the_way(team: Team) -> None:
    team.goes_through("http://127.0.0.1:9")
    log = team.folder.parent / "requests.log"
    assert team.run("plan", "--log-file", str(log))[0] == ExitCode.SERVER
    assert " GET /api/v1/soc/playbooks ConnectError " in log.read_text("utf-8")


def test_a_log_that_cannot_be_written_ends_with_2_before_anything_is_sent(team: Team) -> None:
    code, said = team.run("plan", "--log-file", "/nowhere/x")
    assert (code, said["message"]) == (ExitCode.USAGE, "'/nowhere/x' cannot be written: No such file or directory")
