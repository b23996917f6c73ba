"""The artifacts, exported once, by the first worker that needs them: to draw them takes a core for many seconds."""

import asyncio
import fcntl
import os

import pytest

from tests.combining.artifacts import Artifacts, export_artifacts


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """Give what the emulator's demo holds, exported."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "artifacts"
    with (shared / "artifacts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = asyncio.run(export_artifacts(shared / "artifacts.part"))
            made.folder.rename(folder)
    return Artifacts(folder)
