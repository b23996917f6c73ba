"""The transport and TLS: verified unless the settings say otherwise, whoever made the session."""

import ssl

import aiohttp
import pytest
import trustme

from looker_tasks.aio.http.transport import Transport
from looker_tasks.errors import ConnectionBroken
from tests.aio.raw_server import raw_server, said, saying
from tests.aio.transport_to import CREATE, IMPATIENT, POLL, broken_by, transport_to


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    """Give what a server needs to speak TLS with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


async def test_a_certificate_that_nobody_trusts_is_refused(tls: ssl.SSLContext) -> None:
    """TLS is verified unless told otherwise, and nothing is sent before."""
    async with raw_server(saying(said({})), tls=tls) as url:
        error = await broken_by(url, CREATE)
    assert not error.sent
    assert "certificate" in str(error).lower()


async def test_verify_ssl_false_takes_any_certificate(tls: ssl.SSLContext) -> None:
    """A Looker on the inside may have a certificate of its own, if the user says so."""
    async with raw_server(saying(said({})), tls=tls) as url, transport_to(url, verify_ssl=False) as transport:
        assert (await transport.call(POLL, None)).status == 200


async def test_verify_ssl_holds_for_a_session_of_the_caller(tls: ssl.SSLContext) -> None:
    """The setting is about this Looker, whoever made the session."""
    async with raw_server(saying(said({})), tls=tls) as url, aiohttp.ClientSession() as session:
        lax = Transport(url, policy=IMPATIENT, session=session, verify_ssl=False)
        assert (await lax.call(POLL, None)).status == 200
        strict = Transport(url, policy=IMPATIENT, session=session)
        with pytest.raises(ConnectionBroken):
            await strict.call(POLL, None)
