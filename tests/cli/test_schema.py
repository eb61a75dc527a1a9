"""`schema`: what is printed is a schema; with connectors it judges as the rules do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from playbookctl.cli.main import run
from playbookctl.load.schema.files import schema_names, schema_text

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = "connectors:\n  okta: {actions: {get-user: {}}}\n  slack: {}\n  mute: {actions: {}}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_printed_as_it_is(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", name]) == 0
    assert capsys.readouterr().out == schema_text(name)


def step(**fields: str) -> dict[str, Any]:
    return {"name": "x", "steps": [{"id": "a", **fields}]}


JUDGED = [
    (step(connector="okta", action="get-user"), True),
    (step(connector="okta", action="get-usr"), False),
    (step(connector="okta", action="{{ inputs.action }}"), True),
    (step(connector="okat", action="get-user"), False),
    (step(connector="cnn_01J", action="get-user"), True),
    (step(connector="{{ inputs.tool }}", action="get-user"), True),
    (step(connector="slack", action="anything"), True),
    (step(connector="mute", action="anything"), False),
    (step(action="anything"), True),
    ({**step(action="x"), "required_connectors": ["okta", "cnn_01J"]}, True),
    ({**step(action="x"), "required_connectors": ["{{ inputs.tool }}"]}, False),
    ({**step(action="x"), "trigger_conditions": [{"connector_available": "okat"}]}, False),
    ({**step(action="x"), "trigger_conditions": [{"connector_available": "okta"}]}, True),
]


@pytest.mark.parametrize(("playbook", "accepted"), JUDGED)
def test_with_connectors_only_their_names_and_actions_are_accepted(
    here: Path, playbook: dict[str, Any], accepted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "connectors.yaml").write_text(CATALOGUE, "utf-8")
    assert run(["schema", "playbook", "--with-connectors"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid(playbook) is accepted
    (here / "playbooks").mkdir()
    (here / "playbooks" / "x.yaml").write_text(json.dumps(playbook), "utf-8")
    run(["validate", "--select", "PB002,PB201,PB204", "--fail-on", "error", "--format", "json"])
    assert (json.loads(capsys.readouterr().out)["totals"]["errors"] == 0) is accepted


def test_an_empty_catalogue_leaves_ids_and_templates(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "connectors.yaml").write_text("connectors: {}\n", "utf-8")
    assert run(["schema", "--with-connectors"]) == 0
    schema = jsonschema.Draft202012Validator(json.loads(capsys.readouterr().out))
    assert schema.is_valid(step(connector="cnn_1", action="x"))
    assert not schema.is_valid(step(connector="okta", action="x"))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "message"),
    [("playbook", "'connectors.yaml' is missing or cannot be read"), ("config", "is for the schema 'playbook'")],
)
def test_without_a_catalogue_or_for_another_schema_there_is_nothing_to_offer(
    name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schema", name, "--with-connectors"]) == 2
    said = capsys.readouterr()
    assert (said.out, message in said.err) == ("", True)
