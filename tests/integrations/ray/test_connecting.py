"""Mistakes that are found before Ray is started."""

import pytest

from looker_tasks import ConfigurationError
from looker_tasks.integrations.ray import Workers
from looker_tasks.integrations.ray.workers import _check_reachable


def test_an_address_where_nobody_listens_is_one_line() -> None:
    """Ray itself would try for minutes."""
    with pytest.raises(ConfigurationError, match=r"^127\.0\.0\.1:1: no Ray cluster can be reached there: "):
        _check_reachable("127.0.0.1:1")


@pytest.mark.parametrize("workers", [0, -1, True, "2"])
def test_a_number_of_workers_that_is_none(workers: int) -> None:
    """It is refused as it is made."""
    with pytest.raises(ConfigurationError, match="it must be at least 1"):
        Workers(workers)
