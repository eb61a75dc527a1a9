"""Where calls go, how large and slow answers may be, and what a failed connection says."""

from __future__ import annotations

import gzip
import json
import math
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from playbookctl import __version__
from playbookctl.api import BearerToken, Client, ClientCredentials, RetryPolicy
from playbookctl.errors import AnswerLost, ConfigError, Rejected, ServerError, Transient
from playbookctl.transport.address import base_url, same_origin
from playbookctl.transport.wire import LONGEST_ANSWER, TIMEOUT
from support.rows import row, row_list
from support.scripted import Reply, Scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from typing_extensions import Self

    from support.scripted import Asked

KEY = BearerToken("opaque-key-1234")
GOOD = Reply(row(1))


def test_every_request_says_who_and_which_it_is(playing: Callable[..., Any]) -> None:
    client, server = playing([GOOD, GOOD])
    client.get_playbook("ply_001")
    client.get_playbook("ply_001")
    first, second = server.asked
    assert first.headers["user-agent"].startswith(f"playbookctl/{__version__} ")
    assert first.headers["accept"] == "application/json"
    assert len(first.headers["x-request-id"]) == 32
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_an_error_of_a_server_without_request_ids_names_ours(playing: Callable[..., Any]) -> None:
    client, server = playing([Reply({}, 404)])
    with pytest.raises(ServerError) as caught:
        client.get_playbook("ply_001")
    assert caught.value.request_id == server.asked[0].headers["x-request-id"]


def test_the_url_may_have_a_path(playing: Callable[..., Any]) -> None:
    _, server = playing([GOOD])
    with Client(f"{server.url}/gateway/", KEY) as client:
        client.get_playbook("ply_001")
    assert server.asked[0].path == "/gateway/api/v1/soc/playbooks/ply_001"


URLS: dict[str, tuple[str, str]] = {
    "plain http to a host": ("http://api.example", "the token would travel to 'api.example' unencrypted"),
    "plain http to an address": ("http://10.0.0.1:4000", "the token would travel to '10.0.0.1' unencrypted"),
    "a host that begins like loopback": ("http://127.0.0.1.example", "unencrypted"),
    "a host that looks like localhost": ("http://localhost.example", "unencrypted"),
    "no scheme": ("api.example", "'api.example' is not the url of an API"),
    "another scheme": ("ftp://api.example", "is not the url of an API"),
    "no host": ("https://", "is not the url of an API"),
    "a password": ("https://me:pw@api.example", "the url of 'api.example' carries a name or password"),
    "a query": ("https://api.example/?tenant=1", "is more than the root of an API"),
    "no url at all": ("https://[::1", "is not a url"),
}


@pytest.mark.parametrize("url, said", URLS.values(), ids=URLS.keys())
def test_an_url_that_no_token_should_go_to_is_refused(url: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Client(url, KEY)
    assert said in caught.value.message
    assert caught.value.hint
    assert "pw" not in caught.value.message


@pytest.mark.parametrize("url", ["http://localhost:4000", "http://127.9.9.9", "http://[::1]:1", "https://api.example"])
def test_an_url_that_a_token_may_go_to_is_accepted(url: str) -> None:
    Client(url, KEY).close()
    assert base_url(url) == httpx.URL(url)


def test_plain_http_elsewhere_has_to_be_asked_for() -> None:
    Client("http://api.example", KEY, insecure_http=True).close()
    assert base_url("http://api.example", insecure_http=True) == httpx.URL("http://api.example")


# ------------------------------------------------------------------ redirects


def test_a_token_never_follows_to_another_host(playing: Callable[..., Any]) -> None:
    _, elsewhere = playing([GOOD])
    client, server = playing(lambda _: Reply({}, 302, {"Location": f"{elsewhere.url}/api"}))
    with pytest.raises(ServerError, match="where the token must not go") as caught:
        client.get_playbook("ply_001")
    assert f"from '{server.url}' to '{elsewhere.url}'" in caught.value.message
    assert elsewhere.asked == []
    assert len(server.asked) == 1


def test_a_token_request_is_not_redirected_to_another_host_either(playing: Callable[..., Any]) -> None:
    _, elsewhere = playing([GOOD])
    client, _ = playing(
        lambda _: Reply({}, 307, {"Location": f"{elsewhere.url}/token"}), credentials=ClientCredentials("id", "secret")
    )
    with pytest.raises(ServerError, match="must not go"):
        client.log_in()
    assert elsewhere.asked == []


def test_a_read_follows_a_redirect_on_the_same_host(playing: Callable[..., Any]) -> None:
    script = [Reply({}, 308, {"Location": "/v2/ply_001"}), GOOD]
    client, server = playing(script)
    assert client.get_playbook("ply_001")["id"] == "ply_001"
    assert server.asked[1].path == "/v2/ply_001"
    assert server.asked[1].headers["authorization"] == "Bearer opaque-key-1234"


def test_redirects_end(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({}, 302, {"Location": "/again"}))
    with pytest.raises(ServerError, match="redirected more than 3 times"):
        client.get_playbook("ply_001")
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_write_follows_no_redirect(playing: Callable[..., Any], status: int) -> None:
    client, server = playing(lambda _: Reply({}, status, {"Location": "/elsewhere"}), may_write=True)
    with pytest.raises(AnswerLost, match="was redirected"):
        client.create_playbook({"name": "x"})
    assert len(server.asked) == 1


# ------------------------------------------------------------------ bounds


def test_an_answer_is_read_up_to_a_size(playing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.api.client.PAGE_BYTES", 2_000_000)
    client, _ = playing(lambda _: Reply(b"[" + b" " * 3_000_000 + b"]"))
    with pytest.raises(ServerError, match="the answer to GET /api/v1/soc/playbooks is larger than 2 MB"):
        list(client.list_playbooks())


def test_an_answer_that_was_compressed_is_measured_as_it_unfolds(
    playing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playbookctl.api.client.PAGE_BYTES", 2_000_000)
    small = gzip.compress(b"[" + b" " * 50_000_000 + b"]")
    assert len(small) < 100_000
    client, _ = playing(lambda _: Reply(small, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(ServerError, match="larger than 2 MB"):
        list(client.list_playbooks())


def test_a_compressed_answer_is_read(playing: Callable[..., Any]) -> None:
    body = gzip.compress(json.dumps(row_list(1, 2)).encode())
    client, server = playing([Reply(body, headers={"Content-Encoding": "gzip"})])
    assert len(list(client.list_playbooks())) == 2
    assert "gzip" in server.asked[0].headers["accept-encoding"]


def test_an_answer_that_is_no_gzip_is_asked_for_again_then_given_up(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply(b"no gzip", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(Transient, match="was lost"):
        client.get_playbook("ply_001")
    assert len(server.asked) == 4


def test_an_answer_that_drips_is_given_up(playing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.transport.wire.LONGEST_ANSWER", 0.0)
    client, _ = playing(lambda _: GOOD)
    with pytest.raises(Transient, match=r"was lost: the answer took more than 0 s"):
        client.get_playbook("ply_001")


def test_a_server_that_says_nothing_is_given_up(playing: Callable[..., Any]) -> None:
    gate = threading.Event()
    client, _ = playing(lambda _: Reply(row(1), waits_for=gate), timeout=httpx.Timeout(0.1))
    begun = time.monotonic()
    with pytest.raises(Transient, match="was lost: timed out") as caught:
        client.get_playbook("ply_001")
    gate.set()
    assert time.monotonic() - begun < 5
    assert "request id" in caught.value.message


# ------------------------------------------------------------------ the network


def test_a_host_that_does_not_answer_is_named() -> None:
    server = Scripted([])
    server._server.server_close()
    policy = RetryPolicy(2, wait_initial=0.001, wait_jitter=0.001)
    with Client(server.url, KEY, policy=policy) as client, pytest.raises(Transient) as caught:
        client.get_playbook("ply_001")
    assert caught.value.message.startswith(f"cannot connect to '{server.url}': ")
    assert "HTTPS_PROXY" in caught.value.hint
    assert caught.value.code == 5


def test_the_environments_proxy_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(asked: Asked) -> Reply:
        return GOOD if asked.target.startswith("http://playbooks.invalid/") else Reply({"detail": asked.target}, 404)

    with Scripted(script) as proxy, Scripted([GOOD]) as here:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with Client("http://playbooks.invalid", KEY, insecure_http=True) as client:
            assert client.get_playbook("ply_001")["id"] == "ply_001"
        with Client(here.url, KEY) as client:
            assert client.get_playbook("ply_001")["id"] == "ply_001"
    assert len(proxy.asked) == 1
    assert len(here.asked) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:playbooks.invalid", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + path.with_name("server.pem.crt").read_bytes())
    return path


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[Scripted]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Scripted(lambda _: GOOD, tls=context) as server:
        yield server


def test_a_certificate_nobody_vouches_for_is_refused_at_once(encrypted: Scripted) -> None:
    begun = time.monotonic()
    with Client(encrypted.url, KEY) as client, pytest.raises(ServerError, match="is not trusted") as caught:
        client.get_playbook("ply_001")
    assert time.monotonic() - begun < 2
    assert not isinstance(caught.value, Transient)
    assert "SSL_CERT_FILE" in caught.value.hint
    assert encrypted.asked == []


def test_ssl_cert_file_adds_an_organisations_certificate(
    encrypted: Scripted, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("server.pem.crt")))
    with Client(encrypted.url, KEY) as client:
        assert client.get_playbook("ply_001")["id"] == "ply_001"


@pytest.fixture
def own_authority(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("server.pem.crt")))


@pytest.mark.usefixtures("own_authority")
def test_https_proxy_is_asked_for_a_tunnel_and_sees_neither_path_nor_token(
    encrypted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tunnel(encrypted.url.rpartition(":")[2]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with Client("https://playbooks.invalid", KEY) as client:
            assert client.get_playbook("ply_001")["id"] == "ply_001"
    assert [line.split()[:2] for line in proxy.asked] == [["CONNECT", "playbooks.invalid:443"]]
    assert KEY.token not in "".join(proxy.asked)
    assert encrypted.asked[0].headers["authorization"] == f"Bearer {KEY.token}"


@pytest.mark.usefixtures("own_authority")
def test_no_proxy_is_heeded(encrypted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Client(encrypted.url, KEY) as client:
        assert client.get_playbook("ply_001")["id"] == "ply_001"


@pytest.mark.parametrize(
    "variable, value, said",
    [
        ("HTTPS_PROXY", "ftp://me:hidden-word@127.0.0.1:9", "is not the url of one"),
        ("HTTPS_PROXY", "http://[::1", "is not the url of one"),
        ("HTTPS_PROXY", "http://127.0.0.1:port", "is not the url of one"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem", "cannot be read: No such file"),
        ("SSL_CERT_FILE", __file__, "cannot be read"),
    ],
)
def test_a_proxy_or_certificates_that_cannot_be_used_are_a_matter_of_the_set_up(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as caught:
        Client("https://playbooks.invalid", KEY)
    assert variable in caught.value.message
    assert said in caught.value.message
    assert "hidden-word" not in f"{caught.value.message}{caught.value.hint}"


def test_a_proxy_that_needs_another_package_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(ConfigError) as caught:
        Client("https://playbooks.invalid", KEY)
    assert "httpx[socks]" in caught.value.hint


def test_what_has_no_json_form_is_refused_and_not_sent(playing: Callable[..., Any]) -> None:
    client, server = playing([GOOD, GOOD], may_write=True)
    body = {"steps": [{"id": "a", "x-limit": json.loads("1e999")}]}
    with pytest.raises(Rejected, match="has no JSON form"):
        client.update_playbook("ply_001", body)
    assert [asked.method for asked in server.asked if asked.method == "PATCH"] == []


def test_a_proxy_for_everything_needs_no_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    with Scripted([GOOD]) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url.removeprefix("http://"))
        with Client("http://playbooks.invalid", KEY, insecure_http=True) as client:
            assert client.get_playbook("ply_001")["id"] == "ply_001"
    assert len(proxy.asked) == 1


def test_a_proxy_that_refuses_is_said_to_be_a_matter_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = RetryPolicy(2, wait_initial=0.001, wait_jitter=0.001)
    with Scripted(lambda _: Reply({}, 403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with Client("https://playbooks.invalid", KEY, policy=policy) as client, pytest.raises(Transient) as caught:
            client.get_playbook("ply_001")
    assert "cannot connect to 'https://playbooks.invalid'" in caught.value.message
    assert "HTTPS_PROXY" in caught.value.hint


def test_the_same_host_without_encryption_is_another_place() -> None:
    assert not same_origin(httpx.URL("https://api.example"), httpx.URL("http://api.example"))
    assert not same_origin(httpx.URL("https://api.example"), httpx.URL("https://api.example:8443"))
    assert same_origin(httpx.URL("https://api.example"), httpx.URL("https://api.example:443/x"))


def test_every_wait_for_the_network_has_an_end() -> None:
    assert None not in TIMEOUT.as_dict().values()
    assert 0 < LONGEST_ANSWER < math.inf
    with Client("https://api.example", KEY) as client:
        assert client._wire._times == {"timeout": TIMEOUT.as_dict()}


class Tunnel:
    """A proxy that knows CONNECT alone: whatever host is asked for, the tunnel leads to a port of this machine."""

    def __init__(self, port: str) -> None:
        self.asked: list[str] = []
        self._to = ("127.0.0.1", int(port))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(20)
        self._listening.close()

    def _serve(self) -> None:
        """Serve one connection."""
        client, _ = self._listening.accept()
        with client, socket.create_connection(self._to) as server:
            self.asked.append(client.recv(65536).decode("latin-1"))
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=_pour, args=(server, client), daemon=True)
            back.start()
            _pour(client, server)
            back.join(20)


def _pour(one: socket.socket, other: socket.socket) -> None:
    """Pass on what one side says until it is silent for good."""
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass
