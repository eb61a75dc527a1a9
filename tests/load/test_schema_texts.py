"""What an editor shows: every field of every schema is described, and what a schema offers it also accepts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from playbookctl.load.schema.alternatives import ALTERNATIVES
from playbookctl.load.schema.files import schema_text
from playbookctl.load.schema.keywords import KEYWORDS
from playbookctl.load.schema.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("config", "connectors", "playbook")
ROOTS: dict[str, dict[str, Any]] = {kind: json.loads(schema_text(kind)) for kind in KINDS}
# Keywords that hold schemas by name, in a list, or alone; all other values are no schemas.
BY_NAME = ("properties", "patternProperties", "$defs")
IN_LIST = ("anyOf", "allOf")
ALONE = ("items", "contains", "not", "if", "then", "else", "additionalProperties", "propertyNames")


def parts(schema: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(schema, dict):
        return
    yield path, schema
    for keyword in BY_NAME:
        for name, part in schema.get(keyword, {}).items():
            yield from parts(part, f"{path}/{keyword}/{name}")
    for keyword in IN_LIST:
        for index, part in enumerate(schema.get(keyword, ())):
            yield from parts(part, f"{path}/{keyword}/{index}")
    for keyword in ALONE:
        yield from parts(schema.get(keyword), f"{path}/{keyword}")


def resolve(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references as editors do: what stands beside a reference wins over what it leads to."""
    if "$ref" not in schema:
        return schema
    target: Any = root
    for name in schema["$ref"].removeprefix("#/").split("/"):
        target = target[name]
    return {**resolve(root, target), **{key: value for key, value in schema.items() if key != "$ref"}}


ALL = [(kind, path, schema) for kind in KINDS for path, schema in parts(ROOTS[kind])]
# A field stands under `properties`; in `if`, `then`, `not` and `contains` it is only looked at.
FIELDS = [
    pytest.param(kind, f"{path}/{keyword}/{name}", field, id=f"{kind}{path}/{keyword}/{name}")
    for kind, path, schema in ALL
    if not {"if", "then", "not", "hasStart"} & set(path.split("/"))
    for keyword in ("properties", "patternProperties")
    for name, field in schema.get(keyword, {}).items()
    if field is not True
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid_and_says_what_it_is_for(kind: str) -> None:
    Draft202012Validator.check_schema(ROOTS[kind])
    assert ROOTS[kind]["$id"] == f"{kind}.schema.json"
    assert ROOTS[kind]["title"]
    assert ROOTS[kind]["description"]


@pytest.mark.parametrize("kind, path, field", FIELDS)
def test_every_field_is_described_in_a_sentence(kind: str, path: str, field: dict[str, Any]) -> None:
    text = resolve(ROOTS[kind], field).get("description", "")
    assert text, f"{path} has no description"
    assert text[0].isupper(), f"{path}: {text}"
    assert text[-1] == ".", f"{path}: {text}"


def test_there_are_fields_to_look_at() -> None:
    assert len(FIELDS) > 300


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_to_choose_from_is_explained(kind: str) -> None:
    for path, schema in parts(ROOTS[kind]):
        if "enum" in schema and not {"if", "not", "items"} & set(path.split("/")):
            assert len(schema["enumDescriptions"]) == len(schema["enum"]), path
            assert all(text.endswith(".") for text in schema["enumDescriptions"]), path


@pytest.mark.parametrize("kind", KINDS)
def test_examples_and_defaults_are_accepted_by_their_own_schema(kind: str) -> None:
    validator = Draft202012Validator(ROOTS[kind])
    for path, schema in parts(ROOTS[kind]):
        for value in [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else [])]:
            assert validator.evolve(schema=schema).is_valid(value), f"{path}: {value!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_no_mappings_which_editors_show_as_objects(kind: str) -> None:
    for path, schema in parts(ROOTS[kind]):
        assert not any(isinstance(value, dict) for value in schema.get("examples", ())), path


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_leads_somewhere_and_every_definition_is_used(kind: str) -> None:
    used = {schema["$ref"] for _, schema in parts(ROOTS[kind]) if "$ref" in schema}
    for pointer in sorted(used):
        resolve(ROOTS[kind], {"$ref": pointer})
    defined = {f"#/$defs/{name}" for name in ROOTS[kind]["$defs"]}
    assert {name for name in defined if not any(pointer.startswith(name) for pointer in used)} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_pattern_comes_with_words_that_say_how_to_write_it(kind: str) -> None:
    for path, schema in parts(ROOTS[kind]):
        if "pattern" in schema:
            assert schema.get("patternErrorMessage"), path


@pytest.mark.parametrize("kind", KINDS)
def test_every_keyword_that_can_fail_has_words_of_its_own(kind: str) -> None:
    spoken = {*KEYWORDS, *SHAPES, *ALTERNATIVES}
    silent = {"then", "else", "patternProperties", "contains"}  # `if` goes on to the first two; the others only look
    notes = {"$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "x-playbookctl",
             "enumDescriptions", "patternErrorMessage", "deprecationMessage", "defaultSnippets"}  # fmt: skip
    for path, schema in parts(ROOTS[kind]):
        assert set(schema) <= spoken | silent | notes, path


def test_each_type_of_step_takes_only_fields_that_are_said_once() -> None:
    root = ROOTS["playbook"]
    fields = root["$defs"]["stepFields"]["properties"]
    types = {name: schema for name, schema in root["$defs"].items() if name.endswith("Step")}
    assert [schema["title"] for schema in types.values()] == fields["type"]["enum"]
    for name, schema in types.items():
        for key, field in schema["properties"].items():
            if key not in ("type", "id"):
                assert field == {"$ref": f"#/$defs/stepFields/properties/{key}"}, f"{name}: {key}"
    taken = {key for schema in types.values() for key in schema["properties"]}
    assert taken == set(fields), "a field that no type of step takes"


def test_a_name_of_no_schema_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no schema is called 'nothing'"):
        schema_text("nothing")
