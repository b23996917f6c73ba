"""The address of a Looker as people write it: scheme, host, port, and the path of a gateway, but nothing of the API."""

import re
from urllib.parse import urlsplit

_EXPECTED = "expected an address such as https://company.looker.com or https://looker.example.com:19999"
_API_PATH = re.compile(r"/api(/\d+(\.\d+)?(/.*)?)?/?$")  # a gateway's /api/looker is none
_PAGE_PATH = re.compile(r"/(login|dashboards|looks|explore|browse|folders)(/|$)")  # as pasted from a browser
_NAME = re.compile(r"[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:.]+(%\w+)?\]?")
_LONGEST_LABEL = 63


def normalized(text: str) -> str:
    """Return *text* as a base_url without a slash at its end.

    Raises ValueError saying what is wrong; what is no address at all is not shown: it may be a secret in a wrong line.
    """
    if not text.isprintable() or " " in text:
        raise ValueError(_EXPECTED)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        well_formed = parts.scheme in {"http", "https"} and parts.port != 0 and _is_host(host)
    except ValueError:  # a bad port, a bracket that does not close
        well_formed = False
    if not well_formed:
        raise ValueError(_EXPECTED)
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise ValueError(f"{_EXPECTED}, without a user, a query or a fragment")
    plain = f"{parts.scheme}://{parts.netloc}"
    if api := _API_PATH.search(parts.path):
        raise ValueError(f"'{plain}{parts.path}' names the API; expected {plain}{parts.path[: api.start()]}")
    if _PAGE_PATH.match(parts.path):
        raise ValueError(f"'{plain}{parts.path}' names a page of Looker's; expected {plain}")
    return f"{plain}{parts.path}".rstrip("/")


def _is_host(host: str) -> bool:
    """Return whether *host* is a name with no empty and no overlong label, or an IP address."""
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return False
    labels = host.removesuffix(".").split(".")
    return bool(_NAME.fullmatch(host)) and (":" in host or all(0 < len(label) <= _LONGEST_LABEL for label in labels))


def is_local(base_url: str) -> bool:
    """Return whether *base_url* leads to this machine itself."""
    host = urlsplit(base_url).hostname or ""
    return host in {"localhost", "::1"} or host.endswith(".localhost") or host.startswith("127.")
