"""The network as the environment describes it: proxies and certificates, refused by name where they cannot be used."""

import asyncio
import ssl
from base64 import b64encode
from pathlib import Path

import pytest
import trustme

from looker_tasks.aio.http.network import Proxy, parse_proxy, proxy_for, trusted_certificates
from looker_tasks.aio.http.transport import Transport
from looker_tasks.errors import ConfigurationError, ConnectionBroken, RequestRefused
from looker_tasks.sansio.protocol.secrets import Secret
from tests.aio.raw_server import Asked, raw_server, response, said, saying
from tests.aio.session_to import session_to
from tests.aio.transport_to import IMPATIENT, POLL, transport_to

PASSWORD = "p@ss/word-of-the-proxy"
QUOTED = "p%40ss%2Fword-of-the-proxy"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _no_network_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what the environment of the tests says."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.upper(), raising=False)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://proxy.example.com:3128", "http://proxy.example.com:3128"),
        ("proxy.example.com:3128", "http://proxy.example.com:3128"),
        ("proxy.example.com", "http://proxy.example.com:80"),
        ("HTTPS://proxy.example.com", "https://proxy.example.com:443"),
        ("http://[::1]:3128/", "http://[::1]:3128"),
        (" http://proxy.example.com:3128\n", "http://proxy.example.com:3128"),
        (f"http://me:{QUOTED}@proxy.example.com:3128", "http://proxy.example.com:3128"),
        (f"me:{QUOTED}@proxy.example.com:3128", "http://proxy.example.com:3128"),
    ],
)
def test_parse_proxy_takes_addresses_as_people_write_them(text: str, url: str) -> None:
    """With a scheme or without; what logs in to it is no part of its address."""
    proxy = parse_proxy(text, "HTTPS_PROXY")
    assert proxy.url == url
    if "@" in text:
        assert proxy.authorization == "Basic " + b64encode(f"me:{PASSWORD}".encode()).decode()
    assert "word-of" not in repr(proxy)


@pytest.mark.parametrize("scheme", ["socks", "socks4", "socks4a", "socks5", "socks5h", "SOCKS5"])
def test_parse_proxy_refuses_socks_by_its_name(scheme: str) -> None:
    """Instead of failing at the first call."""
    with pytest.raises(ConfigurationError, match=f"^ALL_PROXY names a {scheme.lower()} proxy; only http"):
        parse_proxy(f"{scheme}://me:{PASSWORD}@proxy.example.com:1080", "ALL_PROXY")


@pytest.mark.parametrize(
    "text",
    [
        f"http://me:{PASSWORD}#x@proxy.example.com",
        f"http://me:{PASSWORD}@proxy.example.com:port",
        f"http://me:{PASSWORD}@",
        f"ftp://me:{PASSWORD}@proxy.example.com",
        "http://[::1",
        f"http://me:{PASSWORD}@proxy.example.com:99999",
        f"http://me:{PASSWORD}\x00@proxy.example.com",
    ],
)
def test_parse_proxy_shows_no_password_of_what_it_refuses(text: str) -> None:
    """The variable is named, with an address as an example."""
    with pytest.raises(ConfigurationError, match=r"^HTTP_PROXY is no address of a proxy; expected one such as") as told:
        parse_proxy(text, "HTTP_PROXY")
    assert "word-of" not in repr(told.value)


@pytest.mark.parametrize(
    ("variables", "base_url", "url"),
    [
        ({"https_proxy": "http://a:1"}, "https://l.example.com", "http://a:1"),
        ({"HTTPS_PROXY": "a:1"}, "https://l.example.com", "http://a:1"),
        ({"http_proxy": "http://a:1"}, "https://l.example.com", None),
        ({"all_proxy": "http://a:1"}, "https://l.example.com", "http://a:1"),
        ({"ALL_PROXY": "http://a:1", "https_proxy": "http://b:2"}, "https://l.example.com", "http://b:2"),
        ({"ALL_PROXY": "http://a:1", "NO_PROXY": ".example.com"}, "https://l.example.com", None),
        ({"ALL_PROXY": "socks5://a:1"}, "http://127.0.0.1:8000", None),
        ({"ALL_PROXY": "socks5://a:1", "no_proxy": "*"}, "https://l.example.com", None),
        ({}, "https://l.example.com", None),
    ],
)
def test_proxy_for_reads_what_every_program_reads(
    variables: dict[str, str], base_url: str, url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the scheme before that of all, and none for hosts that are excepted or this machine itself."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(base_url)
    assert (None if proxy is None else proxy.url) == url


def test_a_proxy_that_cannot_be_used_is_told_before_anything_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable that names it."""
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.example.com:1080")
    with pytest.raises(ConfigurationError, match=r"^ALL_PROXY names a socks5 proxy"):
        Transport("https://l.example.com", policy=IMPATIENT)


async def test_a_proxy_is_logged_in_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """By Basic credentials, to it alone, and Looker's token is no part of that."""
    seen: list[Asked] = []

    async def see(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        writer.write(said({}))

    async with raw_server(see) as proxy:
        monkeypatch.setenv("http_proxy", proxy.replace("http://", f"http://me:{QUOTED}@"))
        async with transport_to("http://looker.example:9") as transport:
            await transport.call(POLL, Secret("token-of-mine"))
    expected = "Basic " + b64encode(f"me:{PASSWORD}".encode()).decode()
    assert [asked.headers["proxy-authorization"] for asked in seen] == [expected]
    assert seen[0].headers["authorization"] == "Bearer token-of-mine"


async def test_a_tunnel_is_logged_in_to_and_its_refusal_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """To a Looker over TLS the proxy is asked for a tunnel; what it says of that is the proxy's word."""
    seen: list[Asked] = []

    async def refuse(asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen.append(asked)
        writer.write(response(407, f"you sent {asked.headers['proxy-authorization']}".encode()))

    async with raw_server(refuse) as proxy:
        monkeypatch.setenv("https_proxy", proxy.replace("http://", f"http://me:{QUOTED}@"))
        async with transport_to("https://looker.example") as transport:
            with pytest.raises(RequestRefused, match="407 the proxy 127") as raised:
                await transport.call(POLL, Secret("token-of-mine"))
    assert seen[0].method == "CONNECT"
    assert "authorization" not in seen[0].headers
    assert "HTTPS_PROXY" in raised.value.advice


@pytest.mark.parametrize("status", [403, 502, 503])
async def test_a_tunnel_that_is_not_made_names_the_proxy(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent to Looker; who mends it is whoever runs the proxy."""
    async with raw_server(saying(response(status, b"no"))) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        async with transport_to("https://looker.example") as transport:
            with pytest.raises(ConnectionBroken, match=rf"{status} .*\(through the proxy 127\.") as raised:
                await transport.call(POLL, Secret("token-of-mine"))
    assert not raised.value.sent
    assert "NO_PROXY" in raised.value.advice


async def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its password."""
    async with raw_server(saying(b"")) as proxy:
        pass
    monkeypatch.setenv("http_proxy", proxy.replace("http://", f"http://me:{QUOTED}@"))
    async with session_to("http://looker.example") as session:
        with pytest.raises(ConnectionBroken, match=r"through the proxy 127\.") as raised:
            await session.call(POLL)
    assert not raised.value.sent
    assert "word-of" not in repr(raised.value)


async def test_a_proxy_that_says_back_what_it_got_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its credentials in base64 nor the password."""

    async def echo(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(said({"message": f"{asked.headers['proxy-authorization']} is {PASSWORD} or {QUOTED}"}, 400))

    async with raw_server(echo) as proxy:
        monkeypatch.setenv("http_proxy", proxy.replace("http://", f"http://me:{QUOTED}@"))
        async with session_to("http://looker.example") as session:
            with pytest.raises(Exception, match="login: 400 Basic") as raised:
                await session.call(POLL)
    assert "word-of" not in str(raised.value)
    assert b64encode(f"me:{PASSWORD}".encode()).decode()[4:-4] not in str(raised.value)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make an authority of a company's own."""
    return trustme.CA()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_the_bundles_of_the_official_sdk_are_trusted(
    variable: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's own authority is named for every program alike."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    bundle = tmp_path / "company.pem"
    authority.cert_pem.write_to_path(bundle)
    async with raw_server(saying(said({})), tls=tls) as url:
        async with transport_to(url) as transport:
            with pytest.raises(ConnectionBroken) as raised:
                await transport.call(POLL, None)
        monkeypatch.setenv(variable, str(bundle))
        async with transport_to(url) as transport:
            assert (await transport.call(POLL, None)).status == 200
    assert raised.value.failure == "tls"
    assert "SSL_CERT_FILE" in raised.value.advice


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_that_is_none_is_told_by_its_variable(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is called."""
    bundle = tmp_path / "company.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with pytest.raises(ConfigurationError, match=rf"^REQUESTS_CA_BUNDLE: {bundle} is no file with certificates"):
        Transport("https://l.example.com", policy=IMPATIENT)
    Transport("http://l.example.com", policy=IMPATIENT)
    Transport("https://l.example.com", policy=IMPATIENT, verify_ssl=False)


def test_no_bundle_leaves_it_to_openssl() -> None:
    """SSL_CERT_FILE and SSL_CERT_DIR, or the system's own."""
    assert trusted_certificates({}) is None


def test_a_proxy_is_shown_by_host_and_port() -> None:
    """That is what an error says of it."""
    assert Proxy("http://proxy.example.com:3128").address == "proxy.example.com:3128"
