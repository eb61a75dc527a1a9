"""The attack table: what somebody may try, and the answer. And what one tenant learns of another: nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest

from playbookctl.errors import ConfigError
from playbookctl.server.auth import CLOCK_SKEW_S, Caller, Signer
from playbookctl.server.bodies import DEEPEST, LARGEST_BODY
from playbookctl.server.ids import derived_id
from playbookctl.server.seed import Seed
from playbookctl.server.tenants import tenant_id_of
from support.server import ALERTS, CONNECTORS, PERSONS, PLAYBOOKS, client_of, created, playbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playbookctl.server.embedded import EmbeddedServer

TOKEN_PATH = "/api/v1/auth/token"  # noqa: S105 - a path
NOW = int(time.time())


@pytest.fixture(scope="module")
def anyone(server: EmbeddedServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client


def secret_of(server: EmbeddedServer) -> str:
    return server._service.signer._secret


def claims(tenant: str, **others: Any) -> dict[str, Any]:
    return {"sub": "per_1", "tenant_id": tenant, "scope": "read write", "iat": NOW, "exp": NOW + 7200, **others}


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def raw(header: dict[str, Any], body: dict[str, Any], secret: str, digest: str = "sha256") -> str:
    signed = f"{part(header)}.{part(body)}"
    signature = hmac.new(secret.encode(), signed.encode(), digest).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


HS256 = {"alg": "HS256", "typ": "JWT"}
FORGED: dict[str, Callable[[str, str], str]] = {
    "no signature": lambda _, t: f"{part(HS256)}.{part(claims(t))}.",
    "alg none": lambda _, t: f"{part({'alg': 'none'})}.{part(claims(t))}.",
    "alg NONE, signed": lambda s, t: raw({"alg": "NONE"}, claims(t), s),
    "another secret": lambda _, t: raw(HS256, claims(t), "x" * 32),
    "empty secret": lambda _, t: raw(HS256, claims(t), ""),
    "HS512 with our secret": lambda s, t: raw({"alg": "HS512"}, claims(t), s, "sha512"),
    "HS256 bytes, RS256 said": lambda s, t: raw({"alg": "RS256"}, claims(t), s),
    "a key of its own in the header": lambda _, t: raw(
        {**HS256, "jwk": {"kty": "oct", "k": part({"k": "x"})}}, claims(t), "x" * 32
    ),
    "a kid that is a path": lambda _, t: raw({**HS256, "kid": "/dev/null"}, claims(t), ""),
    "claims changed after signing": lambda s, t: ".".join(
        [part(HS256), part(claims(t)), raw(HS256, claims(derived_id("tnt", "x")), s).split(".")[2]]
    ),
    "expired": lambda s, t: raw(HS256, claims(t, exp=NOW - CLOCK_SKEW_S - 5), s),
    "of the future": lambda s, t: raw(HS256, claims(t, iat=NOW + 3600, exp=NOW + 7200), s),
    "not before the future": lambda s, t: raw(HS256, claims(t, nbf=NOW + 3600), s),
    "without exp": lambda s, t: raw(HS256, without(claims(t), "exp"), s),
    "exp as text": lambda s, t: raw(HS256, claims(t, exp="tomorrow"), s),
    "exp infinite": lambda s, t: raw(HS256, claims(t, exp=float("inf")), s),
    "without tenant": lambda s, t: raw(HS256, without(claims(t), "tenant_id"), s),
    "tenant as a list": lambda s, t: raw(HS256, claims(t, tenant_id=[t]), s),
    "tenant of another form": lambda s, t: raw(HS256, claims(t, tenant_id="' OR 1=1 --"), s),
    "a tenant that does not exist": lambda s, t: raw(HS256, claims(t, tenant_id=derived_id("tnt", "nobody")), s),
    "without sub": lambda s, t: raw(HS256, without(claims(t), "sub"), s),
    "empty sub": lambda s, t: raw(HS256, claims(t, sub=""), s),
    "sub as a number": lambda s, t: raw(HS256, claims(t, sub=1), s),
    "app as a list": lambda s, t: raw(HS256, claims(t, app_id=[]), s),
    "scope as a list": lambda s, t: raw(HS256, claims(t, scope=["write"]), s),
    "critical header": lambda s, t: raw({**HS256, "crit": ["x"], "x": 1}, claims(t), s),
    "no JSON": lambda *_: "a.b.c",
    "empty parts": lambda *_: "..",
    "one part": lambda *_: "x",
    "a huge token": lambda *_: "x." * 20_000,
    "not ASCII": lambda *_: "\xe9.\xe9.\xe9",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_opens_nothing(anyone: httpx.Client, server: EmbeddedServer, tenant: str, name: str) -> None:
    token = FORGED[name](secret_of(server), tenant)
    answer = anyone.get(PLAYBOOKS, headers={"Authorization": b"Bearer " + token.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert tenant not in answer.text


def test_the_table_above_forges_with_the_right_secret(
    anyone: httpx.Client, server: EmbeddedServer, tenant: str
) -> None:
    for token in (raw(HS256, claims(tenant), secret_of(server)), jwt.encode(claims(tenant), secret_of(server))):
        headers = {"Authorization": f"Bearer {token}"}
        assert anyone.get(PLAYBOOKS, headers=headers).status_code == 200


def test_a_token_just_expired_is_within_the_clock_skew(server: EmbeddedServer) -> None:
    with client_of(server, expires_in=-CLOCK_SKEW_S + 20) as client:
        assert client.get(PLAYBOOKS).status_code == 200
    with client_of(server, expires_in=-CLOCK_SKEW_S - 5) as client:
        assert client.get(PLAYBOOKS).json()["detail"] == "the token has expired"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "Token x", "bearerx"])
def test_no_bearer_no_answer(anyone: httpx.Client, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = anyone.get(PLAYBOOKS, headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/docs"])
def test_what_says_nothing_of_a_tenant_needs_no_token(anyone: httpx.Client, path: str) -> None:
    assert anyone.get(path).status_code == 200


def test_every_other_operation_needs_a_token(anyone: httpx.Client) -> None:
    document = anyone.get("/openapi.json").json()
    tried = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if operation.get("security") != []:
                answer = anyone.request(method.upper(), path.replace("{object_id}", "x"), json={})
                assert answer.status_code == 401, f"{method} {path}"
                tried += 1
    assert tried == 20


@pytest.mark.parametrize("scope", ["read", "write", "", "admin"])
def test_a_scope_reaches_as_far_as_it_says(server: EmbeddedServer, tenant: str, scope: str) -> None:
    with client_of(server, tenant=tenant, scope=scope) as client:
        statuses = (client.get(PLAYBOOKS).status_code, client.post(PLAYBOOKS, json=playbook()).status_code)
    assert statuses == (200 if scope == "read" else 403, 201 if scope == "write" else 403)


def test_a_short_signing_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="31 bytes, at least 32"):
        Signer("x" * 31)
    caller = Caller(derived_id("tnt", "a"), "per_1", None, frozenset({"read"}))
    assert Signer("x" * 32).verify(Signer("x" * 32).mint(caller)) == caller


# --- client credentials -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def credentials(server: EmbeddedServer) -> dict[str, str]:
    operator = server.operator
    client_id, secret = operator.new_client(operator.caller("credentials"))
    return {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}


@pytest.mark.parametrize("encoding", ["data", "json"])
def test_credentials_are_exchanged_for_a_token(
    anyone: httpx.Client, credentials: dict[str, str], encoding: str
) -> None:
    answer = anyone.post(TOKEN_PATH, **{encoding: credentials})  # type: ignore[arg-type]
    token = answer.json()
    assert (answer.status_code, token["token_type"], token["expires_in"]) == (200, "Bearer", 3600)
    assert answer.headers["Cache-Control"] == "no-store"
    said = jwt.decode(token["access_token"], options={"verify_signature": False})
    assert said["tenant_id"] == tenant_id_of("credentials")
    assert said["exp"] - said["iat"] == 3600
    assert set(said) == {"sub", "tenant_id", "roles", "groups", "scope", "iat", "exp"}
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert anyone.get(PLAYBOOKS, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_secret": ""}, 401),
        ({"client_id": "cli_nobody"}, 401),
        ({"client_id": "' OR 1=1 --"}, 401),
        ({"client_secret": "\ud800"}, 400),
        ({"client_secret": None}, 422),
        ({"client_secret": 1}, 422),
        ({"grant_type": "password"}, 400),
        ({"tenant_id": "tnt_other"}, 422),
    ],
)
def test_wrong_credentials_are_refused(
    anyone: httpx.Client, credentials: dict[str, str], change: dict[str, Any], status: int
) -> None:
    body = json.dumps({**credentials, **change}).encode()
    answer = anyone.post(TOKEN_PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert credentials["client_secret"] not in answer.text


def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(
    anyone: httpx.Client, credentials: dict[str, str]
) -> None:
    answers = [
        anyone.post(TOKEN_PATH, data={**credentials, **change}).json()
        for change in ({"client_secret": "wrong"}, {"client_id": "cli_nobody"})
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"grant_type=a&grant_type=b", 400),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(99)), 400),
        ("application/x-www-form-urlencoded", b"\xff", 400),
        ("text/plain", b"grant_type=client_credentials", 415),
        ("", b"", 415),
    ],
)
def test_a_token_request_of_another_form_is_refused(
    anyone: httpx.Client, media_type: str, body: bytes, status: int
) -> None:
    answer = anyone.post(TOKEN_PATH, content=body, headers={"Content-Type": media_type})
    assert answer.status_code == status


def test_no_secret_of_a_client_lies_in_the_database(server: EmbeddedServer, credentials: dict[str, str]) -> None:
    with server._service.store.reading() as connection:
        stored = "\n".join(connection.iterdump())
    secret = credentials["client_secret"]
    assert credentials["client_id"] in stored
    assert secret not in stored
    assert hashlib.sha256(secret.encode()).hexdigest() not in stored


# --- tenants and applications ---------------------------------------------------------------------------------------


def ids_of(server: EmbeddedServer, tenant: str) -> dict[str, str]:
    with client_of(server, tenant=tenant) as client:
        return {
            PLAYBOOKS: created(client, name="theirs", tags=["theirs"])["id"],
            CONNECTORS: client.get(CONNECTORS).json()["data"][0]["id"],
            PERSONS: client.get(PERSONS).json()["data"][0]["id"],
            ALERTS: server.ingest({"title": "theirs"}, tenant=tenant).alert_id,
        }


CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"name": "mine"}),
    ("PATCH", "", {"id": "x"}),
    ("DELETE", "", None),
    ("POST", "/run", {}),
    ("POST", "/run", {"x": 1}),
    ("POST", "/acknowledge", {}),
    ("POST", "/escalate", {"assignee_id": "per_1"}),
    ("POST", "/deactivate", {}),
]


def test_another_tenants_id_is_answered_like_one_that_does_not_exist(
    server: EmbeddedServer, tenant: str, client: httpx.Client
) -> None:
    other = tenant_id_of(f"other than {tenant}")
    server.seed(Seed({"okta": "okta"}, ("soc-lead",)), tenant=other)
    theirs = ids_of(server, other)
    for path, object_id in theirs.items():
        prefix = object_id[:4]
        for method, below, body in CALLS:
            answers = [
                client.request(method, f"{path}/{wanted}{below}", json=body)
                for wanted in (object_id, derived_id(prefix[:3], "nobody"))
            ]
            shown = [(answer.status_code, answer.content, sorted(answer.headers)) for answer in answers]
            assert shown[0] == shown[1], f"{method} {path}{below}"
            assert answers[0].status_code in {404, 405}
    with client_of(server, tenant=other) as owner:
        assert ids_of_rows(owner) == theirs


def ids_of_rows(client: httpx.Client) -> dict[str, str]:
    return {path: client.get(path).json()["data"][0]["id"] for path in (PLAYBOOKS, CONNECTORS, PERSONS, ALERTS)}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?name=theirs",
        "?tags=theirs",
        "?q=theirs",
        "?include_deleted=true",
        "?tenant_id={other}",
        "?limit=500",
        "?id={id}",
    ],
)
def test_no_list_count_or_filter_shows_another_tenant(server: EmbeddedServer, client: httpx.Client, query: str) -> None:
    other = tenant_id_of("others")
    with client_of(server, tenant=other) as owner:
        document = created(owner, name="theirs", tags=["theirs"])
        server.delete(created(owner, name="theirs", tags=["theirs"])["id"], tenant=other)
        cursor = owner.get(f"{PLAYBOOKS}?limit=1&include_deleted=true").json()["next_cursor"]
    page = client.get(PLAYBOOKS + query.format(other=other, id=document["id"])).json()
    assert page == {"data": [], "next_cursor": None, "total": 0}
    assert client.get(PLAYBOOKS, params={"limit": 1, "include_deleted": "true", "cursor": cursor}).json()["data"] == []


def test_another_tenants_connector_does_not_let_a_playbook_run(
    server: EmbeddedServer, tenant: str, client: httpx.Client
) -> None:
    other = tenant_id_of(f"third beside {tenant}")
    with client_of(server, tenant=other) as owner:
        theirs = owner.post(CONNECTORS, json={"name": "x", "provider": "x"}).json()["id"]
    document = created(client, required_connector_ids=[theirs])
    answer = client.post(f"{PLAYBOOKS}/{document['id']}/run")
    assert answer.json()["errors"] == [
        {"pointer": "/required_connector_ids/0", "detail": f"connector '{theirs}' does not exist"}
    ]
    alert = server.ingest({"title": "theirs"}, tenant=other).alert_id
    refused = client.post(f"{PLAYBOOKS}/{created(client)['id']}/run", json={"alert_id": alert})
    assert refused.json()["errors"] == [{"pointer": "/alert_id", "detail": "there is no such alert"}]


def test_two_tenants_may_use_one_e_mail(server: EmbeddedServer, tenant: str) -> None:
    for name in (tenant, tenant_id_of(f"e-mail beside {tenant}")):
        with client_of(server, tenant=name) as client:
            body = {"display_name": "Ada", "email": "one@example.invalid"}
            assert client.post(PERSONS, json=body).status_code == 201


def test_an_application_sees_only_what_it_wrote(server: EmbeddedServer, tenant: str, client: httpx.Client) -> None:
    unscoped = created(client, name="unscoped")
    with (
        client_of(server, tenant=tenant, app_id="app_1") as one,
        client_of(server, tenant=tenant, app_id="app_2") as two,
    ):
        mine, other = created(one, name="one"), created(two, name="two")
        assert (unscoped["app_id"], mine["app_id"]) == (None, "app_1")
        assert one.get(PLAYBOOKS).json() == {"data": [mine], "next_cursor": None, "total": 1}
        assert one.get(PLAYBOOKS, params={"app_id": "app_2"}).json()["total"] == 0
        assert one.get(CONNECTORS).json()["total"] == 0
        for hidden in (unscoped["id"], other["id"]):
            assert one.get(f"{PLAYBOOKS}/{hidden}").status_code == 404
            assert one.patch(f"{PLAYBOOKS}/{hidden}", json={"name": "x"}).status_code == 404
            assert one.post(f"{PLAYBOOKS}/{hidden}/run").status_code == 404
    assert client.get(PLAYBOOKS).json()["total"] == 3
    patched = client.patch(f"{PLAYBOOKS}/{mine['id']}", json={"name": "x"}).json()
    assert patched["app_id"] == "app_1", "an application's object stays its own"


# --- requests -------------------------------------------------------------------------------------------------------

DEEP = b"[" * DEEPEST + b"]" * DEEPEST
BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "a list": (b"[]", 400),
    "a text": (b'"x"', 400),
    "half": (b'{"name": "x"', 400),
    "two": (b'{"name": "x"} {}', 400),
    "a name twice": (b'{"name": "x", "name": "y"}', 400),
    "a name twice inside": (b'{"name": "x", "steps": [{"id": "a", "id": "b"}]}', 400),
    "a comment": (b'{"name": "x" /* */}', 400),
    "not UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), 400),
    "a byte-order mark": (b'\xef\xbb\xbf{"name": "x"}', 400),
    "half a surrogate pair": (b'{"name": "\\ud800"}', 400),
    "half a surrogate pair in a name": (b'{"name": "x", "steps": [{"\\udfff": 1}]}', 400),
    "U+0000": (b'{"name": "a\\u0000b"}', 400),
    "a backslash before u0000": (b'{"name": "a\\\\u0000b"}', 201),
    "NaN": (b'{"name": "x", "steps": [{"a": NaN}]}', 400),
    "Infinity": (b'{"name": "x", "steps": [{"a": -Infinity}]}', 400),
    "1e999": (b'{"name": "x", "steps": [{"a": 1e999}]}', 400),
    "2^53 + 1": (b'{"name": "x", "steps": [{"a": 9007199254740993}]}', 400),
    "5,000 digits": (b'{"name": "x", "steps": [{"a": ' + b"9" * 5000 + b"}]}", 400),
    "too deep": (b'{"name": "x", "steps": [{"a": ' + DEEP + b"}]}", 400),
    "100,000 brackets": (b'{"name": "x", "steps": ' + b"[" * 100_000, 400),
    "100,000 objects": (b'{"a":' * 100_000, 400),
    "too large": (b'{"name": "' + b"x" * LARGEST_BODY + b'"}', 413),
    "brackets in a text": (b'{"name": "x", "description": "' + b"[" * 5000 + b'\\""}', 201),
    "as deep as may be": (b'{"name": "x", "steps": [{"a": ' + DEEP[3:-3] + b"}]}", 201),
    "2^53": (b'{"name": "x", "steps": [{"a": 9007199254740992}]}', 201),
    "an emoji as a surrogate pair": (b'{"name": "\\ud83d\\ude00\\u0001"}', 201),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_read_strictly(client: httpx.Client, name: str) -> None:
    content, status = BODIES[name]
    began = time.monotonic()
    answer = client.post(PLAYBOOKS, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == ("application/json" if status == 201 else "application/problem+json")
    assert time.monotonic() - began < 2
    if status == 201:
        assert client.get(PLAYBOOKS).json()["data"] == [answer.json()]


def test_a_body_without_a_length_is_cut_off_when_it_grows_too_large(client: httpx.Client) -> None:
    chunks = (b"x" * 65536 for _ in range(LARGEST_BODY // 65536 + 2))
    answer = client.post(PLAYBOOKS, content=chunks, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_a_body_of_another_media_type_is_not_read(client: httpx.Client, media_type: str) -> None:
    answer = client.post(PLAYBOOKS, content=b'{"name": "x"}', headers={"Content-Type": media_type})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"]
)
def test_a_body_of_json_is_read(client: httpx.Client, media_type: str) -> None:
    answer = client.post(PLAYBOOKS, content=b'{"name": "x"}', headers={"Content-Type": media_type})
    assert answer.status_code == 201


INJECTIONS = [
    "' OR '1'='1",
    "'; DROP TABLE objects; --",
    "%",
    "_",
    "*",
    "\\",
    '"',
    "$.name",
    "x' UNION SELECT 1,2 --",
    "\x01",
]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("parameter", ["name", "tags", "q", "id", "mitre_techniques", "tenant_id", "app_id"])
def test_a_filter_is_a_value_and_nothing_else(client: httpx.Client, parameter: str, text: str) -> None:
    created(client, name="x", tags=["x"], mitre_techniques=["T1"])
    assert client.get(PLAYBOOKS, params={parameter: text}).json()["total"] == 0
    hostile = created(client, name=text, tags=[text], mitre_techniques=[text])
    if parameter in {"name", "tags", "q", "mitre_techniques"}:
        assert client.get(PLAYBOOKS, params={parameter: text}).json()["data"] == [hostile]


@pytest.mark.parametrize("name", ["name'--", "name) OR (1=1", "doc", "rowid", "$.name", "Name", ""])
def test_a_filter_of_no_field_is_refused(client: httpx.Client, name: str) -> None:
    assert client.get(PLAYBOOKS, params={name: "x"}).status_code == 422


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        encoded("ply_x.0"),
        encoded("' OR 1=1 --.0"),
        encoded(f"{derived_id('ply', 'x')}.0"),
        encoded("\xff"),
        "A" * 60_000,
        "\x00",
        "é",
    ],
)
def test_a_made_up_cursor_is_refused(client: httpx.Client, cursor: str) -> None:
    assert client.get(PLAYBOOKS, params={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("object_id", ["x", "..%2F..%2Fetc", "%00", "ply_' OR 1=1 --", "a" * 5000, "%ff"])
def test_an_id_of_any_form_is_only_not_found(client: httpx.Client, object_id: str) -> None:
    assert client.get(f"{PLAYBOOKS}/{object_id}").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:4000", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:80", 200),
        ("[::1]", 200),
        ("evil.example.invalid", 400),
        ("evil.example.invalid:4000", 400),
        ("127.0.0.1.evil.example.invalid", 400),
        ("localhost.", 400),
        ("", 400),
    ],
)
def test_a_host_that_is_not_ours_is_refused(anyone: httpx.Client, host: str, status: int) -> None:
    answer = anyone.get("/health", headers={"Host": host})
    assert answer.status_code == status
    assert answer.headers["X-Request-Id"].startswith("req_")


def test_the_tenant_comes_from_the_token_alone(tenant: str, client: httpx.Client) -> None:
    other = tenant_id_of("others")
    for header in ("X-Tenant-Id", "Tenant", "X-Forwarded-For", "X-Original-URL"):
        document = client.post(PLAYBOOKS, json=playbook(), headers={header: other}).json()
        assert document["tenant_id"] == tenant
    assert client.post(PLAYBOOKS, json=playbook(tenant_id=other)).status_code == 422
    assert client.post(f"{PLAYBOOKS}?tenant_id={other}", json=playbook()).json()["tenant_id"] == tenant


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", PLAYBOOKS, "GET, POST"),
        ("DELETE", f"{PLAYBOOKS}/x", "GET, PATCH"),
        ("GET", f"{PLAYBOOKS}/x/run", "POST"),
        ("POST", ALERTS, "GET"),
        ("TRACE", "/health", "GET"),
    ],
)
def test_another_method_is_told_which_there_are(client: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["Allow"], answer.json()["status"]) == (405, allowed, 405)


def test_a_client_that_goes_before_its_body_is_whole_changes_nothing_and_is_no_fault_of_the_server(
    server: EmbeddedServer, client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    made = created(client)
    head = (
        f"PATCH {PLAYBOOKS}/{made['id']} HTTP/1.1\r\nHost: {httpx.URL(server.url).netloc.decode()}\r\n"
        f"Authorization: {client.headers['Authorization']}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port or 0)) as gone:
        gone.sendall(head.encode() + b'{"name": "half')
        time.sleep(0.1)
    time.sleep(0.2)
    assert client.get(f"{PLAYBOOKS}/{made['id']}").json() == made
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
