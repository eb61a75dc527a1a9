"""What an answer says: JSON or an error, in every shape that servers of this kind are known to use. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from playbookctl.errors import (
    AnswerLost,
    AuthError,
    Forbidden,
    NotFound,
    PlaybookctlError,
    Rejected,
    ServerError,
    Transient,
)

if TYPE_CHECKING:
    from typing import TypeAlias

    from playbookctl.api.wire import Answer, Call

    Row: TypeAlias = dict[str, Any]
    Pointers: TypeAlias = tuple[tuple[str, str], ...]

LONGEST_DETAIL = 500  # characters of a server's text that are shown
MOST_POINTERS = 20
TOO_MANY, UNAVAILABLE = 429, 500
HINTS = {
    400: "see the server's words; playbookctl doctor checks the address",
    401: "check CPOD_API_KEY, or CPOD_CLIENT_ID and CPOD_CLIENT_SECRET",
    403: "the credentials lack a permission for this call",
    404: "is the environment's url the root of the API (no /api/v1), and does the object still exist in this tenant",
    405: "is the environment's url the root of the API (no /api/v1)",
    409: "look at the live object; something is in the way",
    413: "the playbook is larger than the server accepts; split it",
    422: "correct the named fields",
    429: "run again later, or with fewer workers",
}


NONSENSE_HINT = "is the environment's url the API's? if it is, report the request id to the server's operator"


class Nonsense(Exception):
    """An answer that cannot mean anything; whoever made the call adds which one it was."""

    def named(self, call: Call, request_id: str) -> ServerError:
        """Return the error to raise for it: AnswerLost if the call was a write, which was carried out or not."""
        kind = AnswerLost if call.writes else ServerError
        error = kind(f"the server answered {call} with {self} (request id {request_id})", hint=NONSENSE_HINT)
        error.request_id = request_id
        return error


def payload(answer: Answer) -> Any:
    """Return the JSON value of an answer; raises Nonsense unless it is JSON and says so."""
    said = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (said == "application/json" or said.endswith("+json")):
        raise Nonsense(f"'{said or 'nothing'}' instead of JSON, beginning with {_beginning(answer.body)}")
    try:
        value = json.loads(answer.body, parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise Nonsense(f"{len(answer.body)} bytes that are not JSON ({error})") from error
    return _paired(value) if b"\\ud" in answer.body or b"\\uD" in answer.body else value


def single(value: Any) -> Row:
    """Return the object of an answer, bare or under `data`; raises Nonsense if it is none or has no id."""
    if isinstance(value, dict) and "id" not in value and isinstance(value.get("data"), dict):
        value = value["data"]
    if not isinstance(value, dict):
        raise Nonsense(f"{a_kind(value)} instead of an object")
    if not is_id(value.get("id")):
        raise Nonsense(f"an object without an id (it has {', '.join(sorted(value)[:10]) or 'no fields'})")
    return value


def is_id(value: Any) -> bool:
    """Tell whether a value can be an id: ids are opaque text."""
    return isinstance(value, str) and value != ""


def a_kind(value: Any) -> str:
    """Name the JSON type of a value, with its article."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def failure(call: Call, answer: Answer, more: str = "") -> PlaybookctlError:
    """Return the error that an unsuccessful answer stands for; `errors.py` says what each class means."""
    detail, pointers = explain(answer)
    parts = [detail] if detail else []
    parts += [f"{pointer}: {said}" for pointer, said in pointers[:MOST_POINTERS]]
    parts += [f"and {len(pointers) - MOST_POINTERS} more"] if len(pointers) > MOST_POINTERS else []
    said = ": " + "; ".join(parts) if parts else ""
    message = f"{call} was answered {answer.status}{said} (request id {answer.request_id}){more}"
    error = _named(call, answer.status, message, pointers)
    error.request_id = answer.request_id
    return error


def _named(call: Call, status: int, message: str, pointers: Pointers) -> PlaybookctlError:
    hint = HINTS.get(status, "")
    if status in {401, 403}:
        return (AuthError if status == 401 else Forbidden)(message, hint=hint)  # noqa: PLR2004 - the status is the name
    if status == TOO_MANY:
        return Transient(message, hint=hint)
    if status >= UNAVAILABLE:
        lost = AnswerLost if call.writes else Transient
        return lost(message, hint="the server has a fault; run again later, and name the request id to its operator")
    if status < 400:  # noqa: PLR2004 - below 400 nothing is refused
        return ServerError(message, hint="the answer has no meaning here; is the url the API's?")
    refused = NotFound if status == 404 else Rejected  # noqa: PLR2004 - the status is the name
    return refused(message, hint=hint, status=status, pointers=pointers)


def explain(answer: Answer) -> tuple[str, Pointers]:
    """Return what an error answer says in words, and which fields it points at."""
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return (_short(answer.body[: 4 * LONGEST_DETAIL].decode("utf-8", "replace")), ())
    if isinstance(value, dict) and isinstance(value.get("error"), dict):
        value = {"code": "", **value, **value["error"]}
    if not isinstance(value, dict):
        return (_short(value if isinstance(value, str) else ""), ())
    texts = [value.get(name) for name in ("title", "error", "code", "message", "detail", "error_description")]
    said = list(dict.fromkeys(text for text in texts if isinstance(text, str) and text))
    pointers: Pointers = ()
    for name in ("errors", "detail", "details"):
        pointers += tuple(_pointers(value.get(name)))
    return (_short(": ".join(said)), pointers)


def _pointers(value: Any) -> list[tuple[str, str]]:
    """Read problem+json's errors, FastAPI's detail list, or a mapping of fields to what is wrong with them."""
    if isinstance(value, dict):
        return [(_short(str(name)), _short(_text(said))) for name, said in sorted(value.items())]
    found = []
    for item in value if isinstance(value, list) else []:
        if not isinstance(item, dict):
            found.append(("-", _short(_text(item))))
            continue
        place = item.get("pointer") or item.get("field") or item.get("path") or item.get("loc") or "-"
        said = item.get("detail") or item.get("msg") or item.get("message") or ""
        found.append(
            (_short("/".join(map(str, place)) if isinstance(place, list) else str(place)), _short(_text(said)))
        )
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_DETAIL else f"{flat[:LONGEST_DETAIL]}…"


def _beginning(body: bytes) -> str:
    return f"'{_short(body[:60].decode('utf-8', 'replace'))}'" if body else "nothing"


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _paired(value: Any) -> Any:
    """Replace halves of surrogate pairs, which no UTF-8 can carry, by question marks."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
