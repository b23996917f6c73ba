"""From the table of routes to an aiohttp application: each call is counted, authenticated, answered or refused."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from looker_tasks.emulator.http.call import Call, Route, json_response
from looker_tasks.emulator.http.errors import LookerError, unauthenticated
from looker_tasks.emulator.http.routes import ROUTES, UNVERSIONED
from looker_tasks.emulator.http.tokens import token_in
from looker_tasks.emulator.http.versions import VERSIONS, Version
from looker_tasks.emulator.looker import Looker

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DOCUMENTATION = "https://docs.cloud.google.com/looker/docs"
MAXIMUM_BODY = 16 * 1024 * 1024  # bytes of a request


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
        try:
            if token is None and not route.open:
                raise unauthenticated()
            response = await route.answer(call)
        except LookerError as error:
            response = call.refuse(error)
        looker.statistics.statuses[response.status] += 1
        return response

    return serve


@web.middleware
async def _unknown_addresses(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse an address or method that no route has as Looker does: in JSON."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return json_response({"message": "Not found", "documentation_url": DOCUMENTATION}, status=404)
    except web.HTTPMethodNotAllowed as refused:
        response = json_response({"message": "Method Not Allowed", "documentation_url": DOCUMENTATION}, status=405)
        response.headers["Allow"] = refused.headers["Allow"]
        return response
