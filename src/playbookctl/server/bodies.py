"""Request bodies: read within limits, parsed strictly."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

from starlette.requests import ClientDisconnect

from playbookctl.server.problems import ApiProblem

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST_BODY = 8 * 1024 * 1024
DEEPEST = 256
LARGEST_NUMBER = 2**53
NUMBER_CHARACTERS = 40
JSON_TYPES = ("application/json", "application/merge-patch+json")
STRING_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
UNSTORABLE = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")  # SQLite's JSON functions end a text at U+0000


async def read_object(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """Return the JSON object of a request's body, `{}` for an empty one if it is optional.

    Raises ApiProblem: 415 for another media type, 413 for over `LARGEST_BODY` bytes, 400 for what is no JSON object.
    """
    raw = await read_bytes(request)
    if optional and not raw:
        return {}
    check_media_type(request, JSON_TYPES)
    return parse_object(raw)


def check_media_type(request: Request, accepted: tuple[str, ...]) -> str:
    """Return the request's media type; raise ApiProblem 415 if it is none of `accepted`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in accepted:
        raise ApiProblem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the body must be {' or '.join(accepted)}")
    return media_type


async def read_bytes(request: Request) -> bytes:
    """Return the body; raise ApiProblem 413 as soon as it is known to be too large, 400 if the client goes before its end."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:NUMBER_CHARACTERS]) > LARGEST_BODY:
        raise _too_large()
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                raise _too_large()
            chunks.append(chunk)
    except ClientDisconnect:  # nobody hears the answer
        raise _malformed("it ends before it is whole") from None
    return b"".join(chunks)


def parse_object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object; raise ApiProblem 400 for anything a JSON number, text or nesting should not be."""
    if _too_deep(raw):
        raise _malformed(f"it is nested deeper than {DEEPEST}")
    try:
        text = raw.decode("utf-8")
        document = json.loads(
            text, parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg.lower()} at line {error.lineno}, column {error.colno}") from None
    if not isinstance(document, dict):
        raise _malformed("it is not an object")
    if "\\u" in text and UNSTORABLE.search(json.dumps(document, ensure_ascii=False)):
        raise _malformed("a text holds U+0000 or half of a surrogate pair")
    return document


def _too_deep(raw: bytes) -> bool:
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for token in STRING_OR_BRACKET.finditer(raw):
        first = token[0][:1]
        depth += (first in b"[{") - (first in b"]}")
        if depth > DEEPEST:
            return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _malformed("a name is given twice in one object")
    return document


def _integer(text: str) -> int:
    if len(text) > NUMBER_CHARACTERS or abs(int(text)) > LARGEST_NUMBER:
        raise _malformed(f"the number {text[:NUMBER_CHARACTERS]} is not exact beyond 2^53")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if abs(value) > LARGEST_NUMBER:
        raise _malformed(f"the number {text[:NUMBER_CHARACTERS]} is not exact beyond 2^53")
    return value


def _constant(text: str) -> NoReturn:
    raise _malformed(f"{text} is no JSON number")


def _malformed(reason: str) -> ApiProblem:
    return ApiProblem(HTTPStatus.BAD_REQUEST, f"the body cannot be read: {reason}")


def _too_large() -> ApiProblem:
    return ApiProblem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body has more than {LARGEST_BODY} bytes",
        headers={"Connection": "close"},
    )
