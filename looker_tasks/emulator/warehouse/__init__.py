"""The data that the emulator's queries run on, and the models that name it."""

from looker_tasks.emulator.warehouse.dataset import Source
from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.model import Explore, Field, Model
from looker_tasks.emulator.warehouse.thelook import THELOOK
from looker_tasks.emulator.warehouse.warehouse import Warehouse

__all__ = ["THELOOK", "Explore", "Field", "Model", "QueryError", "Source", "Warehouse"]
