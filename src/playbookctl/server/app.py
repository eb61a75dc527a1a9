"""The application: which routes there are, and how every failure becomes a problem."""

from __future__ import annotations

import sqlite3
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.routing import Match

from playbookctl.server.actions import Actions
from playbookctl.server.docs import docs_page
from playbookctl.server.fields import ALERT, CONNECTOR, PERSON, PLAYBOOK
from playbookctl.server.openapi import document
from playbookctl.server.problems import ApiProblem, problem_response
from playbookctl.server.routes import Collection, json_response
from playbookctl.server.tenants import Tenants
from playbookctl.server.tokens import PATH as TOKEN_PATH
from playbookctl.server.tokens import give_token

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request
    from starlette.responses import Response

    from playbookctl.server.auth import Signer
    from playbookctl.server.runner import Runner
    from playbookctl.server.store import Store

PASSING = ("database is locked", "database or disk is full", "attempt to write a readonly database", "disk I/O error")
METHODS = ("GET", "POST", "PATCH", "DELETE")
OPERATIONS_OF = (
    (PLAYBOOK, ("list", "get", "create", "update")),
    (CONNECTOR, ("list", "get", "create", "update", "delete")),
    (PERSON, ("list", "get", "create", "update", "delete")),
    (ALERT, ("list", "get")),
)


def make_app(store: Store, signer: Signer, runner: Runner) -> FastAPI:
    """Return the application over one store."""
    app = FastAPI(
        title="SOC playbook API, reference server",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.store = store
    app.state.signer = signer
    app.state.tenants = Tenants(store)
    described = document()
    app.openapi = lambda: described  # type: ignore[method-assign]
    app.add_api_route("/openapi.json", _sent(json_response(described)), methods=["GET"], response_model=None)
    app.add_api_route("/docs", _sent(HTMLResponse(docs_page(described))), methods=["GET"], response_model=None)
    app.add_api_route("/health", health, methods=["GET"])
    app.add_api_route(TOKEN_PATH, give_token, methods=["POST"], response_model=None)
    for resource, operations in OPERATIONS_OF:
        Collection(resource, store).add_to(app, *operations)
    Actions(store, runner).add_to(app)
    app.add_exception_handler(ApiProblem, _problem)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(sqlite3.OperationalError, _unavailable)
    app.add_exception_handler(Exception, _failure)
    return app


async def health() -> Response:
    """Say that the server answers."""
    return json_response({"status": "ok"})


def _sent(answer: Response) -> Callable[[], Coroutine[None, None, Response]]:
    async def send() -> Response:
        return answer

    return send


async def _problem(_: Request, error: Exception) -> Response:
    if not isinstance(error, ApiProblem):
        raise error
    return error.response()


async def _no_route(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(method for method in METHODS if _matches(request, method))
        return problem_response(HTTPStatus.METHOD_NOT_ALLOWED, f"this path takes {allowed}", headers={"Allow": allowed})
    return problem_response(HTTPStatus.NOT_FOUND, "there is no such path")


async def _unavailable(_: Request, error: Exception) -> Response:
    if not str(error).startswith(PASSING):
        raise error
    detail = "the database is busy or cannot be written"
    return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, detail, [("", str(error))], {"Retry-After": "1"})


async def _failure(_: Request, __: Exception) -> Response:
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed; its own output says how")


def _matches(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
