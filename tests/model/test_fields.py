"""Written twice means tested for agreement: the table of fields and the schema's annotations."""

from __future__ import annotations

import json
from typing import Any

from playbookctl.load.schema.files import schema_text
from playbookctl.model.fields import MANAGED, SERVER_FIELDS

PROPERTIES: dict[str, dict[str, Any]] = json.loads(schema_text("playbook"))["properties"]
SAID = {name: schema["x-playbookctl"] for name, schema in PROPERTIES.items()}


def kind_of(name: str) -> str:
    said, schema = SAID[name], PROPERTIES[name]
    if said.get("set"):
        return "set"
    if said.get("prose"):
        return "prose"
    return "list" if schema.get("type") == "array" else "scalar"


def default_of(name: str) -> Any:
    """A field that must be there has no default in the schema; the empty value of its type stands for it."""
    said, schema = SAID[name], PROPERTIES[name]
    if "default" in said or "default" in schema:
        return said.get("default", schema.get("default"))
    return {"string": "", "array": []}[schema["type"]]


def test_the_managed_fields_are_the_schemas_in_the_order_of_the_marker() -> None:
    ordered = sorted((said["order"], name) for name, said in SAID.items() if "order" in said)
    assert [order for order, _ in ordered] == list(range(12))
    assert [field.name for field in MANAGED] == [name for _, name in ordered]


def test_the_order_of_the_marker_never_changes() -> None:
    assert [field.api_name for field in MANAGED] == [
        "name",
        "description",
        "category",
        "trigger_conditions",
        "auto_execute",
        "mitre_tactics",
        "mitre_techniques",
        "steps",
        "required_connector_ids",
        "owner_id",
        "enabled",
        "tags",
    ]


def test_every_managed_field_is_what_its_annotation_says() -> None:
    for field in MANAGED:
        said = SAID[field.name]
        assert (said["managed"], said["api"]) == ("repo", field.api_name), field.name
        assert (kind_of(field.name), default_of(field.name)) == (field.kind, field.default), field.name
        assert type(default_of(field.name)) is type(field.default), field.name


def test_every_server_field_says_who_sets_it_and_never_both() -> None:
    assert {name: said["set_by"] for name, said in SAID.items() if said["managed"] == "server"} == SERVER_FIELDS
    assert not {field.api_name for field in MANAGED} & set(SERVER_FIELDS)


def test_the_api_has_28_fields_and_the_schema_knows_each() -> None:
    assert len({field.api_name for field in MANAGED} | set(SERVER_FIELDS)) == 28


def test_every_field_of_the_file_says_who_manages_it() -> None:
    assert {said["managed"] for said in SAID.values()} == {"repo", "server", "file"}
    rendered = {name: said["rendered_into"] for name, said in SAID.items() if "rendered_into" in said}
    assert rendered == {"owner_id": "owner", "inputs": "steps", "outputs": "steps"}
    assert all("order" in SAID[target] for target in rendered.values())
    assert {name for name, said in SAID.items() if said["managed"] == "file"} == {"key"}
