"""What commands print for programs is what `schema` publishes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from playbookctl.cli.main import run

if TYPE_CHECKING:
    from support.team import Team

PRINTED = [
    ("status", "status", ["status"]),
    ("doctor", "doctor", ["doctor"]),
    ("run", "run", ["run", "notify", "--wait", "--input", "inputs.json"]),
    ("a run that nobody waits for", "run", ["run", "notify", "--input", "inputs.json"]),
    ("plan", "report", ["plan"]),
    ("drift", "report", ["drift"]),
    ("sync", "report", ["sync", "--yes"]),
    ("adopt", "report", ["adopt", "--dry-run"]),
]


def closed(schema: Any) -> Any:
    """Forbid what is not declared: a reader may meet new fields, our own tests may not."""
    if isinstance(schema, dict):
        inner = {key: closed(value) for key, value in schema.items()}
        return {"additionalProperties": False, **inner} if "properties" in inner else inner
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("schema, command", [row[1:] for row in PRINTED], ids=[row[0] for row in PRINTED])
def test_what_is_printed_is_what_the_published_schema_says(
    schema: str, command: list[str], synced: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    (synced.folder / "inputs.json").write_text('{"text": "hello"}', "utf-8")
    synced.edit("triage", "Look at the host.", "Ours.")
    synced.analyst("Triage", description="Theirs.", category="containment")
    synced.connector("chat", consecutive_errors=3, last_error="refused")
    said = synced.run(*command)[1]
    assert run(["schema", schema]) == 0
    validator = Draft202012Validator(closed(json.loads(capsys.readouterr().out)))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(said)] == []
