"""Where a command's token may go, and whose tenant it writes to: from the command line, before anything is sent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ExitCode
from support.recording import TOKEN_PATH, Recorder
from support.scripted import Reply, Scripted
from support.server import client_of, created

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.team import Team

COMMANDS = [("plan",), ("drift",), ("status",), ("sync", "--yes"), ("adopt", "--yes"), ("run", "triage")]


@pytest.fixture
def proxy(synced: Team, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """The way to the outside, for an environment whose url is plain http to another machine."""
    synced.goes_through("http://playbooks.invalid")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Scripted(lambda _: Reply({"detail": "here is nobody"}, 418)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        yield proxy


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_token_travels_unencrypted_only_when_that_is_asked_for(
    synced: Team, proxy: Scripted, arguments: tuple[str, ...]
) -> None:
    code, said = synced.run(*arguments)
    assert (code, "the token would travel to 'playbooks.invalid' unencrypted" in said["message"]) == (2, True)
    assert proxy.asked == []
    assert synced.run(*arguments, "--insecure-http")[0] == ExitCode.SERVER
    assert proxy.asked[0].target.startswith("http://playbooks.invalid/api/v1/")


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_token_of_another_tenant_is_refused_before_the_first_request(
    synced: Team, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    other = synced.server.operator.caller("another company").tenant_id
    monkeypatch.setenv("CPOD_API_KEY", synced.server.token(tenant=other))
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        code, said = synced.run(*arguments)
    assert (code, said["message"]) == (
        ExitCode.NOT_AUTHENTICATED,
        f"the token belongs to tenant '{other}', but the environment pins tenant '{synced.server.tenant_id}'",
    )
    assert recorder.asked == []


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_token_that_claims_nothing_is_known_by_the_first_object_and_writes_nothing(
    synced: Team, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """A gateway puts the real token in place of an opaque one; it is another tenant's."""
    other = synced.server.operator.caller("another company").tenant_id
    with client_of(synced.server, tenant=other) as http:
        created(http, name="Triage", tags=["playbookctl:key=soc/triage"])
    with Recorder(synced.server.url) as recorder:
        recorder.token = synced.server.token(tenant=other)
        monkeypatch.setenv("CPOD_API_KEY", "opaque-key-1234")
        synced.goes_through(recorder.url)
        code, said = synced.run(*arguments)
    assert code == ExitCode.NOT_AUTHENTICATED, said
    assert f"the server's objects belong to tenant '{other}'" in said["message"]
    assert {method for method, _ in recorder.asked} == {"GET"}


def test_a_token_that_ends_in_mid_run_is_renewed_and_the_run_goes_on(
    synced: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server issues tokens that live a second and a sync takes longer: none of its calls is refused."""
    operator = synced.server.operator
    client_id, secret = operator.new_client(operator.caller())
    monkeypatch.delenv("CPOD_API_KEY")
    monkeypatch.setenv("CPOD_CLIENT_ID", client_id)
    monkeypatch.setenv("CPOD_CLIENT_SECRET", secret)
    synced.edit("triage", "Look at the host.", "Look twice.")
    synced.edit("notify", "Tell the channel.", "Tell them all.")
    with Recorder(synced.server.url, hold=0.9) as recorder:
        recorder.issue = lambda: {"access_token": synced.server.token(expires_in=1), "expires_in": 1}
        synced.goes_through(recorder.url)
        began = time.monotonic()
        assert synced.sync() == (0, {"notify": ("update", "done"), "triage": ("update", "done")})
        assert time.monotonic() - began > 1
    assert recorder.asked.count(("POST", TOKEN_PATH)) >= 2
    assert 401 not in recorder.statuses
