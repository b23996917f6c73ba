"""The content that the server hands out, found by id, slug, folder or title.

Storing and finding alone: what the content is comes from `demo` or `from_yaml`, what a query gives from the warehouse.
"""

from collections.abc import Iterable, Mapping

from attrs import evolve

from looker_tasks.emulator.catalogue.query_body import parse_query, query_key, slug_of
from looker_tasks.emulator.content import Board, Dashboard, Element, Folder, Look, Query, ScheduledPlan, User
from looker_tasks.emulator.searching import matches

_USERS = (User("1", "API", "User"), User("2", "Ada", "Nilsen"), User("3", "Ben", "Okoye"))  # of one without its own


class Catalogue:
    """Folders, dashboards, looks and queries; what is not there is None. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._folders: dict[str, Folder] = {}
        self._dashboards: dict[str, Dashboard] = {}
        self._looks: dict[str, Look] = {}
        self._boards: dict[str, Board] = {}
        self._plans: dict[str, ScheduledPlan] = {}
        self._users: dict[str, User] = {each.id: each for each in _USERS}
        self._elements: dict[str, Element] = {}
        self._queries: dict[str, Query] = {}
        self._slugs: dict[str, str] = {}  # slug → id, of queries
        self._dashboard_slugs: dict[str, str] = {}
        self._keys: dict[str, str] = {}  # content → id, of queries

    def copy(self) -> "Catalogue":
        """Return another with the same content, which may grow without this one."""
        other = Catalogue()
        vars(other).update((name, dict(stored)) for name, stored in vars(self).items())
        return other

    def add_folder(self, folder: Folder) -> None:
        """Put *folder* in, in place of one with its id."""
        self._folders[folder.id] = folder

    def add_dashboard(self, dashboard: Dashboard) -> None:
        """Put *dashboard* and its elements in; its folder and the queries of its elements must be there already."""
        self._require(self._folders, dashboard.folder_id, "folder")
        for element in dashboard.elements:
            if element.query_id is not None:
                self._require(self._queries, element.query_id, "query")
            self._elements[element.id] = element
        self._dashboards[dashboard.id] = dashboard
        if dashboard.slug:
            self._dashboard_slugs[dashboard.slug] = dashboard.id

    def add_look(self, look: Look) -> None:
        """Put *look* in; its folder and its query must be there already."""
        self._require(self._folders, look.folder_id, "folder")
        self._require(self._queries, look.query_id, "query")
        self._looks[look.id] = look

    def add_board(self, board: Board) -> None:
        """Put *board* in; what it shows must be there already."""
        for item in (item for section in board.sections for item in section.items):
            self._require_content(item.dashboard_id, item.look_id)
        self._boards[board.id] = board

    def add_scheduled_plan(self, plan: ScheduledPlan) -> None:
        """Put *plan* in; what it sends must be there already."""
        self._require_content(plan.dashboard_id, plan.look_id)
        if plan.query_id is not None:
            self._require(self._queries, plan.query_id, "query")
        self._plans[plan.id] = plan

    def set_users(self, users: Iterable[User]) -> None:
        """Have these *users* alone; the first is whom the API's credentials speak as."""
        self._users = {each.id: each for each in users}

    def add_query(self, body: Mapping[str, object]) -> Query:
        """Store what a client posts to `create_query`; the same content again gives the query that is there.

        Raises InvalidQuery where the body is not a query; whether its model and fields exist shows when it runs.
        """
        return self.keep(parse_query(body))

    def keep(self, query: Query) -> Query:
        """Store *query* under the id of its content, or give the stored one that equals it."""
        key = query_key(query)
        known = self._keys.get(key)
        if known is not None:
            return self._queries[known]
        stored = evolve(query, id=query.id or str(len(self._queries) + 1), slug=query.slug or slug_of(key))
        while stored.id in self._queries:
            stored = evolve(stored, id=str(int(stored.id) + 1))
        self._keys[key] = stored.id
        self._queries[stored.id] = stored
        self._slugs[stored.slug] = stored.id
        return stored

    def folder(self, folder_id: str) -> Folder | None:
        """Find a folder by its id."""
        return self._folders.get(folder_id)

    def dashboard(self, id_or_slug: str) -> Dashboard | None:
        """Find a dashboard by its id ("42", "model::name") or its slug."""
        return self._dashboards.get(self._dashboard_slugs.get(id_or_slug, id_or_slug))

    def look(self, look_id: str) -> Look | None:
        """Find a look by its id."""
        return self._looks.get(look_id)

    def element(self, element_id: str) -> Element | None:
        """Find a dashboard element by its id: a number, or `model::dashboard::link_id` of a LookML dashboard."""
        return self._elements.get(element_id)

    def query(self, query_id: str) -> Query | None:
        """Find a query by its id."""
        return self._queries.get(query_id)

    def query_by_slug(self, slug: str) -> Query | None:
        """Find a query by its slug."""
        return self._queries.get(self._slugs.get(slug, ""))

    def board(self, board_id: str) -> Board | None:
        """Find a board by its id."""
        return self._boards.get(board_id)

    def scheduled_plan(self, plan_id: str) -> ScheduledPlan | None:
        """Find a schedule by its id."""
        return self._plans.get(plan_id)

    def user(self, user_id: str) -> User | None:
        """Find a user by its id."""
        return self._users.get(user_id)

    @property
    def api_user(self) -> User:
        """Whom the API's credentials speak as."""
        return next(iter(self._users.values()))

    def boards(self) -> tuple[Board, ...]:
        """List all boards, in the order in which they came."""
        return tuple(self._boards.values())

    def scheduled_plans(self) -> tuple[ScheduledPlan, ...]:
        """List all schedules, in the order in which they came."""
        return tuple(self._plans.values())

    def users(self) -> tuple[User, ...]:
        """List all users, in the order in which they came."""
        return tuple(self._users.values())

    def children_of(self, folder_id: str) -> tuple[Folder, ...]:
        """List the folders that lie in a folder itself."""
        return tuple(each for each in self._folders.values() if each.parent_id == folder_id)

    def folders(self) -> tuple[Folder, ...]:
        """List all folders, in the order in which they came."""
        return tuple(self._folders.values())

    def dashboards(self) -> tuple[Dashboard, ...]:
        """List all dashboards, in the order in which they came."""
        return tuple(self._dashboards.values())

    def looks(self) -> tuple[Look, ...]:
        """List all looks, in the order in which they came."""
        return tuple(self._looks.values())

    def queries(self) -> tuple[Query, ...]:
        """List all queries, those that clients created among them."""
        return tuple(self._queries.values())

    def dashboards_in(self, folder_id: str) -> tuple[Dashboard, ...]:
        """List the dashboards of one folder."""
        return tuple(each for each in self._dashboards.values() if each.folder_id == folder_id)

    def looks_in(self, folder_id: str) -> tuple[Look, ...]:
        """List the looks of one folder."""
        return tuple(each for each in self._looks.values() if each.folder_id == folder_id)

    def search_dashboards(self, *, title: str | None = None, folder_id: str | None = None) -> tuple[Dashboard, ...]:
        """List the dashboards whose title matches: whole, in any case of letters, `%` for any text (as Looker)."""
        found: Iterable[Dashboard] = self._dashboards.values() if folder_id is None else self.dashboards_in(folder_id)
        if title is None:
            return tuple(found)
        return tuple(each for each in found if matches(title, each.title))

    def _require_content(self, dashboard_id: str | None, look_id: str | None) -> None:
        if dashboard_id is not None:
            self._require(self._dashboards, dashboard_id, "dashboard")
        if look_id is not None:
            self._require(self._looks, look_id, "look")

    @staticmethod
    def _require(stored: Mapping[str, object], key: str, kind: str) -> None:
        if key not in stored:
            raise KeyError(f"there is no {kind} {key!r}")
