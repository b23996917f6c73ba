"""Boards, schedules and users as bodies. Pure."""

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Board, BoardItem, BoardSection, Destination, ScheduledPlan, User
from looker_tasks.emulator.http.bodies.content import Json

_CREATED = "2026-01-05T09:00:00.000+00:00"


def board_body(board: Board, catalogue: Catalogue) -> Json:
    """Write a Board; its sections come by their ids, `section_order` says how they stand."""
    sections = sorted(board.sections, key=lambda section: section.id)
    return {
        "can": {},
        "id": board.id,
        "title": board.title,
        "description": board.description or None,
        "user_id": board.user_id,
        "created_at": _CREATED,
        "deleted_at": None,
        "primary_homepage": False,
        "section_order": list(board.section_order) or [section.id for section in board.sections],
        "board_sections": [_section_body(section, board, catalogue) for section in sections],
    }


def _section_body(section: BoardSection, board: Board, catalogue: Catalogue) -> Json:
    order = list(section.item_order) or [item.id for item in section.items]
    items = sorted(section.items, key=lambda item: item.id)
    return {
        "can": {},
        "id": section.id,
        "board_id": board.id,
        "title": section.title,
        "description": None,
        "deleted_at": None,
        "item_order": order,
        "visible_item_order": order,
        "board_items": [_item_body(item, section, order.index(item.id), catalogue) for item in items],
    }


def _item_body(item: BoardItem, section: BoardSection, order: int, catalogue: Catalogue) -> Json:
    dashboard = None if item.dashboard_id is None else catalogue.dashboard(item.dashboard_id)
    look = None if item.look_id is None else catalogue.look(item.look_id)
    content = dashboard or look
    is_lookml = dashboard is not None and dashboard.is_lookml
    folder = None if content is None else catalogue.folder(content.folder_id)
    return {
        "can": {},
        "id": item.id,
        "board_section_id": section.id,
        "dashboard_id": None if is_lookml else item.dashboard_id,
        "lookml_dashboard_id": item.dashboard_id if is_lookml else None,
        "look_id": item.look_id,
        "title": item.title or (content.title if content else None),
        "custom_title": item.title,
        "use_custom_title": item.title is not None,
        "location": None if folder is None else folder.name,
        "order": order,
        "url": f"/looks/{item.look_id}" if look else f"/dashboards/{item.dashboard_id}",
    }


def plan_body(plan: ScheduledPlan, catalogue: Catalogue) -> Json:
    """Write a ScheduledPlan with its destinations and its owner."""
    dashboard = None if plan.dashboard_id is None else catalogue.dashboard(plan.dashboard_id)
    look = None if plan.look_id is None else catalogue.look(plan.look_id)
    is_lookml = dashboard is not None and dashboard.is_lookml
    content, user = dashboard or look, catalogue.user(plan.user_id)
    return {
        "can": {},
        "id": plan.id,
        "name": plan.name,
        "title": content.title if content else None,
        "user_id": plan.user_id,
        "user": None if user is None else public_user_body(user),
        "enabled": plan.enabled,
        "dashboard_id": None if is_lookml else plan.dashboard_id,
        "lookml_dashboard_id": plan.dashboard_id if is_lookml else None,
        "look_id": plan.look_id,
        "query_id": plan.query_id,
        "filters_string": plan.filters_string,
        "crontab": plan.crontab,
        "datagroup": plan.datagroup,
        "timezone": plan.timezone,
        "run_once": plan.run_once,
        "run_as_recipient": plan.run_as_recipient,
        "send_all_results": plan.send_all_results,
        "require_results": plan.require_results,
        "require_no_results": plan.require_no_results,
        "require_change": plan.require_change,
        "include_links": True,
        "pdf_paper_size": plan.pdf_paper_size,
        "pdf_landscape": plan.pdf_landscape,
        "pdf_page_breaks": plan.pdf_page_breaks,
        "long_tables": plan.long_tables,
        "color_theme": plan.color_theme,
        "tab_ids": list(plan.tab_ids) or None,
        "created_at": _CREATED,
        "scheduled_plan_destination": [
            _destination_body(each, plan, number) for number, each in enumerate(plan.destinations, start=1)
        ],
    }


def _destination_body(each: Destination, plan: ScheduledPlan, number: int) -> Json:
    return {
        "id": f"{plan.id}{number:02}",
        "scheduled_plan_id": plan.id,
        "format": each.format,
        "type": each.type,
        "address": each.address,
        "apply_formatting": each.apply_formatting,
        "apply_vis": each.apply_vis,
        "looker_recipient": False,
        "message": None,
    }


def public_user_body(user: User) -> Json:
    """Write a UserPublic, as other bodies embed it."""
    return {
        "can": {},
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.display_name,
    }


def user_body(user: User) -> Json:
    """Write a User."""
    return public_user_body(user) | {
        "email": user.email or None,
        "is_disabled": user.is_disabled,
        "is_service_account": False,
        "verified_looker_employee": False,
    }
