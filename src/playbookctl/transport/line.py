"""The line to a host: connections kept alive, through the environment's proxy, under its certificates.

A transport of httpx without its client: cookies, redirects and sessions are of no use here, and take a third of the time
of a call.
"""

from __future__ import annotations

import ssl
import threading
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpx

from playbookctl import __version__
from playbookctl.errors import ConfigError
from playbookctl.transport.address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LIMITS = httpx.Limits(max_connections=4, max_keepalive_connections=4, keepalive_expiry=4.0)  # of one thread


def open_line(base: httpx.URL) -> httpx.BaseTransport:
    """Return HTTP/1.1 to the host of `base`: by the environment's proxy and with its certificates, but for loopback.

    Raises ConfigError where those cannot be used.
    """
    at_home = base.scheme == "http" and is_loopback(base)
    try:
        # the authorities take 40 ms to read, and nobody asks for them at home
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if at_home else httpx.create_ssl_context()
        proxy = None if at_home else _proxy(base)
        return _PerThread(
            lambda: httpx.HTTPTransport(verify=context, trust_env=not at_home, limits=_LIMITS, proxy=proxy)
        )
    except OSError as error:  # ssl.SSLError is one
        said = f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {error.strerror or error}"
        raise ConfigError(said, hint="correct the path; the file holds certificates in PEM") from error
    except ImportError as error:
        said = "the proxy that ALL_PROXY or HTTPS_PROXY names speaks SOCKS, which needs a package that is not installed"
        raise ConfigError(said, hint="pip install 'httpx[socks]', or name an http proxy") from error
    except (ValueError, httpx.InvalidURL) as error:  # its words may quote the proxy's password
        said = "the proxy that ALL_PROXY, HTTPS_PROXY or HTTP_PROXY names is not the url of one"
        raise ConfigError(said, hint="write it as http://HOST:PORT, or list the host in NO_PROXY") from error


def headers_for(accept: str = "application/json") -> Mapping[str, str]:
    """Return the headers that all calls have in common."""
    agent = f"playbookctl/{__version__} httpx/{httpx.__version__}"
    return {"Accept": accept, "Accept-Encoding": "gzip, deflate", "User-Agent": agent}


class _PerThread(httpx.BaseTransport):
    """A line for each thread that calls. A pool that many share looks at every connection for every call, under a lock."""

    def __init__(self, open_one: Callable[[], httpx.BaseTransport]) -> None:
        self._open_one = open_one
        self._own = threading.local()
        self._lines: list[httpx.BaseTransport] = []
        self._line()  # what is wrong with the set-up is said at once

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by the calling thread's own line."""
        return self._line().handle_request(request)

    def close(self) -> None:
        """Close the lines of all threads; none may be in use."""
        for line in self._lines:
            line.close()

    def _line(self) -> httpx.BaseTransport:
        line: httpx.BaseTransport | None = getattr(self._own, "line", None)
        if line is None:
            line = self._own.line = self._open_one()
            self._lines.append(line)
        return line


def _proxy(base: httpx.URL) -> httpx.Proxy | None:
    if proxy_bypass(base.netloc.decode("ascii")):
        return None
    known = getproxies()
    address = known.get(base.scheme) or known.get("all")
    if not address:
        return None
    return httpx.Proxy(address if "://" in address else f"http://{address}")
