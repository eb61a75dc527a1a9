"""JSON Schemas of what is sent and answered, made from the table of fields; closed, so that nothing slips through."""

from __future__ import annotations

from typing import Any

from playbookctl.server.bodies import LARGEST_NUMBER
from playbookctl.server.fields import Field, Kind, Resource
from playbookctl.server.shapes import OPERATORS, WITHOUT_VALUE

Schema = dict[str, Any]

ID = r"^[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}$"
STATUSES = ("succeeded", "failed", "skipped")


def ref(name: str) -> Schema:
    """Return the reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed(properties: dict[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    """Return the schema of an object with these properties and no other; all are required unless said otherwise."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": sorted(properties if required is None else required),
        "properties": properties,
    }


def resource_schemas(resource: Resource) -> dict[str, Schema]:
    """Return the schemas of a resource by name: the object, a page, and the bodies that create and update it."""
    fields = resource.fields.values()
    sent = {field.name: _sent(field) for field in fields if not field.stamped}
    required = tuple(field.name for field in fields if field.required)
    return {
        resource.title: closed({field.name: answered(field) for field in fields}),
        f"{resource.title}Page": closed(
            {
                "data": {"type": "array", "items": ref(resource.title)},
                "next_cursor": {"type": ["string", "null"]},
                "total": {"type": "integer", "minimum": 0},
            }
        ),
        f"{resource.title}Create": closed(sent, required),
        f"{resource.title}Update": closed(sent, ()),
    }


def answered(field: Field) -> Schema:
    """Return the schema of a field in an answer."""
    schema = {**_of_kind(field), "description": field.note}
    if field.name == "id":
        schema["pattern"] = ID
    return _or_null(schema) if field.nullable else schema


def _sent(field: Field) -> Schema:
    clearable = field.nullable or isinstance(field.default, list)
    schema = {**_of_kind(field), "description": field.note}
    if field.required:
        schema["minLength"] = 1
    return _or_null(schema) if clearable else schema


def _of_kind(field: Field) -> Schema:
    if field.kind is Kind.CHOICE:
        return {"type": "string", "enum": list(field.choices)}
    schema: Schema = dict(OF_KIND[field.kind])
    if field.longest is not None:
        schema["maxLength"] = field.longest
    return schema


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


NUMBER: Schema = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
ANY_OBJECT: Schema = {"type": "object", "additionalProperties": ref("Json")}

OF_KIND: dict[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
    Kind.NUMBER: NUMBER,
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.TEXTS: {"type": "array", "items": {"type": "string"}},
    Kind.OBJECT: ANY_OBJECT,
    Kind.OBJECTS: {"type": "array", "items": ANY_OBJECT},
    Kind.CONDITIONS: {"type": "array", "items": ref("Condition")},
    Kind.RUN_STATS: {"type": "object", "allOf": [ref("RunStats")]},
}

_COUNT = {"type": "integer", "minimum": 0}
_FIELD = {"type": "string"}
_WITH_VALUE = {"enum": sorted(OPERATORS - WITHOUT_VALUE)}
_CASE = {"type": "boolean"}
_MEMBERS = {"type": "array", "minItems": 1, "items": ref("Condition")}

SCHEMAS: dict[str, Schema] = {
    "Json": {
        "anyOf": [
            {"type": ["null", "boolean", "string"]},
            NUMBER,
            {"type": "array", "items": ref("Json")},
            ANY_OBJECT,
        ]
    },
    "Condition": {
        "oneOf": [
            closed(
                {
                    "field": _FIELD,
                    "op": {"enum": sorted(OPERATORS - WITHOUT_VALUE)},
                    "value": ref("Json"),
                    "ignore_case": _CASE,
                },
                ("field", "op", "value"),
            ),
            closed({"field": _FIELD, "op": {"enum": sorted(WITHOUT_VALUE)}, "ignore_case": _CASE}, ("field", "op")),
            closed({"all": _MEMBERS}),
            closed({"any": _MEMBERS}),
            closed({"not": ref("Condition")}),
            closed({"expr": {"type": "string"}}),
            closed({"connector_available": {"type": "string"}}),
        ]
    },
    "RunStats": closed(
        {
            "total": _COUNT,
            **dict.fromkeys(STATUSES, _COUNT),
            "average_duration_ms": {"type": ["number", "null"], "minimum": 0},
            "last_status": {"enum": [*STATUSES, None]},
        }
    ),
    "Problem": closed(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": closed({"pointer": {"type": "string"}, "detail": {"type": "string"}}),
            },
        }
    ),
    "TokenRequest": closed(
        {
            "grant_type": {"const": "client_credentials"},
            "client_id": {"type": "string"},
            "client_secret": {"type": "string"},
        }
    ),
    "Token": closed(
        {
            "access_token": {"type": "string"},
            "token_type": {"const": "Bearer"},
            "expires_in": {"type": "integer", "minimum": 1},
        }
    ),
    "RunRequest": closed(
        {"inputs": {**ANY_OBJECT, "type": ["object", "null"]}, "alert_id": {"type": ["string", "null"]}}, ()
    ),
    "Run": closed({"run_id": {"type": "string", "pattern": ID}, "status": {"const": "queued"}}),
    "Escalation": closed({"assignee_id": {"type": ["string", "null"]}}, ()),
    "Nothing": closed({}),
    "Health": closed({"status": {"const": "ok"}}),
}
