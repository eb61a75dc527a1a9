"""The operations that every collection shares. They read the request, ask `objects`, and send what it says."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import Response

from playbookctl.server import objects
from playbookctl.server.auth import Caller, bearer
from playbookctl.server.bodies import read_object
from playbookctl.server.problems import ApiProblem
from playbookctl.server.query import read_query
from playbookctl.server.shapes import accepted

if TYPE_CHECKING:
    from fastapi import FastAPI

    from playbookctl.server.fields import Resource
    from playbookctl.server.store import Store

SCOPES = {"GET": "read"}


async def authenticate(request: Request) -> Caller:
    """Return who is calling; raise ApiProblem 401 without a valid token, 403 where its scope does not reach."""
    caller: Caller = request.app.state.signer.verify(bearer(request.headers.get("authorization")))
    if not request.app.state.tenants.seen(caller):
        await run_in_threadpool(request.app.state.tenants.check, caller)
    wanted = SCOPES.get(request.method, "write")
    if wanted not in caller.scopes:
        raise ApiProblem(HTTPStatus.FORBIDDEN, f"the token's scope does not hold '{wanted}'")
    return caller


CallerOf = Annotated[Caller, Depends(authenticate)]


class Collection:
    """List, get, create, patch and delete of one resource in one store."""

    def __init__(self, resource: Resource, store: Store) -> None:
        self.resource = resource
        self.store = store

    def add_to(self, app: FastAPI, *operations: str) -> None:
        """Add the routes of `operations`: names of this class's methods."""
        for name in operations:
            method, below = OPERATIONS[name]
            app.add_api_route(self.resource.path + below, getattr(self, name), methods=[method], response_model=None)

    async def list(self, request: Request, caller: CallerOf) -> Response:
        """Send one page."""
        query = read_query(self.resource, request.query_params.multi_items())
        return await run_in_threadpool(self._page, caller, query)

    async def get(self, object_id: str, caller: CallerOf) -> Response:
        """Send one object."""
        return await run_in_threadpool(self._one, caller, object_id)

    async def create(self, request: Request, caller: CallerOf) -> Response:
        """Store a new object and send it."""
        values = accepted(self.resource, await read_object(request), whole=True)
        return await run_in_threadpool(self._create, caller, values)

    async def update(self, request: Request, object_id: str, caller: CallerOf) -> Response:
        """Merge the body over an object and send it."""
        body = await read_object(request)
        return await run_in_threadpool(self._update, caller, object_id, body)

    async def delete(self, object_id: str, caller: CallerOf) -> Response:
        """Soft-delete an object."""
        return await run_in_threadpool(self._delete, caller, object_id)

    def _page(self, caller: Caller, query: Any) -> Response:
        with self.store.reading() as connection:
            page = objects.list_page(connection, self.resource, caller, query)
        rows, cursor = ",".join(page.documents), json.dumps(page.next_cursor)
        return json_response(f'{{"data":[{rows}],"next_cursor":{cursor},"total":{page.total}}}')

    def _one(self, caller: Caller, object_id: str) -> Response:
        with self.store.reading() as connection:
            return json_response(objects.get_text(connection, self.resource, caller, object_id))

    def _create(self, caller: Caller, values: dict[str, Any]) -> Response:
        with self.store.writing() as connection:
            object_id = self.store.ids.next(self.resource.prefix)
            document = objects.insert(connection, self.resource, caller, object_id, values)
        headers = {"Location": f"{self.resource.path}/{object_id}"}
        return json_response(document, HTTPStatus.CREATED, headers)

    def _update(self, caller: Caller, object_id: str, body: dict[str, Any]) -> Response:
        with self.store.reading() as connection:  # what cannot be seen is not found, whatever the body says
            objects.get_text(connection, self.resource, caller, object_id)
        values = accepted(self.resource, body, whole=False)
        with self.store.writing() as connection:
            return json_response(objects.patch(connection, self.resource, caller, object_id, values))

    def _delete(self, caller: Caller, object_id: str) -> Response:
        with self.store.writing() as connection:
            objects.soft_delete(connection, self.resource, caller, object_id)
        return Response(status_code=HTTPStatus.NO_CONTENT)


OPERATIONS = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "get": ("GET", "/{object_id}"),
    "update": ("PATCH", "/{object_id}"),
    "delete": ("DELETE", "/{object_id}"),
}


def json_response(
    content: str | dict[str, Any], status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    """Return an answer of a JSON text, or of an object."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, int(status), headers, "application/json")
