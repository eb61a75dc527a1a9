"""Whatever a server answers: the error names the request as the server's log does, in its words and as a value."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from playbookctl.api import BearerToken, ClientCredentials, RetryPolicy
from playbookctl.errors import PlaybookctlError
from support.rows import row
from support.scripted import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

THEIRS = {"X-Request-Id": "req-of-the-server"}
ONCE = RetryPolicy(1)
NEVER = threading.Event()

CALLS: dict[str, Callable[[Any], Any]] = {
    "list": lambda client: list(client.list_playbooks()),
    "get": lambda client: client.get_playbook("ply_001"),
    "create": lambda client: client.create_playbook({"name": "x"}),
    "update": lambda client: client.update_playbook("ply_001", {"name": "x"}),
    "run": lambda client: client.run_playbook("ply_001", {}),
}
BAD: dict[str, Reply] = {
    **{f"{status}": Reply({"detail": "no"}, status, THEIRS) for status in (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)},
    "a pause of an hour": Reply({}, 429, {**THEIRS, "Retry-After": "3600"}),
    "no JSON": Reply(b"<html>", headers=THEIRS, content_type="text/html"),
    "broken JSON": Reply(b"{", headers=THEIRS),
    "a number": Reply(7, headers=THEIRS),
    "a redirect to another host": Reply({}, 302, {**THEIRS, "Location": "http://127.0.0.1:9/x"}),
    "a redirect in a circle": Reply({}, 302, {**THEIRS, "Location": "/again"}),
    "a redirect to nowhere": Reply({}, 302, {**THEIRS, "Location": "http://[::1"}),
    "too large": Reply(b"[" + b" " * 3_000_000 + b"]", headers=THEIRS),
    "no compression": Reply(b"no gzip", headers={**THEIRS, "Content-Encoding": "gzip"}),
}  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.api.client.PAGE_BYTES", 2_000_000)


def error_of(client: Any, call: Callable[[Any], Any]) -> PlaybookctlError:
    with pytest.raises(PlaybookctlError) as caught:
        call(client)
    return caught.value


@pytest.mark.parametrize(
    "bad, call", [(bad, call) for bad in BAD for call in CALLS if bad != "too large" or call == "list"]
)
def test_an_error_names_the_request_by_the_servers_id(playing: Callable[..., Any], bad: str, call: str) -> None:
    client, server = playing(lambda _: BAD[bad], may_write=True, policy=ONCE)
    error = error_of(client, CALLS[call])
    ids = {"req-of-the-server", *(asked.headers["x-request-id"] for asked in server.asked)}
    assert error.request_id in ids
    assert f"request id {error.request_id}" in error.message
    if bad not in ("no compression", "a redirect to nowhere"):  # of these nothing is kept, not even headers
        assert error.request_id == "req-of-the-server"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("reply", [Reply(drops=True), Reply(row(1), waits_for=NEVER), Reply({}, 404)])
def test_an_error_without_an_id_of_the_server_names_ours(playing: Callable[..., Any], call: str, reply: Reply) -> None:
    client, server = playing(lambda _: reply, may_write=True, policy=ONCE, timeout=httpx.Timeout(0.3))
    error = error_of(client, CALLS[call])
    assert error.request_id == server.asked[-1].headers["x-request-id"]
    assert f"request id {error.request_id}" in error.message


@pytest.mark.parametrize("call", CALLS)
def test_an_object_of_another_tenant_names_the_request_that_showed_it(playing: Callable[..., Any], call: str) -> None:
    theirs = row(1, tenant_id="tnt_b", run_id="run_1")
    client, _ = playing(
        lambda asked: Reply([theirs] if asked.path.endswith("s") and asked.method == "GET" else theirs, headers=THEIRS),
        may_write=True, tenant_id="tnt_a",
    )  # fmt: skip
    error = error_of(client, CALLS[call])
    assert (error.request_id, error.code) == ("req-of-the-server", 3)
    assert "tenant 'tnt_b'" in error.message
    assert "request id req-of-the-server" in error.message


TOKENS: dict[str, Reply] = {
    **{f"{status}": Reply({"error": "no"}, status, THEIRS) for status in (400, 401, 403, 404, 415, 429, 500)},
    "no token": Reply({}, headers=THEIRS),
    "no JSON": Reply(b"<html>", headers=THEIRS, content_type="text/html"),
    "an expired token": Reply({"token": "t-12345", "expires_in": 0}, headers=THEIRS),
}


@pytest.mark.parametrize("reply", TOKENS.values(), ids=TOKENS.keys())
def test_a_token_that_is_not_given_names_the_request(playing: Callable[..., Any], reply: Reply) -> None:
    client, _ = playing(lambda _: reply, credentials=ClientCredentials("id", "secret"), policy=ONCE)
    error = error_of(client, lambda client: client.log_in())
    assert error.request_id == "req-of-the-server"
    assert "request id req-of-the-server" in error.message


def test_what_was_never_sent_names_no_request(playing: Callable[..., Any]) -> None:
    client, server = playing([], credentials=BearerToken("opaque-key-1234"), policy=ONCE)
    server.__exit__()
    assert error_of(client, CALLS["get"]).request_id == ""
