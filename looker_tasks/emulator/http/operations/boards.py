"""Boards and schedules."""

from collections.abc import Iterable, Mapping

from looker_tasks.emulator.content import Board, ScheduledPlan
from looker_tasks.emulator.http.bodies.boards import board_body, plan_body
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.operations.contents import existing
from looker_tasks.emulator.http.operations.searches import read_search
from looker_tasks.emulator.reply import Reply
from looker_tasks.emulator.searching import Attribute, FieldKind

_SEARCH: Mapping[str, FieldKind] = {
    "title": "text",
    "created_at": "text",
    "first_name": "text",
    "last_name": "text",
    "favorited": "flag",
    "creator_id": "ids",
}


async def board(call: Call) -> Reply:
    """Answer a board with its sections and items."""
    catalogue = call.looker.catalogue
    return call.respond("Board", board_body(existing(catalogue.board(call.target_id)), catalogue))


async def all_boards(call: Call) -> Reply:
    """List all boards."""
    catalogue = call.looker.catalogue
    return call.respond("Board", [board_body(each, catalogue) for each in catalogue.boards()])


async def search_boards(call: Call) -> Reply:
    """List the boards that match, by themselves or by who made them."""
    catalogue = call.looker.catalogue

    def attributes(each: Board) -> Mapping[str, Attribute]:
        creator = catalogue.user(each.user_id)
        return {
            "id": each.id,
            "title": each.title,
            "creator_id": each.user_id,
            "first_name": creator.first_name if creator else None,
            "last_name": creator.last_name if creator else None,
            "favorited": False,
        }

    chosen = read_search(call, _SEARCH).among(catalogue.boards(), attributes)
    return call.respond("Board", [board_body(each, catalogue) for each in chosen])


async def scheduled_plan(call: Call) -> Reply:
    """Answer a schedule."""
    catalogue = call.looker.catalogue
    return call.respond("ScheduledPlan", plan_body(existing(catalogue.scheduled_plan(call.target_id)), catalogue))


async def all_scheduled_plans(call: Call) -> Reply:
    """List the schedules of the caller, of another user, or of all."""
    return _plans(call, call.looker.catalogue.scheduled_plans())


async def scheduled_plans_for_dashboard(call: Call) -> Reply:
    """List the schedules of one dashboard."""
    plans = call.looker.catalogue.scheduled_plans()
    return _plans(call, [each for each in plans if each.dashboard_id == call.target_id])


async def scheduled_plans_for_look(call: Call) -> Reply:
    """List the schedules of one look."""
    plans = call.looker.catalogue.scheduled_plans()
    return _plans(call, [each for each in plans if each.look_id == call.target_id])


def _plans(call: Call, plans: Iterable[ScheduledPlan]) -> Reply:
    parameters = call.query()
    all_users = parameters.boolean("all_users", default=False)
    parameters.check()
    user_id = call.request.query.get("user_id") or call.user_id
    chosen = [each for each in plans if all_users or each.user_id == user_id]
    return call.respond("ScheduledPlan", [plan_body(each, call.looker.catalogue) for each in chosen])
