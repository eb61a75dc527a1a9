"""A client that may only read is unable to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from playbookctl.api import BearerToken, Client, ClientCredentials, WriteAttempted
from playbookctl.api.readonly import ReadOnly
from playbookctl.errors import PlaybookctlError
from support.rows import row
from support.scripted import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = BearerToken("t-12345")
WRITES: dict[str, Callable[[Any], Any]] = {
    "create": lambda client: client.create_playbook({"name": "x"}),
    "update": lambda client: client.update_playbook("ply_001", {"name": "x"}),
    "run": lambda client: client.run_playbook("ply_001", {}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_a_write_is_a_programming_error_and_nothing_is_sent(
    playing: Callable[..., Any], write: Callable[[Any], Any]
) -> None:
    client, server = playing([Reply(row(1))])
    with pytest.raises(WriteAttempted, match="from a command that only reads"):
        write(client)
    assert server.asked == []
    assert not issubclass(WriteAttempted, PlaybookctlError)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/api/v1/soc/playbooks", "/api/v1/auth/token/x"])
def test_every_way_to_send_is_closed(method: str, path: str) -> None:
    url = f"http://127.0.0.1:9{path}"
    with httpx.HTTPTransport() as line, pytest.raises(WriteAttempted):
        ReadOnly(line).handle_request(httpx.Request(method, url))


def test_a_client_that_may_write_is_another_one() -> None:
    with Client("http://127.0.0.1:9", KEY) as reads, Client("http://127.0.0.1:9", KEY, may_write=True) as writes:
        assert isinstance(reads._line, ReadOnly)
        assert not isinstance(writes._line, ReadOnly)


def test_a_token_may_be_asked_for(playing: Callable[..., Any]) -> None:
    script = [Reply({"access_token": "t-12345"}), Reply(row(1))]
    client, server = playing(script, credentials=ClientCredentials("id", "secret"))
    assert client.get_playbook("ply_001")["id"] == "ply_001"
    assert [asked.method for asked in server.asked] == ["POST", "GET"]
