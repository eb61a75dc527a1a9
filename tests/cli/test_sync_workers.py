"""How many playbooks are written at once is the environment's word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from playbookctl.apply.calls import ApplyOptions
from playbookctl.load.schema.files import schema_text
from playbookctl.model.workspace import Environment
from support.recording import Recorder

if TYPE_CHECKING:
    from support.team import Team

SIMPLE = "key: {key}\nname: {key}\ndescription: d\nsteps:\n  - id: one\n    action: get-host\n"


@pytest.mark.parametrize(
    ("workers", "most"), [("", range(3, 17)), (", workers: 1", range(1, 2)), (", workers: 2", range(2, 3))]
)
def test_no_more_playbooks_are_written_at_once_than_the_environment_allows(
    team: Team, workers: str, most: range
) -> None:
    for number in range(12):
        team.write(f"p{number}", SIMPLE.format(key=f"p{number}"))
    pinned = f"tenant_id: {team.server.tenant_id}"
    config = team.folder / "playbookctl.yaml"
    config.write_text(config.read_text("utf-8").replace(pinned, pinned + workers), "utf-8")
    with Recorder(team.server.url, hold=0.05) as recorder:
        team.goes_through(recorder.url)
        code, ends = team.sync("--bootstrap")
    assert (code, len(ends)) == (0, 14)
    assert recorder.most_at_once in most


def test_the_default_is_said_in_one_voice() -> None:
    schema = json.loads(schema_text("config"))
    said = schema["$defs"]["environment"]["properties"]["workers"]["default"]
    assert said == Environment("prod", {}, "soc").workers == ApplyOptions().workers
