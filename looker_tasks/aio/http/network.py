"""The way to a Looker as the environment describes it for every program: its proxy, and whose certificates it trusts.

``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, and the bundles that `requests`, and so the official
SDK, reads: ``REQUESTS_CA_BUNDLE`` and ``CURL_CA_BUNDLE``. OpenSSL reads ``SSL_CERT_FILE`` by itself.
"""

import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from attrs import field, frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.sansio.protocol.secrets import Secret

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in this sequence, as requests has it
_SOCKS = frozenset({"socks", "socks4", "socks4a", "socks5", "socks5h"})


@frozen
class Proxy:
    """An HTTP proxy: its address without credentials, and what its ``Proxy-Authorization`` is."""

    url: str
    authorization: Secret | None = None
    secrets: tuple[Secret, ...] = field(default=(), repr=False)  # what no error may show

    @property
    def address(self) -> str:
        """Host and port, to be shown."""
        return urlsplit(self.url).netloc


def proxy_for(base_url: str) -> Proxy | None:
    """Return the proxy that the environment names for *base_url*; none to this machine itself.

    Raises `ConfigurationError`, naming the variable and never its value, for one that cannot be used.
    """
    address = urlsplit(base_url)
    host = address.hostname or ""
    if host == "localhost" or host.startswith("127.") or host == "::1" or proxy_bypass(host):
        return None
    named = getproxies()
    for key in (address.scheme, "all"):
        if named.get(key):
            variable = next((name for name in (f"{key}_proxy", f"{key}_proxy".upper()) if os.environ.get(name)), "")
            return parse_proxy(named[key], variable or "the proxy of the system's settings")
    return None


def parse_proxy(text: str, source: str) -> Proxy:
    """Return the proxy at *text*, an address with or without a scheme and ``user:password@``.

    Raises `ConfigurationError` naming *source*.
    """
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower() if separator else "http"
    if scheme in _SOCKS:
        raise ConfigurationError(f"{source} names a {scheme} proxy; only http:// and https:// proxies can be used")
    expected = f"{source} is no address of a proxy; expected one such as http://proxy.example.com:3128"
    try:
        parts = urlsplit(f"{scheme}://{rest if separator else text}")
        host, port = parts.hostname or "", parts.port
        is_address = scheme in {"http", "https"} and bool(host) and parts.path in {"", "/"} and text.isprintable()
        is_address = is_address and not parts.query and not parts.fragment
    except ValueError:  # a bad port, a bracket that does not close
        is_address = False
    if not is_address:
        raise ConfigurationError(f"{expected}, with a user and a password percent-encoded before an @ where it asks")
    shown = f"[{host}]" if ":" in host else host
    url = f"{scheme}://{shown}:{port or (443 if scheme == 'https' else 80)}"
    if parts.username is None:
        return Proxy(url)
    user, password = unquote(parts.username), unquote(parts.password or "")
    encoded = b64encode(f"{user}:{password}".encode()).decode()
    return Proxy(url, Secret(f"Basic {encoded}"), tuple(Secret(each) for each in (password, encoded) if each))


def trusted_certificates(environ: Mapping[str, str] = os.environ) -> ssl.SSLContext | None:
    """Return what trusts the bundle that the environment names and no other; None where it names none.

    Raises `ConfigurationError` naming the variable whose file or folder cannot be used.
    """
    for variable in _BUNDLES:
        if path := environ.get(variable):
            is_folder = Path(path).is_dir()
            try:
                return ssl.create_default_context(
                    cafile=None if is_folder else path, capath=path if is_folder else None
                )
            except (OSError, ValueError):  # an SSLError is an OSError
                raise ConfigurationError(f"{variable}: {path} is no file with certificates in PEM form") from None
    return None
