"""The artifacts, exported once a session."""

import asyncio

import pytest

from tests.combining.artifacts import Artifacts, export_artifacts


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """Give what the emulator's demo holds, exported."""
    return asyncio.run(export_artifacts(tmp_path_factory.mktemp("artifacts")))
