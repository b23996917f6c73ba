"""Logging in and out, and what the server says of itself."""

from looker_tasks.emulator.http.bodies.content import Json
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.errors import not_found
from looker_tasks.emulator.http.versions import VERSIONS
from looker_tasks.emulator.reply import Reply, json_reply

SHORT = 60.0  # seconds that a token struck by the fault `short_token` lives
RELEASE = "26.12.0"


async def login(call: Call) -> Reply:
    """Answer with a token for the right credentials, in a form, the query or JSON; wrong ones are "Not found"."""
    request = call.request
    sent: dict[str, object] = dict(request.query)
    if request.content_type == "application/x-www-form-urlencoded":
        sent |= await request.post()
    else:
        sent |= await call.body()
    settings = call.looker.settings
    if (sent.get("client_id"), sent.get("client_secret")) != (settings.client_id, settings.client_secret):
        raise not_found()
    return _new_token(call, call.looker.catalogue.api_user.id)


async def login_user(call: Call) -> Reply:
    """Answer with a token with which the caller acts as another user."""
    user = call.looker.catalogue.user(call.target_id)
    if user is None or user.is_disabled:
        raise not_found()
    return _new_token(call, user.id)


async def logout(call: Call) -> Reply:
    """End the token that was sent, and no other."""
    call.looker.tokens.revoke(call.token)
    return Reply(204)


async def versions(call: Call) -> Reply:
    """Answer the release and the versions of the API."""
    origin = str(call.request.url.origin())
    elements: list[Json] = [
        {
            "version": each,
            "full_version": f"{each}.{RELEASE.rpartition('.')[0]}",
            "status": "current" if each == "4.0" else "legacy",
            "swagger_url": f"{origin}/api/{each}/swagger.json",
        }
        for each in VERSIONS
    ]
    body: Json = {
        "looker_release_version": RELEASE,
        "current_version": elements[0],
        "supported_versions": elements,
        "api_server_url": origin,
        "web_server_url": origin,
    }
    return call.respond("ApiVersion", body)


def _new_token(call: Call, user_id: str) -> Reply:
    """Issue a token; a fault may end it before what `expires_in` says."""
    fault = call.pick("token")
    seconds = None if fault is None else fault.seconds or SHORT
    token = call.looker.tokens.issue(user_id, call.looker.clock.now(), seconds)
    call.looker.statistics.tokens[user_id] += 1
    body: Json = {
        "access_token": token.text,
        "token_type": "Bearer",
        "expires_in": int(call.looker.settings.token_ttl),
        "refresh_token": None,
    }
    return call.respond("AccessToken", body)


async def alive(_: Call) -> Reply:
    """Answer that the server runs: 200, and nothing else."""
    return Reply()


async def restart(call: Call) -> Reply:
    """Restart the emulator: `down` seconds, with the tokens lost unless `keep_tokens`."""
    parameters = call.query()
    down, keep_tokens = parameters.seconds("down"), parameters.boolean("keep_tokens", default=False)
    parameters.check()
    call.looker.restart(down, keep_tokens)
    return Reply(204)


async def statistics(call: Call) -> Reply:
    """Answer what the emulator counted."""
    return json_reply(call.looker.statistics.as_json())
