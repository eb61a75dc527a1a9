"""A schema as the explanations need it: its parts by reference, and the compiled acceptors of those parts."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from playbookctl.load.schema.files import schema_text

if TYPE_CHECKING:
    from collections.abc import Callable


class Grammar:
    """One schema. `step_types` has the schema of each type of step, by type, in the order of the schema."""

    def __init__(self, kind: str) -> None:
        self.root: dict[str, Any] = json.loads(schema_text(kind))
        self.base = Draft202012Validator(self.root)
        self.parts: dict[str, Callable[[Any], bool]] = import_module(f"playbookctl.load.schema._accept_{kind}").PARTS
        steps = self.root["$defs"].get("step", {}).get("allOf", [])
        self.step_types: dict[str, dict[str, Any]] = {
            part["if"]["properties"]["type"]["const"]: self.resolve(part["then"]) for part in steps
        }

    def resolve(self, schema: Any) -> dict[str, Any]:
        """Return the schema that references lead to in the end; a boolean schema as a mapping that says nothing."""
        while isinstance(schema, dict) and "$ref" in schema:
            schema = self.at(schema["$ref"])
        return schema if isinstance(schema, dict) else {}

    def at(self, pointer: str) -> Any:
        """Return the part of the schema that `pointer` names."""
        part: Any = self.root
        for name in pointer.removeprefix("#/").split("/"):
            part = part[name]
        return part

    def accepted(self, schema: Any, instance: Any) -> bool:
        """Tell whether a compiled acceptor takes `instance`; False also where `schema` has no acceptor of its own."""
        if not isinstance(schema, dict):
            return schema is True
        while "$ref" in schema:
            part = self.parts.get(schema["$ref"])
            if part is not None:
                return part(instance)
            schema = self.at(schema["$ref"])
        return schema.get("type") == "string" and not _LIMITS & schema.keys() and isinstance(instance, str)

    def holds(self, schema: Any, instance: Any) -> bool:
        """Tell whether `instance` follows a part of the schema that has no acceptor, such as an `if`."""
        return bool(self.base.evolve(schema=schema).is_valid(instance))

    def types(self, schema: Any) -> tuple[str, ...]:
        """Return the JSON types a schema accepts, as far as it says."""
        schema = self.resolve(schema)
        if "type" in schema:
            return (schema["type"],) if isinstance(schema["type"], str) else tuple(schema["type"])
        if "anyOf" in schema:
            return tuple(dict.fromkeys(name for part in schema["anyOf"] for name in self.types(part)))
        return ("boolean",) if schema.get("const") is True else ("string",) if "enum" in schema else ()

    def fields(self, schema: Any) -> dict[str, Any]:
        """Return the properties a schema knows."""
        fields: dict[str, Any] = self.resolve(schema).get("properties", {})
        return fields


def said(schema: dict[str, Any], word: str) -> Any:
    """Return what the schema's annotation says under `word`: 'is' (what a value is called), 'not', 'instead', 'slug'."""
    return schema.get("x-playbookctl", {}).get(word)


_LIMITS = {"minLength", "maxLength", "pattern", "not"}
