"""What an answer says: JSON or an error, in every shape that servers are known to use. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from playbookctl.errors import AnswerLost, ServerError

if TYPE_CHECKING:
    from typing import TypeAlias

    from playbookctl.transport.wire import Answer, Call

    Pointers: TypeAlias = tuple[tuple[str, str], ...]

LONGEST_DETAIL = 500  # characters of a server's text that are shown
NONSENSE_HINT = "is the environment's url the API's? if it is, report the request id to the server's operator"


class Nonsense(Exception):
    """An answer that cannot mean anything; whoever made the call adds which one it was."""

    def named(self, call: Call, request_id: str, hint: str = NONSENSE_HINT) -> ServerError:
        """Return the error to raise for it: AnswerLost if the call was a write, which was carried out or not."""
        kind = AnswerLost if call.writes else ServerError
        error = kind(f"the server answered {call} with {self} (request id {request_id})", hint=hint)
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


def a_kind(value: Any) -> str:
    """Name the JSON type of a value, with its article."""
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


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
