"""One id of each kind that works, so that a script can point any client at an emulator. Pure."""

from attrs import asdict, frozen

from looker_tasks.emulator.catalogue import Catalogue


@frozen
class Examples:
    """An id of each kind; "" where the catalogue has none of that kind."""

    dashboard: str = ""
    lookml_dashboard: str = ""
    look: str = ""
    element: str = ""
    folder: str = ""
    query: str = ""
    model: str = ""  # with `view` and `fields`: a new query that can be created and run
    view: str = ""
    fields: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the examples as plain JSON values."""
        return {**asdict(self), "fields": list(self.fields)}


def find_examples(catalogue: Catalogue) -> Examples:
    """Take the first of each kind in *catalogue*; a query that one of its elements shows."""
    dashboards = [each for each in catalogue.dashboards() if not each.is_lookml]
    elements = [each for dashboard in dashboards for each in dashboard.elements if each.query_id is not None]
    queries = [catalogue.query(each.query_id) for each in elements if each.query_id is not None]
    query = next((each for each in queries if each is not None), None)
    return Examples(
        dashboard=next((each.id for each in dashboards), ""),
        lookml_dashboard=next((each.id for each in catalogue.dashboards() if each.is_lookml), ""),
        look=next((each.id for each in catalogue.looks()), ""),
        element=next((each.id for each in elements), ""),
        folder=next((each.folder_id for each in dashboards), ""),
        query="" if query is None else query.id,
        model="" if query is None else query.model,
        view="" if query is None else query.view,
        fields=() if query is None else query.fields,
    )
