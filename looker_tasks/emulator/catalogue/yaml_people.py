"""From the users, boards and schedules of a user's YAML to the catalogue. What they name must be there already."""

from collections.abc import Mapping
from itertools import count

from looker_tasks.emulator.catalogue.store import Catalogue
from looker_tasks.emulator.catalogue.yaml_form import BoardForm, BoardItemForm, CatalogueForm, ScheduleForm, UserForm
from looker_tasks.emulator.catalogue.yaml_reading import FormError
from looker_tasks.emulator.content import Board, BoardItem, BoardSection, Destination, ScheduledPlan, User


def add_users(form: CatalogueForm, catalogue: Catalogue) -> None:
    """Put in the users, if the form has its own."""
    if form.users:
        catalogue.set_users(_user(user_id, each) for user_id, each in form.users.items())


def add_boards_and_schedules(form: CatalogueForm, catalogue: Catalogue) -> None:
    """Put in the boards and schedules; raises FormError where they name what is not there."""
    section_ids, item_ids = map(str, count(1)), map(str, count(1))

    def board(board_id: str, each: BoardForm) -> Board:
        path = f"boards['{board_id}']"
        sections = tuple(
            BoardSection(
                section.id or next(section_ids),
                section.title,
                tuple(
                    _item(item, item.id or next(item_ids), f"{path}.sections[{at}].items[{place}]", catalogue)
                    for place, item in enumerate(section.items)
                ),
            )
            for at, section in enumerate(each.sections)
        )
        return Board(board_id, each.title, sections, each.description, user_id=owner(each.user, path, catalogue))

    for board_id, each in form.boards.items():
        catalogue.add_board(board(board_id, each))
    for plan_id, plan in form.schedules.items():
        catalogue.add_scheduled_plan(_plan(plan_id, plan, catalogue))


def owner(user_id: str | None, path: str, catalogue: Catalogue) -> str:
    """Return the id of the user who owns what stands at *path*: by default the API's; raises FormError."""
    if user_id is None:
        return catalogue.api_user.id
    known = [each.id for each in catalogue.users()]
    if user_id not in known:
        raise FormError(f"{path}.user: expected the id of a user ({', '.join(known)}), got {user_id!r}")
    return user_id


def _user(user_id: str, each: UserForm) -> User:
    first, _, last = each.first_name.partition(" ") if not each.last_name else (each.first_name, "", each.last_name)
    return User(user_id, first, last, each.email, each.is_disabled)


def _item(item: BoardItemForm, item_id: str, path: str, catalogue: Catalogue) -> BoardItem:
    _require_one({"dashboard": item.dashboard, "look": item.look}, path)
    _require_content(item.dashboard, item.look, path, catalogue)
    return BoardItem(item_id, item.dashboard, item.look, item.title)


def _plan(plan_id: str, plan: ScheduleForm, catalogue: Catalogue) -> ScheduledPlan:
    path = f"schedules['{plan_id}']"
    _require_one({"dashboard": plan.dashboard, "look": plan.look}, path)
    _require_one({"crontab": plan.crontab, "datagroup": plan.datagroup}, path)
    _require_content(plan.dashboard, plan.look, path, catalogue)
    return ScheduledPlan(
        id=plan_id,
        name=plan.name,
        user_id=owner(plan.user, path, catalogue),
        dashboard_id=plan.dashboard,
        look_id=plan.look,
        filters_string=plan.filters,
        crontab=plan.crontab,
        datagroup=plan.datagroup,
        timezone=plan.timezone,
        enabled=plan.enabled,
        run_as_recipient=plan.run_as_recipient,
        send_all_results=plan.send_all_results,
        require_results=plan.require_results,
        require_no_results=plan.require_no_results,
        require_change=plan.require_change,
        pdf_paper_size=plan.paper_size,
        pdf_landscape=plan.landscape,
        pdf_page_breaks=plan.page_breaks,
        long_tables=plan.long_tables,
        color_theme=plan.theme,
        tab_ids=plan.tabs,
        destinations=tuple(
            Destination(each.format, each.type, each.address, each.apply_formatting, each.apply_vis)
            for each in plan.destinations
        ),
    )


def _require_one(values: Mapping[str, str | None], path: str) -> None:
    if sum(value is not None for value in values.values()) != 1:
        raise FormError(f"{path}: expected one of the keys {' and '.join(map(repr, values))}")


def _require_content(dashboard_id: str | None, look_id: str | None, path: str, catalogue: Catalogue) -> None:
    if dashboard_id is not None and catalogue.dashboard(dashboard_id) is None:
        raise FormError(f"{path}.dashboard: expected the id of a dashboard, got {dashboard_id!r}")
    if look_id is not None and catalogue.look(look_id) is None:
        raise FormError(f"{path}.look: expected the id of a look, got {look_id!r}")
