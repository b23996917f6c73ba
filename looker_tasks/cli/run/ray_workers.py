"""Where `--ray` has exports run. Ray is imported here, when it is asked for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from looker_tasks.integrations.ray import Workers


def ray_workers(address: str, workers: int) -> "Workers":
    """Return so many *workers* at *address*. Raises `ConfigurationError` where Ray is not installed."""
    from looker_tasks.integrations.ray import Workers  # noqa: PLC0415  # an extra

    return Workers(workers, address)
