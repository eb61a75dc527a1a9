"""Errors as RFC 9457 `application/problem+json`: {type, title, status, detail, errors: [{pointer, detail}]}."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEDIA_TYPE = "application/problem+json"
Mistake = tuple[str, str]  # JSON pointer, sentence


class ApiProblem(Exception):
    """What a request is refused with. `errors` says where in the request, as (JSON pointer, sentence)."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Iterable[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """Return the answer that says it."""
        return problem_response(self.status, self.detail, self.errors, self.headers)


def problem_response(
    status: HTTPStatus,
    detail: str,
    errors: Iterable[Mistake] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as an answer."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "errors": [{"pointer": pointer, "detail": sentence} for pointer, sentence in errors],
    }
    return Response(json.dumps(body), int(status), dict(headers or {}), MEDIA_TYPE)


def not_found() -> ApiProblem:
    """Return the one answer for what does not exist and for what the caller may not see."""
    return ApiProblem(HTTPStatus.NOT_FOUND, "there is no such object")


def unprocessable(errors: Iterable[Mistake]) -> ApiProblem:
    """Return the answer for a well-formed request that says something the API does not take."""
    found = tuple(errors)
    plural = "mistake" if len(found) == 1 else "mistakes"
    return ApiProblem(HTTPStatus.UNPROCESSABLE_ENTITY, f"the request has {len(found)} {plural}", found)
