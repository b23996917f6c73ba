"""The server's process where files are real and drawing them costs nothing: a Looker renders on machines of its own.

python -m benchmarks.serve_drawn '{"folder": "drawn", "render_slots": 16}'

An emulator that draws each dashboard once a format, and keeps that in *folder* for its next start. Each file that it
sends has a mark of its own, as no two renders of a Looker are the same.
"""

import asyncio
import json
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

from benchmarks.serve import announce
from looker_tasks.emulator import Emulator, Settings
from looker_tasks.emulator.backend.backends import RealBackend
from looker_tasks.emulator.backend.query_runner import QueryRunner
from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.drawing.page import Page
from looker_tasks.emulator.farm.tasks import RenderOrder

_PNG_END = 12  # bytes of a PNG's last chunk, which is empty
_NOTHING = Page(title="", tiles=())


class DrawnOnce(RealBackend):
    """Draws what *folder* does not have yet."""

    def __init__(self, catalogue: Catalogue, runs: QueryRunner, folder: Path) -> None:
        super().__init__(catalogue, runs)
        self._folder = folder
        self._count = 0

    async def prepare(self, order: RenderOrder) -> Page:
        """Run the queries of what is to be drawn."""
        return _NOTHING if self._path(order).exists() else await super().prepare(order)

    async def draw(self, page: Page, order: RenderOrder) -> bytes:
        """Draw *page*, or read what was drawn; either has a mark that no other file has."""
        path = self._path(order)
        if not path.exists():
            path.write_bytes(await super().draw(page, order))
        self._count += 1
        return marked(path.read_bytes(), order.format, f"{os.getpid()}-{self._count}")

    def _path(self, order: RenderOrder) -> Path:
        return self._folder / f"{order.target_id}.{order.width}x{order.height}.{order.format}"


def marked(file: bytes, result_format: str, mark: str) -> bytes:
    """Return *file*, a PDF or a PNG, with *mark* where it changes nothing of what is seen."""
    if result_format == "pdf":
        return b"%s\n%% %s\n%%%%EOF\n" % (file.rstrip(), mark.encode())
    content = b"tEXtComment\0" + mark.encode()
    length, check = struct.pack(">I", len(content) - 4), struct.pack(">I", zlib.crc32(content))
    return file[:-_PNG_END] + length + content + check + file[-_PNG_END:]


class DrawnEmulator(Emulator):
    """An emulator that draws nothing twice."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__(settings)
        self._folder = folder

    def _backend(self, catalogue: Catalogue, runs: QueryRunner) -> RealBackend:
        return DrawnOnce(catalogue, runs, self._folder)


async def serve(folder: Path, settings: Settings) -> None:
    """Run the emulator."""
    async with DrawnEmulator(settings, folder) as emulator:
        await announce(emulator.url, emulator.client_id, emulator.client_secret)


def main(settings: dict[str, Any]) -> None:
    """Run it with *settings*: its folder, and those of an emulator."""
    folder = Path(settings.pop("folder"))
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(folder, Settings(**settings)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
