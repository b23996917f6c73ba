"""A catalogue with one of each kind, for tests of the server that need no demo."""

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Dashboard, DashboardFilter, Element, Folder, Look, Tab

QUERY = {
    "model": "thelook",
    "view": "orders",
    "fields": ["orders.status", "orders.count"],
    "sorts": ["orders.count desc"],
    "limit": "10",
}


def small_catalogue() -> Catalogue:
    """Make a folder with dashboard "1" (two tabs), LookML dashboard "thelook::shop" and look "1"."""
    catalogue = Catalogue()
    catalogue.add_folder(Folder("5", "Shared"))
    query = catalogue.add_query({**QUERY, "vis_config": {"type": "looker_column"}})
    catalogue.add_look(Look("1", "Orders by status", "5", query.id))
    catalogue.add_dashboard(_dashboard("1", "Orders", "", query.id))
    catalogue.add_dashboard(_dashboard("thelook::shop", "The shop", "thelook::shop::", query.id))
    return catalogue


def _dashboard(dashboard_id: str, title: str, prefix: str, query_id: str) -> Dashboard:
    listens = {"status": "orders.status"}
    return Dashboard(
        id=dashboard_id,
        title=title,
        folder_id="5",
        elements=(
            Element(f"{prefix}11", dashboard_id, "By status", "looker_column", query_id, listens=listens, tab_id="t1"),
            Element(f"{prefix}12", dashboard_id, "As a table", "looker_grid", query_id, listens=listens, tab_id="t2"),
            Element(f"{prefix}13", dashboard_id, "A note", "text", None, text="Read this.", row=6, tab_id="t1"),
        ),
        filters=(DashboardFilter("status", "Order Status", "thelook", "orders", "orders.status"),),
        tabs=(Tab("t1", "First"), Tab("t2", "Second")),
        slug=f"slug{len(title)}" if not prefix else "",
    )
