"""`POST /api/v1/auth/token`: client credentials, as a form or as JSON, for a bearer token."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations

from playbookctl.server.auth import LIFETIME_S, Caller, client_caller
from playbookctl.server.bodies import check_media_type, parse_object, read_bytes
from playbookctl.server.problems import ApiProblem, unprocessable
from playbookctl.server.routes import json_response

if TYPE_CHECKING:
    from starlette.responses import Response

    from playbookctl.server.store import Store

PATH = "/api/v1/auth/token"
FORM = "application/x-www-form-urlencoded"
FIELDS = ("grant_type", "client_id", "client_secret")
MOST_FIELDS = 10


async def give_token(request: Request) -> Response:
    """Answer a token request: 200 with the token, 401 for wrong credentials."""
    raw = await read_bytes(request)
    given = _form(raw) if check_media_type(request, (FORM, "application/json")) == FORM else parse_object(raw)
    mistakes = [
        (f"/{name}", f"'{name}' is required, as a text") for name in FIELDS if not isinstance(given.get(name), str)
    ]
    mistakes += [(f"/{name}", f"a token request has no '{name}'") for name in sorted(given) if name not in FIELDS]
    if mistakes:
        raise unprocessable(mistakes)
    if given["grant_type"] != "client_credentials":
        raise ApiProblem(HTTPStatus.BAD_REQUEST, "the only grant_type is client_credentials")
    caller = await run_in_threadpool(_log_in, request.app.state.store, given)
    token = request.app.state.signer.mint(caller)
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_S}
    return json_response(answer, headers={"Cache-Control": "no-store"})


def _log_in(store: Store, given: dict[str, Any]) -> Caller:
    with store.reading() as connection:
        caller = client_caller(connection, given["client_id"], given["client_secret"])
    if caller is None:
        raise ApiProblem(
            HTTPStatus.UNAUTHORIZED, "the client or its secret is wrong", headers={"WWW-Authenticate": "Bearer"}
        )
    return caller


def _form(raw: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ApiProblem(HTTPStatus.BAD_REQUEST, "the form cannot be read") from None
    if len(dict(pairs)) != len(pairs):
        raise ApiProblem(HTTPStatus.BAD_REQUEST, "a field is given twice")
    return dict(pairs)
