"""Where the API is, and whether a token may be sent there."""

from __future__ import annotations

from ipaddress import ip_address

import httpx

from playbookctl.errors import ConfigError


def base_url(text: str, *, insecure_http: bool = False, credentials: str = "CPOD_API_KEY") -> httpx.URL:
    """Return the root of the API without a slash at its end.

    Raises ConfigError unless it is https, or http to this machine itself (or to anywhere, with `insecure_http`);
    a name or password in the address is refused too, since addresses are printed. `credentials` is the variable that
    the token belongs into.
    """
    try:
        url = httpx.URL(text.rstrip("/"))
    except httpx.InvalidURL as error:
        raise ConfigError(f"'{text}' is not a url: {error}", hint="write it as https://HOST") from error
    if url.userinfo:
        raise ConfigError(
            f"the url of '{url.host}' carries a name or password", hint=f"leave them out; use {credentials}"
        )
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"'{text}' is not the url of an API", hint="write it as https://HOST")
    if url.query or url.fragment:
        raise ConfigError(f"'{text}' is more than the root of an API", hint="leave out everything from '?' or '#' on")
    if url.scheme == "http" and not (insecure_http or is_loopback(url)):
        raise ConfigError(
            f"the token would travel to '{url.host}' unencrypted", hint="use https; plain http is for this machine only"
        )
    return url


def is_loopback(url: httpx.URL) -> bool:
    """Tell whether the url names this machine: localhost, 127.0.0.0/8 or ::1."""
    if url.host == "localhost":
        return True
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return False


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Tell whether two urls have scheme, host and port in common, so that a token may follow from one to the other."""
    return (one.scheme, one.host, _port(one)) == (other.scheme, other.host, _port(other))


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
