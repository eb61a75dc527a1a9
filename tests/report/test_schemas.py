"""What the formats put out is what their readers' schemas allow, and our own published schemas are up to date."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from playbookctl.model.checkup import Verdict
from playbookctl.model.plan import Plan
from playbookctl.model.plan_totals import Group
from playbookctl.model.run import RunEnd
from playbookctl.report.registry import render

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SAMPLES = ("plain", "hostile", "planned", "synced")
FORMATS = {
    "sarif": "tests/report/schemas/sarif-2.1.0.json",
    "gitlab": "tests/report/schemas/gitlab-code-quality.json",
    "rdjson": "tests/report/schemas/rdjson.json",
    "json": "schemas/report.schema.json",
}


def load(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def closed(schema: Any) -> Any:
    """Forbid properties that are not declared: a reader may meet new ones, our own tests may not."""
    if isinstance(schema, dict):
        inner = {key: closed(value) for key, value in schema.items()}
        return {"additionalProperties": False, **inner} if "properties" in inner else inner
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


def mistakes(schema: Any, value: Any) -> list[str]:
    Draft202012Validator.check_schema(schema)
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("name", FORMATS)
def test_the_output_is_what_its_schema_allows(name: str, sample: str, request: pytest.FixtureRequest) -> None:
    schema = load(FORMATS[name])
    if name == "json":
        schema = closed(schema)
    assert mistakes(schema, json.loads(render(name, request.getfixturevalue(sample)))) == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_schema_refuses_an_output_that_lacks_a_field(name: str, plain: Any) -> None:
    value = json.loads(render(name, plain))
    row = {"sarif": lambda: value["runs"][0]["results"][0], "gitlab": lambda: value[0],
           "rdjson": lambda: value["diagnostics"][0], "json": lambda: value["findings"][0]}[name]()  # fmt: skip
    del row["description" if name == "gitlab" else "message"]
    assert mistakes(load(FORMATS[name]), value)


def derived() -> dict[str, Any]:
    schemas: Callable[[], dict[str, Any]] = runpy.run_path(str(ROOT / "scripts/build_schemas.py"))["schemas"]
    return schemas()


@pytest.mark.parametrize("name", sorted(derived()))
def test_a_published_schema_is_what_the_declarations_say(name: str) -> None:
    assert load(f"schemas/{name}") == derived()[name], "run scripts/build_schemas.py"


def test_a_saved_plan_is_what_its_schema_allows(full_plan: Plan) -> None:
    saved = json.loads(TypeAdapter(Plan).dump_json(full_plan.bare()))
    assert mistakes(closed(load("schemas/plan.schema.json")), saved) == []


@pytest.mark.parametrize("name", sorted(derived().keys() - {"plan.schema.json"}))
def test_every_shape_of_what_is_printed_is_explained(name: str) -> None:
    for shape, declared in load(f"schemas/{name}").get("$defs", {}).items():
        assert declared.get("description"), shape


def test_every_group_of_a_change_is_a_standing_of_the_published_status() -> None:
    (row,) = (shape for name, shape in load("schemas/status.schema.json")["$defs"].items() if name == "StatusRow")
    words = {"in sync", *(group.value for group in Group if group is not Group.UNCHANGED)}
    assert set(row["properties"]["standing"]["enum"]) == words


def test_every_verdict_and_every_end_is_published() -> None:
    check = load("schemas/doctor.schema.json")["$defs"]["Check"]["properties"]
    assert set(check["verdict"]["enum"]) == {verdict.value for verdict in Verdict}
    assert set(load("schemas/run.schema.json")["properties"]["end"]["enum"]) == {end.name.lower() for end in RunEnd}
