"""The line to a host: connections kept alive, through the environment's proxy, under its certificates.

A transport of httpx without its client: cookies, redirects and sessions are of no use here, and take a third of the time
of a call.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpx

from playbookctl import __version__
from playbookctl.errors import ConfigError
from playbookctl.transport.address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS = 40  # 32 workers, and a few for whoever reads meanwhile


def open_line(base: httpx.URL) -> httpx.BaseTransport:
    """Return HTTP/1.1 to the host of `base`: by the environment's proxy and with its certificates, but for loopback.

    Raises ConfigError where those cannot be used.
    """
    at_home = base.scheme == "http" and is_loopback(base)
    try:
        return httpx.HTTPTransport(
            # the authorities take 40 ms, and nobody asks for them at home
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if at_home else True,
            trust_env=not at_home,
            limits=httpx.Limits(
                max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=4.0
            ),
            proxy=None if at_home else _proxy(base),
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


def _proxy(base: httpx.URL) -> httpx.Proxy | None:
    if proxy_bypass(base.netloc.decode("ascii")):
        return None
    known = getproxies()
    address = known.get(base.scheme) or known.get("all")
    if not address:
        return None
    return httpx.Proxy(address if "://" in address else f"http://{address}")
