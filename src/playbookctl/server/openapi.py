"""The OpenAPI 3.1 document of the server, made from the table of fields and the table of operations below."""

from __future__ import annotations

from typing import Any

from playbookctl.server.fields import ALERT, CONNECTOR, PERSON, PLAYBOOK, RESOURCES, Kind, Resource
from playbookctl.server.problems import MEDIA_TYPE
from playbookctl.server.query import LARGEST_PAGE, PAGE, filterable
from playbookctl.server.schemas import SCHEMAS, ref, resource_schemas

Operation = dict[str, Any]

REASONS = {
    400: "the request cannot be read",
    401: "no token, or one that is not valid",
    403: "the token's scope does not reach this far",
    404: "the caller can see no such object",
    409: "the object's state stands against it",
    413: "the body is too large",
    415: "the body's media type is not taken",
    422: "the request says something this API does not take",
    429: "too many requests",
    500: "the server failed",
    503: "the database is busy or cannot be written",
}
ANYWHERE = (400, 429, 500, 503)
SECURED = (*ANYWHERE, 401, 403)
WITH_BODY = (413, 415, 422)
OBJECT_ID = {"name": "object_id", "in": "path", "required": True, "schema": {"type": "string"}}


def document() -> dict[str, Any]:
    """Return the document."""
    paths: dict[str, dict[str, Operation]] = {
        "/health": {"get": _open("health", "Tell whether the server answers", _json("Health"))},
        "/api/v1/auth/token": {"post": _token()},
    }
    for resource, writable in ((PLAYBOOK, "cu"), (CONNECTOR, "cud"), (PERSON, "cud"), (ALERT, "")):
        paths |= _collection(resource, writable)
    paths |= {
        f"{PLAYBOOK.path}/{{object_id}}/run": {"post": _action(PLAYBOOK, "run", "RunRequest", 202, "Run")},
        f"{ALERT.path}/{{object_id}}/acknowledge": {"post": _action(ALERT, "acknowledge", "Nothing", 200, "Alert")},
        f"{ALERT.path}/{{object_id}}/escalate": {"post": _action(ALERT, "escalate", "Escalation", 200, "Alert")},
        f"{PERSON.path}/{{object_id}}/deactivate": {"post": _action(PERSON, "deactivate", "Nothing", 200, "Person")},
    }
    schemas = dict(SCHEMAS)
    for resource in RESOURCES:
        schemas |= resource_schemas(resource)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SOC playbook API, reference server", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {name: schemas[name] for name in sorted(schemas)},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


def _collection(resource: Resource, writable: str) -> dict[str, dict[str, Operation]]:
    name, title = resource.name, resource.title
    many = {"get": _operation(f"list_{name}s", f"List {name}s", {"200": _json(f"{title}Page")}, 422)}
    one = {"get": _operation(f"get_{name}", f"Get a {name}", {"200": _json(title)}, 404)}
    many["get"]["responses"]["200"]["links"] = {
        "next_page": {"operationId": f"list_{name}s", "parameters": {"cursor": "$response.body#/next_cursor"}}
    }
    many["get"]["parameters"] = _list_parameters(resource)
    if "c" in writable:
        created = {**_json(title), "headers": {"Location": {"schema": {"type": "string"}}}, "links": _links(resource)}
        many["post"] = _operation(f"create_{name}", f"Create a {name}", {"201": created}, *WITH_BODY, 409)
        many["post"]["requestBody"] = _body(f"{title}Create")
    if "u" in writable:
        one["patch"] = _operation(f"update_{name}", f"Update a {name}", {"200": _json(title)}, *WITH_BODY, 404, 409)
        one["patch"]["requestBody"] = _body(f"{title}Update", "application/merge-patch+json")
    if "d" in writable:
        gone = {"204": {"description": "deleted"}}
        one["delete"] = _operation(f"delete_{name}", f"Soft-delete a {name}", gone, 404)
    for operation in one.values():
        operation["parameters"] = [OBJECT_ID]
    return {resource.path: many, f"{resource.path}/{{object_id}}": one}


def _action(resource: Resource, verb: str, sent: str, status: int, answered: str) -> Operation:
    summary = f"{verb.capitalize()} a{'n' * (resource is ALERT)} {resource.name}"
    done = {str(status): _json(answered)}
    operation = _operation(f"{verb}_{resource.name}", summary, done, *WITH_BODY, 404, 409)
    operation["parameters"] = [OBJECT_ID]
    operation["requestBody"] = {**_body(sent), "required": False}
    return operation


def _token() -> Operation:
    operation = _open("token", "Exchange client credentials for a bearer token", _json("Token"), 401, *WITH_BODY)
    operation["requestBody"] = _body("TokenRequest", "application/x-www-form-urlencoded")
    return operation


def _open(name: str, summary: str, answer: Operation, *statuses: int) -> Operation:
    responses = {"200": answer, **_problems(*ANYWHERE, *statuses)}
    return {"operationId": name, "summary": summary, "security": [], "responses": responses}


def _operation(name: str, summary: str, responses: dict[str, Any], *statuses: int) -> Operation:
    return {"operationId": name, "summary": summary, "responses": {**responses, **_problems(*SECURED, *statuses)}}


def _problems(*statuses: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": ref("Problem")}}
    return {str(status): {"description": REASONS[status], "content": content} for status in sorted(statuses)}


def _json(name: str) -> Operation:
    return {"description": name, "content": {"application/json": {"schema": ref(name)}}}


def _body(name: str, *others: str) -> Operation:
    content = {media_type: {"schema": ref(name)} for media_type in ("application/json", *others)}
    return {"required": True, "content": content}


def _links(resource: Resource) -> dict[str, Any]:
    names = [f"get_{resource.name}", f"update_{resource.name}"]
    names.append("run_playbook" if resource is PLAYBOOK else f"delete_{resource.name}")
    return {name: {"operationId": name, "parameters": {"object_id": "$response.body#/id"}} for name in names}


def _list_parameters(resource: Resource) -> list[dict[str, Any]]:
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
    flag = {"type": "boolean"}
    own = {"limit": limit, "cursor": {"type": "string"}, "q": {"type": "string"}, "include_deleted": flag}
    kinds = {Kind.FLAG: flag, Kind.NUMBER: {"type": "number"}}
    for field in filterable(resource):
        schema = kinds.get(field.kind, {"type": "string"})
        own[field.name] = {"type": "array", "items": schema} if field.name == "tags" else schema
    return [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in own.items()]
