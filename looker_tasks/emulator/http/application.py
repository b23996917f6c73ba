"""From the table of routes to an aiohttp application: each call is counted, answered and sent."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from attrs import evolve

from looker_tasks.emulator.http.answering import answer
from looker_tasks.emulator.http.call import Call, Route
from looker_tasks.emulator.http.routes import ROUTES, UNVERSIONED
from looker_tasks.emulator.http.sending import send
from looker_tasks.emulator.http.versions import VERSIONS, Version
from looker_tasks.emulator.looker import Looker
from looker_tasks.emulator.reply import json_reply
from looker_tasks.emulator.tokens import token_in

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DOCUMENTATION = "https://docs.cloud.google.com/looker/docs"
MAXIMUM_BODY = 4 * 1024 * 1024  # bytes of a request


def application(looker: Looker) -> web.Application:
    """Make the application that serves *looker*."""
    app = web.Application(client_max_size=MAXIMUM_BODY, middlewares=[_unknown_addresses])
    for route in UNVERSIONED:
        app.router.add_route(route.method, route.path, _handler(looker, route, "4.0"))
    for version in VERSIONS:
        for route in ROUTES:
            if version in route.versions:
                app.router.add_route(route.method, f"/api/{version}{route.path}", _handler(looker, route, version))
    return app


def _handler(looker: Looker, route: Route, version: Version) -> Handler:
    """Serve *route* for one version."""

    async def serve(request: web.Request) -> web.StreamResponse:
        looker.statistics.calls[route.operation] += 1
        text = token_in(request.headers.get("Authorization")) or ""
        token = looker.tokens.find(text, looker.clock.now())
        call = Call(looker, request, route, version, user_id=token.user_id if token else "", token=text)
        answered = await answer(call)
        looker.statistics.statuses[answered.reply.status] += 1
        return await send(request, answered.reply, answered.delivery)

    return serve


@web.middleware
async def _unknown_addresses(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse an address or method that no route has, and a body that is too large, as Looker does: in JSON."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        reply = json_reply({"message": "Not found", "documentation_url": DOCUMENTATION}, 404)
    except web.HTTPRequestEntityTooLarge:
        message = f"Request body is larger than {MAXIMUM_BODY} bytes."
        reply = json_reply({"message": message, "documentation_url": DOCUMENTATION}, 413)
    except web.HTTPMethodNotAllowed as refused:
        reply = json_reply({"message": "Method Not Allowed", "documentation_url": DOCUMENTATION}, 405)
        reply = evolve(reply, headers={**reply.headers, "Allow": refused.headers["Allow"]})
    return await send(request, reply)
