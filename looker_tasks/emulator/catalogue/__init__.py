"""What the emulator has to show: folders, dashboards, looks and queries."""

from looker_tasks.emulator.catalogue.demo.build import demo_catalogue
from looker_tasks.emulator.catalogue.errors import CatalogueError
from looker_tasks.emulator.catalogue.filtering import filter_line, filter_values, listening
from looker_tasks.emulator.catalogue.query_body import InvalidQuery
from looker_tasks.emulator.catalogue.store import Catalogue

__all__ = ["Catalogue", "CatalogueError", "InvalidQuery", "demo_catalogue", "filter_line", "filter_values", "listening"]
