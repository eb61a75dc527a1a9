"""What an answer says: JSON or an error, in every shape that servers of this kind are known to use. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from playbookctl.transport.answers import Nonsense, a_kind, explain

if TYPE_CHECKING:
    from typing import TypeAlias

    from playbookctl.transport.answers import Pointers
    from playbookctl.transport.wire import Answer, Call

    Row: TypeAlias = dict[str, Any]

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
