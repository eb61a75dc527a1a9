"""Downloads, from a real server on loopback: what arrives, and what is refused before or while it arrives."""

from __future__ import annotations

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from playbookctl.attack import fetch
from playbookctl.attack.fetch import download, shown
from playbookctl.attack.update import build_from_file, is_url
from playbookctl.errors import ConfigError, ServerError
from support.stix import small_bundle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = json.dumps(small_bundle("20.0")).encode()


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/to/"):
            self.send_response(302)
            self.send_header(
                "Location", {"/to/bundle": "/bundle.json", "/to/circle": "/to/circle"}.get(path, "http://example.com/")
            )
            self.end_headers()
        elif path == "/bundle.json":
            self._send(BODY)
        elif path == "/zipped":
            self._send(gzip.compress(b" " * 5_000_000), encoding="gzip")
        elif path == "/cut":
            self._send(BODY, length=len(BODY) + 100)
        elif path == "/slow":
            self._drip()
        else:
            self.send_error(404)

    def _send(self, body: bytes, *, encoding: str = "", length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b" " * 70_000)
                time.sleep(0.05)
        except OSError:
            pass  # the other side has hung up, which is what the test wants

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/bundle.json", "/to/bundle"])
def test_a_bundle_is_downloaded_and_built(server: str, path: str, tmp_path: Path) -> None:
    target = tmp_path / "bundle.json"
    download(server + path, target)
    assert target.read_bytes() == BODY
    assert build_from_file(target, "20", name=shown(server + path))[0].sources[0].startswith(f"{server}{path} sha256:")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/none", "answered 404 Not Found"),
        ("/to/circle", "was redirected more than 4 times"),
        ("/cut", "cannot download"),
    ],
)
def test_what_the_server_does_wrong_is_a_server_error(server: str, path: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=said):
        download(server + path, tmp_path / "bundle.json")


def test_a_body_over_the_limit_is_cut_off_also_where_it_was_packed(server: str, tmp_path: Path) -> None:
    download(server + "/bundle.json", tmp_path / "bundle.json", limit=len(BODY))
    for path, limit in (("/bundle.json", len(BODY) - 1), ("/zipped", 1_000_000)):
        with pytest.raises(ServerError, match=f"sends more than {limit:,} bytes"):
            download(server + path, tmp_path / "bundle.json", limit=limit)
    assert (tmp_path / "bundle.json").stat().st_size <= 1_000_000


def test_a_server_that_drips_does_not_hold_us(server: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ServerError, match=r"bytes when the time was up"):
        download(server + "/slow", tmp_path / "bundle.json", seconds=0.3)
    assert time.monotonic() - began < 3


def test_nobody_there_is_a_server_error(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"cannot download 'http://127.0.0.1:9/': .*[Cc]onnection refused"):
        download("http://127.0.0.1:9/", tmp_path / "bundle.json")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/enterprise-attack.json",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "ftp://127.0.0.1/bundle.json",
        "file:///etc/passwd",
    ],
)
def test_only_https_and_loopback_are_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is not https"):
        download(url, tmp_path / "bundle.json")
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_to_http_elsewhere_is_not_followed(server: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'http://example.com/' is not https"):
        download(server + "/to/elsewhere", tmp_path / "bundle.json")


def test_a_redirect_from_https_to_http_is_not_followed_even_on_loopback() -> None:
    assert fetch._not_downgraded("https://a/", "https://b/") == "https://b/"
    with pytest.raises(ServerError, match=r"'https://a/' redirects to 'http://127.0.0.1/', which is not https"):
        fetch._not_downgraded("https://a/", "http://127.0.0.1/")


@pytest.mark.parametrize("url", ["https://[", "https://[::1", "https://", "https://a\nb:c/"])
def test_what_is_no_address_is_said(url: str, tmp_path: Path) -> None:
    with pytest.raises((ConfigError, ServerError), match=r"no address|cannot download"):
        download(url, tmp_path / "bundle.json")


def test_a_target_that_cannot_be_written_is_said(server: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot write '.*none/bundle.json': No such file"):
        download(server + "/bundle.json", tmp_path / "none" / "bundle.json")


def test_credentials_of_an_address_are_never_shown(tmp_path: Path) -> None:
    address = "http://user:pw@example.com/a.json?token=t#f"
    assert shown(address) == "http://example.com/a.json"
    with pytest.raises(ConfigError) as raised:
        download(address, tmp_path / "bundle.json")
    assert "pw" not in raised.value.message
    assert "token" not in raised.value.message


def test_an_address_is_told_from_a_file() -> None:
    assert [is_url(text) for text in ("https://a/b", "enterprise-attack.json", "C:\\a.json", "./http:/x")] == [
        True,
        False,
        False,
        False,
    ]
