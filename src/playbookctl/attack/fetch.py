"""Download a bundle. The only module here that talks to a network, and the only one that imports httpx."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

import httpx

from playbookctl.errors import ConfigError, ServerError

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 200_000_000  # bytes as decoded; MITRE's largest bundle has 50 million
SECONDS = 300.0
HOPS = 5
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def shown(url: str) -> str:
    """Return `url` without user, password, query and fragment: what may stand in a message or a pinned file."""
    parts = _parts(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def download(url: str, target: Path, *, limit: int = LIMIT, seconds: float = SECONDS) -> None:
    """Write the body of `url` to `target`: https only (http for loopback), at most `limit` bytes in `seconds`.

    Raises ConfigError for a URL that is not allowed, ServerError for anything that the network or the server does.
    """
    until = time.monotonic() + seconds
    timeout = httpx.Timeout(min(30.0, seconds))
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not _is_loopback(url)) as client:
            for _ in range(HOPS):
                following = _get(client, _allowed(url), target, limit, until)
                if following is None:
                    return
                url = _not_downgraded(url, following)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerError(f"cannot download '{shown(url)}': {str(error) or type(error).__name__}") from error
    except OSError as error:
        raise ConfigError(f"cannot write '{target}': {error.strerror}") from error
    raise ServerError(f"'{shown(url)}' was redirected more than {HOPS - 1} times")


def _get(client: httpx.Client, url: str, target: Path, limit: int, until: float) -> str | None:
    """Write the answer to `target`, or return where it redirects to."""
    with client.stream("GET", url, headers={"Accept": "application/json, */*"}) as answer:
        if answer.next_request is not None:
            return str(answer.next_request.url)
        if answer.status_code != httpx.codes.OK:
            raise ServerError(f"'{shown(url)}' answered {answer.status_code} {answer.reason_phrase}")
        written = 0
        with target.open("wb") as stream:
            for block in answer.iter_bytes(1 << 16):
                written += len(block)
                if written > limit:
                    raise ServerError(f"'{shown(url)}' sends more than {limit:,} bytes, no ATT&CK bundle is so large")
                if time.monotonic() > until:
                    raise ServerError(f"'{shown(url)}' had sent {written:,} bytes when the time was up")
                stream.write(block)
    return None


def _allowed(url: str) -> str:
    scheme = _parts(url).scheme
    if scheme == "https" or (scheme == "http" and _is_loopback(url)):
        return url
    raise ConfigError(
        f"'{shown(url)}' is not https", hint="take an https:// address, or download the bundle and name the file"
    )


def _not_downgraded(url: str, following: str) -> str:
    if _parts(url).scheme == "https" and _parts(following).scheme != "https":
        raise ServerError(f"'{shown(url)}' redirects to '{shown(following)}', which is not https")
    return following


def _is_loopback(url: str) -> bool:
    return _parts(url).hostname in _LOOPBACK


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ConfigError(f"this is no address: {error}") from error
