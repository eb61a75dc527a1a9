"""Errors and objects in every shape we tolerate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.errors import (
    AnswerLost,
    AuthError,
    ExitCode,
    Forbidden,
    NotFound,
    PlaybookctlError,
    Rejected,
    ServerError,
    Transient,
)
from playbookctl.transport.answers import explain
from playbookctl.transport.wire import Answer
from support.rows import row
from support.scripted import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

EXPLAINED: dict[str, tuple[Any, str, tuple[tuple[str, str], ...]]] = {
    "problem+json": (
        {
            "title": "Unprocessable",
            "status": 422,
            "detail": "one mistake",
            "errors": [{"pointer": "/nam", "detail": "?"}],
        },
        "Unprocessable: one mistake",
        (("/nam", "?"),),
    ),
    "FastAPI, a text": ({"detail": "Not authenticated"}, "Not authenticated", ()),
    "FastAPI, an object": ({"detail": {"name": "too long"}}, "", (("name", "too long"),)),
    "FastAPI, a list": (
        {"detail": [{"loc": ["body", "steps", 0], "msg": "bad", "type": "x"}]},
        "",
        (("body/steps/0", "bad"),),
    ),
    "error with code and message": ({"error": {"code": "E42", "message": "no"}}, "E42: no", ()),
    "OAuth": ({"error": "invalid_client", "error_description": "who?"}, "invalid_client: who?", ()),
    "message and details": (
        {"message": "no", "details": [{"field": "name", "message": "empty"}]},
        "no",
        (("name", "empty"),),
    ),
    "details as a list of texts": (
        {"message": "no", "details": ["first", "second"]},
        "no",
        (("-", "first"), ("-", "second")),
    ),
    "a JSON text": ("busy", "busy", ()),
    "a JSON number": (7, "", ()),
    "text": (b"upstream\n  gone", "upstream gone", ()),
    "nothing": (b"", "", ()),
    "no UTF-8": (b"\xff\xfe", "\ufffd\ufffd", ()),
    "text without end": (b"x" * 100_000, "x" * 500 + "…", ()),
}


@pytest.mark.parametrize("body, words, pointers", EXPLAINED.values(), ids=EXPLAINED.keys())
def test_an_error_is_read_in_any_shape(body: Any, words: str, pointers: Any) -> None:
    reply = Reply(body)
    assert explain(Answer(400, {}, reply.body, "req_1")) == (words, pointers)


NAMED: list[tuple[int, type[PlaybookctlError], ExitCode]] = [
    (400, Rejected, ExitCode.SERVER),
    (401, AuthError, ExitCode.NOT_AUTHENTICATED),
    (403, Forbidden, ExitCode.NOT_AUTHENTICATED),
    (404, NotFound, ExitCode.SERVER),
    (409, Rejected, ExitCode.SERVER),
    (413, Rejected, ExitCode.SERVER),
    (422, Rejected, ExitCode.SERVER),
    (429, Transient, ExitCode.SERVER),
    (500, Transient, ExitCode.SERVER),
    (503, Transient, ExitCode.SERVER),
    (304, ServerError, ExitCode.SERVER),
]


@pytest.mark.parametrize("status, kind, code", NAMED)
def test_every_status_has_its_error(playing: Callable[..., Any], status: int, kind: type, code: ExitCode) -> None:
    client, _ = playing(lambda _: Reply({"detail": "because"}, status, {"X-Request-Id": "req_9"}))
    with pytest.raises(PlaybookctlError) as caught:
        client.get_playbook("ply_1")
    assert type(caught.value) is kind
    assert caught.value.code is code
    assert caught.value.request_id == "req_9"
    begins = f"GET /api/v1/soc/playbooks/ply_1 was answered {status}"
    assert caught.value.message.startswith(begins)
    assert caught.value.message.endswith("(request id req_9)")
    assert caught.value.hint


def test_a_rejected_write_shows_its_pointers(playing: Callable[..., Any]) -> None:
    problem = {"title": "Unprocessable", "errors": [{"pointer": f"/f{n}", "detail": "no"} for n in range(25)]}
    client, _ = playing([Reply(problem, 422, content_type="application/problem+json")], may_write=True)
    with pytest.raises(Rejected) as caught:
        client.update_playbook("ply_1", {"name": "x"})
    assert caught.value.status == 422
    assert len(caught.value.pointers) == 25
    assert "; /f0: no; /f1: no" in caught.value.message
    assert "; /f19: no; and 5 more (request id" in caught.value.message


OBJECTS: dict[str, Reply] = {
    "bare": Reply(row(1)),
    "under data": Reply({"data": row(1)}),
    "bare, with a field called data": Reply(row(1, data={"x": 1})),
    "a JSON dialect": Reply(row(1), content_type="application/hal+json; charset=utf-8"),
    "unknown fields": Reply(row(1, new_field=[1])),
}


@pytest.mark.parametrize("reply", OBJECTS.values(), ids=OBJECTS.keys())
def test_an_object_is_read_in_any_shape(playing: Callable[..., Any], reply: Reply) -> None:
    client, _ = playing([reply])
    found = client.get_playbook("ply_001")
    assert found["name"] == "Playbook 1"
    assert found == (reply.value if "id" in reply.value else reply.value["data"])


NONSENSE: dict[str, tuple[Reply, str]] = {
    "a login page": (
        Reply(b"<html>Log in", content_type="text/html"),
        "'text/html' instead of JSON, beginning with '<html>Log in'",
    ),
    "JSON under a wrong name": (Reply(row(1), content_type="text/plain"), "'text/plain' instead of JSON"),
    "no type": (Reply(row(1), content_type=None), "'nothing' instead of JSON"),
    "an empty body": (Reply(b""), "0 bytes that are not JSON"),
    "half an object": (Reply(b'{"id": "ply_'), "12 bytes that are not JSON"),
    "NaN": (Reply(b'{"id": "ply_001", "x": NaN}'), "NaN is not JSON"),
    "too deep": (Reply(b"[" * 100_000), "bytes that are not JSON"),
    "no UTF-8": (Reply(b'{"id": "\xff"}'), "bytes that are not JSON"),
    "an array": (Reply([row(1)]), "an array instead of an object"),
    "no id": (Reply({"name": "x", "key": 1}), "an object without an id (it has key, name)"),
    "another object": (Reply(row(2)), "the object 'ply_002' instead of 'ply_001'"),
}


@pytest.mark.parametrize("reply, said", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_a_server_error_that_says_what_was_seen(
    playing: Callable[..., Any], reply: Reply, said: str
) -> None:
    client, server = playing([reply])
    with pytest.raises(ServerError) as caught:
        client.get_playbook("ply_001")
    assert said in caught.value.message
    assert type(caught.value) is ServerError
    assert len(server.asked) == 1


@pytest.mark.parametrize("reply, said", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_after_a_write_leaves_its_outcome_unknown(
    playing: Callable[..., Any], reply: Reply, said: str
) -> None:
    client, server = playing([reply], may_write=True)
    with pytest.raises(AnswerLost) as caught:
        client.update_playbook("ply_001", {"name": "x"})
    assert said in caught.value.message
    assert len(server.asked) == 1


def test_half_a_surrogate_pair_becomes_a_question_mark(playing: Callable[..., Any]) -> None:
    client, _ = playing([Reply(b'{"id": "ply_001", "name": "a\\ud800b", "ok": "\\ud83d\\ude00"}')])
    found = client.get_playbook("ply_001")
    assert (found["name"], found["ok"]) == ("a?b", "\U0001f600")


def test_an_update_may_be_answered_without_an_object(playing: Callable[..., Any]) -> None:
    client, _ = playing([Reply(b"", 204, content_type=None)], may_write=True)
    assert client.update_playbook("ply_001", {"name": "x"}) is None


@pytest.mark.parametrize("value", [{"run_id": "run_1", "status": "queued"}, {"data": {"run_id": "run_1"}}])
def test_a_run_returns_its_id(playing: Callable[..., Any], value: Any) -> None:
    client, server = playing([Reply(value, 202)], may_write=True)
    assert client.run_playbook("ply_001", {"host": "h"}, alert_id="alr_1")["run_id"] == "run_1"
    assert server.asked[0].path == "/api/v1/soc/playbooks/ply_001/run"
    assert server.asked[0].json == {"inputs": {"host": "h"}, "alert_id": "alr_1"}


def test_an_id_cannot_leave_its_place_in_the_path(playing: Callable[..., Any]) -> None:
    client, server = playing([Reply(row(1, id="../../auth/token?x#y"))])
    client.get_playbook("../../auth/token?x#y")
    assert server.asked[0].target == "/api/v1/soc/playbooks/..%2F..%2Fauth%2Ftoken%3Fx%23y"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_an_id_that_is_a_place_of_its_own_is_refused(playing: Callable[..., Any], name: str) -> None:
    client, server = playing([])
    with pytest.raises(Rejected, match="is no playbook id"):
        client.get_playbook(name)
    assert server.asked == []
