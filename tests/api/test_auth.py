"""Tokens: how they are got, renewed and checked; and that they never show."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jwt
import pytest

from playbookctl.api import BearerToken, Client, ClientCredentials
from playbookctl.api.auth import token_from
from playbookctl.api.tenancy import Tenancy
from playbookctl.errors import AuthError, ServerError
from support.rows import row
from support.scripted import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.scripted import Asked

SECRET = 's3cret "quoted" & odd'  # noqa: S105 - nobody's
CLIENT = ClientCredentials("client-1", SECRET)
TOKEN = "/api/v1/auth/token"  # noqa: S105 - a path
GOOD = Reply(row(1))
ATTEMPTS = 4  # of the policy of these tests


def jwt_of(**claims: Any) -> str:
    return jwt.encode({"sub": "per_1", **claims}, "k" * 32, algorithm="HS256")


class Issuer:
    """A script that issues tokens t1, t2, … and accepts those in `accepts` (None: any)."""

    def __init__(self, lifetime: Any = 3600, accepts: Callable[[str], bool] = lambda _: True) -> None:
        self.issued = 0
        self.lifetime = lifetime
        self.accepts = accepts
        self.used: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == TOKEN:
            self.issued += 1
            return Reply({"access_token": f"token-{self.issued}", "token_type": "Bearer", "expires_in": self.lifetime})
        self.used.append(asked.headers["authorization"])
        return GOOD if self.accepts(self.used[-1]) else Reply({"detail": "expired"}, 401)


def test_a_key_is_sent_as_a_bearer_token(playing: Callable[..., Any]) -> None:
    client, server = playing([GOOD], credentials=BearerToken(" key-1234\n"))
    client.get_playbook("ply_001")
    assert server.asked[0].headers["authorization"] == "Bearer key-1234"


def test_client_credentials_are_exchanged_once_as_a_form(playing: Callable[..., Any]) -> None:
    client, server = playing(Issuer(), credentials=CLIENT)
    for _ in range(3):
        client.get_playbook("ply_001")
    assert [asked.path == TOKEN for asked in server.asked] == [True, False, False, False]
    request = server.asked[0]
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "client_credentials", "client_id": "client-1", "client_secret": SECRET,
    }  # fmt: skip


def test_a_form_refused_with_415_is_tried_once_as_json(playing: Callable[..., Any]) -> None:
    client, server = playing(
        [Reply({}, 415), Reply({"token": "t-12345", "expires_at": "2999-01-01T00:00:00Z"}), GOOD], credentials=CLIENT
    )
    client.get_playbook("ply_001")
    assert server.asked[1].headers["content-type"] == "application/json"
    assert server.asked[1].json == {
        "grant_type": "client_credentials",
        "client_id": "client-1",
        "client_secret": SECRET,
    }
    assert server.asked[2].headers["authorization"] == "Bearer t-12345"


def test_a_server_that_takes_neither_is_not_asked_a_third_time(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({}, 415), credentials=CLIENT)
    with pytest.raises(ServerError, match="answered 415"):
        client.log_in()
    assert len(server.asked) == 2


NOW = time.time()  # of the import: what counts from it lies so far ahead that the minutes since then are lost in it
LIFETIMES: dict[str, tuple[dict[str, Any], float | None]] = {
    "expires_in": ({"access_token": "a-token", "expires_in": 3600}, 2880),
    "expires_in as text": ({"access_token": "a-token", "expires_in": "100"}, 80),
    "expires_at, ISO": ({"token": "a-token", "expires_at": "2999-01-01T00:00:00Z"}, 0.8 * (32472144000 - NOW)),
    "expires_at, ISO without a zone": (
        {"token": "a-token", "expires_at": "2999-01-01T00:00:00"},
        0.8 * (32472144000 - NOW),
    ),
    "expires_at, seconds": ({"token": "a-token", "expires_at": NOW + 1e6}, 8e5),
    "expires_at, milliseconds": ({"token": "a-token", "expires_at": (NOW + 1e6) * 1000}, 8e5),
    "the token's own times": ({"token": jwt_of(iat=1000, exp=2000)}, 800),
    "the token's own times beat another clock's": ({"token": jwt_of(iat=1000, exp=2000), "expires_at": 5}, 800),
    "expires_in beats all": ({"token": jwt_of(iat=1000, exp=2000), "expires_in": 10}, 8),
    "exp alone": ({"token": jwt_of(exp=NOW + 1e6)}, 8e5),
    "under data": ({"data": {"token": "a-token", "expires_in": 10}}, 8),
    "nothing said": ({"access_token": "a-token"}, None),
    "more seconds than a float holds": ({"access_token": "a-token", "expires_in": 10**400}, None),
    "more text than a float holds": ({"access_token": "a-token", "expires_in": "9" * 400}, None),
    "nothing that can be read": ({"access_token": "a-token", "expires_in": True, "expires_at": "soon"}, None),
}


@pytest.mark.parametrize("answer, seconds", LIFETIMES.values(), ids=LIFETIMES.keys())
def test_a_token_is_renewed_at_four_fifths_of_its_life(answer: dict[str, Any], seconds: float | None) -> None:
    token = token_from(answer, 0.0)
    assert token.renew_at == (None if seconds is None else pytest.approx(seconds, rel=0.1))


def test_a_due_token_is_renewed_in_mid_run_before_it_is_refused(playing: Callable[..., Any]) -> None:
    issuer = Issuer(lifetime=0.5)
    client, _ = playing(issuer, credentials=CLIENT)
    client.get_playbook("ply_001")
    time.sleep(0.42)  # past 80 % of half a second, before its end
    client.get_playbook("ply_001")
    assert issuer.used == ["Bearer token-1", "Bearer token-2"]


def test_one_worker_renews_for_all(playing: Callable[..., Any]) -> None:
    issuer = Issuer()
    client, _ = playing(issuer, credentials=CLIENT)
    with ThreadPoolExecutor(16) as workers:
        list(workers.map(lambda _: client.get_playbook("ply_001"), range(64)))
    assert issuer.issued == 1
    issuer.accepts = lambda used: used != "Bearer token-1"
    with ThreadPoolExecutor(16) as workers:
        list(workers.map(lambda _: client.get_playbook("ply_001"), range(64)))
    assert issuer.issued == 2


def test_a_refused_token_is_renewed_once_and_then_it_is_an_error(playing: Callable[..., Any]) -> None:
    issuer = Issuer(accepts=lambda _: False)
    client, server = playing(issuer, credentials=CLIENT)
    with pytest.raises(AuthError, match="answered 401: expired"):
        client.get_playbook("ply_001")
    assert issuer.used == ["Bearer token-1", "Bearer token-2"]
    assert len(server.asked) == 4


def test_a_write_refused_for_its_token_is_sent_again_with_a_new_one(playing: Callable[..., Any]) -> None:
    issuer = Issuer(accepts=lambda used: used != "Bearer token-1")
    client, server = playing(issuer, credentials=CLIENT, may_write=True)
    client.create_playbook({"name": "x"})
    assert [asked.path for asked in server.asked if asked.method == "POST" and asked.path != TOKEN] == [
        "/api/v1/soc/playbooks"
    ] * 2


def test_a_refused_key_is_not_tried_again_and_says_when_it_expired(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({}, 401), credentials=BearerToken(jwt_of(exp=1_000_000_000)))
    with pytest.raises(AuthError, match="the token expired at 2001-09-09 01:46 UTC") as caught:
        client.get_playbook("ply_001")
    assert "CPOD_API_KEY" in caught.value.hint
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_client_credentials_are_an_auth_error(playing: Callable[..., Any], status: int) -> None:
    client, server = playing(lambda _: Reply({"error": "invalid_client"}, status), credentials=CLIENT)
    with pytest.raises(AuthError, match="invalid_client") as caught:
        client.get_playbook("ply_001")
    assert "CPOD_CLIENT_SECRET" in caught.value.hint
    assert len(server.asked) == 1


def test_the_token_request_is_repeated_when_the_server_is_busy(playing: Callable[..., Any]) -> None:
    client, server = playing([Reply({}, 503), Reply({"access_token": "a-token"}), GOOD], credentials=CLIENT)
    client.get_playbook("ply_001")
    assert len(server.asked) == 3


def test_a_token_that_cannot_be_had_is_asked_for_once_as_often_as_the_policy_says(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({}, 503), credentials=CLIENT)
    with pytest.raises(ServerError, match="POST /api/v1/auth/token was answered 503"):
        client.get_playbook("ply_001")
    assert len(server.asked) == ATTEMPTS


def test_who_waits_for_a_token_that_cannot_be_had_does_not_begin_anew(playing: Callable[..., Any]) -> None:
    both_wait = threading.Barrier(2)

    def refusing(_: Asked) -> Reply:
        time.sleep(0.02)
        return Reply({}, 503)

    client, server = playing(refusing, credentials=CLIENT)

    def ask(_: int) -> str:
        both_wait.wait()
        with pytest.raises(ServerError) as caught:
            client.get_playbook("ply_001")
        return caught.value.message

    with ThreadPoolExecutor(2) as workers:
        assert len(set(workers.map(ask, range(2)))) == 1
    assert len(server.asked) == ATTEMPTS
    with pytest.raises(ServerError):
        client.get_playbook("ply_001")
    assert len(server.asked) == 2 * ATTEMPTS


@pytest.mark.parametrize("key", ["", " ", "a b", "k\u00e9y", "a\nb", "a\x00b"])
def test_a_key_that_no_header_can_carry_is_refused_before_anything_is_sent(key: str) -> None:
    with pytest.raises(AuthError, match="the API key is empty or holds characters"):
        Client("http://127.0.0.1:9", BearerToken(key))


# ------------------------------------------------------------------ whose tenant

MISMATCHES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "another tenant": (
        {"tenant_id": "tnt_b"},
        {"tenant_id": "tnt_a"},
        "the token belongs to tenant 'tnt_b', but the environment pins tenant 'tnt_a'",
    ),
    "another application": (
        {"tenant_id": "tnt_a", "app_id": "app_2"},
        {"tenant_id": "tnt_a", "app_id": "app_1"},
        "the token is bound to application 'app_2', but the environment pins application 'app_1'",
    ),
    "no application": (
        {"tenant_id": "tnt_a"},
        {"tenant_id": "tnt_a", "app_id": "app_1"},
        "the token is bound to no application, but the environment pins application 'app_1'",
    ),
}


@pytest.mark.parametrize("claims, pinned, said", MISMATCHES.values(), ids=MISMATCHES.keys())
def test_a_key_of_another_tenant_is_refused_before_the_first_request(
    claims: dict[str, Any], pinned: dict[str, str], said: str
) -> None:
    with pytest.raises(AuthError) as caught:
        Client("http://127.0.0.1:9", BearerToken(jwt_of(**claims)), **pinned)  # type: ignore[arg-type]
    assert caught.value.message == said
    assert caught.value.code == 3


@pytest.mark.parametrize("claims, pinned, said", MISMATCHES.values(), ids=MISMATCHES.keys())
def test_an_issued_token_of_another_tenant_is_never_used(
    playing: Callable[..., Any], claims: dict[str, Any], pinned: dict[str, str], said: str
) -> None:
    client, server = playing(lambda _: Reply({"access_token": jwt_of(**claims)}), credentials=CLIENT, **pinned)
    with pytest.raises(AuthError) as caught:
        client.get_playbook("ply_001")
    assert caught.value.message == said
    assert [asked.path for asked in server.asked] == [TOKEN]


def test_an_object_of_another_tenant_is_refused_although_the_token_fits(playing: Callable[..., Any]) -> None:
    client, _ = playing(
        [Reply([row(1, tenant_id="tnt_b")])], credentials=BearerToken(jwt_of(tenant_id="tnt_a")), tenant_id="tnt_a"
    )
    with pytest.raises(
        AuthError, match="the server's objects belong to tenant 'tnt_b', but the environment pins tenant 'tnt_a'"
    ):
        list(client.list_playbooks())


def test_two_tenants_in_one_list_are_refused(playing: Callable[..., Any]) -> None:
    client, _ = playing([Reply([row(1), row(2, tenant_id="tnt_b")])])
    with pytest.raises(AuthError, match="'tnt_b', but the server's objects belong to tenant 'tnt_a'"):
        list(client.list_playbooks())


def test_the_tenant_is_known_from_the_pin_the_token_or_the_first_object(playing: Callable[..., Any]) -> None:
    pinned, _ = playing([GOOD], tenant_id="tnt_a")
    claimed, _ = playing([GOOD], credentials=BearerToken(jwt_of(tenant_id="tnt_a")))
    opaque, _ = playing([GOOD])
    assert (pinned.tenant_id, claimed.tenant_id, opaque.tenant_id) == ("tnt_a", "tnt_a", None)
    opaque.get_playbook("ply_001")
    assert opaque.tenant_id == "tnt_a"


def test_a_token_without_claims_writes_only_after_an_object_has_named_the_tenant(playing: Callable[..., Any]) -> None:
    def script(asked: Asked) -> Reply:
        persons = asked.path.endswith("/persons")
        return Reply(row(1)) if asked.method == "POST" else Reply({"data": [row(7)] if persons else []})

    client, server = playing(script, tenant_id="tnt_a", may_write=True)
    client.create_playbook({"name": "x"})
    client.create_playbook({"name": "y"})
    assert [(asked.method, asked.path.rpartition("/")[2]) for asked in server.asked] == [
        ("GET", "playbooks"), ("GET", "persons"), ("POST", "playbooks"), ("POST", "playbooks"),
    ]  # fmt: skip


def test_a_token_without_claims_for_another_tenant_writes_nothing(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({"data": [row(1, tenant_id="tnt_b")]}), tenant_id="tnt_a", may_write=True)
    with pytest.raises(AuthError, match="'tnt_b'"):
        client.create_playbook({"name": "x"})
    assert [asked.method for asked in server.asked] == ["GET"]


def test_a_token_without_claims_in_an_empty_tenant_writes_nothing(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({"data": []}), tenant_id="tnt_a", may_write=True)
    with pytest.raises(AuthError, match="neither the token nor any object says which tenant"):
        client.create_playbook({"name": "x"})
    assert {asked.method for asked in server.asked} == {"GET"}


def test_an_application_that_nobody_names_is_not_confirmed() -> None:
    tenancy = Tenancy("tnt_a", "app_1")
    tenancy.check_object({"tenant_id": "tnt_a"})
    assert not tenancy.confirmed
    tenancy.check_object({"tenant_id": "tnt_a", "app_id": "app_1"})
    assert tenancy.confirmed


# ------------------------------------------------------------------ secrets


KEY = jwt_of(tenant_id="tnt_a")


@pytest.mark.parametrize("credentials, secret", [(BearerToken(KEY), KEY), (CLIENT, SECRET)], ids=["key", "secret"])
def test_secrets_never_show_in_logs_errors_or_reprs(
    playing: Callable[..., Any], caplog: pytest.LogCaptureFixture, credentials: Any, secret: str
) -> None:
    def echo(asked: Asked) -> Reply:
        given = asked.headers.get("authorization", "") + asked.body.decode()
        return Reply(
            {"title": given, "message": f"refused {secret}", "errors": [{"detail": secret, "pointer": given}]}, 401
        )

    with caplog.at_level(logging.DEBUG):
        client, _ = playing(echo, credentials=credentials, tenant_id="tnt_a")
        with pytest.raises(AuthError) as caught:
            client.get_playbook("ply_001")
    inner = client._caller
    shown = [repr(thing) for thing in (client, credentials, caught.value, inner, inner.session, inner.session._token)]
    shown += [caught.value.message, caught.value.hint, *(record.getMessage() for record in caplog.records)]
    assert caught.value.message.count("***") >= 4
    assert len(caplog.records) > 5
    telling = secret.rpartition(".")[2][:12] if "." in secret else "s3cret"
    assert [text for text in shown if telling in text] == []


def test_a_token_answer_that_cannot_be_used_is_not_quoted(playing: Callable[..., Any]) -> None:
    client, _ = playing([Reply(b"eyTOKEN", content_type="text/plain"), Reply({"jwt": "eyTOKEN"})], credentials=CLIENT)
    for _ in range(2):
        with pytest.raises(ServerError, match="without a usable token") as caught:
            client.log_in()
        assert "eyTOKEN" not in caught.value.message
