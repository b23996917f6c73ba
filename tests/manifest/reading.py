"""Read a manifest that a test writes."""

from pathlib import Path

import pytest

from looker_tasks import ConfigurationError, Export
from looker_tasks.manifest import read_manifest


def exports_of(folder: Path, suffix: str, content: str | bytes) -> list[Export]:
    """Return the exports of a manifest with that *content*."""
    path = folder / f"m.{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_manifest(path, "4.0"))


def complaint_of(folder: Path, suffix: str, content: str | bytes) -> str:
    """Return what is wrong with a manifest, less its path."""
    with pytest.raises(ConfigurationError) as raised:
        exports_of(folder, suffix, content)
    return str(raised.value).replace(f"{folder / f'm.{suffix}'}: ", "")
