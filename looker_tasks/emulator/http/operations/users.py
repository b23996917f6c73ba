"""Users: who one is, and in whose names one may act."""

from collections.abc import Mapping

from looker_tasks.emulator.content import User
from looker_tasks.emulator.http.bodies.boards import user_body
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.operations.contents import existing
from looker_tasks.emulator.http.operations.searches import read_search
from looker_tasks.emulator.reply import Reply
from looker_tasks.emulator.searching import Attribute, FieldKind

_SEARCH: Mapping[str, FieldKind] = {
    "id": "ids",
    "first_name": "text",
    "last_name": "text",
    "full_name": "text",
    "email": "text",
    "is_disabled": "flag",
    "verified_looker_employee": "flag",
    "embed_user": "flag",
    "is_service_account": "flag",
}


async def me(call: Call) -> Reply:
    """Answer who the token speaks as."""
    return call.respond("User", user_body(existing(call.looker.catalogue.user(call.user_id))))


async def user(call: Call) -> Reply:
    """Answer a user."""
    return call.respond("User", user_body(existing(call.looker.catalogue.user(call.target_id))))


async def all_users(call: Call) -> Reply:
    """List all users, or those of the ids that are asked for."""
    ids = {each.strip() for each in ",".join(call.request.query.getall("ids", [])).split(",")} - {""}
    users = [each for each in call.looker.catalogue.users() if not ids or each.id in ids]
    return call.respond("User", [user_body(each) for each in read_search(call, {}).among(users, _attributes)])


async def search_users(call: Call) -> Reply:
    """List the users that match."""
    chosen = read_search(call, _SEARCH).among(call.looker.catalogue.users(), _attributes)
    return call.respond("User", [user_body(each) for each in chosen])


def _attributes(each: User) -> Mapping[str, Attribute]:
    return {
        "id": each.id,
        "first_name": each.first_name,
        "last_name": each.last_name,
        "full_name": each.display_name,
        "email": each.email or None,
        "is_disabled": each.is_disabled,
        "verified_looker_employee": False,
        "embed_user": False,
        "is_service_account": False,
    }
