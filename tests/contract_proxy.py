"""A server between any client and any Looker that hands everything on, and judges it by the published contract."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from attrs import define, field
from multidict import CIMultiDict

from tests.contract import Exchange, breaches

_OF_THE_CONNECTION = frozenset({"connection", "host", "keep-alive", "transfer-encoding", "content-length"})


@define
class Judge:
    """What went through the proxy."""

    url: str
    exchanges: list[Exchange] = field(factory=list)

    def breaches(self) -> list[str]:
        """Tell each breach of the contract."""
        return [breach for exchange in self.exchanges for breach in breaches(exchange)]


@asynccontextmanager
async def judged(base_url: str) -> AsyncIterator[Judge]:
    """Run a proxy before *base_url*."""
    judge = Judge("")
    async with aiohttp.ClientSession(base_url, auto_decompress=False) as session:

        async def hand_on(request: web.Request) -> web.Response:
            sent = await request.read()
            async with session.request(
                request.method,
                request.rel_url,
                data=sent or None,
                headers=_end_to_end(request.headers),
                skip_auto_headers=("Content-Type", "Accept", "User-Agent"),
                allow_redirects=False,
            ) as response:
                received = await response.read()
                judge.exchanges.append(
                    Exchange(
                        method=request.method,
                        path=request.rel_url.raw_path,
                        query=tuple(request.query.items()),
                        request_headers=tuple(request.headers.items()),
                        request_body=sent,
                        status=response.status,
                        response_headers=tuple(response.headers.items()),
                        response_body=received,
                    )
                )
                return web.Response(status=response.status, body=received, headers=_end_to_end(response.headers))

        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", hand_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=3600.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            judge.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield judge
        finally:
            await runner.cleanup()


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """Leave out the headers that are about one connection."""
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION)
